package school

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/store"
)

// PlaceFile is there when the register is kept on PostgreSQL and not in
// [RegisterFile]: one line, a connection string without a password.
const PlaceFile = "register.url"

// ErrOnServer says that the register is kept on a server, where this cannot be done.
var ErrOnServer = errors.New("the register is kept on a server")

// RegisterPlace is the connection string of the register's database, or "" when
// it is kept in the school's folder.
func RegisterPlace(dir string) (string, error) {
	text, err := readSmall(filepath.Join(dir, PlaceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	place := string(bytes.TrimSpace(text))
	return place, store.CheckURL(place)
}

// openRegister opens the register of the school in dir, wherever it is kept.
func openRegister(ctx context.Context, dir string, o Options) (store.Keeper, error) {
	place, err := RegisterPlace(dir)
	if err != nil {
		return nil, err
	}
	if place == "" {
		s, err := store.Open(ctx, filepath.Join(dir, RegisterFile))
		if errors.Is(err, store.ErrNotRegister) { // it was one
			err = fmt.Errorf("%w: %v", store.ErrDamaged, err) //nolint:errorlint // what it is now does not matter
		}
		return asKeeper(s, err)
	}
	return openServer(ctx, place, o)
}

// openServer opens the register on a server, and asks for the password if it must.
func openServer(ctx context.Context, place string, o Options) (store.Keeper, error) {
	s, err := asKeeper(store.OpenPostgres(ctx, place, nil))
	if !errors.Is(err, store.ErrPassword) || o.DatabasePassword == nil {
		return s, err
	}
	password, asked := o.DatabasePassword(ctx)
	if asked != nil {
		return nil, errors.Join(err, asked)
	}
	defer clear(password)
	return asKeeper(store.OpenPostgres(ctx, place, password))
}

// asKeeper keeps a nil store from becoming a Keeper that is not nil.
func asKeeper[S store.Keeper](s S, err error) (store.Keeper, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// MoveRegister moves the register of the school in dir to the database that a
// connection string names, or back into the school's folder if to is "". All
// events are copied as they are, and the copy verified, before it is used; if
// anything fails, the register stays where it was. Programs that have it open
// must open it again: their changes are refused. The file that was the register
// is kept under the name returned: another, unless a program has it open; the database is left as it is,
// and takes no more changes. The database must be set up and empty. Progress, if
// not nil, is called with the number of events copied.
func MoveRegister(ctx context.Context, dir, to string, o Options, progress func(done int64)) (_ devices.Tree, old string, err error) {
	fail := func(err error) (devices.Tree, string, error) { return devices.Tree{}, "", err }
	s, err := Open(ctx, dir, o)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	at, err := RegisterPlace(dir)
	if err != nil {
		return fail(err)
	}
	if (at == "") == (to == "") {
		return fail(store.ErrNotEmpty)
	}
	if _, err := s.VerifyRegister(ctx, nil, nil); err != nil {
		return fail(err)
	}
	if to == "" {
		tree, err := s.moveBack(ctx, progress)
		return tree, "", err
	}
	if err := store.CheckURL(to); err != nil {
		return fail(err)
	}
	database, err := openServer(ctx, to, o)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	place := filepath.Join(dir, PlaceFile)
	tree, err := store.Move(ctx, s.store, database, progress, func() error {
		return safefile.Write(place, []byte(to+"\n"), false)
	})
	if err != nil {
		return fail(err)
	}
	// Another program that still has the file open needs it under its name.
	path := filepath.Join(dir, RegisterFile)
	old = filepath.Join(dir, fmt.Sprintf("register-moved-%d.db", tree.Size))
	if s.store.Close() != nil || anyOf(path+"-wal", path+"-shm") || os.Rename(path, old) != nil {
		old = path
	}
	return tree, old, nil
}

// anyOf says whether one of the files is there.
func anyOf(paths ...string) bool {
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			return true
		}
	}
	return false
}

// moveBack moves the register from the server into the school's folder.
func (s *School) moveBack(ctx context.Context, progress func(done int64)) (devices.Tree, error) {
	path, part := filepath.Join(s.dir, RegisterFile), filepath.Join(s.dir, RegisterFile+".part")
	if anyOf(path, path+"-wal", path+"-shm") {
		return devices.Tree{}, store.ErrNotEmpty
	}
	clearPart := func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(part + suffix)
		}
	}
	clearPart() // of a run that was cut short
	defer clearPart()
	file, err := store.Create(ctx, part)
	if err != nil {
		return devices.Tree{}, err
	}
	tree, err := store.Move(ctx, s.store, file, progress, func() error {
		if err := file.Close(); err != nil { // which folds its log into it
			return err
		}
		if err := os.Rename(part, path); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(s.dir, PlaceFile)); err != nil {
			return errors.Join(err, os.Remove(path))
		}
		return nil
	})
	if err != nil {
		file.Close()
	}
	return tree, err
}

package integrity

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/store"
)

// Move moves the register of the school in dir to the database that a
// connection string names, or back into the school's folder if to is "". All
// events are copied as they are, and the copy verified, before it is used; if
// anything fails, the register stays where it was. Programs that have it open
// must open it again: their changes are refused. The file that was the register
// is kept under the name returned: another, unless a program has it open; the database is left as it is,
// and takes no more changes. The database must be set up and empty. Progress, if
// not nil, is called with the number of events copied.
func Move(ctx context.Context, dir, to string, o school.Options, progress func(done int64)) (_ devices.Tree, old string, err error) {
	fail := func(err error) (devices.Tree, string, error) { return devices.Tree{}, "", err }
	s, err := school.Open(ctx, dir, o)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	at, err := school.RegisterURL(dir)
	if err != nil {
		return fail(err)
	}
	if (at == "") == (to == "") {
		return fail(store.ErrNotEmpty)
	}
	if _, err := Verify(ctx, s, nil, nil); err != nil {
		return fail(err)
	}
	if to == "" {
		tree, err := moveBack(ctx, s, progress)
		return tree, "", err
	}
	if err := store.CheckURL(to); err != nil {
		return fail(err)
	}
	database, err := school.OpenServer(ctx, to, o)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	place := filepath.Join(dir, school.RegisterURLFile)
	tree, err := store.Move(ctx, s.Store(), database, progress, func() error {
		return safefile.Write(place, []byte(to+"\n"), false)
	})
	if err != nil {
		return fail(err)
	}
	// Another program that still has the file open needs it under its name.
	path := filepath.Join(dir, school.RegisterFile)
	old = filepath.Join(dir, fmt.Sprintf("register-moved-%d.db", tree.Size))
	if s.Store().Close() != nil || anyOf(path+"-wal", path+"-shm") || rename(path, old) != nil {
		old = path
	}
	return tree, old, nil
}

// rename gives a file another name that is on disk when it returns. Others may have the file open for a moment.
func rename(from, to string) error {
	if err := safefile.Rename(from, to); err != nil {
		return err
	}
	return safefile.SyncFolder(filepath.Dir(to))
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
func moveBack(ctx context.Context, s School, progress func(done int64)) (devices.Tree, error) {
	path, part := filepath.Join(s.Dir(), school.RegisterFile), filepath.Join(s.Dir(), school.RegisterFile+".part")
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
	tree, err := store.Move(ctx, s.Store(), file, progress, func() error {
		if err := file.Close(); err != nil { // which folds its log into it
			return err
		}
		if err := rename(part, path); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(s.Dir(), school.RegisterURLFile)); err != nil {
			return errors.Join(err, os.Remove(path))
		}
		return nil
	})
	if err != nil {
		file.Close()
	}
	return tree, err
}

package school

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// RegisterURLFile is there when the register is kept on PostgreSQL and not in
// [RegisterFile]: one line, a connection string without a password.
const RegisterURLFile = "register.url"

// ErrOnServer says that the register is kept on a server, where this cannot be done.
var ErrOnServer = errors.New("the register is kept on a server")

// RegisterURL is the connection string of the register's database, or "" when
// it is kept in the school's folder.
func RegisterURL(dir string) (string, error) {
	text, err := files.ReadSmall(filepath.Join(dir, RegisterURLFile))
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
	place, err := RegisterURL(dir)
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
	return OpenServer(ctx, place, o)
}

// OpenServer opens the register on a server, and asks for the password if it must.
func OpenServer(ctx context.Context, place string, o Options) (store.Keeper, error) {
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

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"stowage/devices"
)

// Restore replaces the register in the file at path by the backup read from r,
// which is read and checked completely first. If anything fails, the register
// stays as it was. Others who have the register open see the restored one.
//
// What was in the register is gone afterwards: back it up before, if it may
// still be wanted. A file at path that is damaged, or is no register, is not
// replaced but kept beside it under a name with ".damaged" in it. A register
// made by a newer program is refused with [ErrNewer], on either side.
func Restore(ctx context.Context, path string, r io.Reader) error {
	if err := restore(ctx, path, r); err != nil {
		return fmt.Errorf("restore register: %w", err)
	}
	return nil
}

func restore(ctx context.Context, path string, r io.Reader) error {
	received, err := receive(ctx, filepath.Dir(path), r)
	if err != nil {
		return err
	}
	defer os.Remove(received)

	present, err := Open(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rename(received, path)
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrNotRegister):
		if err := setAside(path); err != nil {
			return err
		}
		return rename(received, path)
	case err != nil:
		return err
	}
	return errors.Join(present.replace(ctx, received), present.Close())
}

// receive writes a backup to a new file in folder, checks it and brings it up to
// date.
func receive(ctx context.Context, folder string, r io.Reader) (_ string, err error) {
	path, err := temporary(folder)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(file, contextReader{ctx, r})
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	if _, err = checkFile(ctx, path); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	s, err := open(ctx, path, false)
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := verify(ctx, s); err != nil {
		return "", errors.Join(fmt.Errorf("backup: %w", err), s.Close())
	}
	// Without a write-ahead log it is one file, whoever reads it.
	_, err = s.write.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	if err = errors.Join(explain(err), s.Close()); err != nil {
		return "", err
	}
	return path, syncFile(path)
}

// verify is nil for a register whose log and present state follow from its events.
// It is read on the one connection that is open, since another would keep the file locked.
func verify(ctx context.Context, s *SQLite) error {
	return s.update(ctx, func(tx *session) error {
		r := devices.NewRegister(inTransaction{tx}, devices.Options{})
		if _, err := r.VerifyLog(ctx, nil, nil); err != nil {
			return err
		}
		return r.Check(ctx, nil)
	})
}

// setAside renames a file that is no use, and what SQLite has beside it.
func setAside(path string) error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		for _, suffix := range []string{"-wal", "-shm", ""} {
			if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	}
}

// replace puts what is in the file at path into the register, page by page in one
// transaction of SQLite's, so that other programs go on using the same file.
func (s *SQLite) replace(ctx context.Context, path string) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		source, err := location(path, forChecking)
		if err != nil {
			return err
		}
		backup, err := driver.(interface {
			NewRestore(string) (*sqlite.Backup, error)
		}).NewRestore(source)
		if err != nil {
			return err
		}
		return errors.Join(steps(ctx, backup), backup.Finish())
	})
	return explain(err)
}

// steps copies all pages. Ending early leaves the register as it was.
func steps(ctx context.Context, backup *sqlite.Backup) error {
	const pages = 4096
	const patience = 10 * time.Second
	deadline := time.Now().Add(patience)
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		more, err = backup.Step(pages)
		var e *sqlite.Error
		if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
			more, err = true, nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

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

// RestoreOptions say what else restoring a register does. The zero value is usable.
type RestoreOptions struct {
	// Record puts on record what is replaced, in the backup; nil adds nothing.
	Record func(present, backup *SQLite) error
	// Rename gives a file that is on disk another name, in the place of whatever has it. Whoever knows how a name is
	// made durable, and how a file is renamed that others have open, says so here; nil is os.Rename, which is neither.
	Rename func(from, to string) error
}

// Restore replaces the register in the file at path by the backup read from r,
// which is read and checked completely first. If anything fails, the register
// stays as it was. Others who have the register open see the restored one.
//
// Before, o.Record is called with the register that is replaced, nil if there is none or
// it cannot be opened, and with the backup, to which it may add what is to be on record
// about that. If somebody writes to the register meanwhile,
// the error is [ErrBusy].
//
// What was in the register is gone afterwards: back it up before, if it may
// still be wanted. A file at path that is damaged, or is no register, is not
// replaced but kept beside it under a name with ".damaged" in it. A register
// made by a newer program is refused with [ErrNewer], on either side.
func Restore(ctx context.Context, path string, r io.Reader, o RestoreOptions) error {
	if o.Rename == nil {
		o.Rename = os.Rename
	}
	if err := restore(ctx, path, r, o); err != nil {
		return fmt.Errorf("restore register: %w", err)
	}
	return nil
}

func restore(ctx context.Context, path string, r io.Reader, o RestoreOptions) (err error) {
	received, err := receive(ctx, filepath.Dir(path), r)
	if err != nil {
		return err
	}
	defer os.Remove(received)

	present, err := Open(ctx, path)
	useless := errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotRegister)
	if err != nil && !useless && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if present != nil {
		defer func() { err = errors.Join(err, present.Close()) }()
	}
	last, lastErr := present.last(ctx)
	if err := amend(ctx, received, present, o.Record); err != nil {
		return err
	}
	if present != nil {
		return present.replace(ctx, received, func() error {
			now, err := present.last(ctx)
			if lastErr == nil && err == nil && now != last {
				return fmt.Errorf("%w: it wrote an event just now", ErrBusy)
			}
			return nil
		})
	}
	if useless {
		if err := setAside(path, o.Rename); err != nil {
			return err
		}
	}
	return o.Rename(received, path)
}

// last is the number of the newest event; 0 if there is no register.
func (s *SQLite) last(ctx context.Context) (number int64, err error) {
	if s == nil {
		return 0, nil
	}
	err = s.View(ctx, func(r devices.Reader) error {
		number, err = r.LastEvent(ctx)
		return err
	})
	return number, err
}

// amend runs record on the backup in a file.
func amend(ctx context.Context, received string, present *SQLite, record func(present, backup *SQLite) error) error {
	if record == nil {
		return nil
	}
	backup, err := open(ctx, received, false)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := record(present, backup); err != nil {
		return errors.Join(err, backup.Close())
	}
	return backup.settle(ctx, received)
}

// settle closes a register without a write-ahead log: it is then one file, whoever reads it.
func (s *SQLite) settle(ctx context.Context, path string) error {
	err := s.read.Close() // which would keep the log
	if err == nil {
		_, err = s.write.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	}
	if err = errors.Join(explain(err), s.Close()); err != nil {
		return err
	}
	return syncFile(path)
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
	return path, s.settle(ctx, path)
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
func setAside(path string, rename func(from, to string) error) error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		for _, suffix := range []string{"-wal", "-shm", ""} {
			if err := rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	}
}

// replace puts what is in the file at path into the register, page by page in one
// transaction of SQLite's, so that other programs go on using the same file. Unchanged
// is called when nobody else can write any more; if it fails, nothing is replaced.
func (s *SQLite) replace(ctx context.Context, path string, unchanged func() error) error {
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
		err = steps(ctx, backup, 0) // takes the lock and copies nothing
		if err == nil {
			err = unchanged()
		}
		if err == nil {
			err = steps(ctx, backup, 4096)
		}
		return errors.Join(err, backup.Finish())
	})
	return explain(err)
}

// steps copies all pages, so many at a time, or none. Ending early leaves the register as it was.
func steps(ctx context.Context, backup *sqlite.Backup, pages int32) error {
	const patience = 10 * time.Second
	deadline := time.Now().Add(patience)
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		more, err = backup.Step(pages)
		var e *sqlite.Error
		busy := errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY && time.Now().Before(deadline)
		if busy {
			time.Sleep(20 * time.Millisecond)
			more, err = true, nil
		}
		if err != nil || pages == 0 && !busy {
			return err
		}
	}
	return nil
}

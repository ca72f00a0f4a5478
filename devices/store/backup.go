package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// abandoned is the age from which a temporary file is nobody's any more.
const abandoned = 24 * time.Hour

// Backup writes a copy of the register, as it is at one moment, to w. The copy is
// a register file itself, and is checked in full before the first byte is
// written. Others may go on using the register. While it is made, the copy lies
// beside the register. It is not encrypted.
func (s *SQLite) Backup(ctx context.Context, w io.Writer) error {
	copied, err := s.copyTo(ctx, filepath.Dir(s.path))
	if err != nil {
		return fmt.Errorf("back up register: %w", err)
	}
	defer os.Remove(copied)
	file, err := os.Open(copied)
	if err != nil {
		return fmt.Errorf("back up register: %w", err)
	}
	defer file.Close()
	if _, err := io.Copy(w, contextReader{ctx, file}); err != nil {
		return fmt.Errorf("back up register: %w", err)
	}
	return nil
}

// copyTo makes a checked copy in a new file in folder, and returns its path.
func (s *SQLite) copyTo(ctx context.Context, folder string) (_ string, err error) {
	path, err := temporary(folder)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	var before, after, copied int64
	if before, err = s.events(ctx); err != nil {
		return "", err
	}
	if err = s.vacuumInto(ctx, path); err != nil {
		return "", err
	}
	if after, err = s.events(ctx); err != nil {
		return "", err
	}
	if err = syncFile(path); err != nil {
		return "", err
	}
	if copied, err = checkFile(ctx, path); err != nil {
		return "", fmt.Errorf("copy: %w", err)
	}
	if copied < before || copied > after {
		return "", fmt.Errorf("copy has %d events, the register %d to %d", copied, before, after)
	}
	return path, nil
}

// vacuumInto writes the register, as it is at one moment, to a new or empty file.
// It reads only, but SQLite wants a connection for it that could write.
func (s *SQLite) vacuumInto(ctx context.Context, path string) error {
	db, err := connect(s.path, forWriting)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(explain(err), db.Close())
}

// events counts the events.
func (s *SQLite) events(ctx context.Context) (n int64, err error) {
	err = within(ctx, s.read, &sql.TxOptions{ReadOnly: true}, func(tx *session) (err error) {
		n, err = countEvents(ctx, tx)
		return err
	})
	return n, err
}

// checkFile checks in full that a file is a register, and counts its events.
func checkFile(ctx context.Context, path string) (events int64, err error) {
	db, err := connect(path, forChecking)
	if err != nil {
		return 0, err
	}
	copied := &SQLite{path: path, read: db}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkDatabase(ctx, db, true); err != nil {
		return 0, err
	}
	return copied.events(ctx)
}

// temporary makes an empty file in folder that only its owner can read. It removes
// those that programs have left there that were killed.
func temporary(folder string) (string, error) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".register-") || !strings.Contains(entry.Name(), ".tmp") {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
	file, err := os.CreateTemp(folder, ".register-*.tmp")
	if err != nil {
		return "", err
	}
	return file.Name(), file.Close()
}

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// contextReader ends reading when its context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
)

// smallDrive is the size of the drives that the kind of trouble "small" has.
const smallDrive = 12_000_000

// small is a folder that behaves like a small drive.
type small struct {
	cli.DriveFS
	dir string
}

func (s *small) Free() (free, total int64, err error) {
	used, err := bytesIn(s.dir)
	return max(0, smallDrive-used), smallDrive, err
}

func bytesIn(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}

func (s *small) Create(name string) (stick.File, error) {
	f, err := s.DriveFS.Create(name)
	if err != nil {
		return nil, err
	}
	return &smallFile{f, s}, nil
}

// smallFile is a file that grows as long as there is room.
type smallFile struct {
	stick.File
	on *small
}

func (f *smallFile) Write(p []byte) (int, error) {
	if free, _, err := f.on.Free(); err != nil || int64(len(p)) > free {
		return 0, fmt.Errorf("write: %w", stick.ErrFull)
	}
	return f.File.Write(p)
}

// fillDrive fills the rest of a small drive with a file of somebody's: fill FILE.
func fillDrive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill FILE")
	}
	name := ts.MkAbs(args[0])
	used, err := bytesIn(filepath.Dir(name))
	ts.Check(err)
	writeSized(ts, name, smallDrive-used)
}

// sized makes a file of so many bytes, which are not all the same: sized FILE BYTES.
func sized(ts *testscript.TestScript, neg bool, args []string) {
	var size int64
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sized FILE BYTES")
	}
	_, err := fmt.Sscan(args[1], &size)
	ts.Check(err)
	writeSized(ts, ts.MkAbs(args[0]), size)
}

func writeSized(ts *testscript.TestScript, name string, size int64) {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i>>8 + i)
	}
	ts.Check(os.WriteFile(name, content, 0o600))
}

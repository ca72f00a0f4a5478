package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
)

// faulty is a folder that behaves like a drive in trouble.
type faulty struct {
	cli.DriveFS
	kind string
}

// openFaulty opens drives as the kind of trouble says: full, small, readonly or gone.
func openFaulty(kind string) func(string) (cli.DriveFS, error) {
	return func(path string) (cli.DriveFS, error) {
		d, err := cli.OpenDrive(path)
		if err != nil {
			return nil, err
		}
		if kind == "small" {
			return &small{d, path}, nil
		}
		return &faulty{DriveFS: d, kind: kind}, nil
	}
}

func (f *faulty) Create(name string) (stick.File, error) {
	if err := f.trouble("create " + name); err != nil {
		return nil, err
	}
	return f.DriveFS.Create(name)
}

func (f *faulty) Mkdir(name string) error {
	if err := f.trouble("make " + name); err != nil {
		return err
	}
	return f.DriveFS.Mkdir(name)
}

func (f *faulty) Remove(name string) error {
	if f.kind == "full" {
		return f.DriveFS.Remove(name)
	}
	if err := f.trouble("remove " + name); err != nil {
		return err
	}
	return f.DriveFS.Remove(name)
}

func (f *faulty) Lock(name string, exclusive bool) (io.Closer, error) {
	if f.kind == "readonly" && exclusive {
		return nil, f.trouble("lock")
	}
	return f.DriveFS.Lock(name, exclusive)
}

func (f *faulty) Free() (free, total int64, err error) {
	if f.kind == "full" {
		return 100, 1000, nil
	}
	return f.DriveFS.Free()
}

// Open lets the keys be read before the drive goes.
func (f *faulty) Open(name string) (stick.File, error) {
	if f.kind == "gone" && strings.Contains(name, "layers/") {
		return nil, f.trouble("open " + name)
	}
	return f.DriveFS.Open(name)
}

func (f *faulty) trouble(what string) error {
	switch f.kind {
	case "full":
		return fmt.Errorf("%s: %w", what, stick.ErrFull)
	case "readonly":
		return fmt.Errorf("%s: %w", what, stick.ErrReadOnly)
	}
	return fmt.Errorf("%s: %w", what, stick.ErrGone)
}

// layerName puts the path of the stick's nth layer into a variable: layer NAME STICK N.
func layerName(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: layer NAME STICK N")
	}
	found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "stowage/layers", fmt.Sprintf("%08s-*.age", args[2])))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%d layers have number %s", len(found), args[2])
	}
	ts.Setenv(args[0], found[0])
}

// forge puts an age file to a key of somebody else's in a file's place.
func forge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: forge FILE")
	}
	stranger, err := age.GenerateHybridIdentity()
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	w, err := age.Encrypt(f, stranger.Recipient())
	ts.Check(err)
	_, err = w.Write(slices.Repeat([]byte{0}, 10_000))
	ts.Check(err)
	ts.Check(w.Close())
}

// hold keeps a stick locked until the script ends, as another program would.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold STICK")
	}
	d, err := cli.OpenDrive(ts.MkAbs(args[0]))
	ts.Check(err)
	lock, err := d.Lock("stowage/lock", true)
	ts.Check(err)
	ts.Defer(func() {
		lock.Close()
		d.Close()
	})
}

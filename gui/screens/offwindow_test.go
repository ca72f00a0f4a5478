package screens

import (
	"bytes"
	"io"
	"io/fs"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"stowage/crypt/stick"
)

// offWindow is a stick's drive that may only be used off the goroutine that draws the
// window: a drive that takes seconds for each operation would freeze it. Every rig
// stands on one, so that every test of the screens around a stick proves it.
type offWindow struct {
	driveFS
	t      testing.TB
	window string // the goroutine
	once   *sync.Once
}

// keepOffWindow wraps what opens drives. It is called on the window's goroutine.
func keepOffWindow(t testing.TB, open func(string) (driveFS, error)) func(string) (driveFS, error) {
	window, once := goroutine(), &sync.Once{}
	return func(path string) (driveFS, error) {
		d, err := open(path)
		if err != nil {
			return nil, err
		}
		w := &offWindow{d, t, window, once}
		w.used()
		return w, nil
	}
}

// goroutine is the name that stack traces give the one that asks: "goroutine 7 ".
func goroutine() string {
	var buf [40]byte
	head, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("["))
	return string(head)
}

func (d *offWindow) used() {
	if goroutine() == d.window {
		d.once.Do(func() { d.t.Errorf("the drive is used on the window's goroutine:\n%s", debug.Stack()) })
	}
}

func (d *offWindow) Open(name string) (stick.File, error) {
	d.used()
	return d.driveFS.Open(name)
}

func (d *offWindow) Create(name string) (stick.File, error) {
	d.used()
	return d.driveFS.Create(name)
}

func (d *offWindow) Mkdir(name string) error {
	d.used()
	return d.driveFS.Mkdir(name)
}

func (d *offWindow) ReadDir(name string) ([]fs.DirEntry, error) {
	d.used()
	return d.driveFS.ReadDir(name)
}

func (d *offWindow) Stat(name string) (fs.FileInfo, error) {
	d.used()
	return d.driveFS.Stat(name)
}

func (d *offWindow) Remove(name string) error {
	d.used()
	return d.driveFS.Remove(name)
}

func (d *offWindow) Overwrite(name string, data []byte) error {
	d.used()
	return d.driveFS.Overwrite(name, data)
}

func (d *offWindow) SyncDir(name string) error {
	d.used()
	return d.driveFS.SyncDir(name)
}

func (d *offWindow) Free() (free, total int64, err error) {
	d.used()
	return d.driveFS.Free()
}

func (d *offWindow) Lock(name string, exclusive bool) (io.Closer, error) {
	d.used()
	return d.driveFS.Lock(name, exclusive)
}

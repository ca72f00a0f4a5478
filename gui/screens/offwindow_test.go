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
	"stowage/gui/staff"
)

// offWindow is a stick's drive that may only be used off the goroutine that draws the
// window: a drive that takes seconds for each operation would freeze it. Every rig
// stands on one, so that every test of the screens around a stick proves it.
type offWindow struct {
	staff.DriveFS
	t      testing.TB
	window string // the goroutine
	once   *sync.Once
}

// keepOffWindow wraps what opens drives. It is called on the window's goroutine.
func keepOffWindow(t testing.TB, open func(string) (staff.DriveFS, error)) func(string) (staff.DriveFS, error) {
	window, once := goroutine(), &sync.Once{}
	return func(path string) (staff.DriveFS, error) {
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
	return d.DriveFS.Open(name)
}

func (d *offWindow) Create(name string) (stick.File, error) {
	d.used()
	return d.DriveFS.Create(name)
}

func (d *offWindow) Mkdir(name string) error {
	d.used()
	return d.DriveFS.Mkdir(name)
}

func (d *offWindow) ReadDir(name string) ([]fs.DirEntry, error) {
	d.used()
	return d.DriveFS.ReadDir(name)
}

func (d *offWindow) Stat(name string) (fs.FileInfo, error) {
	d.used()
	return d.DriveFS.Stat(name)
}

func (d *offWindow) Remove(name string) error {
	d.used()
	return d.DriveFS.Remove(name)
}

func (d *offWindow) Overwrite(name string, data []byte) error {
	d.used()
	return d.DriveFS.Overwrite(name, data)
}

func (d *offWindow) SyncDir(name string) error {
	d.used()
	return d.DriveFS.SyncDir(name)
}

func (d *offWindow) Free() (free, total int64, err error) {
	d.used()
	return d.DriveFS.Free()
}

func (d *offWindow) Lock(name string, exclusive bool) (io.Closer, error) {
	d.used()
	return d.DriveFS.Lock(name, exclusive)
}

package webdav_test

import (
	"fmt"
	"io"
	"testing"

	"stowage/crypt/stick"
)

// call is one request of a program that saves: of a method, about a name, with a body or,
// for MOVE, the other name.
type call struct {
	want             int
	method, name, to string
}

// saves are how programs save "file", which holds "first", so that it holds "second".
var saves = map[string][]call{
	"Word": {
		{201, "PUT", "~WRD0001.tmp", "second"},
		{201, "MOVE", "file", "~WRL0002.tmp"},
		{201, "MOVE", "~WRD0001.tmp", "file"},
		{204, "DELETE", "~WRL0002.tmp", ""},
	},
	"Excel": {
		{201, "PUT", "6F1A2B3C", ""},
		{201, "PUT", "6F1A2B3C", "second"},
		{201, "MOVE", "file", "BF20.tmp"},
		{201, "MOVE", "6F1A2B3C", "file"},
		{204, "DELETE", "BF20.tmp", ""},
	},
	"LibreOffice, the first time": {
		{201, "PUT", "lu8r3k.tmp", ""},
		{201, "PUT", "lu8r3k.tmp", "second"},
		{204, "MOVE", "lu8r3k.tmp", "file"},
	},
	"LibreOffice, later": {{201, "PUT", "file", "second"}},
	"Explorer": {
		{201, "PUT", "file", ""},
		{201, "PUT", "file", "second"},
		{207, "PROPPATCH", "file", timesBody},
	},
	"Finder": {
		{201, "PUT", "._file", "resource fork"},
		{201, "PUT", "file", "second"},
		{204, "DELETE", "._file", ""},
	},
	"macOS programs": { // replaceItem: a folder of its own, then over the file
		{201, "MKCOL", "(A Document Being Saved)", ""},
		{201, "PUT", "(A Document Being Saved)/file", "second"},
		{204, "MOVE", "(A Document Being Saved)/file", "file"},
		{204, "DELETE", "(A Document Being Saved)", ""},
	},
	"vim": {
		{201, "PUT", "4913", ""},
		{204, "DELETE", "4913", ""},
		{201, "MOVE", "file", "file~"},
		{201, "PUT", "file", "second"},
		{204, "DELETE", "file~", ""},
	},
	"rsync": {
		{201, "PUT", ".file.Xa81kQ", "second"},
		{204, "MOVE", ".file.Xa81kQ", "file"},
	},
	"git": {
		{201, "PUT", "file.lock", ""},
		{201, "PUT", "file.lock", "second"},
		{204, "MOVE", "file.lock", "file"},
	},
}

// TestProgramsSave replays how programs save a file: it holds what was saved, the version
// before is among its versions, and nothing else is left, also when the drive was folded.
func TestProgramsSave(t *testing.T) {
	for program, calls := range saves {
		t.Run(program, func(t *testing.T) {
			d := newDesk(t, stick.OpenOptions{})
			d.wants(201, "PUT", "file", "first")
			for _, c := range calls {
				if c.method == "MOVE" {
					d.wants(c.want, c.method, c.name, "", "Destination: "+d.drive.Address()+c.to, "Overwrite: T")
				} else {
					d.wants(c.want, c.method, c.name, c.to)
				}
			}
			d.saved("file", "second", "first")
			for i := range 40 {
				d.wants(201, "PUT", fmt.Sprint("more", i), "more")
			}
			_, err := d.stick.Tidy(t.Context(), stick.TidyOptions{Fold: true})
			check(t, err)
			d.saved("file", "second", "first")
			if result, err := d.stick.Check(t.Context(), nil); err != nil || !result.Healthy() || result.Files != 41 {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}

// saved says that a file holds one thing and that another is among its versions.
func (d *desk) saved(name, now, before string) {
	d.t.Helper()
	d.has(name, now)
	versions, err := d.stick.Versions(name)
	check(d.t, err)
	var held []string
	for _, v := range versions {
		r, err := d.stick.OpenVersion(v)
		check(d.t, err)
		text, err := io.ReadAll(r)
		_ = r.Close()
		check(d.t, err)
		if held = append(held, string(text)); string(text) == before {
			return
		}
	}
	d.t.Errorf("%s: %q is not among its versions %q", name, before, held)
}

// TestMovedOverIsOneLayer: a file that another is moved over is there at every moment.
func TestMovedOverIsOneLayer(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a", "new")
	d.wants(201, "PUT", "b", "old")
	before := d.layers()
	d.wants(204, "MOVE", "a", "", "Destination: "+d.drive.Address()+"b")
	if n := d.layers() - before; n != 1 {
		t.Errorf("it took %d layers", n)
	}
	d.saved("b", "new", "old")
	d.lacks("a")
}

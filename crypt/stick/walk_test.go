package stick_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"stowage/crypt/stick"
)

// twentyFiles is a stick with twenty files of 30 kB in its newest layer, and an older version of one of them.
func twentyFiles(t *testing.T) (*plainDrive, map[string]string) {
	t.Helper()
	d := newPlainDrive(t, nil)
	s := d.open(t)
	put(t, s, map[string]string{"file 03": "an older version"})
	want := map[string]string{}
	for i := range 20 {
		want[fmt.Sprintf("file %02d", i)] = text(i, 30_000)
	}
	put(t, s, want)
	check(t, s.Close())
	return d, want
}

// TestRepairWithoutTables damages the newest layer where no table of contents tells what it held. What can be read of it
// is saved; the rest is not said to be nothing, and stays until it is given up.
func TestRepairWithoutTables(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(layer []byte) []byte
		least int // files that can be saved
		kind  stick.WarningKind
	}{
		"a byte near its end":        {func(b []byte) []byte { b[len(b)-100] ^= 1; return b }, 17, stick.WarnTorn},
		"a chunk in the middle":      {func(b []byte) []byte { clear(b[200_000:265_536]); return b }, 14, stick.WarnDamaged},
		"its end cut off":            {func(b []byte) []byte { return b[:400_000] }, 11, stick.WarnTorn},
		"cut where a chunk ends":     {func(b []byte) []byte { return b[:len(b)-len(b)%65_536] }, 14, stick.WarnTorn},
		"its age header":             {func(b []byte) []byte { b[300] ^= 1; return b }, 0, stick.WarnDamaged},
		"its middle and a byte last": {func(b []byte) []byte { clear(b[200_000:265_536]); b[len(b)-1] ^= 1; return b }, 11, stick.WarnTorn},
	} {
		t.Run(name, func(t *testing.T) {
			d, want := twentyFiles(t)
			withoutTables(d.Mem)
			layer := d.names(t, "stowage/layers")[1]
			d.WriteFile(layer, c.spoil([]byte(d.read(t, layer))))
			s := d.open(t)
			if k := kinds(s); k[c.kind] != 1 || len(k) != 1 {
				t.Errorf("warnings: %v", s.Warnings())
			}
			if found := must(s.Check(t.Context(), nil))(t); found.Healthy() {
				t.Error("the check finds nothing")
			}
			if _, err := s.Tidy(t.Context(), stick.TidyOptions{All: true}); !errors.Is(err, stick.ErrDamaged) {
				t.Errorf("tidying what must be repaired first: %v", err)
			}
			result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
			saved := savedOf(t, s, want)
			if saved < c.least || len(result.Kept) != 1 || len(result.Removed) > 0 {
				t.Errorf("saved %d, at least %d can be: %+v", saved, c.least, result)
			}
			again := d.school.reopenLax(t, s, d.Mem)
			if !slices.Contains(d.names(t, "stowage/layers"), layer) {
				t.Error("the layer was removed, with what could not be saved of it")
			}
			given := must(again.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
			if !slices.Contains(given.Removed, layer) {
				t.Errorf("given up: %+v", given)
			}
			last := d.school.reopen(t, again, d.Mem)
			if n := savedOf(t, last, want); n != saved {
				t.Errorf("%d files after giving up the rest, %d before", n, saved)
			}
			if !must(last.Check(t.Context(), nil))(t).Healthy() {
				t.Error("not healthy in the end")
			}
		})
	}
}

// TestAlteredHeader changes bytes everywhere in the age header of the newest layer, which no table lists: that is damage, whatever the
// byte becomes and wherever it is. Where whole sectors are not there nobody can tell, for that is what a pulled drive leaves.
func TestAlteredHeader(t *testing.T) {
	d := newPlainDrive(t, nil)
	s := d.open(t)
	put(t, s, map[string]string{"first": "1"})
	put(t, s, map[string]string{"second": "2"})
	check(t, s.Close())
	withoutTables(d.Mem)
	name := d.names(t, "stowage/layers")[1]
	whole := d.ReadFile(name)
	size := len(must(age.ExtractHeader(bytes.NewReader(whole)))(t))
	kind := func(spoil func(layer []byte)) stick.WarningKind {
		t.Helper()
		c := d.Clone()
		layer := bytes.Clone(whole)
		spoil(layer)
		c.WriteFile(name, layer)
		s := d.school.openWith(t, c, stick.OpenOptions{ReadOnly: true})
		defer s.Close()
		if w := s.Warnings(); len(w) == 1 && w[0].Name == name {
			return w[0].Kind
		}
		t.Fatalf("warnings: %v", s.Warnings())
		return ""
	}
	for i := 0; i < size; i++ {
		if 80 < i && i < size-80 {
			i += 6 // one is like another there
		}
		if k := kind(func(layer []byte) { layer[i] ^= 1 << (i % 8) }); k != stick.WarnDamaged {
			t.Errorf("bit %d of byte %d: %s", i%8, i, k)
		}
	}
	for _, i := range []int{22, 300, size - 2} { // in the first stanza, in its Base64, in the MAC
		for bit := range 8 {
			if k := kind(func(layer []byte) { layer[i] ^= 1 << bit }); k != stick.WarnDamaged {
				t.Errorf("bit %d of byte %d: %s", bit, i, k)
			}
		}
	}
	if k := kind(func(layer []byte) { layer[size] ^= 1 }); k != stick.WarnTorn { // the nonce
		t.Errorf("behind the header: %s", k)
	}
	letter := []byte(strings.Repeat("an old plain letter that was deleted long ago; ", 11))
	for at := 0; at < size; at += 512 {
		for what, left := range map[string][]byte{"zeros": make([]byte, 512), "a letter": letter[:512]} {
			if k := kind(func(layer []byte) { copy(layer[at:], left) }); k != stick.WarnTorn {
				t.Errorf("%s in the sector at %d: %s", what, at, k)
			}
		}
	}
}

// savedOf counts which of the files can be read as they were stored, wherever they are. One that reads otherwise
// may only be the older version.
func savedOf(t *testing.T, s *stick.Stick, want map[string]string) int {
	t.Helper()
	n := 0
	for p, content := range must(readableOn(s))(t) {
		_, name, _ := strings.Cut("/"+p, "/")
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			name = name[i+1:]
		}
		switch {
		case want[name] == content:
			n++
		case content != "an older version":
			t.Errorf("%s holds what was never stored: %.40q", p, content)
		}
	}
	return n
}

// TestNothingBehindAGapTakesAPlace has a file that is itself a tar, with an entry named as another file, behind damage
// that hides where it begins.
func TestNothingBehindAGapTakesAPlace(t *testing.T) {
	d := newPlainDrive(t, nil)
	s := d.open(t)
	inner := tarOf(t, map[string]string{"plan.txt": "not the plan"})
	put(t, s, map[string]string{"a": text(1, 100_000), "b.tar": text(2, 70_000/512*512) + inner, "plan.txt": "the plan"})
	check(t, s.Close())
	withoutTables(d.Mem)
	layer := d.names(t, "stowage/layers")[0]
	b := []byte(d.read(t, layer))
	clear(b[70_000:140_000])
	b[len(b)-1] ^= 1
	d.WriteFile(layer, b)
	s = d.open(t)
	must(s.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
	if got := contents(t, s)["plan.txt"]; got == "not the plan" {
		t.Error("an entry of a tar that was stored took the place of a file")
	}
}

// TestDecayIsNoForgery flips bits everywhere in an older and in the newest layer, with tables of contents and without: none is
// called forged, when the stick is opened, checked or read.
func TestDecayIsNoForgery(t *testing.T) {
	base, want := twentyFiles(t)
	for n, name := range base.names(t, "stowage/layers") {
		size := len(base.read(t, name))
		for at := range 24 {
			for _, tables := range []bool{true, false} {
				d := base.copyOf(t)
				if !tables {
					withoutTables(d.Mem)
				}
				i := at * 90 // the age header has 1.7 kB
				if at >= 20 {
					i = size - 1 - (at-20)*20
				}
				d.flip(t, name, i)
				if forged := forgedIn(t, d, want); forged != "" {
					t.Fatalf("byte %d of layer %d, tables %v: %s", i, n+1, tables, forged)
				}
			}
		}
	}
}

func forgedIn(t *testing.T, d *plainDrive, want map[string]string) string {
	t.Helper()
	s := d.open(t)
	defer s.Close()
	found := must(s.Check(t.Context(), nil))(t)
	if found.Healthy() {
		return "not found"
	}
	for _, p := range found.Problems {
		if p.Kind == stick.WarnForged || p.Kind == stick.WarnMisplaced || errors.Is(p.Err, stick.ErrForged) {
			return p.String()
		}
	}
	for name := range want {
		r, err := s.OpenFile(name)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			_ = r.Close()
		}
		if errors.Is(err, stick.ErrForged) {
			return fmt.Sprintf("%s: %v", name, err)
		}
	}
	return ""
}

// TestRenamedLayerIsKept: somebody gave a layer another name. It is no forgery, and holds what was stored.
func TestRenamedLayerIsKept(t *testing.T) {
	d, _ := threeLayers(t)
	layers := d.names(t, "stowage/layers")
	d.WriteFile("stowage/layers/00000002-00000000.age", []byte(d.read(t, layers[1])))
	check(t, d.Remove(layers[1]))
	withoutTables(d.Mem)
	s := d.open(t)
	if k := kinds(s); k[stick.WarnForged] != 0 || k[stick.WarnMisplaced] != 1 {
		t.Errorf("warnings: %v", s.Warnings())
	}
	must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
	if !slices.Contains(d.names(t, "stowage/layers"), "stowage/layers/00000002-00000000.age") {
		t.Error("the renamed layer was removed, with its files")
	}
}

// TestRandomDamageWithoutTables is [TestRandomDamage] without tables and without giving anything up: no layer goes but
// one of which every file is there as it was stored, and no file reads otherwise.
func TestRandomDamageWithoutTables(t *testing.T) {
	base, want := twentyFiles(t)
	random := crashRandom()
	for round := range 25 {
		d := base.copyOf(t)
		withoutTables(d.Mem)
		layers := d.names(t, "stowage/layers")
		name := layers[random.IntN(len(layers))]
		b := []byte(d.read(t, name))
		from := random.IntN(len(b))
		for i := from; i < min(from+1+random.IntN(2000), len(b)); i++ {
			b[i] ^= byte(1 + random.IntN(255))
		}
		d.WriteFile(name, b)
		s := d.open(t)
		result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
		gone := !slices.Contains(d.names(t, "stowage/layers"), name)
		if saved := savedOf(t, s, want); gone && saved < len(want) {
			t.Errorf("round %d: a layer was removed, and %d of %d files are there: %+v", round, saved, len(want), result)
		}
		check(t, s.Close())
	}
}

// tarOf is a tar with these files.
func tarOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var b strings.Builder
	w := tar.NewWriter(&b)
	for name, content := range files {
		check(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o644}))
		_, err := io.WriteString(w, content)
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

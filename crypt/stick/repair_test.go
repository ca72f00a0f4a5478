package stick_test

import (
	"archive/tar"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
)

// threeLayers is a stick of three layers, the second with two files of 100 kB.
func threeLayers(t *testing.T) (*plainDrive, map[string]string) {
	t.Helper()
	d := newPlainDrive(t, nil)
	s := d.open(t)
	want := map[string]string{}
	for _, files := range []map[string]string{
		{"a.txt": text(1, 100_000)},
		{"b/first.txt": text(2, 100_000), "b/second.txt": text(3, 100_000)},
		{"c.txt": "see"},
	} {
		put(t, s, files)
		maps.Copy(want, files)
	}
	check(t, s.Close())
	return d, want
}

func TestRepairOfAHealthyStickDoesNothing(t *testing.T) {
	d, want := threeLayers(t)
	s := d.open(t)
	before := d.names(t, "stowage/layers")
	result := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
	if len(result.Lost)+len(result.Removed)+len(result.Saved)+len(result.Restored) != 0 {
		t.Errorf("%+v", result)
	}
	if after := d.names(t, "stowage/layers"); !slices.Equal(before, after) {
		t.Errorf("layers were %q and are %q", before, after)
	}
	same(t, s, want)
}

// TestRepair damages the second layer in several places.
func TestRepair(t *testing.T) {
	for name, c := range map[string]struct {
		at   int
		lost []string
	}{
		"in the first file":  {30_000, []string{"b/first.txt"}},
		"in the second file": {170_000, []string{"b/second.txt"}},
		"at its end":         {-1, []string{"b/second.txt"}}, // which the last chunk holds a part of
		"in its age header":  {40, []string{"b/first.txt", "b/second.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, want := threeLayers(t)
			d.flip(t, d.names(t, "stowage/layers")[1], c.at)
			s := d.open(t)
			before := d.names(t, "stowage/layers")
			kept := must(s.Repair(t.Context(), stick.RepairOptions{}))(t)
			if !slices.Equal(kept.Lost, c.lost) || len(kept.Removed) != 0 || len(kept.Kept) != 1 {
				t.Errorf("without discarding: %+v", kept)
			}
			for _, name := range before {
				if !slices.Contains(d.names(t, "stowage/layers"), name) {
					t.Errorf("%s was removed, with what could not be saved", name)
				}
			}
			result := must(s.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
			if !slices.Equal(result.Lost, c.lost) || len(result.Removed) != 1 {
				t.Errorf("lost %q of %+v", result.Lost, result)
			}
			for _, p := range c.lost {
				delete(want, p)
			}
			if len(c.lost) == 2 {
				want["b/"] = "" // the folder itself is known from the table of contents
			}
			again := d.school.reopen(t, s, d.Mem)
			same(t, again, want)
			if result := must(again.Check(t.Context(), nil))(t); !result.Healthy() {
				t.Errorf("still not healthy: %+v", result.Problems)
			}
		})
	}
}

func TestRepairFromBackup(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, d *plainDrive, layers []string){
		"damaged": func(t *testing.T, d *plainDrive, layers []string) { d.flip(t, layers[1], 70_000) },
		"header":  func(t *testing.T, d *plainDrive, layers []string) { d.flip(t, layers[1], 40) },
		"missing": func(t *testing.T, d *plainDrive, layers []string) { check(t, d.Remove(layers[1])) },
		"all damaged, contents gone": func(t *testing.T, d *plainDrive, layers []string) {
			for _, l := range layers {
				d.flip(t, l, 300)
			}
			for _, c := range d.names(t, "stowage/contents") {
				check(t, d.Remove(c))
			}
		},
		"forged beside": func(t *testing.T, d *plainDrive, layers []string) {
			d.write(t, "stowage/layers/00000009-0badf00d.age", string(d.read(t, layers[0])))
			d.flip(t, layers[1], -1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, want := threeLayers(t)
			backup := d.copyOf(t)
			spoil(t, d, d.names(t, "stowage/layers"))
			s := d.open(t)
			result := must(s.Repair(t.Context(), stick.RepairOptions{Backup: backup.Mem}))(t)
			if len(result.Restored) == 0 || len(result.Lost) != 0 {
				t.Errorf("%+v", result)
			}
			again := d.school.reopen(t, s, d.Mem)
			same(t, again, want)
			if result := must(again.Check(t.Context(), nil))(t); !result.Healthy() {
				t.Errorf("still not healthy: %+v", result.Problems)
			}
		})
	}
}

// TestRepairTakesNothingForged has an age file of somebody else's in the place of a layer, of the same size and
// for the same recipient, with other files where the table says that the layer's files are. None of it is
// taken for the holder's.
func TestRepairTakesNothingForged(t *testing.T) {
	d, want := threeLayers(t)
	name := d.names(t, "stowage/layers")[1]
	size := len(d.read(t, name))
	to := recipientOf(t, d.school, d.Mem)
	evil := func(n int) string {
		return string(forge(t, to, func(w *tar.Writer) {
			check(t, w.WriteHeader(&tar.Header{Name: "b/first.txt", Typeflag: tar.TypeReg, Size: int64(n), Mode: 0o644}))
			_, err := io.WriteString(w, strings.Repeat("evil", n/4+1)[:n])
			check(t, err)
		}))
	}
	n := size
	for len(evil(n)) > size { // the largest that is no larger, then of the same size by what follows it
		n -= 512
	}
	forged := evil(n)
	for _, content := range []string{forged, forged + strings.Repeat("x", size-len(forged))} {
		c := d.copyOf(t)
		check(t, c.Remove(name))
		c.write(t, name, content)
		s := c.open(t)
		result := must(s.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
		if !slices.Equal(result.Lost, []string{"b/first.txt", "b/second.txt"}) || len(result.Saved) != 0 {
			t.Errorf("%d bytes of %d: %+v", len(content), size, result)
		}
		left := map[string]string{"a.txt": want["a.txt"], "c.txt": want["c.txt"], "b/": ""}
		same(t, c.school.reopen(t, s, c.Mem), left)
	}
}

// TestRepairWithoutWhatIsMissing goes on without a layer that nobody has.
func TestRepairWithoutWhatIsMissing(t *testing.T) {
	d, want := threeLayers(t)
	check(t, d.Remove(d.names(t, "stowage/layers")[1]))
	s := d.open(t)
	if w := s.Warnings(); len(w) != 1 || w[0].Kind != stick.WarnMissing {
		t.Fatalf("warnings %v", w)
	}
	result := must(s.Repair(t.Context(), stick.RepairOptions{Discard: true}))(t)
	if !slices.Equal(result.Lost, []string{"b/first.txt", "b/second.txt"}) { // as a table of contents knows
		t.Errorf("%+v", result)
	}
	for p := range want {
		if strings.HasPrefix(p, "b/") {
			delete(want, p)
		}
	}
	want["b/"] = ""
	same(t, d.school.reopen(t, s, d.Mem), want)
}

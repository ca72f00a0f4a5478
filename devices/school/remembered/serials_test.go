package remembered_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/remembered"
	"stowage/devices/school/schooltest"
)

// published is a school's directory in a folder of its own, with what a
// computer of staff remembers.
type published struct {
	s        *school.School
	path     string
	verifier string
	seen     remembered.Serials
}

func publishedDirectory(t *testing.T) published {
	t.Helper()
	s := schooltest.Ticking(t)
	p := published{s: s, path: filepath.Join(t.TempDir(), "directory.note"), seen: remembered.Serials{Dir: filepath.Join(t.TempDir(), "seen")}}
	p.verifier = schooltest.Must(s.Directory()).Verifier
	p.publish(t)
	return p
}

func (p published) publish(t *testing.T) int64 {
	t.Helper()
	d, err := p.s.PublishDirectory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.s.CopyDirectory(p.path); err != nil {
		t.Fatal(err)
	}
	return d.Serial
}

func TestNewestDirectoryIsPickedUp(t *testing.T) {
	p := publishedDirectory(t)
	for range 2 {
		want := p.publish(t)
		known, err := p.seen.Newest(p.path, p.verifier)
		if err != nil || known.Serial != want || known.Kept != nil {
			t.Errorf("number %+v, %v; want %d", known, err, want)
		}
	}
}

func TestDirectoryIsKeptForWhenTheSchoolIsOutOfReach(t *testing.T) {
	p := publishedDirectory(t)
	first, err := p.seen.Newest(p.path, p.verifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(p.path); err != nil {
		t.Fatal(err)
	}
	known, err := p.seen.Newest(p.path, p.verifier)
	if err != nil || known.Serial != first.Serial || !errors.Is(known.Kept, fs.ErrNotExist) {
		t.Errorf("known %+v, %v", known, err)
	}
	if _, err := p.seen.Newest(p.path, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without knowing which school: %v", err)
	}
	other := schooltest.OtherAuthority(t)
	if _, err := p.seen.Newest(p.path, other.Verifier()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another school's: %v", err)
	}
}

func TestOlderDirectoryNeverTakesThePlaceOfANewerOne(t *testing.T) {
	p := publishedDirectory(t)
	old, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	want := p.publish(t)
	if _, err := p.seen.Newest(p.path, p.verifier); err != nil {
		t.Fatal(err)
	}
	schooltest.Write(t, p.path, old)
	known, err := p.seen.Newest(p.path, p.verifier)
	if err != nil || known.Serial != want || !errors.Is(known.Kept, keys.ErrOlder) {
		t.Errorf("known %+v, %v; want number %d", known, err, want)
	}
	// Nor does one put where the copy is kept.
	kept, err := filepath.Glob(filepath.Join(p.seen.Dir, "*.note"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	schooltest.Write(t, kept[0], old)
	if _, err := p.seen.Newest(p.path, p.verifier); !errors.Is(err, keys.ErrOlder) {
		t.Errorf("an older copy: %v", err)
	}
}

func TestForgedDirectoryIsAnErrorEvenWithACopy(t *testing.T) {
	p := publishedDirectory(t)
	if _, err := p.seen.Newest(p.path, p.verifier); err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	note[100] ^= 1
	schooltest.Write(t, p.path, note)
	if _, err := p.seen.Newest(p.path, p.verifier); !errors.Is(err, keys.ErrForged) {
		t.Errorf("got %v", err)
	}
}

func TestComputerThatKeepsNothing(t *testing.T) {
	p := publishedDirectory(t)
	file := filepath.Join(t.TempDir(), "file")
	schooltest.Write(t, file, nil)
	seen := remembered.Serials{Dir: filepath.Join(file, "no folder")}
	if known, err := seen.Newest(p.path, p.verifier); err != nil || known.Kept != nil {
		t.Errorf("known %+v, %v", known, err)
	}
}

package school_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
)

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "school")
	p := school.Plan{Name: "Hill Road Primary", Passphrase: authorityPassphrase(), Policy: schooltest.Quick()}
	if err := school.Init(t.Context(), dir, p, options()); err != nil {
		t.Fatal(err)
	}
	want := []string{school.AuthorityFile, school.DirectoryFile, school.KeysFolder, school.RegisterFile}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if err := school.Init(t.Context(), dir, p, options()); !errors.Is(err, school.ErrNotEmpty) {
		t.Errorf("again: %v", err)
	}
	s := open(t, dir)
	d, err := s.Directory()
	if err != nil || d.School != "Hill Road Primary" || d.Serial != 1 || len(d.Recovery) != 2 {
		t.Errorf("the directory is %+v, %v", d, err)
	}
}

// TestInitFails makes nothing when it fails, whatever it fails of.
func TestInitFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	weak := schooltest.Quick()
	weak.Class = "rot13"
	tests := map[string]struct {
		ctx  context.Context
		plan school.Plan
	}{
		"cancelled":       {cancelled, school.Plan{Name: "A", Passphrase: authorityPassphrase(), Policy: schooltest.Quick()}},
		"no name":         {t.Context(), school.Plan{Passphrase: authorityPassphrase(), Policy: schooltest.Quick()}},
		"weak passphrase": {t.Context(), school.Plan{Name: "A", Passphrase: []byte("password1"), Policy: schooltest.Quick()}},
		"no policy":       {t.Context(), school.Plan{Name: "A", Passphrase: authorityPassphrase(), Policy: weak}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "school")
			if err := school.Init(test.ctx, dir, test.plan, options()); err == nil {
				t.Fatal("it made a school")
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("it left %v", names(t, dir))
			}
		})
	}
}

func TestOpenWhatIsNoSchool(t *testing.T) {
	if _, err := school.Open(t.Context(), t.TempDir(), options()); !errors.Is(err, school.ErrNotSchool) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := school.Open(t.Context(), filepath.Join(t.TempDir(), "none"), options()); !errors.Is(err, school.ErrNotSchool) {
		t.Errorf("no folder: %v", err)
	}
}

func TestLocked(t *testing.T) {
	s := newSchool(t)
	id, _ := person(t, s, "Alice Jones")
	s.Lock()
	if _, err := s.ReplaceKey(t.Context(), id, "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("replace a key: %v", err)
	}
	if _, err := s.RevokeKey(t.Context(), id, "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("revoke a key: %v", err)
	}
	if _, err := s.PublishDirectory(t.Context()); !errors.Is(err, school.ErrLocked) {
		t.Errorf("publish: %v", err)
	}
	if _, _, err := s.TelephoneCode(t.Context(), "x", "y"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("read out a code: %v", err)
	}
	if err := s.Unlock(t.Context(), []byte("wrong")); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("unlock: %v", err)
	}
}

// TestPublishCatchesUp has the directory fall behind the register: the change
// stands, and the next unlocking publishes it.
func TestPublishCatchesUp(t *testing.T) {
	s := newSchool(t)
	path := filepath.Join(s.Dir(), school.DirectoryFile)
	note, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Alice Jones"})
	if err != nil {
		t.Fatal(err)
	}
	// A folder in its place cannot be replaced by a file.
	if err := errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	issued, err := s.IssueKey(t.Context(), h.ID)
	if p, ok := errors.AsType[*school.PublishError](err); !ok {
		t.Fatalf("issuing a key without a directory: %v, %v", p, err)
	}
	if len(issued.Passphrase) == 0 || issued.Key.Status != devices.KeyIssued {
		t.Errorf("the key stands, but was returned as %+v", issued.Key)
	}
	if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, note, 0o600)); err != nil {
		t.Fatal(err)
	}
	s = open(t, s.Dir())
	d, err := s.Directory()
	if err != nil || d.Serial != 2 || len(d.People) != 1 || d.People[0].Name != "Alice Jones" {
		t.Errorf("after unlocking, the directory is %+v, %v", d, err)
	}
	// Unlocking again publishes nothing new.
	if d, err = open(t, s.Dir()).Directory(); err != nil || d.Serial != 2 {
		t.Errorf("after unlocking twice, the directory is number %d, %v", d.Serial, err)
	}
}

// TestPublishWithoutOldOne begins numbers that nobody takes for older ones.
func TestPublishWithoutOldOne(t *testing.T) {
	s := newSchool(t)
	if err := os.WriteFile(filepath.Join(s.Dir(), school.DirectoryFile), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := s.PublishDirectory(t.Context())
	if err != nil || d.Serial < day().Unix() {
		t.Errorf("the directory is number %v, %v", d, err)
	}
	next, err := s.PublishDirectory(t.Context())
	if err != nil || next.Serial != d.Serial+1 {
		t.Errorf("the next is number %d after %d, %v", next.Serial, d.Serial, err)
	}
}

// TestTwoDesks issue keys at once: no number is given twice, and nobody's key
// is missing from the last directory.
func TestTwoDesks(t *testing.T) {
	first := newSchool(t)
	second := open(t, first.Dir())
	var ids []string
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		h, err := first.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, h.ID)
	}
	var desks sync.WaitGroup
	for i, s := range []*school.School{first, second} {
		desks.Go(func() {
			for _, id := range ids[i*3 : i*3+3] {
				if _, err := s.IssueKey(t.Context(), id); err != nil {
					t.Errorf("desk %d: %v", i, err)
				}
			}
		})
	}
	desks.Wait()
	d, err := first.Directory()
	if err != nil || len(d.People) != len(ids) {
		t.Fatalf("the directory has %d people, want %d: %v", len(d.People), len(ids), err)
	}
}

// TestStrangersDirectory is not believed once the authority is unlocked.
func TestStrangersDirectory(t *testing.T) {
	s, other := newSchool(t), newSchool(t)
	note, err := os.ReadFile(filepath.Join(other.Dir(), school.DirectoryFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), school.DirectoryFile), note, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Directory(); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("the other school's directory: %v", err)
	}
	a, err := other.Authority()
	if err != nil {
		t.Fatal(err)
	}
	seen := options()
	seen.Verifier = a.Verifier()
	locked, err := school.Open(t.Context(), s.Dir(), seen)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	if _, err := locked.Directory(); err != nil {
		t.Errorf("with the verifier key that was seen before: %v", err)
	}
}

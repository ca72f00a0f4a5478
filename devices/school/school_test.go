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
	"stowage/devices/school/issue"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
)

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "school")
	p := school.Plan{Name: "Hill Road Primary", Passphrase: schooltest.AuthorityPassphrase(), Policy: schooltest.Quick()}
	if err := school.Init(t.Context(), dir, p, schooltest.TickingOptions()); err != nil {
		t.Fatal(err)
	}
	want := []string{school.AuthorityFile, school.DirectoryFile, school.KeysFolder, school.RegisterFile}
	if got := schooltest.Names(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if err := school.Init(t.Context(), dir, p, schooltest.TickingOptions()); !errors.Is(err, school.ErrNotEmpty) {
		t.Errorf("again: %v", err)
	}
	s := schooltest.Open(t, dir)
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
		"cancelled":       {cancelled, school.Plan{Name: "A", Passphrase: schooltest.AuthorityPassphrase(), Policy: schooltest.Quick()}},
		"no name":         {t.Context(), school.Plan{Passphrase: schooltest.AuthorityPassphrase(), Policy: schooltest.Quick()}},
		"weak passphrase": {t.Context(), school.Plan{Name: "A", Passphrase: []byte("password1"), Policy: schooltest.Quick()}},
		"no policy":       {t.Context(), school.Plan{Name: "A", Passphrase: schooltest.AuthorityPassphrase(), Policy: weak}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "school")
			if err := school.Init(test.ctx, dir, test.plan, schooltest.TickingOptions()); err == nil {
				t.Fatal("it made a school")
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("it left %v", schooltest.Names(t, dir))
			}
		})
	}
}

func TestOpenWhatIsNoSchool(t *testing.T) {
	if _, err := school.Open(t.Context(), t.TempDir(), schooltest.TickingOptions()); !errors.Is(err, school.ErrNotSchool) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := school.Open(t.Context(), filepath.Join(t.TempDir(), "none"), schooltest.TickingOptions()); !errors.Is(err, school.ErrNotSchool) {
		t.Errorf("no folder: %v", err)
	}
}

func TestLocked(t *testing.T) {
	s := schooltest.Ticking(t)
	id, _ := schooltest.Person(t, s, "Alice Jones")
	s.Lock()
	if _, err := issue.ReplaceKey(t.Context(), s, id, "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("replace a key: %v", err)
	}
	if _, err := issue.RevokeKey(t.Context(), s, id, "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("revoke a key: %v", err)
	}
	if _, err := s.PublishDirectory(t.Context()); !errors.Is(err, school.ErrLocked) {
		t.Errorf("publish: %v", err)
	}
	if _, _, err := issue.TelephoneCode(t.Context(), s, "x", "y"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("read out a code: %v", err)
	}
	if err := unlock.Authority(t.Context(), s, []byte("wrong")); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("unlock: %v", err)
	}
}

// TestPublishCatchesUp has the directory fall behind the register: the change
// stands, and the next unlocking publishes it.
func TestPublishCatchesUp(t *testing.T) {
	s := schooltest.Ticking(t)
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
	issued, err := issue.Key(t.Context(), s, h.ID)
	if p, ok := errors.AsType[*school.PublishError](err); !ok {
		t.Fatalf("issuing a key without a directory: %v, %v", p, err)
	}
	if len(issued.Passphrase) == 0 || issued.Key.Status != devices.KeyIssued {
		t.Errorf("the key stands, but was returned as %+v", issued.Key)
	}
	if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, note, 0o600)); err != nil {
		t.Fatal(err)
	}
	s = schooltest.Open(t, s.Dir())
	d, err := s.Directory()
	if err != nil || d.Serial != 2 || len(d.People) != 1 || d.People[0].Name != "Alice Jones" {
		t.Errorf("after unlocking, the directory is %+v, %v", d, err)
	}
	// Unlocking again publishes nothing new.
	if d, err = schooltest.Open(t, s.Dir()).Directory(); err != nil || d.Serial != 2 {
		t.Errorf("after unlocking twice, the directory is number %d, %v", d.Serial, err)
	}
}

// TestPublishWithoutOldOne begins numbers that nobody takes for older ones.
func TestPublishWithoutOldOne(t *testing.T) {
	s := schooltest.Ticking(t)
	if err := os.WriteFile(filepath.Join(s.Dir(), school.DirectoryFile), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := s.PublishDirectory(t.Context())
	if err != nil || d.Serial < schooltest.Day().Unix() {
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
	first := schooltest.Ticking(t)
	second := schooltest.Open(t, first.Dir())
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
				if _, err := issue.Key(t.Context(), s, id); err != nil {
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
	s, other := schooltest.Ticking(t), schooltest.Ticking(t)
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
	seen := schooltest.TickingOptions()
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

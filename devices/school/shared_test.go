package school_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
)

// The directory is in the shared folder whenever it is published.
func TestSharedFollowsTheDirectory(t *testing.T) {
	s := schooltest.Ticking(t)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	same := func() {
		t.Helper()
		want, err := s.Directory()
		if err != nil {
			t.Fatal(err)
		}
		got, err := shared.Directory(want.Verifier)
		if err != nil {
			t.Fatal(err)
		}
		if got.Serial != want.Serial {
			t.Errorf("the shared folder has directory %d, want %d", got.Serial, want.Serial)
		}
	}
	same()
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	same()
	_, issued := schooltest.Issued(t, s, alice, "HRP-1")
	if _, _, err := lifecycle.Act(t.Context(), s, issued.Device.ID, devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	same()
	if d, err := shared.Directory(""); err != nil || len(d.Lost) != 1 {
		t.Errorf("the shared directory lists %d lost devices, %v; want 1", len(d.Lost), err)
	}
}

func TestSharedElsewhere(t *testing.T) {
	s := schooltest.Ticking(t)
	server := filepath.Join(t.TempDir(), "server")
	shared, err := s.SetShared(server)
	if err != nil {
		t.Fatal(err)
	}
	if shared.Dir != server {
		t.Errorf("the shared folder is %s, want %s", shared.Dir, server)
	}
	if _, err := shared.Directory(""); err != nil {
		t.Error(err)
	}
	if at, err := school.SharedAt(s.Dir()); err != nil || at.Dir != server {
		t.Errorf("SharedAt(the school) is %q, %v", at.Dir, err)
	}
	if at, err := school.SharedAt(server); err != nil || at.Dir != server {
		t.Errorf("SharedAt(the shared folder) is %q, %v", at.Dir, err)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(shared.Inbox())
		if err != nil || info.Mode().Perm() != 0o733 || info.Mode()&os.ModeSticky == 0 {
			t.Errorf("the inbox has the rights %v, %v", info.Mode(), err)
		}
	}

	// Out of reach: the change stands and is published when it is back.
	if err := os.Rename(server, server+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(server, nil, 0o600); err != nil { // so that it cannot be made anew
		t.Fatal(err)
	}
	if err := shared.Reachable(); !errors.Is(err, school.ErrNoShared) {
		t.Errorf("a file in its place: %v, want ErrNoShared", err)
	}
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	var behind *school.PublishError
	if _, err := issue.Key(t.Context(), s, h.ID); !errors.As(err, &behind) {
		t.Errorf("issuing a key with the server away: %v, want a PublishError", err)
	}
	if err := os.Remove(server); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(server+".away", server); err != nil {
		t.Fatal(err)
	}
	if err := unlock.Authority(t.Context(), s, schooltest.AuthorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	if d, err := shared.Directory(""); err != nil || len(d.People) != 1 {
		t.Errorf("the shared directory was not brought up to date: %v", err)
	}
}

// The id of a backup comes from a stick, and never leads out of the folder.
func TestSharedBackupFolder(t *testing.T) {
	shared := school.Shared{Dir: "/srv/shared"}
	for _, id := range []string{"", "..", "../../etc", "a", "0f8fad5b-d9cb-469f-a165-70867728950e/.."} {
		if path, err := shared.Backup(id); err == nil {
			t.Errorf("Backup(%q) is %s", id, path)
		}
	}
	if _, err := shared.Backup("0f8fad5b-d9cb-469f-a165-70867728950e"); err != nil {
		t.Error(err)
	}
}

func TestSharedSetting(t *testing.T) {
	s := schooltest.Ticking(t)
	for _, bad := range []string{"relative", "/a\n/b", "", "/a\x00"} {
		if err := os.WriteFile(filepath.Join(s.Dir(), school.SharedSetting), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if shared, err := s.Shared(); err == nil {
			t.Errorf("the setting %q gives %q", bad, shared.Dir)
		}
	}
	if _, err := s.SetShared(""); err != nil {
		t.Fatal(err)
	}
	if shared, err := s.Shared(); err != nil || shared.Dir != filepath.Join(s.Dir(), school.SharedFolder) {
		t.Errorf("Shared() is %q, %v", shared.Dir, err)
	}
}

// A desk that is late does not take back what another has published since.
func TestPublishNeverGoesBack(t *testing.T) {
	s := schooltest.Ticking(t)
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	read := func() []byte {
		t.Helper()
		note, err := os.ReadFile(shared.DirectoryPath())
		if err != nil {
			t.Fatal(err)
		}
		return note
	}
	older := read()
	schooltest.Person(t, s, "Alice Jones")
	newer := read()
	if err := shared.Publish(school.DirectoryFile, older); !errors.Is(err, keys.ErrOlder) {
		t.Errorf("publishing the older directory: %v", err)
	}
	if string(read()) != string(newer) {
		t.Error("the newer directory is gone")
	}
	if err := shared.Publish(school.DirectoryFile, newer); err != nil {
		t.Errorf("publishing the same again: %v", err)
	}

	// What the school did not sign is no directory, whatever number it claims.
	if err := os.WriteFile(shared.DirectoryPath(), []byte("serial 999999\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := shared.Publish(school.DirectoryFile, older); err != nil || string(read()) != string(older) {
		t.Errorf("over what nobody signed: %v", err)
	}
}

// The school's folder came back from a backup: its next directory has a number
// that staff's computers, which saw later ones, take.
func TestPublishAfterGoingBack(t *testing.T) {
	s := schooltest.Ticking(t)
	own := filepath.Join(s.Dir(), school.DirectoryFile)
	before, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := s.PublishDirectory(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	seen, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unlock.Authority(t.Context(), s, schooltest.AuthorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Directory(); err != nil || d.Serial != seen.Serial+1 {
		t.Errorf("directory %d follows %d (%v)", d.Serial, seen.Serial, err)
	}
}

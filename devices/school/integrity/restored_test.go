package integrity_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// theft reports a device stolen, with an incident, and returns the checkpoint that a stick takes along.
func theft(t *testing.T, s *school.School, label string) []byte {
	t.Helper()
	d, err := s.Register().AddDevice(t.Context(), "test", devices.DeviceDetails{Kind: devices.Phone, Label: label})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register().Act(t.Context(), "test", d.ID, devices.Steal, devices.Facts{Note: "from the staff room"}); err != nil {
		t.Fatal(err)
	}
	return checkpoint(t, s)
}

// explained verifies a register, with checkpoints from sticks, of which so many are to be explained by
// a restoring.
func explained(t *testing.T, s *school.School, want int, given ...[]byte) integrity.Proof {
	t.Helper()
	proof, err := integrity.Verify(t.Context(), s, given, nil)
	if err != nil || len(proof.Replaced) != want {
		t.Fatalf("%d checkpoints are explained, want %d: %v", len(proof.Replaced), want, err)
	}
	return proof
}

// tampered fails unless verifying says so.
func tampered(t *testing.T, what string, s *school.School, given ...[]byte) {
	t.Helper()
	if _, err := integrity.Verify(t.Context(), s, given, nil); !errors.Is(err, integrity.ErrTampered) {
		t.Errorf("%s: %v", what, err)
	}
}

// TestAttackRestoreForgets restores an old backup so that a theft is forgotten, twice, and again from
// an older one. What was replaced is on record, and every checkpoint of it is known again.
func TestAttackRestoreForgets(t *testing.T) {
	s := schooltest.Ticking(t)
	dir := s.Dir()
	oldest, backup := filepath.Join(t.TempDir(), "oldest.age"), filepath.Join(t.TempDir(), "backup.age")
	for _, path := range []string{oldest, backup} {
		schooltest.Person(t, s, "Alice "+filepath.Base(path)[:3])
		if err := integrity.BackUp(t.Context(), s, path); err != nil {
			t.Fatal(err)
		}
	}
	onStick := theft(t, s, "PH-1") // a stick takes it, and later there is a newer one in the folder
	newest := theft(t, s, "PH-2")
	had, err := s.Register().Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := restoreFrom(t, dir, backup)
	s = schooltest.Open(t, dir)
	proof := explained(t, s, 2, onStick)
	var body devices.Restored
	if err := json.Unmarshal(r.Recorded.Body, &body); err != nil {
		t.Fatal(err)
	}
	if e := proof.Restores[0].Event; e.Number != r.Events+1 || e.Kind != devices.RegisterRestored || e.Actor != "test" || e.Login == "" || e.Time.IsZero() {
		t.Errorf("%+v", e)
	}
	if body.Backup != "backup.age" || len(body.Digest) != 64 || body.Unread || body.Replaced[0].Tree != had || len(body.Checkpoints) != 1 || body.Checkpoints[0] != had {
		t.Errorf("%+v", body)
	}
	second := theft(t, s, "PH-3")
	restoreFrom(t, dir, backup)
	s = schooltest.Open(t, dir)
	explained(t, s, 4, onStick, second)
	third := theft(t, s, "PH-4")
	restoreFrom(t, dir, oldest)
	s = schooltest.Open(t, dir)
	explained(t, s, 7, onStick, newest, second, third)
	aside, err := filepath.Glob(filepath.Join(dir, "checkpoint-*.note"))
	if err != nil || len(aside) != 3 {
		t.Errorf("%q, %v", aside, err)
	}
}

// TestAttackHistoryReplaced replaces the history by other means than restoring, and claims a restoring
// that the school did not sign.
func TestAttackHistoryReplaced(t *testing.T) {
	s := schooltest.Ticking(t)
	dir := s.Dir()
	register := filepath.Join(dir, school.RegisterFile)
	schooltest.Person(t, s, "Alice Jones")
	backup := filepath.Join(t.TempDir(), "backup.age")
	if err := integrity.BackUp(t.Context(), s, backup); err != nil {
		t.Fatal(err)
	}
	s.Close()
	old, err := os.ReadFile(register)
	if err != nil {
		t.Fatal(err)
	}
	s = schooltest.Open(t, dir)
	stolen := theft(t, s, "PH-1")
	tree, err := s.Register().Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	putBack := func() *school.School {
		t.Helper()
		for _, suffix := range []string{"-wal", "-shm"} {
			_ = os.Remove(register + suffix)
		}
		if err := os.WriteFile(register, old, 0o600); err != nil {
			t.Fatal(err)
		}
		return schooltest.Open(t, dir)
	}
	s = putBack()
	tampered(t, "an old file", s)
	if err := os.Rename(filepath.Join(dir, school.CheckpointFile), filepath.Join(dir, "checkpoint-aside.note")); err != nil {
		t.Fatal(err)
	}
	tampered(t, "an old file, its checkpoint set aside", s)

	for name, sign := range map[string]func(devices.Tree, [32]byte) ([]byte, error){
		"nothing":      func(devices.Tree, [32]byte) ([]byte, error) { return nil, nil },
		"a checkpoint": func(devices.Tree, [32]byte) ([]byte, error) { return stolen, nil },
	} {
		claim := devices.Restored{Backup: "made up", Replaced: []devices.Branch{{Tree: tree}}, Checkpoints: []devices.Tree{tree}}
		if _, err := s.Register().RecordRestored(t.Context(), "mallory", claim, sign); err != nil {
			t.Fatal(err)
		}
		tampered(t, "a claim that signs "+name, s)
	}
	s.Close()

	// Restoring over the history with a gap does not explain it: what the present register
	// never had, the restoring did not replace.
	restoreFrom(t, dir, backup)
	s = schooltest.Open(t, dir)
	tampered(t, "a restoring over a history that was replaced before", s)
	schooltest.Person(t, s, "Bob Hill")
	tampered(t, "after it is written on", s)
}

// TestAttackRestoreOnServer moves a restored register to PostgreSQL: what it replaced stays explained
// there, to every desk, and no desk records a restoring.
func TestAttackRestoreOnServer(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	url := server.Database(t)
	if err := store.SetUpPostgres(ctx, url, nil); err != nil {
		t.Fatal(err)
	}
	s, backup := backedUpSchool(t)
	dir := s.Dir()
	onStick := theft(t, s, "PH-1")
	s.Close()
	restoreFrom(t, dir, backup)
	if _, _, err := integrity.Move(ctx, dir, url, schooltest.TickingOptions(), nil); err != nil {
		t.Fatal(err)
	}
	s = schooltest.Open(t, dir)
	explained(t, s, 2, onStick)
	for login, duty := range map[string]store.Duty{"north": store.SiteDuty, "trust": store.TrustDuty} {
		var sites []string
		if duty == store.SiteDuty {
			sites = []string{"North"}
		}
		if err := store.Allow(ctx, url, nil, login, duty, sites); err != nil {
			t.Fatal(err)
		}
		desk, err := store.OpenPostgres(ctx, server.As(login, url), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer desk.Close()
		register := devices.NewRegister(desk, devices.Options{})
		if all, err := register.Restores(ctx); err != nil || len(all) != 1 {
			t.Errorf("%s sees %d restorings: %v", login, len(all), err)
		}
		_, err = register.RecordRestored(ctx, "mallory", devices.Restored{}, func(devices.Tree, [32]byte) ([]byte, error) { return nil, nil })
		if err == nil {
			t.Errorf("%s records a restoring", login)
		}
	}
	if err := unlock.Authority(ctx, s, schooltest.AuthorityPassphrase()); err != nil {
		t.Fatal(err)
	}
	if msg := checkpoint(t, s); bytes.Equal(msg, onStick) || !strings.Contains(string(msg), "\n") {
		t.Errorf("not signed anew: %s", msg)
	}
}

// TestAttackRestoreWhileWriting: what another desk writes while a backup is put in place is not lost unseen.
func TestAttackRestoreWhileWriting(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "register.db")
	s, err := store.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := devices.NewRegister(s, devices.Options{})
	write := func(name string) {
		if _, err := r.AddHolder(ctx, "test", devices.HolderDetails{Name: name}); err != nil {
			t.Error(err)
		}
	}
	write("Alice Jones")
	var saved bytes.Buffer
	if err := s.Backup(ctx, &saved); err != nil {
		t.Fatal(err)
	}
	err = store.Restore(ctx, path, &saved, store.RestoreOptions{Record: func(_, _ *store.SQLite) error {
		write("Bob Hill")
		return nil
	}})
	if !errors.Is(err, store.ErrBusy) {
		t.Errorf("restored over what was written meanwhile: %v", err)
	}
	if _, err := r.FindHolder(ctx, "Bob Hill"); err != nil {
		t.Error(err)
	}
}

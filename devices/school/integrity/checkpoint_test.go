package integrity_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/school/schooltest"
)

func checkpoint(t *testing.T, s *school.School) []byte {
	t.Helper()
	msg, err := integrity.Checkpoint(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestCheckpoint(t *testing.T) {
	s := schooltest.Ticking(t)
	schooltest.Person(t, s, "Alice Jones")
	msg := checkpoint(t, s)
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	verifier := a.Verifier()
	tree, err := integrity.ReadCheckpoint(msg, verifier)
	now, nowErr := s.Register().Tree(t.Context())
	if err != nil || nowErr != nil || tree != now {
		t.Errorf("%+v, %v; want %+v, %v", tree, err, now, nowErr)
	}
	lines := strings.Split(string(msg), "\n")
	if lines[0] != "hill-road-primary" || lines[1] != fmt.Sprint(tree.Size) || lines[3] != "" || !strings.HasPrefix(lines[4], "— hill-road-primary ") {
		t.Errorf("not a tlog-checkpoint:\n%s", msg)
	}
	if again := checkpoint(t, s); !bytes.Equal(again, msg) {
		t.Error("signed again, although nothing happened")
	}
	s.Lock()
	if kept := checkpoint(t, s); !bytes.Equal(kept, msg) {
		t.Error("the locked school gives another")
	}
	if err := os.Remove(filepath.Join(s.Dir(), school.CheckpointFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := integrity.Checkpoint(t.Context(), s); !errors.Is(err, school.ErrLocked) {
		t.Errorf("locked and without one: %v", err)
	}
}

func TestReadCheckpoint(t *testing.T) {
	a, err := keys.NewAuthority("Hill", schooltest.Day())
	if err != nil {
		t.Fatal(err)
	}
	root := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for text, want := range map[string]error{
		"hill\n7\n" + root + "\n":                      nil,
		"hill\n0\n" + root + "\nmore to say\n":         nil,
		"mill\n7\n" + root + "\n":                      integrity.ErrCheckpoint,
		"hill\n07\n" + root + "\n":                     integrity.ErrCheckpoint,
		"hill\n-7\n" + root + "\n":                     integrity.ErrCheckpoint,
		"hill\n9999999999999999999\n" + root + "":      nil, // not even signed
		"hill\n7\nAAAA\n":                              integrity.ErrCheckpoint,
		"hill\n7\n":                                    integrity.ErrCheckpoint,
		"hill\n7\n" + strings.Repeat("A", 5000) + "\n": integrity.ErrCheckpoint,
	} {
		msg, err := a.Sign(text)
		if err != nil {
			continue
		}
		if _, err := integrity.ReadCheckpoint(msg, a.Verifier()); !errors.Is(err, want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	if _, err := integrity.ReadCheckpoint([]byte("hill\n7\n"+root+"\n"), a.Verifier()); !errors.Is(err, keys.ErrForged) {
		t.Errorf("not signed: %v", err)
	}
}

func FuzzReadCheckpoint(f *testing.F) {
	a, err := keys.NewAuthority("Hill", schooltest.Day())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("hill\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Fuzz(func(t *testing.T, text string) {
		msg, err := a.Sign(text)
		if err != nil {
			return
		}
		tree, err := integrity.ReadCheckpoint(msg, a.Verifier())
		if err == nil && (tree.Size < 0 || !strings.HasPrefix(text, "hill\n"+fmt.Sprint(tree.Size)+"\n")) {
			t.Errorf("%q became %+v", text, tree)
		}
	})
}

// TestVerifyRegister holds a register against the checkpoints on its sticks.
func TestVerifyRegister(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	schooltest.Person(t, s, "Alice Jones")
	first := checkpoint(t, s)
	schooltest.Person(t, s, "Bob Hill")
	second := checkpoint(t, s)
	if err := integrity.KeepCheckpoint(ctx, s, first, "desk 1", "MS-1"); err != nil {
		t.Fatal(err)
	}
	proof, err := integrity.Verify(ctx, s, [][]byte{second}, nil)
	if err != nil || len(proof.Witnesses) != 3 || proof.Tree.Size == 0 {
		t.Fatalf("%+v, %v", proof, err)
	}

	other, err := keys.NewAuthority("Hill Road Primary", schooltest.Day())
	if err != nil {
		t.Fatal(err)
	}
	forged, err := other.Sign("hill-road-primary\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := integrity.KeepCheckpoint(ctx, s, forged, "desk 1", ""); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("a forged checkpoint: %v", err)
	}
	if _, err := integrity.Verify(ctx, s, [][]byte{forged}, nil); !errors.Is(err, keys.ErrOtherSchool) {
		t.Errorf("a forged checkpoint: %v", err)
	}
}

// TestVerifyRegisterAfterRewriting: whoever rewrites all of history, hashes and
// the folder's checkpoint included, is given away by the checkpoint on a stick.
func TestVerifyRegisterAfterRewriting(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	schooltest.Person(t, s, "Alice Jones")
	schooltest.Person(t, s, "Bob Hill")
	onStick := checkpoint(t, s)
	schooltest.Person(t, s, "Cat Fox")
	schooltest.Rewritten(t, s, 1, "nobody")
	if _, err := integrity.Checkpoint(ctx, s); !errors.Is(err, integrity.ErrTampered) {
		t.Errorf("signed for a rewritten register: %v", err)
	}
	if err := os.Remove(filepath.Join(s.Dir(), school.CheckpointFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := integrity.Verify(ctx, s, nil, nil); err != nil {
		t.Fatalf("the forgery is not a good one: %v", err)
	}
	var tampered *devices.TamperError
	if _, err := integrity.Verify(ctx, s, [][]byte{onStick}, nil); !errors.Is(err, integrity.ErrTampered) || !errors.As(err, &tampered) || tampered.First != 1 {
		t.Errorf("%v", err)
	}
	// The stick comes back: it is noticed at once, and for ever.
	if err := integrity.KeepCheckpoint(ctx, s, onStick, "desk 1", "MS-1"); !errors.Is(err, integrity.ErrTampered) {
		t.Errorf("%v", err)
	}
	_, err := integrity.Verify(ctx, s, nil, nil)
	if !errors.As(err, &tampered) || tampered.Witness == nil || tampered.Witness.Device != "MS-1" {
		t.Errorf("%v", err)
	}
}

func TestVerifyRegisterCutOff(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	schooltest.Person(t, s, "Alice Jones")
	schooltest.Person(t, s, "Bob Hill")
	onStick := checkpoint(t, s)
	schooltest.Shell(t, s, "DROP TRIGGER events_remain", "DELETE FROM events WHERE number > 2", "DELETE FROM holder_keys WHERE version > 2", "DELETE FROM holders WHERE version > 2",
		"DELETE FROM holder_words WHERE rowid > 1", "CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END")
	if err := integrity.KeepCheckpoint(ctx, s, onStick, "desk 1", "MS-1"); !errors.Is(err, integrity.ErrTampered) {
		t.Errorf("%v", err)
	}
	var tampered *devices.TamperError
	_, err := integrity.Verify(ctx, s, nil, nil)
	if !errors.As(err, &tampered) || tampered.First != 3 || tampered.Reason != devices.TamperMissing {
		t.Errorf("%v", err)
	}
}

// TestVerifyRegisterState: the events are untouched, but what is shown is not.
func TestVerifyRegisterState(t *testing.T) {
	s := schooltest.Ticking(t)
	schooltest.Person(t, s, "Alice Jones")
	schooltest.Shell(t, s, "UPDATE holders SET name = 'Alice Hones'")
	var different *devices.DifferenceError
	_, err := integrity.Verify(t.Context(), s, nil, nil)
	if !errors.Is(err, integrity.ErrTampered) || !errors.As(err, &different) || different.Record != "holder" {
		t.Errorf("%v", err)
	}
}

// TestCheckpointAfterRestoring: a register from a backup is signed for again,
// and what the later checkpoint pinned is not forgotten: the restoring explains it.
func TestCheckpointAfterRestoring(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	schooltest.Person(t, s, "Alice Jones")
	checkpoint(t, s)
	path := filepath.Join(t.TempDir(), "backup.age")
	if err := integrity.BackUp(ctx, s, path); err != nil {
		t.Fatal(err)
	}
	schooltest.Person(t, s, "Bob Hill")
	later := checkpoint(t, s)
	backup, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	if _, err := integrity.Restore(ctx, s.Dir(), "backup.age", backup, schooltest.AuthorityPassphrase(), schooltest.TickingOptions()); err != nil {
		t.Fatal(err)
	}
	s = schooltest.Open(t, s.Dir())
	checkpoint(t, s)
	proof, err := integrity.Verify(ctx, s, nil, nil)
	if err != nil || len(proof.Restores) != 1 || len(proof.Replaced) != 1 || !bytes.Equal(proof.Replaced[0].Note, later) {
		t.Errorf("%+v, %v", proof, err)
	}
	aside, err := filepath.Glob(filepath.Join(s.Dir(), "checkpoint-*.note"))
	if err != nil || len(aside) != 1 {
		t.Fatalf("%q, %v", aside, err)
	}
	if kept, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(kept, later) {
		t.Errorf("%v", err)
	}
	if err := integrity.KeepCheckpoint(ctx, s, later, "desk", "MS-1"); err != nil {
		t.Errorf("%v", err)
	}
}

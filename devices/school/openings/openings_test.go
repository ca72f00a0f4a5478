package openings_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/openings"
	"stowage/devices/school/remembered"
	"stowage/devices/school/schooltest"
)

// told opens a stick with its holder's key, and returns what it tells the holder.
func told(t *testing.T, m *sticktest.Mem, passphrase []byte) []openings.ToldOpening {
	t.Helper()
	st, err := stick.Open(t.Context(), m, stick.WithPassphrase(passphrase), stick.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	sealed, err := stick.HolderKeys(m)
	if err != nil || len(sealed) == 0 {
		t.Fatal("no key", err)
	}
	k, err := keys.OpenHolderKey(sealed[0], passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Wipe()
	told, err := openings.OnStick(t.Context(), m, k, st.Note(), st.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// TestAttackOpeningsNobodySigned puts on a stick what the school did not sign for it: another stick's,
// another school's, an altered and a large one. The holder is told none of it, and the stick opens.
func TestAttackOpeningsNobodySigned(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, passphrase := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	other, second := schooltest.Issued(t, s, alice, "HRP-2")
	if err := openings.RecordStick(t.Context(), s, other, second.Note, "leaver handover"); err != nil {
		t.Fatal(err)
	}
	if got := told(t, other, passphrase); len(got) != 1 || got[0].Reason != "leaver handover" || got[0].What != devices.OpenedStick {
		t.Fatalf("told: %+v", got)
	}
	others, err := stick.Openings(other)
	if err != nil || len(others) != 1 {
		t.Fatalf("%d: %v", len(others), err)
	}
	forger, err := keys.NewAuthority("Hill Road Primary", schooltest.Day())
	if err != nil {
		t.Fatal(err)
	}
	text := "stowage opened v1\n" + `{"stick":"` + issued.Note.ID + `","opened":[{"number":9,"time":"2026-09-24T08:00:00Z","what":"stick","reason":"forged"}]}` + "\n"
	note, err := forger.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := keys.WrapFor(note, []string{issued.Key.Recipient})
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := keys.WrapFor([]byte(text), []string{issued.Key.Recipient})
	if err != nil {
		t.Fatal(err)
	}
	class := keys.Class(issued.Key.Class)
	for name, sealed := range map[string][]byte{
		"another stick's": others[0], "another school's": forged[class], "unsigned": unsigned[class], "no age file": []byte("x"), "empty": nil,
		"cut short": others[0][:len(others[0])-5],
	} {
		if err := stick.PutOpenings(m, sealed); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := told(t, m, passphrase); len(got) != 0 {
			t.Errorf("%s: told %+v", name, got)
		}
	}
	if err := stick.PutOpenings(m, []byte(strings.Repeat("x", 1<<20))); !errors.Is(err, stick.ErrTooLarge) {
		t.Errorf("a large one: %v", err)
	}
	schooltest.CheckIn(t, s, m)
	if got := told(t, m, passphrase); len(got) != 0 {
		t.Errorf("told of what happened to another stick: %+v", got)
	}
}

// A stick that goes to somebody else tells them nothing of what was before.
func TestOpeningsAreForTheHolderOfTheDay(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	bob, bobs := schooltest.Person(t, s, "Bob Evans")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	if err := openings.RecordStick(t.Context(), s, m, issued.Note, "leaver handover"); err != nil {
		t.Fatal(err)
	}
	st := schooltest.Opened(t, s, m)
	if _, err := issue.Rekey(t.Context(), s, m, st, bob, nil); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	schooltest.CheckIn(t, s, m)
	if got := told(t, m, bobs); len(got) != 0 {
		t.Errorf("told: %+v", got)
	}
	s.Lock()
	if err := openings.RecordStick(t.Context(), s, m, issued.Note, "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
	if _, err := backup.LastKnown(t.Context(), s, "HRP-1", "x"); !errors.Is(err, school.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
}

// Without a reason nothing is opened or recorded, whichever way the program asks.
func TestNothingOpensWithoutAReason(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.CheckIn(t, s, m)
	for _, reason := range []string{"", " \t"} {
		_, listed := backup.LastKnown(t.Context(), s, "HRP-1", reason)
		_, backup := backup.OpenDevice(t.Context(), s, "HRP-1", reason)
		at := openings.RecordStick(t.Context(), s, m, issued.Note, reason)
		for what, err := range map[string]error{"the list": listed, "the backup": backup, "the stick": at} {
			if !errors.Is(err, openings.ErrNoReason) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	events, err := s.Register().Events(t.Context(), devices.EventQuery{Kinds: []devices.EventKind{devices.FilesOpened}})
	if err != nil || len(events) != 0 {
		t.Errorf("recorded: %+v, %v", events, err)
	}
}

// Each opening is told once on a computer, which keeps no reason; after the register was restored, numbers begin lower.
func TestOpeningsAreToldOnce(t *testing.T) {
	h := remembered.Heads{Dir: filepath.Join(t.TempDir(), "sticks")}
	id := "3f2b8a52-6f1c-4b7e-9d59-0d3f0a1b2c3d"
	all := []openings.ToldOpening{{Number: 9, Time: schooltest.Day(), Reason: "second"}, {Number: 5, Time: schooltest.Day(), Reason: "first"}}
	if got := openings.New(h, id, all); len(got) != 2 {
		t.Errorf("at first: %+v", got)
	}
	if err := openings.MarkShown(h, id, all); err != nil {
		t.Fatal(err)
	}
	if got := openings.New(h, id, all); len(got) != 0 {
		t.Errorf("again: %+v", got)
	}
	for _, news := range []openings.ToldOpening{{Number: 10, Time: schooltest.Day()}, {Number: 6, Time: schooltest.Day().Add(time.Hour)}} {
		if got := openings.New(h, id, append([]openings.ToldOpening{news}, all...)); len(got) != 1 || got[0] != news {
			t.Errorf("news: %+v", got)
		}
	}
	for _, name := range schooltest.Names(t, h.Dir) {
		if text, err := os.ReadFile(filepath.Join(h.Dir, name)); err != nil || strings.Contains(string(text), "second") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

package issue_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school/issue"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/schooltest"
)

// keptBy is a copy of a stick that its holder made while it was theirs, with all that opened it.
type keptBy struct {
	drive *sticktest.Mem
	with  stick.Unlock
}

// open puts the keys and note that somebody kept of a stick before into the place of those that are there, and
// opens it with them.
func (k keptBy) open(t *testing.T, now *sticktest.Mem) (*stick.Stick, error) {
	t.Helper()
	forged := now.Clone()
	for _, name := range forged.Files() {
		if strings.HasPrefix(name, "stowage/keys/") || strings.HasSuffix(name, ".note") {
			forged.WriteFile(name, nil)
		}
	}
	for _, name := range k.drive.Files() {
		if strings.HasPrefix(name, "stowage/keys/") || strings.HasSuffix(name, ".note") {
			forged.WriteFile(name, k.drive.ReadFile(name))
		}
	}
	return stick.Open(t.Context(), forged, k.with, stick.OpenOptions{})
}

// TestAttackFormerHolder: somebody who had a stick kept a copy of it, with its keys. What the next person stores on it
// they cannot read, nor write in that person's name; the one whose key is only replaced keeps the stick as it is.
func TestAttackFormerHolder(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, temporary := schooltest.Person(t, s, "Alice Jones")
	bob, bobs := schooltest.Person(t, s, "Bob Evans")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, map[string]string{"before.txt": "Alice's"})
	kept := keptBy{m.Clone(), stick.WithPassphrase(temporary)}
	before := layersOf(m)

	st := schooltest.Opened(t, s, m)
	d, err := issue.Rekey(t.Context(), s, m, st, bob, nil)
	if err != nil {
		t.Fatal(err)
	}
	if note := st.Note(); d.Holder != bob || note.Recipient == issued.Note.Recipient || note.ID != issued.Note.ID || st.Rotating() {
		t.Errorf("the stick of %s has the note %+v", d.HolderName, note)
	}
	st.Close()
	for _, layer := range before {
		if m.ReadFile(layer) != nil {
			t.Errorf("%s is still there, under the old identity", layer)
		}
	}
	schooltest.Fill(t, s, m, map[string]string{"after.txt": "Bob's"})
	wants(t, m, stick.WithPassphrase(bobs), map[string]string{"before.txt": "Alice's", "after.txt": "Bob's"})

	// Alice's copy opens no layer that is there now, and a layer that she writes is not Bob's.
	theirs, err := kept.open(t, m)
	if err == nil {
		if got := onStick(t, theirs); len(got) > 0 {
			t.Errorf("the former holder reads %v", slices.Collect(maps.Keys(got)))
		}
		theirs.Close()
	}
	theirs, err = stick.Open(t.Context(), kept.drive, kept.with, stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 9 { // with every number that may follow
		item := stick.Item{Path: "forged.txt", Kind: stick.KindFile, Size: 6, Open: func() (stick.ItemReader, error) {
			return schooltest.TextItem{Reader: strings.NewReader("forged")}, nil
		}}
		if _, err := theirs.PutItems(t.Context(), []stick.Item{item}, stick.PutOptions{Clash: stick.Replace}); err != nil {
			t.Fatalf("layer %d: %v", n, err)
		}
	}
	theirs.Close()
	for _, layer := range layersOf(kept.drive) {
		m.WriteFile(layer, kept.drive.ReadFile(layer))
	}
	wants(t, m, stick.WithPassphrase(bobs), map[string]string{"before.txt": "Alice's", "after.txt": "Bob's"})
}

// TestLeaverHandsOver: a stick that a leaver hands to somebody else gets a new identity as well.
func TestLeaverHandsOver(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	bob, bobs := schooltest.Person(t, s, "Bob Evans")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	out, err := lifecycle.Depart(t.Context(), s, lifecycle.Departure{Holder: alice, Disposals: []lifecycle.Disposal{
		{Device: issued.Device.ID, Action: devices.Issue, To: bob, Stick: m},
	}})
	if err != nil || len(out.Devices) != 1 || out.Devices[0].Err != nil || out.Devices[0].Device.Holder != bob {
		t.Fatalf("the departure: %+v, %v", out, err)
	}
	summary, err := stick.Inspect(m, "")
	if err != nil || summary.Note.Recipient == issued.Note.Recipient || summary.Note.Generation != 2 {
		t.Errorf("the note: %+v, %v", summary, err)
	}
	wants(t, m, stick.WithPassphrase(bobs), schooltest.Taken())
}

// TestNewKeyOfTheSamePersonKeepsTheIdentity, so that no data is rewritten.
func TestNewKeyOfTheSamePersonKeepsTheIdentity(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	before := layersOf(m)
	renewed, err := issue.ReplaceKey(t.Context(), s, alice, "forgotten")
	if err != nil {
		t.Fatal(err)
	}
	st := schooltest.Opened(t, s, m)
	if _, err := issue.Rekey(t.Context(), s, m, st, "", nil); err != nil {
		t.Fatal(err)
	}
	if st.Note().Recipient != issued.Note.Recipient || !slices.Equal(layersOf(m), before) {
		t.Error("the stick was encrypted again")
	}
	st.Close()
	wants(t, m, stick.WithPassphrase(renewed.Passphrase), schooltest.Taken())
	if err := schooltest.Opens(m, stick.WithPassphrase(renewed.Passphrase)); err != nil {
		t.Error(err)
	}
}

// TestHandOverWithoutRoom refuses before anything is changed.
func TestHandOverWithoutRoom(t *testing.T) {
	s := schooltest.Ticking(t)
	alice, alices := schooltest.Person(t, s, "Alice Jones")
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	schooltest.Fill(t, s, m, schooltest.Taken())
	var used int64
	for _, name := range m.Files() {
		used += int64(len(m.ReadFile(name)))
	}
	m.SetCapacity(used + 100_000)
	st := schooltest.Opened(t, s, m)
	_, err := issue.Rekey(t.Context(), s, m, st, bob, nil)
	st.Close()
	if !errors.Is(err, stick.ErrFull) || errors.Is(err, issue.ErrToRotate) {
		t.Errorf("without room: %v", err)
	}
	if d, err := s.Register().Device(t.Context(), issued.Device.ID); err != nil || d.Holder != alice {
		t.Errorf("the register says %s, %v", d.HolderName, err)
	}
	if err := schooltest.Opens(m, stick.WithPassphrase(alices)); errors.Is(err, keys.ErrPassphrase) {
		t.Error("Alice cannot open it")
	}
}

func layersOf(m *sticktest.Mem) []string {
	return slices.DeleteFunc(m.Files(), func(name string) bool { return !strings.HasPrefix(name, "stowage/layers/") })
}

// wants opens a stick and compares what is on it.
func wants(t *testing.T, m *sticktest.Mem, with stick.Unlock, want map[string]string) {
	t.Helper()
	st, err := stick.Open(t.Context(), m, with, stick.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if got := onStick(t, st); !maps.Equal(got, want) {
		t.Errorf("the stick holds %v", slices.Collect(maps.Keys(got)))
	}
}

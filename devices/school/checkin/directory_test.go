package checkin_test

import (
	"bytes"
	"errors"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices/school/checkin"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/issue"
	"stowage/devices/school/remembered"
	"stowage/devices/school/schooltest"
)

// holderKey unlocks the key that a stick carries.
func holderKey(t *testing.T, m *sticktest.Mem, passphrase []byte) *keys.HolderKey {
	t.Helper()
	sealed, err := stick.HolderKeys(m)
	if err != nil || len(sealed) != 1 {
		t.Fatal(len(sealed), err)
	}
	k, err := keys.OpenHolderKey(sealed[0], passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Wipe)
	return k
}

// TestStickCarriesTheDirectory: a stick that was at school tells a computer away from
// it whose keys are blocked, and a finder nothing.
func TestStickCarriesTheDirectory(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	alice, passphrase := schooltest.Person(t, s, "Alice Jones")
	m, _ := schooltest.Issued(t, s, alice, "HRP-1")
	k := holderKey(t, m, passphrase)
	bob, _ := schooltest.Person(t, s, "Bob Evans")
	away := remembered.Serials{Dir: t.TempDir()}
	if err := away.TakeDirectory(ctx, m, k, k.Verifier); err != nil {
		t.Errorf("a stick that was just issued: %v", err)
	}
	if all := away.All(); len(all) != 1 || all[0].School != "Hill Road Primary" || all[0].Contact != "" {
		t.Errorf("it brought %+v", all)
	}
	if sight := schooltest.CheckIn(t, s, m); !sight.Directory {
		t.Errorf("%+v", sight)
	}
	for _, name := range m.Files() {
		if bytes.Contains(m.ReadFile(name), []byte("Bob Evans")) {
			t.Errorf("%s names people", name)
		}
	}
	if err := away.TakeDirectory(ctx, m, k, k.Verifier); err != nil {
		t.Fatal(err)
	}
	before, ok := away.Kept(k.Verifier)
	if _, err := filecrypt.Audiences(before, []string{"Bob Evans"}); !ok || err != nil {
		t.Fatalf("Bob is not in it: %v", err)
	}

	// What it has is not written again; what is newer is, without a key too.
	count := m.Count(sticktest.Create)
	schooltest.CheckIn(t, s, m)
	if names := carried(t, m); len(names) != 1 || m.Count(sticktest.Create) > count+3 {
		t.Errorf("%d directories, and %d files were made", len(names), m.Count(sticktest.Create)-count)
	}
	if _, err := issue.RevokeKey(ctx, s, bob, "told somebody"); err != nil {
		t.Fatal(err)
	}
	old := carried(t, m)[0]
	if sight, err := checkin.Unopened(ctx, s, checkin.Options{Drive: m}); err != nil || !sight.Directory {
		t.Fatalf("%+v, %v", sight, err)
	}
	if err := away.TakeDirectory(ctx, m, k, k.Verifier); err != nil {
		t.Fatal(err)
	}
	now, _ := away.Kept(k.Verifier)
	if _, err := filecrypt.Audiences(now, []string{"Bob Evans"}); !errors.Is(err, keys.ErrBlocked) {
		t.Errorf("Bob's key is not known to be blocked: %v", err)
	}

	// An older one, one of another key and nonsense change nothing.
	stranger, err := keys.NewHolderKey("x", k.Verifier, keys.Holder{ID: "h"}, keys.Hybrid, schooltest.Day())
	if err != nil {
		t.Fatal(err)
	}
	if err := away.TakeDirectory(ctx, m, stranger, k.Verifier); !errors.Is(err, keys.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	for _, content := range [][]byte{old, []byte("nonsense"), nil} {
		if err := stick.PutDirectory(m, content); err != nil {
			t.Fatal(err)
		}
		_ = away.TakeDirectory(ctx, m, k, k.Verifier)
		if same, ok := away.Kept(k.Verifier); !ok || same.Serial != now.Serial {
			t.Errorf("after %.10q: %+v", content, same)
		}
	}
	if err := stick.PutDirectory(m, make([]byte, 65<<20)); !errors.Is(err, stick.ErrTooLarge) {
		t.Errorf("a large one: %v", err)
	}
}

func carried(t *testing.T, m *sticktest.Mem) [][]byte {
	t.Helper()
	found, err := stick.Directories(m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

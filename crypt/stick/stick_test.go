package stick_test

import (
	"errors"
	"runtime"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

func TestStoreAndReadBack(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		note := sc.issue(t, fsys)
		if note.Label != "IT-0042" {
			t.Errorf("label %q", note.Label)
		}
		st := sc.open(t, fsys)
		odd := "new\nline\tand tab %41"
		if runtime.GOOS == "windows" {
			odd = "%41 and #;" // which no folder there could hold
		}
		want := map[string]string{
			"a.txt": "one", "dir/b.txt": "two", "dir/deep/er/c.bin": text(1, 200_000),
			"empty/": "", "zero": "", "größe/naïve ☃ name.txt": "snow", odd: "odd",
			"big": text(2, 3<<20),
		}
		put(t, st, want)
		same(t, st, want)
		st = sc.reopen(t, st, fsys)
		same(t, st, want)

		put(t, st, map[string]string{"a.txt": "changed", "dir/new.txt": "n"})
		check(t, st.Remove(t.Context(), "dir/deep"))
		check(t, st.Rename(t.Context(), "dir", "folder"))
		check(t, st.Move(t.Context(), []string{"a.txt", "zero"}, "folder/sub"))
		delete(want, "dir/deep/er/c.bin")
		delete(want, "dir/b.txt")
		delete(want, "a.txt")
		delete(want, "zero")
		want["folder/b.txt"], want["folder/new.txt"], want["folder/sub/a.txt"], want["folder/sub/zero"] = "two", "n", "changed", ""
		same(t, st, want)
		st = sc.reopen(t, st, fsys)
		same(t, st, want)

		dest := t.TempDir()
		r := must(st.Get(t.Context(), nil, dest, stick.GetOptions{Names: stick.NamesExact}))(t)
		if len(r.Skipped) > 0 {
			t.Fatalf("skipped %v", r.Skipped)
		}
		got := readTree(t, dest)
		for p, content := range want {
			if g, ok := got[p]; !ok || g != content {
				t.Errorf("%s: got %.40q", p, g)
			}
		}
		if _, err := stick.Issue(t.Context(), fsys, sc.options()); !errors.Is(err, stick.ErrAlreadyStick) {
			t.Errorf("issuing again: %v", err)
		}
	})
}

// TestMissingFolders opens a stick from which a tidy person removed folders.
func TestMissingFolders(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	check(t, m.Remove("stowage/contents"))
	check(t, m.Remove("stowage/layers"))
	check(t, sc.openWith(t, m, stick.OpenOptions{ReadOnly: true}).Close())
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	same(t, sc.reopen(t, st, m), map[string]string{"a": "1"})
	if _, err := m.Stat("stowage/contents"); err != nil {
		t.Error(err)
	}
}

// TestNewerHolderKey carries a copy of the key with a newer passphrase.
func TestNewerHolderKey(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc.issue(t, fsys)
		next := []byte("another long passphrase")
		newer := must(keystest.ChangePassphrase(sc.sealed, passphrase, next, start))(t)
		st := sc.open(t, fsys)
		check(t, st.SetHolderKey(newer))
		check(t, st.Close())
		check(t, opens(t, fsys, stick.WithPassphrase(next)))
		if err := opens(t, fsys, stick.WithPassphrase(passphrase)); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("the older passphrase: %v", err)
		}
		if sealed := must(stick.HolderKeys(fsys))(t); len(sealed) != 1 || string(sealed[0]) != string(newer) {
			t.Errorf("%d key files", len(sealed))
		}
		st = sc.open(t, fsys)
		check(t, st.SetHolderKey(nil))
		check(t, st.Close())
		if err := opens(t, fsys, stick.WithPassphrase(next)); !errors.Is(err, stick.ErrNoKey) {
			t.Errorf("without a key: %v", err)
		}
	})
}

package stick_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick"
)

func TestStoreAndReadBack(t *testing.T) {
	sc := newSchool(t, "Example School")
	drives(t, func(t *testing.T, fsys stick.FS) {
		note := sc.issue(t, fsys)
		if note.Label != "IT-0042" {
			t.Errorf("label %q", note.Label)
		}
		st := sc.open(t, fsys)
		want := map[string]string{
			"a.txt": "one", "dir/b.txt": "two", "dir/deep/er/c.bin": text(1, 200_000),
			"empty/": "", "zero": "", "größe/naïve ☃ name.txt": "snow", "new\nline\tand tab %41": "odd",
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

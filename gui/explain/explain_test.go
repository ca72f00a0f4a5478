package explain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"stowage/crypt/fault"
	"stowage/crypt/keys"
	"stowage/crypt/sentineltest"
	"stowage/crypt/stick"
	"stowage/gui/i18n"
)

// TestEverySentinelHasARow reads the packages for errors that callers decide on, so that
// no new one goes without an exit code and words.
func TestEverySentinelHasARow(t *testing.T) {
	table, err := os.ReadFile("rows.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, floor := range []string{"crypt", "devices"} {
		err := filepath.WalkDir(filepath.Join("../..", floor), func(dir string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			if e.Name() == "internal" { // what callers see of it, the package around it declares
				return filepath.SkipDir
			}
			for _, name := range sentineltest.In(t, dir) {
				found++
				if full := filepath.Base(dir) + "." + name; strings.Count(string(table), "\t{"+full+",") != 1 {
					t.Errorf("%s has no row, or more than one", full)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 120 {
		t.Errorf("only %d sentinels were found", found)
	}
}

// TestNoRowShadowsAnother wraps every error in every other: the outer one decides, in
// whatever order the rows are.
func TestNoRowShadowsAnother(t *testing.T) {
	for _, outer := range rows {
		for _, inner := range slices.Concat(rows, systemRows) {
			finds(t, outer, fmt.Errorf("one: %w: two: %w", outer.Is, inner.Is))
			finds(t, outer, fmt.Errorf("one: %w", errors.Join(fmt.Errorf("two: %w", outer.Is), inner.Is)))
		}
	}
	for _, r := range systemRows { // even outermost, since no one of this program said it
		finds(t, r, fmt.Errorf("one: %w", r.Is))
		for _, inner := range rows {
			finds(t, inner, fmt.Errorf("one: %w: two: %w", r.Is, inner.Is))
		}
	}
}

func finds(t *testing.T, want Row, err error) {
	t.Helper()
	if got, ok := Find(err); !ok || got != want {
		t.Fatalf("%v is explained as %q, not %q", err, got.Is, want.Is)
	}
}

// TestFind tries what the outermost error is where it is none of the sentinels itself.
func TestFind(t *testing.T) {
	own := Row{Is: errors.New("of the program"), Code: State}
	for _, test := range []struct {
		err  error
		want error
	}{
		{&stick.InUseError{Program: "stow"}, stick.ErrInUse},
		{&keys.WeakError{Reason: keys.ReasonShort}, keys.ErrTooWeak},
		{fmt.Errorf("%w: %w", stick.ErrDamaged, &fs.PathError{Op: "read", Path: "x", Err: syscall.ENOENT}), stick.ErrDamaged},
		{&fs.PathError{Op: "read", Path: "x", Err: syscall.ENOENT}, fs.ErrNotExist},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, fault.ErrFull},
		{fmt.Errorf("%w: %w", own.Is, stick.ErrGone), own.Is},
		{fmt.Errorf("%w: %w", stick.ErrGone, own.Is), stick.ErrGone},
	} {
		if got, ok := Find(test.err, own); !ok || got.Is != test.want { //nolint:errorlint // the row, not the error
			t.Errorf("%v is explained as %v, not %v", test.err, got.Is, test.want)
		}
	}
	if got, ok := Find(errors.New("something else")); ok {
		t.Errorf("an unknown error is explained as %v", got.Is)
	}
	if got, ok := Find(nil); ok {
		t.Errorf("no error is explained as %v", got.Is)
	}
}

// TestRows holds every row to its form.
func TestRows(t *testing.T) {
	w := i18n.New(i18n.English, nil) // that Welsh has what English has is a test of i18n
	for _, r := range slices.Concat(rows, systemRows) {
		switch {
		case r.Code == OK || r.Code.Name() == Failed.Name() && r.Code != Failed:
			t.Errorf("%v: exit code %d is not in the table", r.Is, r.Code)
		case strings.Contains(r.Sentence, "{}") != (r.About != ""):
			t.Errorf("%v: %q does not say what it is about", r.Is, r.Sentence)
		case r.Sentence == "" || strings.Count(r.Sentence, ". ") > 0:
			t.Errorf("%v: %q is not one sentence", r.Is, r.Sentence)
		case !w.Has(r.Key) || !w.Has(r.Key+".files") || !w.Has(r.Key+".next"):
			t.Errorf("%v: the window has no texts %s, with .files and .next", r.Is, r.Key)
		}
	}
}

// TestCodes keeps the numbers as they are: scripts depend on them.
func TestCodes(t *testing.T) {
	want := map[Code]string{
		0: "ok", 1: "failed", 2: "usage", 3: "wrong-passphrase", 4: "wrong-key", 5: "damaged-key", 6: "not-a-stick",
		7: "other-school", 8: "damaged", 9: "full", 10: "read-only", 11: "vanished", 12: "in-use", 13: "blocked",
		14: "exists", 15: "must-change", 16: "not-allowed", 17: "not-found", 18: "weak-passphrase", 19: "not-age",
		20: "no-school", 21: "forged", 22: "permission", 23: "bad-input", 24: "rolled-back", 25: "wrong-code",
		26: "partly", 27: "plain-found", 28: "newer-format", 29: "unsuitable-drive", 30: "tampered", 130: "cancelled",
	}
	if len(exits) != len(want) {
		t.Errorf("there are %d exit codes, want %d", len(exits), len(want))
	}
	for code, name := range want {
		if code.Name() != name {
			t.Errorf("exit code %d is %s, want %s", code, code.Name(), name)
		}
	}
}

// readmeTable is the table of exit codes as it stands in the command line's guide.
func readmeTable() string {
	var b strings.Builder
	b.WriteString("| code | name | meaning |\n| --- | --- | --- |\n")
	for _, e := range exits {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", e.code, e.name, e.what)
	}
	return b.String()
}

func TestReadmeListsTheExitCodes(t *testing.T) {
	guide, err := os.ReadFile("../../cmd/stow/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := readmeTable(); !strings.Contains(string(guide), want) {
		t.Errorf("the README's table of exit codes should be:\n%s", want)
	}
}

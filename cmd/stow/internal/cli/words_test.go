package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/issue"
	"stowage/gui/explain"
)

// TestSentences holds every row to its form.
func TestSentences(t *testing.T) {
	for _, r := range coreRows {
		switch {
		case strings.Contains(r.Sentence, "{}") && r.About == "":
			t.Errorf("%v: %q does not say what it is about", r.Is, r.Sentence)
		case strings.Count(r.Sentence, ". ") > 0:
			t.Errorf("%v: %q is more than one sentence", r.Is, r.Sentence)
		}
		code, message := NewApp().Explain(fmt.Errorf("while testing: %w", r.Is))
		if code != r.Code || code == explain.OK {
			t.Errorf("%v: code %d, want %d", r.Is, code, r.Code)
		}
		if first, _ := utf8.DecodeRuneInString(message); !unicode.IsUpper(first) {
			t.Errorf("%v: %q does not begin as a sentence", r.Is, message)
		}
	}
}

// TestExplainTyped covers the types that say more than a sentinel.
func TestExplainTyped(t *testing.T) {
	tests := []struct {
		err  error
		code explain.Code
		text string
	}{
		{&stick.InUseError{Program: "stowage", PID: 7}, explain.InUse, "stowage (process 7)"},
		{&stick.InUseError{}, explain.InUse, "another program"},
		{&stick.NoSpaceError{Need: 5_000_000_000, Free: 1_200_000}, explain.Full, "needs 5.0 GB and the drive has 1.2 MB free"},
		{&stick.NoSpaceError{Need: 5_000_000, Free: 1_200_000, Kept: 4_000_000}, explain.Full, "stow stick tidy would free about 4.0 MB"},
		{&keys.WeakError{Reason: keys.ReasonShort, Policy: keys.DefaultPolicy()}, explain.Weak, "shorter than 10 characters"},
		{&keys.WeakError{Reason: "unheard of"}, explain.Weak, "too weak"},
		{&issue.KnownAsError{Name: "HRP-1", Serial: true}, explain.Exists, "in the register as HRP-1"},
		{&issue.KnownAsError{Name: "HRP-1"}, explain.Exists, "label HRP-1 belongs"},
		{&school.PersonError{Who: "Bob", Err: keys.ErrNoKey}, explain.NotFound, "issued to Bob"},
		{&devices.Refusal{Name: "HRP-1", State: devices.Lost, Action: devices.Issue, Instead: devices.Allowed(devices.Lost)}, explain.State, "cannot be issued now and nothing was changed; possible: stow device stolen, found, retire."},
		{&devices.DuplicateError{Field: "label", Value: "X"}, explain.Exists, `label "X"`},
		{&devices.InvalidError{Field: "kind", Value: "toaster", Problem: "is not known"}, explain.BadInput, "toaster"},
		{&devices.ImportError{Rows: []devices.RowError{{Line: 3, Column: "kind", Err: errors.New("is odd")}}, More: 4}, explain.BadInput, "line 3, column kind: is odd, and 4 more things"},
		{&config.FileError{Path: "/c.toml", Err: errors.New("odd")}, explain.Usage, "/c.toml"},
		{&PartlyError{skipped: 2}, explain.Partly, "Done, but 2 files were left out"},
		{&PartlyError{skipped: 1, nothing: true}, explain.Partly, "Nothing was done: 1 file was left out"},
		{&PartlyError{Renamed: 1}, explain.Partly, "1 file has another name"},
		{errors.New("odd"), explain.Failed, "This did not work: odd."},
	}
	for _, test := range tests {
		code, message := NewApp().Explain(fmt.Errorf("while testing: %w", test.err))
		if test.code == explain.Failed {
			code, message = NewApp().Explain(test.err)
		}
		if code != test.code || !strings.Contains(message, test.text) {
			t.Errorf("%v: %d %q; want %d and %q", test.err, code, message, test.code, test.text)
		}
	}
}

// TestPrintable keeps names from a stick from steering the terminal.
func TestPrintable(t *testing.T) {
	if got := Printable("a\x1b[2Jb\u202ec\nd"); strings.ContainsAny(got, "\x1b\u202e\n") || !strings.HasPrefix(got, "a") {
		t.Errorf("printable let through %q", got)
	}
	if got := Printable("Gŵyr – Àé 日本"); got != "Gŵyr – Àé 日本" {
		t.Errorf("printable changed it to %q", got)
	}
}

func TestSizes(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9951: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB", 64_000_000_000: "64 GB"} {
		if got := SizeText(bytes); got != want {
			t.Errorf("sizeText(%d) = %q, want %q", bytes, got, want)
		}
	}
}

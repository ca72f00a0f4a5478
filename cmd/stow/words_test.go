package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"stowage/crypt/keys"
	"stowage/crypt/sentineltest"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/config"
)

// TestEverySentinelHasWords reads the packages for errors that callers decide
// on, so that no new one goes without a sentence.
func TestEverySentinelHasWords(t *testing.T) {
	words := readAll(t, "words.go") + readAll(t, "words_typed.go")
	// These never reach a person: package stick turns them into others, and
	// package cmd/stow skips or replaces them.
	silent := map[string]bool{
		"stick.ErrLocked":      true, // an InUseError
		"stick.ErrSpecial":     true, // a reason to skip a file
		"stick.ErrNotVerified": true, // a reason to skip a file
		"keys.ErrTooWeak":      true, // a WeakError
	}
	found := 0
	for _, dir := range []string{"../../crypt", "../../crypt/safefile", "../../crypt/keys", "../../crypt/stick", "../../devices", "../../devices/store", "../../devices/drives", "../../devices/school", "../../devices/papers", "../../devices/papers/fill"} {
		for _, name := range sentineltest.In(t, dir) {
			full := filepath.Base(dir) + "." + name
			found++
			if !silent[full] && !strings.Contains(words, "{"+full+",") {
				t.Errorf("%s has no sentence in words.go", full)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d sentinels were found", found)
	}
}

func readAll(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestSentences holds every explanation to its form.
func TestSentences(t *testing.T) {
	for _, e := range explanations {
		switch {
		case e.code == exitOK || e.code.name() == exitFailed.name() && e.code != exitFailed:
			t.Errorf("%v: exit code %d is not in the table", e.is, e.code)
		case strings.Contains(e.text, "{}") && e.about == "":
			t.Errorf("%v: %q does not say what it is about", e.is, e.text)
		case strings.Count(e.text, ". ") > 0:
			t.Errorf("%v: %q is more than one sentence", e.is, e.text)
		}
		a := &app{}
		code, message := a.explain(fmt.Errorf("while testing: %w", e.is))
		if code != e.code && !errors.Is(e.is, fs.ErrExist) {
			t.Errorf("%v: code %d, want %d: an earlier explanation takes it", e.is, code, e.code)
		}
		if first, _ := utf8.DecodeRuneInString(message); !unicode.IsUpper(first) {
			t.Errorf("%v: %q does not begin as a sentence", e.is, message)
		}
	}
}

// TestExplainTyped covers the types that say more than a sentinel.
func TestExplainTyped(t *testing.T) {
	tests := []struct {
		err  error
		code exitCode
		text string
	}{
		{&stick.InUseError{Program: "stowage", PID: 7}, exitInUse, "stowage (process 7)"},
		{&stick.InUseError{}, exitInUse, "another program"},
		{&stick.NoSpaceError{Need: 5_000_000_000, Free: 1_200_000}, exitFull, "needs 5.0 GB and the drive has 1.2 MB free"},
		{&stick.NoSpaceError{Need: 5_000_000, Free: 1_200_000, Kept: 4_000_000}, exitFull, "stow stick tidy would free about 4.0 MB"},
		{&keys.WeakError{Reason: keys.ReasonShort, Policy: keys.DefaultPolicy()}, exitWeak, "shorter than 10 characters"},
		{&keys.WeakError{Reason: "unheard of"}, exitWeak, "too weak"},
		{&school.KnownAsError{Name: "HRP-1", Serial: true}, exitExists, "in the register as HRP-1"},
		{&school.KnownAsError{Name: "HRP-1"}, exitExists, "label HRP-1 belongs"},
		{&school.PersonError{Who: "Bob", Err: keys.ErrNoKey}, exitNotFound, "issued to Bob"},
		{&devices.Refusal{Name: "HRP-1", State: devices.Lost, Action: devices.Issue, Instead: devices.Allowed(devices.Lost)}, exitState, "cannot be issued now and nothing was changed; possible: stow device stolen, found, retire."},
		{&devices.DuplicateError{Field: "label", Value: "X"}, exitExists, `label "X"`},
		{&devices.InvalidError{Field: "kind", Value: "toaster", Problem: "is not known"}, exitBadInput, "toaster"},
		{&devices.ImportError{Rows: []devices.RowError{{Line: 3, Column: "kind", Err: errors.New("is odd")}}, More: 4}, exitBadInput, "line 3, column kind: is odd, and 4 more things"},
		{&config.FileError{Path: "/c.toml", Err: errors.New("odd")}, exitUsage, "/c.toml"},
		{&partlyError{skipped: 2}, exitPartly, "Done, but 2 files were left out"},
		{&partlyError{skipped: 1, nothing: true}, exitPartly, "Nothing was done: 1 file was left out"},
		{&partlyError{renamed: 1}, exitPartly, "1 file has another name"},
		{&lostFiles{1, 1}, exitDamaged, "1 file is lost"},
		{&notTheirs{"Bob"}, exitState, "Bob"},
		{errors.New("odd"), exitFailed, "This did not work: odd."},
	}
	for _, test := range tests {
		code, message := (&app{}).explain(fmt.Errorf("while testing: %w", test.err))
		if test.code == exitFailed {
			code, message = (&app{}).explain(test.err)
		}
		if code != test.code || !strings.Contains(message, test.text) {
			t.Errorf("%v: %d %q; want %d and %q", test.err, code, message, test.code, test.text)
		}
	}
}

// TestCommands holds every command to its form: a line of its own in the help,
// and examples that begin with its path.
func TestCommands(t *testing.T) {
	n := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s: no short help", cmd.CommandPath())
		}
		if cmd.RunE != nil && !cmd.HasSubCommands() {
			n++
			if !strings.Contains(cmd.Example, cmd.CommandPath()) {
				t.Errorf("%s: no example of it", cmd.CommandPath())
			}
			if strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("%s: %q ends in a full stop", cmd.CommandPath(), cmd.Short)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newApp().rootCommand())
	if n < 50 {
		t.Errorf("only %d commands were found", n)
	}
}

// TestExitCodes keeps the numbers as they are: scripts depend on them.
func TestExitCodes(t *testing.T) {
	want := map[exitCode]string{
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
		if code.name() != name {
			t.Errorf("exit code %d is %s, want %s", code, code.name(), name)
		}
	}
}

// TestPrintable keeps names from a stick from steering the terminal.
func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2Jb\u202ec\nd"); strings.ContainsAny(got, "\x1b\u202e\n") || !strings.HasPrefix(got, "a") {
		t.Errorf("printable let through %q", got)
	}
	if got := printable("Gŵyr – Àé 日本"); got != "Gŵyr – Àé 日本" {
		t.Errorf("printable changed it to %q", got)
	}
}

func TestSizes(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9951: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB", 64_000_000_000: "64 GB"} {
		if got := sizeText(bytes); got != want {
			t.Errorf("sizeText(%d) = %q, want %q", bytes, got, want)
		}
	}
}

package screens_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt"
	"stowage/crypt/sentineltest"
	"stowage/devices/school"
	"stowage/gui/i18n"
	"stowage/gui/screens"
)

// TestEverySentinelHasWords reads the packages for errors that callers decide on, so
// that no new one goes without words in the window.
func TestEverySentinelHasWords(t *testing.T) {
	table, err := os.ReadFile("explain.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, dir := range []string{"crypt", "crypt/safefile", "crypt/keys", "crypt/stick", "devices", "devices/store", "devices/drives", "devices/school", "devices/papers", "devices/papers/fill"} {
		for _, name := range sentineltest.In(t, filepath.Join("../..", dir)) {
			found++
			if full := strings.Replace(filepath.Base(dir), "fill", "papersfill", 1) + "." + name; !strings.Contains(string(table), "{"+full+",") {
				t.Errorf("%s has no words in explain.go", full)
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d sentinels were found", found)
	}
}

func TestExplainSaysWhatWhatItMeansAndWhatNext(t *testing.T) {
	w := i18n.New(i18n.English, nil)
	m, ok := screens.Explain(w, fmt.Errorf("decrypt: %w", &school.FileError{Path: "/home/a/letter.txt.age", Err: crypt.ErrDamaged}))
	if !ok || m.Happened == "" || m.Files == "" || m.Next == "" || m.Details != "/home/a/letter.txt.age" {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := screens.Explain(w, errors.New("something else")); ok {
		t.Error("an unknown error was explained")
	}
	if _, ok := screens.Explain(w, context.Canceled); ok {
		t.Error("what the person asked for was explained")
	}
}

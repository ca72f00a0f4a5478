package screens_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"stowage/crypt"
	"stowage/devices/school/filecrypt"
	"stowage/gui/i18n"
	"stowage/gui/screens"
)

func TestExplainSaysWhatWhatItMeansAndWhatNext(t *testing.T) {
	w := i18n.New(i18n.English, nil)
	m, ok := screens.Explain(w, fmt.Errorf("decrypt: %w", &filecrypt.FileError{Path: "/home/a/letter.txt.age", Err: crypt.ErrDamaged}))
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

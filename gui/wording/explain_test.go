package wording_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"stowage/crypt"
	"stowage/devices/school/filecrypt"
	"stowage/gui/i18n"
	"stowage/gui/wording"
)

func TestExplainSaysWhatWhatItMeansAndWhatNext(t *testing.T) {
	w := i18n.New(i18n.English, nil)
	m, ok := wording.Explain(w, fmt.Errorf("decrypt: %w", &filecrypt.FileError{Path: "/home/a/letter.txt.age", Err: crypt.ErrDamaged}))
	if !ok || m.Happened == "" || m.Files == "" || m.Next == "" || m.Details != "/home/a/letter.txt.age" {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := wording.Explain(w, errors.New("something else")); ok {
		t.Error("an unknown error was explained")
	}
	if _, ok := wording.Explain(w, context.Canceled); ok {
		t.Error("what the person asked for was explained")
	}
}

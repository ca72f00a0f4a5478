package loss_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school/loss"
)

// FuzzReadFound reads what is said of a lost stick, as anybody can who reaches the inbox.
func FuzzReadFound(f *testing.F) {
	f.Add([]byte(`{"stick":"4e5b1d0c-0000-4000-8000-000000000001","label":"HRP-1","seen":"2026-09-24T08:00:00Z","place":"desk"}`))
	f.Add([]byte(`{"stick":"../../x","label":"a\nb"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		found, err := loss.ReadFound(plain)
		if err != nil {
			if !errors.Is(err, loss.ErrReport) && !errors.Is(err, keys.ErrNewer) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		if found.File != "" || filepath.Base(found.Stick) != found.Stick || strings.ContainsAny(found.Label+found.Place, "\n\x00") {
			t.Errorf("%+v", found)
		}
		if _, err := json.Marshal(found); err != nil {
			t.Errorf("it cannot be told on: %v", err)
		}
	})
}

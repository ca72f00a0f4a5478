package loss_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices/school/backup"
	"stowage/devices/school/config"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// TestDeepNesting gives every text that is read as a tree one that is nested as deep as it may be
// long: it is refused, and takes little.
func TestDeepNesting(t *testing.T) {
	a := schooltest.OtherAuthority(t)
	sign := func(text string) []byte {
		msg, err := a.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		return msg
	}
	folder := t.TempDir()
	for _, c := range []struct{ name, open, shut string }{{"lists", "[", "]"}, {"objects", `{"people":`, "}"}} {
		const deep = 60_000 // a config file may be little longer
		for _, nested := range []string{strings.Repeat(c.open, deep/len(c.open)), strings.Repeat(c.open, deep/len(c.open)) + "1" + strings.Repeat(c.shut, deep/len(c.open))} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for what, err := range map[string]error{
				"directory": errorOf(keys.OpenDirectory(sign("stowage directory v1\n"+nested+"\n"), a.Verifier())),
				"note": func() error {
					m := sticktest.New()
					m.WriteFile("stowage/stick.note", sign("stowage stick v1\n"+nested+"\n"))
					_, err := stick.Inspect(m, a.Verifier())
					return err
				}(),
				"report":   errorOf(loss.ParseReport([]byte(nested))),
				"sighting": errorOf(loss.ReadFound([]byte(nested))),
				"listing":  errorOf(backup.ReadListing([]byte(nested))),
				"config": func() error {
					if err := os.WriteFile(filepath.Join(folder, config.File), fmt.Appendf(nil, "me = %s", nested), 0o600); err != nil {
						t.Fatal(err)
					}
					_, err := config.Read(folder)
					return err
				}(),
			} {
				if err == nil || errors.Is(err, os.ErrNotExist) || len(err.Error()) > 1000 {
					t.Errorf("%s of %s: %.200v", what, c.name, err)
				}
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 128<<20 {
				t.Errorf("%s took %d MB", c.name, took>>20)
			}
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

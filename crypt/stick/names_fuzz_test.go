package stick

import (
	"strings"
	"testing"
	"unicode/utf8"

	"stowage/crypt/stick/internal/pair"
)

// oneFile is a drive with one file.
type oneFile struct {
	FS
	data []byte
}

func (o oneFile) Open(name string) (File, error) {
	return (&backupView{state: map[string][]byte{name: o.data}}).Open(name)
}

// FuzzOwner reads who is said to have a stick, and FORMAT.md's sums: both are texts that anybody can change.
func FuzzOwner(f *testing.F) {
	f.Add([]byte("program stowage\nprocess 12\nsince 2026-03-02T08:30:00Z\n"))
	f.Add([]byte("program \xff\x1b[2J\nprocess 99999999999999999999\nsince never\n"))
	f.Add([]byte("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  code-a.age\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		drive := oneFile{data: data}
		e := readOwner(drive)
		if !utf8.ValidString(e.Program) || len(e.Program) > 300 || strings.ContainsAny(e.Program, "\n") {
			t.Errorf("%+v", e)
		}
		bad, err := pair.Altered(drive, []pair.File{{Name: "stowage/keys/code-a.age"}})
		if err != nil || (bad == "") != (string(data) == string(pair.Sum("stowage/keys/code-a.age", nil))) {
			t.Errorf("altered: %q, %v", bad, err)
		}
	})
}

package sticktest

import (
	"bytes"

	"filippo.io/age"
)

// Opens counts the age files that open with a passphrase in what was read from a drive, wherever they begin: as
// whoever searches an image of it would, names and folders do not matter.
func Opens(image, passphrase []byte) int {
	id, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return 0
	}
	n := 0
	for {
		i := bytes.Index(image, []byte("age-encryption.org/v1\n-> scrypt "))
		if i < 0 {
			return n
		}
		image = image[i:]
		if _, err := age.Decrypt(bytes.NewReader(image), id); err == nil {
			n++
		}
		image = image[1:]
	}
}

// Removed are the contents of files at the moment when they were removed, of a drive on which these operations were
// done: what a drive holds until something else is written there.
func Removed(base *Mem, ops []Op) [][]byte {
	var all [][]byte
	for i, op := range ops {
		if op.Kind == Remove {
			if content := Crash(base, ops[:i], KeepAll).ReadFile(op.Name); len(content) > 0 {
				all = append(all, content)
			}
		}
	}
	return all
}

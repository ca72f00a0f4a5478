package keys

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/sethvargo/go-diceware/diceware"
)

// maxPassphrase bounds a passphrase, in characters.
const maxPassphrase = 200

// Bounds on the words of a generated passphrase.
const (
	minWords = 4
	maxWords = 20
)

// AuthorityWords is how many words the authority's passphrase is generated of: it opens everything, and for as long as
// the school keeps it.
const AuthorityWords = 8

// GeneratePassphrase makes a passphrase of so many words, 4 to 20, of the EFF's
// large list (eff.org/dice: 7776 words, 12.9 bits each), with spaces between.
// Each die is thrown with crypto/rand, every face as likely as another. The
// caller wipes it.
func GeneratePassphrase(words int) ([]byte, error) {
	if words < minWords || words > maxWords {
		return nil, fmt.Errorf("%w: a passphrase of %d words", ErrValue, words)
	}
	list := diceware.WordListEffLarge()
	passphrase := make([]byte, 0, words*10) // the longest word has 9 letters
	for i := range words {
		roll := 0
		for range list.Digits() {
			die, err := rand.Int(rand.Reader, big.NewInt(6))
			if err != nil {
				return nil, fmt.Errorf("make a passphrase: %w", err)
			}
			roll = roll*10 + int(die.Int64()) + 1
		}
		if i > 0 {
			passphrase = append(passphrase, ' ')
		}
		passphrase = append(passphrase, list.WordAt(roll)...)
	}
	return passphrase, nil
}

package keys_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sethvargo/go-diceware/diceware"

	"stowage/crypt/keys"
)

// corpus reads a list of passphrases.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(string(must(os.ReadFile(filepath.Join("testdata", "passphrases", name)))(t))) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

// who these passphrases are for.
func who() []string { return []string{"Alice Jones", "Hill Road Primary", "HRP-0042"} }

// TestAttackWeakPassphrases judges a corpus of what people choose and what a guesser tries first, and one of what they
// may choose: all of the first are refused, and none of the second.
func TestAttackWeakPassphrases(t *testing.T) {
	for _, weak := range corpus(t, "refused.txt") {
		if s, err := keys.Judge([]byte(weak), keys.DefaultPolicy(), who()...); !errors.Is(err, keys.ErrTooWeak) {
			t.Errorf("accepted with %.2g guesses: %s", s.Guesses, weak)
		}
	}
	for _, good := range corpus(t, "accepted.txt") {
		if s, err := keys.Judge([]byte(good), keys.DefaultPolicy(), who()...); err != nil {
			t.Errorf("refused with %.2g guesses: %s (%v)", s.Guesses, good, err)
		}
	}
}

// TestSpacesAddNoStrength: however a passphrase is spaced out, it takes no more guesses.
func TestSpacesAddNoStrength(t *testing.T) {
	for _, p := range append(corpus(t, "refused.txt"), corpus(t, "accepted.txt")...) {
		together := strings.Join(strings.Fields(p), "")
		tight, _ := keys.Judge([]byte(together), keys.DefaultPolicy(), who()...)
		for _, spaced := range []string{p, strings.Join(strings.Split(together, ""), " "), strings.Join(strings.Split(together, ""), "   ")} {
			if s, _ := keys.Judge([]byte(spaced), keys.DefaultPolicy(), who()...); s.Guesses > tight.Guesses*1.01 {
				t.Errorf("%q takes %.3g guesses, and %q %.3g", spaced, s.Guesses, together, tight.Guesses)
			}
		}
	}
}

// drawn returns four words as [keys.GeneratePassphrase] does, with a seed of the test's: of those that crypto/rand draws about
// one in three thousand lies outside of the bounds, above all those with a word that zxcvbn does not know, such as "felt-tip".
func drawn(random *rand.Rand) []byte {
	list := diceware.WordListEffLarge()
	words := make([]string, 4)
	for i := range words {
		roll := 0
		for range list.Digits() {
			roll = roll*10 + random.IntN(6) + 1
		}
		words[i] = list.WordAt(roll)
	}
	return []byte(strings.Join(words, " "))
}

// TestGuessesAreHonest holds the estimate against what a guesser needs who knows how the passphrase was made: it must not
// promise more. The number of words that each was drawn from is given.
func TestGuessesAreHonest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		p := drawn(random)
		if s, _ := keys.Judge(p, keys.DefaultPolicy()); s.Guesses > 1e17 || s.Guesses < 1e8 {
			t.Errorf("four of 7776 words are 3.7e15 guesses; at that; judged %.2g: %s", s.Guesses, p)
		}
	}
	for p, most := range map[string]float64{
		"aaaaaaaaaaaaaaaaaaaaaaaa":                   1e4,
		"20262026202620262026":                       1e5,
		"Alice Jones":                                1e3,
		"hill road primary alice jones hrp-0042":     1e6,
		"passwordpasswordpassword":                   1e4,
		"tobeornottobethatisthequestion":             1e5,
		"qwertyuiopqwertyuiop":                       1e6,
		"correct horse battery staple correct horse": 1e9,
	} {
		if s, _ := keys.Judge([]byte(p), keys.DefaultPolicy(), who()...); s.Guesses > most {
			t.Errorf("%q: %.2g guesses, of at most %.2g", p, s.Guesses, most)
		}
	}
}

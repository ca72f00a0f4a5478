package keys

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sethvargo/go-diceware/diceware"
	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"
)

const (
	// maxPassphrase bounds a passphrase, in characters.
	maxPassphrase = 200
	// maxJudged is how much of it the estimate looks at, which takes time that
	// grows with the square of the length.
	maxJudged = 72
)

// GeneratePassphrase makes a passphrase of so many words of the EFF's large
// list (7776 words, 12.9 bits each), with spaces between. The caller wipes it.
func GeneratePassphrase(words int) ([]byte, error) {
	if words < 4 || words > 20 {
		return nil, fmt.Errorf("%w: a passphrase of %d words", ErrValue, words)
	}
	list := diceware.WordListEffLarge()
	passphrase := make([]byte, 0, words*12) // the longest word has 9 letters
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

// Reason is why a passphrase is too weak; the words for it live with the user.
type Reason string

// The reasons for which a passphrase is refused.
const (
	ReasonEmpty     Reason = "empty"
	ReasonShort     Reason = "short"     // fewer characters than the policy asks for
	ReasonLong      Reason = "long"      // more than 200 characters
	ReasonText      Reason = "text"      // not valid text, or control characters
	ReasonCommon    Reason = "common"    // one of the most common passwords or words
	ReasonPersonal  Reason = "personal"  // the holder's or the school's name
	ReasonRepeat    Reason = "repeat"    // the same thing again and again
	ReasonSequence  Reason = "sequence"  // abcd, 6543
	ReasonKeyboard  Reason = "keyboard"  // neighbouring keys
	ReasonDate      Reason = "date"      // a date or a year
	ReasonGuessable Reason = "guessable" // all in all too few guesses
	ReasonSame      Reason = "same"      // the one that was to be changed
)

// WeakError says why a passphrase was refused. It is an [ErrTooWeak].
type WeakError struct {
	Reason Reason
	Policy Policy
}

func (e *WeakError) Error() string { return fmt.Sprintf("%v: %s", ErrTooWeak, e.Reason) }

// Is makes a WeakError an [ErrTooWeak].
func (e *WeakError) Is(target error) bool { return target == ErrTooWeak }

// Strength is an estimate of what a passphrase withstands.
type Strength struct {
	Guesses float64 // how many guesses would find it
	Score   int     // 0 (useless) to 4 (strong), zxcvbn's scale
}

// Bits is the base-2 logarithm of the guesses.
func (s Strength) Bits() float64 { return math.Log2(max(1, s.Guesses)) }

// Judge estimates a passphrase that somebody chose and holds it to the policy.
// personal are words that a guesser would try first: names of the holder and of
// the school. The error is a [*WeakError]; the strength is right even then. The
// estimate is zxcvbn's, which needs the passphrase as a string for a moment.
func Judge(passphrase []byte, policy Policy, personal ...string) (Strength, error) {
	p := normalPassphrase(passphrase)
	defer clear(p)
	if reason := shape(p, policy); reason != "" {
		return Strength{}, &WeakError{reason, policy}
	}
	runes := []rune(string(p))
	judged := string(runes[:min(len(runes), maxJudged)])
	clear(runes)
	result := zxcvbn.PasswordStrength(judged, personalWords(personal))
	s := Strength{result.Guesses, result.Score}
	switch {
	case utf8.RuneCount(p) < policy.MinLength:
		return s, &WeakError{worst(result.Sequence, ReasonShort), policy}
	case s.Guesses < policy.MinGuesses:
		return s, &WeakError{worst(result.Sequence, ReasonGuessable), policy}
	}
	return s, nil
}

// shape refuses what is no passphrase at all.
func shape(p []byte, policy Policy) Reason {
	switch {
	case len(p) == 0:
		return ReasonEmpty
	case !utf8.Valid(p):
		return ReasonText
	case utf8.RuneCount(p) > maxPassphrase:
		return ReasonLong
	}
	for _, r := range string(p) {
		if unicode.IsControl(r) {
			return ReasonText
		}
	}
	return ""
}

// personalWords splits names into the words that the estimate compares with.
func personalWords(names []string) []string {
	var words []string
	for _, name := range names {
		words = append(words, strings.ToLower(name))
		for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(w) > 2 {
				words = append(words, w)
			}
		}
	}
	return words
}

// worst names the pattern that covers most of the passphrase, or otherwise.
func worst(sequence []*match.Match, otherwise Reason) Reason {
	covered := map[Reason]int{}
	total := 0
	for _, m := range sequence {
		n := m.J - m.I + 1
		total += n
		if r := reasonOf(m); r != "" {
			covered[r] += n
		}
	}
	for _, r := range []Reason{ReasonPersonal, ReasonCommon, ReasonRepeat, ReasonSequence, ReasonKeyboard, ReasonDate} {
		if covered[r]*2 > total {
			return r
		}
	}
	return otherwise
}

func reasonOf(m *match.Match) Reason {
	switch m.Pattern {
	case "dictionary":
		if m.DictionaryName == "user_inputs" {
			return ReasonPersonal
		}
		return ReasonCommon
	case "repeat":
		return ReasonRepeat
	case "sequence":
		return ReasonSequence
	case "spatial":
		return ReasonKeyboard
	case "date", "regex":
		return ReasonDate
	}
	return ""
}

func isPassphrase(err error) bool { return errors.Is(err, ErrPassphrase) }

package keys

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/match"
	"golang.org/x/text/unicode/norm"
)

// Bounds on what the estimate looks at, which takes time that grows with the
// square of the length and more.
const (
	maxJudged        = 64 // characters of the passphrase
	maxPersonalWords = 100
)

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
	Policy Policy // what it was held to; zero where no policy was asked
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
// the school. The error is a [*WeakError]; the strength is right even then.
//
// The estimate is how many guesses a program needs that puts together common
// passwords, English words, names, famous phrases, dates and patterns of the keyboard, as
// zxcvbn finds them, the most frequent first. Spaces add nothing, and neither does the
// number of words by itself. It keeps out the worst and is worth no more than that. It
// knows only the phrases of its list, and neither other languages, the passwords that have leaked since
// its lists were made, nor what a colleague knows of the holder; such a
// passphrase falls far sooner than it says. Only a generated one has a strength
// that is known; see [GeneratePassphrase].
//
// It may be called at every key pressed: it looks at the first 64 characters
// that are not spaces, which takes a few milliseconds, and at worst some tenths of a second. zxcvbn
// wants the passphrase as a string, which cannot be wiped.
func Judge(passphrase []byte, policy Policy, personal ...string) (Strength, error) {
	p := normalPassphrase(passphrase)
	defer clear(p)
	if reason := shape(p); reason != "" {
		return Strength{}, &WeakError{reason, policy}
	}
	guesses, pieces := newEstimate(plainLetters(string(p), maxPassphrase), personalWords(personal)).guesses()
	s := Strength{guesses, scoreOf(guesses)}
	switch {
	case utf8.RuneCount(p) < policy.MinLength:
		return s, &WeakError{worst(pieces, ReasonShort), policy}
	case s.Guesses < policy.MinGuesses:
		return s, &WeakError{worst(pieces, ReasonGuessable), policy}
	}
	return s, nil
}

// scoreOf puts guesses on zxcvbn's scale.
func scoreOf(guesses float64) int {
	score := 0
	for _, most := range []float64{1e3, 1e6, 1e8, 1e10} {
		if guesses > most {
			score++
		}
	}
	return score
}

// shape refuses what can be no passphrase at all, in its normal form.
func shape(p []byte) Reason {
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

// plainLetters is a text as zxcvbn can judge it, which knows ASCII only: it
// takes each byte of "éééé" for a character of its own and sees no repetition.
// Accents are dropped, and every other character becomes some ASCII letter,
// always the same one, so that the estimate errs on the low side. At most so
// many characters are kept.
func plainLetters(s string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range norm.NFKD.String(s) {
		if unicode.IsMark(r) {
			continue
		}
		if n++; n > most {
			break
		}
		if r > unicode.MaxASCII {
			r = 'a' + r%26
		}
		b.WriteRune(r)
	}
	return b.String()
}

// personalWords are the words, parts of them, and the parts together, forwards
// and backwards, as the estimate compares them.
func personalWords(names []string) []string {
	var words []string
	for _, name := range names {
		name = strings.ToLower(plainLetters(name, maxValue))
		parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, w := range append(parts, name, strings.Join(parts, "")) {
			if len(w) > 2 && len(words) < maxPersonalWords {
				words = append(words, w, reversed(w))
			}
		}
	}
	return words
}

// reversed turns an ASCII text round.
func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// worst names the kind of piece that covers most of the passphrase, or otherwise.
func worst(pieces []piece, otherwise Reason) Reason {
	covered := map[Reason]int{}
	total := 0
	for _, p := range pieces {
		n := p.j - p.i + 1
		total += n
		covered[p.reason] += n
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

package keys

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/sethvargo/go-diceware/diceware"
	"github.com/trustelem/zxcvbn/match"
	"github.com/trustelem/zxcvbn/matching"
	"github.com/trustelem/zxcvbn/scoring"
)

// phrases are what many people know by heart, a line each; a part of one counts as well.
//
//go:embed phrases.txt
var phrases string

// What a guesser needs for pieces that zxcvbn's lists do not know.
const (
	phraseGuesses = 1e4 // any part of a known phrase
	minPhrase     = 9   // letters of such a part
	yearGuesses   = 40
	endGuesses    = 3 // a "1" or "!" at the end
	personalMost  = 10
	everydayMost  = 100
	dicedWords    = 7776 // in the list that passphrases are made from
)

// everyday are words of this program's own world, which a guesser tries before others.
func everyday() []string {
	return []string{
		"password", "passwords", "passphrase", "secret", "welcome", "letmein", "changeme", "school", "teacher", "memory", "memorystick", "stick", "usb", "usbstick",
		"class", "pupil", "pupils", "primary", "secondary", "academy", "college", "head", "office", "staff", "stowage", "encrypted", "encryption", "laptop",
		"summer", "winter", "spring", "autumn", "ysgol", "croeso", "cyfrinair", "cyfrinymadrodd", "cymru", "wales", "admin", "computer", "homework", "lesson",
	}
}

// estimate is how a guesser would put a text together from pieces, with the fewest guesses in all: the product of the
// guesses of each, and of how many there are. Their order counts for nothing, since people put words where they belong
// in a sentence, and spaces and the like between words count for nothing either.
type estimate struct {
	text     string // without what stands between words
	edges    []bool // a word may begin, or end, before this character
	personal []string
	joined   bool // by something other than spaces
}

// piece is one of them: the characters from i to j.
type piece struct {
	i, j    int
	guesses float64
	reason  Reason
}

// newEstimate takes at most so many characters of an ASCII text that are not spaces.
func newEstimate(text string, personal []string) *estimate {
	var tight []byte
	var edges []bool // a space is before it
	edge := true
	for _, c := range []byte(text) {
		if unicode.IsSpace(rune(c)) {
			edge = true
		} else if len(tight) < maxJudged {
			tight, edges, edge = append(tight, c), append(edges, edge), false
		}
	}
	e := &estimate{personal: personal}
	var b strings.Builder
	for i, c := range tight {
		if isJoiner(c) && i > 0 && i+1 < len(tight) && isLetter(tight[i-1]) && isLetter(tight[i+1]) {
			e.joined, edge = true, true
			continue
		}
		e.edges = append(e.edges, edge || edges[i] || i == 0 || isLetter(c) != isLetter(tight[i-1]))
		b.WriteByte(c)
		edge = false
	}
	clear(tight)
	e.text, e.edges = b.String(), append(e.edges, true)
	return e
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isJoiner(c byte) bool { return strings.IndexByte("-_.,;:/'+&", c) >= 0 }

// guesses returns how many it takes, and the pieces.
func (e *estimate) guesses() (float64, []piece) {
	n := len(e.text)
	ending := make([][]piece, n)
	for _, p := range e.pieces() {
		ending[p.j] = append(ending[p.j], p)
	}
	least := make([]float64, n+1)
	last := make([]piece, n+1)
	least[0] = 1
	for j := range n {
		least[j+1], last[j+1] = least[j]*scoring.BruteforceCardinality, piece{j, j, scoring.BruteforceCardinality, ""}
		for _, p := range ending[j] {
			if g := least[p.i] * p.guesses; g <= least[j+1] {
				least[j+1], last[j+1] = g, p
			}
		}
	}
	var used []piece
	for at := n; at > 0; at = last[at].i {
		used = append(used, last[at])
	}
	total := least[n]
	words := 0
	for _, p := range used {
		if p.j > p.i {
			words++
		}
	}
	total *= float64(max(1, words))
	if e.joined {
		total *= 4
	}
	if strings.ToLower(e.text) != e.text {
		total *= 2 // beginning words with a capital, or shouting: once for all
	}
	return total, used
}

// pieces are all that the text may be put together from, but single characters.
func (e *estimate) pieces() []piece {
	words := append(e.personal[:len(e.personal):len(e.personal)], everyday()...)
	var all []piece
	for _, m := range matching.Omnimatch(e.text, words) {
		if p, ok := e.pieceOf(m); ok {
			all = append(all, p)
		}
	}
	return slices.Concat(all, e.phrases(), e.diced(), e.habits())
}

// diced are the words that generated passphrases are made of, which every guesser has.
func (e *estimate) diced() []piece {
	text := strings.ToLower(e.text)
	list := diceware.WordListEffLarge()
	var all []piece
	for n := range dicedWords {
		roll := 0
		for range list.Digits() {
			roll, n = roll*10+n%6+1, n/6
		}
		word := list.WordAt(roll)
		for at := 0; ; at++ {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			at += i
			all = append(all, piece{at, at + len(word) - 1, dicedWords, ReasonCommon})
		}
	}
	return all
}

// pieceOf says what a match of zxcvbn's costs.
func (e *estimate) pieceOf(m *match.Match) (piece, bool) {
	p := piece{m.I, m.J, 0, reasonOf(m)}
	switch m.Pattern {
	case "dictionary":
		n := m.J - m.I + 1
		if n < 3 && (!e.edges[m.I] || !e.edges[m.J+1]) || n < 4 && (m.L33t || m.Reversed) {
			return p, false // by chance
		}
		p.guesses = e.wordGuesses(m)
		if m.DictionaryName == "user_inputs" && m.Rank > len(e.personal) {
			p.reason = ReasonCommon
		}
	case "repeat":
		base, _ := (&estimate{text: m.BaseToken, edges: e.edges[m.I : m.I+len(m.BaseToken)+1], personal: e.personal}).guesses()
		p.guesses = base * float64(m.RepeatCount)
	default:
		p.guesses = scoring.EstimateGuesses(m, e.text)
	}
	return p, p.guesses > 0
}

// wordGuesses is what a word costs: its rank, but for the most frequent words less, since a sentence tells where they
// stand, and for words that a guesser has a list of, little.
func (e *estimate) wordGuesses(m *match.Match) float64 {
	rank := float64(m.Rank)
	const frequent = 400
	switch {
	case m.DictionaryName == "user_inputs" && m.Rank <= len(e.personal):
		rank = min(rank, personalMost)
	case m.DictionaryName == "user_inputs":
		rank = min(rank, everydayMost)
	case rank < frequent:
		rank *= rank / frequent
	}
	rank = max(rank, 2)
	if odd := oddCapitals(m.Token); odd > 0 {
		rank *= math.Pow(2, float64(odd))
	}
	if m.L33t {
		rank *= scoring.L33tVariations(m)
	}
	if m.Reversed {
		rank *= 2
	}
	return rank
}

// oddCapitals counts the capitals in a word that is neither capitalised nor shouted.
func oddCapitals(word string) int {
	if strings.ToUpper(word) == word {
		return 0
	}
	n := 0
	for _, c := range word[1:] {
		if unicode.IsUpper(c) {
			n++
		}
	}
	return n
}

// phrases are the parts of known phrases in the text, also backwards and with digits and signs for letters.
func (e *estimate) phrases() []piece {
	text := strings.ToLower(e.text)
	var all []piece
	for line := range strings.Lines(phrases) {
		phrase := strings.ReplaceAll(strings.TrimSpace(line), " ", "")
		all = append(all, partsOf(phrase, text, phraseGuesses)...)
		all = append(all, partsOf(backwards(phrase), text, 2*phraseGuesses)...)
		for _, one := range []string{"i", "l"} {
			if plain := lettersFor(text, one); plain != text {
				all = append(all, partsOf(phrase, plain, 4*phraseGuesses)...)
				all = append(all, partsOf(backwards(phrase), plain, 8*phraseGuesses)...)
			}
		}
	}
	return all
}

// partsOf are the parts of one phrase in a text, each of which takes so many guesses.
func partsOf(phrase, text string, guesses float64) []piece {
	var all []piece
	for i := 0; i+minPhrase <= len(text); i++ {
		j := i + minPhrase
		for j <= len(text) && strings.Contains(phrase, text[i:j]) {
			j++
		}
		if j--; j-i >= minPhrase {
			all = append(all, piece{i, j - 1, guesses, ReasonCommon})
			i = j - minPhrase // a part of it begins nowhere before
		}
	}
	return all
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// lettersFor has the letters in a text that people write digits and signs for; one is what they write a 1 for.
func lettersFor(text, one string) string {
	return strings.NewReplacer("0", "o", "1", one, "!", one, "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "8", "b", "9", "g").Replace(text)
}

// habits are years, and what people put at the end because they are asked for a digit or a sign.
func (e *estimate) habits() []piece {
	var all []piece
	for i := 0; i+4 <= len(e.text); i++ {
		if year := e.text[i : i+4]; (year[:2] == "19" || year[:2] == "20") && isDigit(year[2]) && isDigit(year[3]) {
			all = append(all, piece{i, i + 3, yearGuesses, ReasonDate})
		}
	}
	if n := len(e.text); n > 1 && strings.IndexByte("1!.?", e.text[n-1]) >= 0 {
		all = append(all, piece{n - 1, n - 1, endGuesses, ""})
	}
	return all
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

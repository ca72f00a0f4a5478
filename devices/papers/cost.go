package papers

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// What guessing is assumed to cost. Every assumption errs on the guesser's side.
const (
	// scryptBlock is scrypt's r in every age file; p is 1.
	scryptBlock = 8
	// cardBandwidth is what one fast graphics card moves through its memory in a
	// second. It is what limits scrypt with so much memory.
	cardBandwidth = 1e12 // bytes
	// memoryMoved is how often a guess moves all of scrypt's memory at least,
	// after the best known exchange of memory for work.
	memoryMoved = 1.25
	cardWatts   = 400
	cardPrice   = 0.40 // pounds an hour, rented, electricity included
	yearHours   = 365.25 * 24
	dicewords   = 7776 // words in the list of generated passphrases
)

// Passphrase is what is known about how hard a passphrase is to guess.
type Passphrase struct {
	// WorkFactor is the binary logarithm of scrypt's N for the key file.
	WorkFactor int
	// WorkFactorFrom says where that is known from: the key file itself, or only
	// the policy; empty if nobody says.
	WorkFactorFrom string
	// Words is how many words ICT's generated passphrase has, while the holder
	// has not chosen another; 0 if that is not known to be in use.
	Words int
	// MinGuesses is how many guesses the policy asks a chosen passphrase to
	// withstand at least, by estimate; MinLength how many characters.
	MinGuesses float64
	MinLength  int
	// Set is when the holder chose it; zero if that is not known.
	Set time.Time
}

// guesses is how many passphrases would have to be tried to be sure.
func (p Passphrase) guesses() float64 {
	if p.Words > 0 {
		return math.Pow(dicewords, float64(p.Words))
	}
	return p.MinGuesses
}

// cost is an order of magnitude of finding a passphrase by trying.
type cost struct {
	memory  float64 // bytes a guess
	rate    float64 // guesses a second on one card
	guesses float64 // on average: half of all
	hours   float64 // of one card
	energy  float64 // kilowatt hours
	pounds  float64
}

// costOf estimates what finding a passphrase costs on average.
func costOf(p Passphrase) cost {
	c := cost{memory: 128 * scryptBlock * math.Exp2(float64(p.WorkFactor)), guesses: p.guesses() / 2}
	c.rate = cardBandwidth / (memoryMoved * c.memory)
	c.hours = c.guesses / c.rate / 3600
	c.energy = c.hours * cardWatts / 1000
	c.pounds = c.hours * cardPrice
	return c
}

// rows are the estimate as a table: who guesses, and how long it takes them.
func (c cost) rows() [][]string {
	var rows [][]string
	for _, who := range []struct {
		name  string
		cards float64
	}{{"somebody with one card", 1}, {"a criminal group with 100 cards", 100}, {"a data centre of 100,000 cards", 1e5}} {
		rows = append(rows, []string{who.name, rough(c.rate * who.cards), duration(c.hours / who.cards)})
	}
	return rows
}

// duration writes hours to one significant digit.
func duration(hours float64) string {
	for _, unit := range []struct {
		hours float64
		name  string
	}{{yearHours, "year"}, {30.4 * 24, "month"}, {24, "day"}, {1, "hour"}} {
		if hours >= unit.hours {
			n := rough(hours / unit.hours)
			if n == "1" {
				return "about 1 " + unit.name
			}
			return "about " + n + " " + unit.name + "s"
		}
	}
	return "less than an hour"
}

func (c cost) pound() string {
	if c.pounds < 1 {
		return "less than £1"
	}
	return "£" + rough(c.pounds)
}

// assumptions say what the estimate rests on.
func (c cost) assumptions(p Passphrase) []string {
	strength := fmt.Sprintf("The passphrase, if the holder has chosen one, needs at least %s guesses, as the school's policy demands and a program (zxcvbn) estimated. A guesser who knows the holder may need fewer; a good passphrase needs many times more.", rough(p.guesses()))
	if p.Words > 0 {
		strength = fmt.Sprintf("The passphrase is the one that was generated at issue: %d words drawn at random from a list of %s, which makes %s possible ones.", p.Words, number(dicewords), rough(p.guesses()))
	}
	return []string{
		strength,
		fmt.Sprintf("Each guess must go through scrypt with N = 2^%d, r = %d, p = 1, which needs %.0f MiB of memory for each.", p.WorkFactor, scryptBlock, c.memory/(1<<20)),
		fmt.Sprintf("A fast graphics card moves 1,000 GB of memory in a second, and a guess moves at least %s times what it needs; so one card makes at most about %s guesses in a second. Programs measured in public are several times slower.", trimmed(memoryMoved), rough(c.rate)),
		fmt.Sprintf("A card draws %d W and can be rented for £%.2f an hour. Half of all guesses are needed on average: %s card-hours, %s kWh, %s.", cardWatts, cardPrice, rough(c.hours), rough(c.energy), c.pound()),
		"Computers become cheaper: halve the figures for every two years that pass.",
	}
}

// trimmed writes a short decimal number.
func trimmed(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

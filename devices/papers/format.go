package papers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// unrecorded is what a paper says of what the register does not know.
const unrecorded = "not recorded"

func (h Head) zone() *time.Location {
	if h.Zone == nil {
		return time.UTC
	}
	return h.Zone
}

// day writes a date; the zero time is nothing.
func (h Head) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(h.zone()).Format("2 January 2006")
}

// moment writes a time in local time, and in UTC where that differs.
func (h Head) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local, utc := t.In(h.zone()), t.UTC()
	text := local.Format("2 January 2006 at 15:04")
	switch {
	case local.Format(time.DateTime) == utc.Format(time.DateTime):
		return text + " UTC"
	case local.Day() != utc.Day():
		return text + utc.Format(" (2 January, 15:04 UTC)")
	}
	return text + utc.Format(" (15:04 UTC)")
}

// brief writes a time for a table, in local time.
func (h Head) brief(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(h.zone()).Format("2 Jan 2006 15:04")
}

// briefDay writes a date for a table.
func (h Head) briefDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(h.zone()).Format("2 Jan 2006")
}

// span writes a length of time in its two largest units.
func span(d time.Duration) string {
	minutes := int64(d.Abs() / time.Minute)
	long := minutes > 72*60 // up to there, hours are what counts
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case long:
		return joined(" and ", plural(days, "day"), some(hours, "hour"))
	case days*24+hours > 0:
		return joined(" and ", plural(days*24+hours, "hour"), some(minutes, "minute"))
	}
	return plural(minutes, "minute")
}

// some is plural, or nothing for none.
func some(n int64, noun string) string {
	if n == 0 {
		return ""
	}
	return plural(n, noun)
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "try"); ok {
		return number(n) + " " + stem + "tries"
	}
	return number(n) + " " + noun + "s"
}

// number writes a whole number in groups of three: 12,345.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// size writes a number of bytes as drives are sold, in decimal units.
func size(bytes int64) string {
	if bytes < 1000 {
		return plural(max(bytes, 0), "byte")
	}
	value, unit := float64(bytes), -1
	for value >= 999.5 && unit < 5 {
		value, unit = value/1000, unit+1
	}
	decimals := 0
	if value < 99.5 {
		decimals = 1
	}
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	return strings.TrimSuffix(text, ".0") + "\u00a0" + string("kMGTPE"[unit]) + "B"
}

// rough writes a large number to one significant digit, in words: an order of
// magnitude must not look exact.
func rough(v float64) string {
	switch {
	case v < 1:
		return "less than 1"
	case v >= 1e18:
		return fmt.Sprintf("1 followed by %d zeros", int(math.Floor(math.Log10(v))))
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	v = math.Round(v/power) * power
	for _, unit := range []struct {
		size float64
		name string
	}{{1e15, "million billion"}, {1e12, "thousand billion"}, {1e9, "billion"}, {1e6, "million"}} {
		if v >= unit.size {
			return number(int64(math.Round(v/unit.size))) + " " + unit.name
		}
	}
	return number(int64(math.Round(v)))
}

// lines are those of a text, without empty ones.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
}

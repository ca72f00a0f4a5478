package lists

import (
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time as spreadsheets and other registers write it. Where it has no zone it is in the one given;
// day tells that it is a whole day, which is then its beginning there.
func ParseTime(text string, monthFirst bool, in *time.Location) (t time.Time, day, ok bool) {
	text = strings.Join(strings.Fields(text), " ")
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, in); err == nil {
			return t, false, true
		}
	}
	date, clock, _ := strings.Cut(text, " ")
	if t, rest, ok := namedMonth(text, in); ok {
		return atClock(t, rest)
	}
	fields := strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(fields) != 3 {
		return time.Time{}, false, false
	}
	order := [3]int{2, 1, 0} // where year, month and day are
	switch {
	case len(fields[0]) == 4:
		order = [3]int{0, 1, 2}
	case monthFirst:
		order = [3]int{2, 0, 1}
	}
	year, ok1 := number(fields[order[0]], 4)
	month, ok2 := number(fields[order[1]], 2)
	d, ok3 := number(fields[order[2]], 2)
	if !ok1 || !ok2 || !ok3 {
		return time.Time{}, false, false
	}
	if len(fields[order[0]]) == 2 {
		year += 2000
	}
	t = time.Date(year, time.Month(month), d, 0, 0, 0, 0, in)
	if t.Year() != year || t.Month() != time.Month(month) || t.Day() != d {
		return time.Time{}, false, false
	}
	return atClock(t, clock)
}

// namedMonth reads a date like 3 September 2026 or 03-Sep-26, and returns what follows it.
func namedMonth(text string, in *time.Location) (t time.Time, rest string, ok bool) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' || r == ',' })
	if len(fields) < 3 {
		return time.Time{}, "", false
	}
	date := strings.Join(fields[:3], " ")
	for _, layout := range []string{"2 Jan 2006", "2 January 2006", "2 Jan 06", "Jan 2 2006", "January 2 2006"} {
		if t, err := time.ParseInLocation(layout, date, in); err == nil {
			return t, strings.Join(fields[3:], " "), true
		}
	}
	return time.Time{}, "", false
}

// atClock puts the time of day to a day.
func atClock(day time.Time, clock string) (t time.Time, whole, ok bool) {
	if clock == "" {
		return day, true, true
	}
	for _, layout := range []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "3:04PM", "15:04:05Z07:00"} {
		if c, err := time.Parse(layout, strings.ToUpper(clock)); err == nil {
			y, m, d := day.Date()
			return time.Date(y, m, d, c.Hour(), c.Minute(), c.Second(), 0, day.Location()), false, true
		}
	}
	return time.Time{}, false, false
}

func number(text string, longest int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0 && len(text) <= longest && strings.Trim(text, "0123456789") == ""
}

// dayAndMonth returns the first two numbers of a date whose year is last.
func dayAndMonth(text string) (first, second int, ok bool) {
	date, _, _ := strings.Cut(text, " ")
	fields := strings.FieldsFunc(date, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(fields) != 3 || len(fields[0]) > 2 {
		return 0, 0, false
	}
	first, ok1 := number(fields[0], 2)
	second, ok2 := number(fields[1], 2)
	_, ok3 := number(fields[2], 4)
	return first, second, ok1 && ok2 && ok3
}

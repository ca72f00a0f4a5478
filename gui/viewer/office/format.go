package office

import (
	"encoding/xml"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// format is how a number in a cell is written.
type format struct {
	day, clock bool // it is a date, a time, or both
	decimals   int  // after the point, if fixed
	fixed      bool
	percent    bool
}

// builtIn are the formats that are known by their number (ECMA-376 part 1, 18.8.30).
func builtIn(id int) format {
	switch {
	case id == 1, id == 3, id == 37, id == 38:
		return format{fixed: true}
	case id == 2, id == 4, id == 39, id == 40:
		return format{fixed: true, decimals: 2}
	case id == 9:
		return format{fixed: true, percent: true}
	case id == 10:
		return format{fixed: true, decimals: 2, percent: true}
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return format{day: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return format{clock: true}
	case id == 22:
		return format{day: true, clock: true}
	}
	return format{}
}

// parseFormat understands as much of a format's code as is needed to write a number: the
// first of its sections, without what is quoted, escaped or in brackets.
func parseFormat(code string) format {
	var f format
	var plain strings.Builder
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"', '[':
			end := strings.IndexByte(code[i+1:], map[byte]byte{'"': '"', '[': ']'}[code[i]])
			if end < 0 {
				return f
			}
			if inside := strings.ToLower(code[i+1 : i+1+end]); code[i] == '[' && strings.Trim(inside, "hms") == "" {
				plain.WriteString(inside) // hours that go on beyond a day
			}
			i += end + 1
		default:
			plain.WriteByte(code[i])
		}
	}
	lower := strings.ToLower(plain.String())
	if strings.Contains(lower, "general") {
		return f
	}
	f.day = strings.ContainsAny(lower, "yd")
	f.clock = strings.ContainsAny(lower, "hs")
	if f.day || f.clock {
		return f
	}
	if strings.Contains(lower, "m") {
		return format{day: true}
	}
	if strings.ContainsAny(lower, "e?/") || !strings.ContainsAny(lower, "0#") {
		return f
	}
	_, fraction, _ := strings.Cut(lower, ".")
	f.fixed, f.percent = true, strings.Contains(lower, "%")
	f.decimals = min(strings.Count(fraction, "0"), 15)
	return f
}

// readStyles reads how the numbers of cells are written.
func (w *sheets) readStyles(file string) error {
	codes := map[int]format{}
	err := w.b.scan(file, func(s *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			id, err := strconv.Atoi(attribute(e, "numFmtId"))
			if err == nil && len(codes) < mostStyles {
				codes[id] = parseFormat(attribute(e, "formatCode"))
			}
		case "cellXfs":
			err := s.within(func(_ *scanner, e xml.StartElement) error {
				if e.Name.Local != "xf" || len(w.formats) == mostStyles {
					return nil
				}
				id, _ := strconv.Atoi(attribute(e, "numFmtId"))
				f, ok := codes[id]
				if !ok {
					f = builtIn(id)
				}
				w.formats = append(w.formats, f)
				return nil
			}, nil)
			return errors.Join(err, errFound)
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

// number is a number as it is shown.
func (f format) number(value string, from1904 bool) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return clean(value)
	}
	switch {
	case f.day || f.clock:
		if text, ok := f.date(n, from1904); ok {
			return text
		}
	case f.percent:
		return strconv.FormatFloat(n*100, 'f', f.decimals, 64) + "%"
	case f.fixed && math.Abs(n) < 1e15:
		return strconv.FormatFloat(n, 'f', f.decimals, 64)
	}
	// Fifteen digits, as spreadsheets show: 0.1+0.2 is 0.3.
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

// date is a number of days as a date (ECMA-376 part 1, 18.17.4): day 1 is the first of
// January 1900, and there is a 29th of February 1900, which was none.
func (f format) date(days float64, from1904 bool) (string, bool) {
	if days < 0 || days > 2958466 { // the end of 9999
		return "", false
	}
	if f.clock && !f.day {
		minutes := int64(math.Round(days * 24 * 60))
		return strconv.FormatInt(minutes/60, 10) + ":" + two(minutes%60), true
	}
	start := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		start = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		start = start.AddDate(0, 0, 1)
	}
	whole := math.Floor(days)
	at := start.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round((days-whole)*24*60*60)) * time.Second)
	if f.clock {
		return at.Format("2006-01-02 15:04"), true
	}
	return at.Format(time.DateOnly), true
}

func two(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

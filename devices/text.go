package devices

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Longest texts, in characters.
const (
	maxLine = 200
	maxNote = 4000
	maxWord = 64
)

// Fold returns the form in which labels, serials, names and e-mail addresses
// are compared: without case, accents and surplus blanks.
func Fold(text string) string {
	if isASCII(text) {
		return strings.Join(strings.Fields(strings.ToLower(text)), " ")
	}
	text = norm.NFKD.String(cases.Fold().String(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// IsWord reports whether a value looks like those that stand for kinds and states: lower-case
// letters and digits, with spaces or dashes between them. One that is not known is a later version's.
func IsWord(value string) bool {
	for part := range strings.FieldsFuncSeq(value, func(c rune) bool { return c == ' ' || c == '-' }) {
		if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return value != "" && len(value) <= maxWord
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cleanLine returns text as it is stored in a field of one line.
// Accents alone, which searching passes over, could never be found again.
func cleanLine(field, text string) (string, error) {
	cleaned, err := clean(field, text, maxLine, false)
	if err == nil && cleaned != "" && Fold(cleaned) == "" {
		return "", &InvalidError{Field: field, Value: shorten(text), Problem: "has no letters, digits or signs"}
	}
	return cleaned, err
}

// cleanNote returns text as it is stored in a field of several lines.
func cleanNote(field, text string) (string, error) { return clean(field, text, maxNote, true) }

func clean(field, text string, longest int, lines bool) (string, error) {
	invalid := func(problem string) (string, error) {
		return "", &InvalidError{Field: field, Value: shorten(text), Problem: problem}
	}
	if !utf8.ValidString(text) {
		return invalid("is not UTF-8 text")
	}
	cleaned := strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
	if utf8.RuneCountInString(cleaned) > longest {
		return invalid(fmt.Sprintf("is longer than %d characters", longest))
	}
	for _, r := range cleaned {
		if unhelpful(r) && !(lines && (r == '\n' || r == '\t')) {
			return invalid("has a character that cannot be shown")
		}
	}
	return cleaned, nil
}

// unhelpful finds control characters, and those that turn the direction of
// text round, with which one text can be made to look like another.
func unhelpful(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// cleaner cleans several fields and keeps the first error.
type cleaner struct{ err error }

func (c *cleaner) line(field string, text *string) { c.clean(field, text, cleanLine) }
func (c *cleaner) note(field string, text *string) { c.clean(field, text, cleanNote) }

func (c *cleaner) clean(field string, text *string, clean func(field, text string) (string, error)) {
	cleaned, err := clean(field, *text)
	if err != nil {
		c.fail(err)
		return
	}
	*text = cleaned
}

func (c *cleaner) required(field, text string) {
	if text == "" || !readable(text) {
		c.fail(&InvalidError{Field: field, Value: text, Problem: "is missing"})
	}
}

// readable says whether there is anything in text that can be read out.
func readable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// moment cleans a time: UTC, to the second, in the age of computers, and not
// later than now unless now is zero. The zero time is kept.
func (c *cleaner) moment(field string, t *time.Time, now time.Time) {
	if t.IsZero() {
		*t = time.Time{}
		return
	}
	*t = t.UTC().Truncate(time.Second)
	text := t.Format(time.RFC3339)
	switch {
	case t.Year() < 1980 || t.Year() > 2200:
		c.fail(&InvalidError{Field: field, Value: text, Problem: "is not a likely date"})
	case !now.IsZero() && t.After(now):
		c.fail(&InvalidError{Field: field, Value: text, Problem: "is in the future"})
	}
}

// fail notes an error, if it is one.
func (c *cleaner) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (d *DeviceDetails) clean() error {
	var c cleaner
	c.line("make", &d.Make)
	c.line("model", &d.Model)
	c.line("serial", &d.Serial)
	c.line("label", &d.Label)
	c.line("site", &d.Site)
	c.note("notes", &d.Notes)
	_, err := ParseKind(string(d.Kind))
	c.fail(err)
	if d.Capacity < 0 || d.Capacity > 1<<60 {
		c.fail(&InvalidError{Field: "capacity", Value: fmt.Sprint(d.Capacity), Problem: "is not a likely number of bytes"})
	}
	for field, value := range d.names() {
		c.required(string(field), value)
	}
	if d.Label == "" && d.Serial == "" {
		c.fail(&InvalidError{Field: "label", Problem: "or serial is needed"})
	}
	return c.err
}

func (h *HolderDetails) clean() error {
	var c cleaner
	c.line("holder", &h.Name)
	c.line("email", &h.Email)
	c.line("site", &h.Site)
	c.note("notes", &h.Notes)
	c.required("holder", h.Name)
	if h.Email != "" {
		if a, err := mail.ParseAddress(h.Email); err != nil || a.Address != h.Email {
			c.fail(&InvalidError{Field: "email", Value: shorten(h.Email), Problem: "is not an e-mail address"})
		}
	}
	return c.err
}

// shorten makes a value fit for an error text.
func shorten(text string) string {
	const longest = 60
	text = strings.ToValidUTF8(text, "\ufffd")
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + "…"
}

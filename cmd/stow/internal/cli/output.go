package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"

	"stowage/devices"
)

// Show prints the result of a command: v as JSON with --json, otherwise what
// text writes.
func (a *App) Show(v any, text func(w io.Writer)) error {
	if a.JSON {
		return writeJSON(a.Stdout, v, "  ")
	}
	if text == nil {
		return nil
	}
	var b strings.Builder
	text(&b)
	_, err := io.WriteString(a.Stdout, SafeText(b.String()))
	return err
}

// SafeText makes a result of several lines safe for a terminal, whatever it names. Names in it
// are [Printable] besides, so that none begins a line.
func SafeText(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Say tells a person something beside the result, on standard error.
func (a *App) Say(format string, args ...any) {
	if !a.Quiet && !a.JSON {
		fmt.Fprintln(a.Stderr, Printable(fmt.Sprintf(format, args...)))
	}
}

// Warn tells of something that does not stop the command.
func (a *App) Warn(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	a.saidICT = a.saidICT || strings.Contains(message, "ICT")
	if a.JSON {
		_ = writeJSON(a.Stderr, map[string]string{"warning": message}, "")
		return
	}
	fmt.Fprintf(a.Stderr, "stow: warning: %s\n", Printable(message))
}

// note says something that helps the person on, on standard error.
func (a *App) note(format string, args ...any) {
	fmt.Fprintf(a.Stderr, "stow: %s\n", Printable(fmt.Sprintf(format, args...)))
}

// Table writes rows in columns under a heading.
func Table(w io.Writer, heading []string, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, strings.ToUpper(strings.Join(heading, "\t")))
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(tw, "\t")
			}
			fmt.Fprint(tw, Printable(cell))
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
}

// Fields writes one "name: value" line for each pair that has a value.
func Fields(w io.Writer, pairs ...string) {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(tw, "%s:\t%s\n", pairs[i], Printable(pairs[i+1]))
		}
	}
	tw.Flush()
}

// Printable makes text from outside safe for a terminal: what could move the
// cursor or turn the writing round is shown as U+FFFD.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// writeJSON writes v and ends the line. What could steer a terminal is escaped: beside what
// encoding/json escapes, that is DEL, C1 and the marks that turn the writing round.
func writeJSON(w io.Writer, v any, indent string) error {
	if err := JSONValue(w, v, "", indent); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// JSONValue writes v without ending the line. Lines after the first begin with the prefix.
func JSONValue(w io.Writer, v any, prefix, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent(prefix, indent)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	var safe strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		if r == '\n' || unicode.IsPrint(r) {
			safe.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&safe, `\u%04x`, unit)
		}
	}
	_, err := io.WriteString(w, safe.String())
	return err
}

// SizeText writes a number of bytes in decimal units, as drives are sold in.
func SizeText(bytes int64) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d B", bytes)
	}
	units := "kMGTPE"
	size := float64(bytes)
	i := -1
	for size >= 999.5 && i+1 < len(units) {
		size /= 1000
		i++
	}
	if size < 9.95 {
		return fmt.Sprintf("%.1f %cB", size, units[i])
	}
	return fmt.Sprintf("%.0f %cB", size, units[i])
}

// TimeText writes a moment in local time; the zero time is nothing.
func TimeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2 Jan 2006 15:04")
}

// DayText writes a date; the zero time is nothing.
func DayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2 Jan 2006")
}

// DueDay writes the day on which a loan ends; the zero time is nothing.
func DueDay(due time.Time) string { return DayText(devices.DueDay(due, time.Local)) }

// Counted writes a number with its noun: "1 file", "3 files".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// JoinAnd joins words as a sentence does: "a, b and c".
func JoinAnd(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// JoinWords joins the words that are not empty with a space.
func JoinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// Set puts value into target if it was asked for.
func Set[T any](asked bool, target *T, value T) {
	if asked {
		*target = value
	}
}

// NewLines makes the \n that somebody typed in an argument new lines.
func NewLines(text string) string { return strings.ReplaceAll(text, `\n`, "\n") }

// OneLine puts text of several lines on one.
func OneLine(text string) string { return strings.Join(strings.Split(text, "\n"), " / ") }

package papers

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// AuditCSV writes the facts of an audit report for a spreadsheet: one row a fact,
// its first column naming the part of the report, times in UTC. Cells that a
// spreadsheet would take for a formula have an apostrophe before them.
func AuditCSV(w io.Writer, h Head, a AuditFacts) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range a.rows(h) {
		for i := range row {
			row[i] = neutral(row[i])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// rows are the report's facts under their heading.
func (a AuditFacts) rows(h Head) [][]string {
	rows := [][]string{{"part", "device", "kind", "state", "person", "when", "by", "number", "details"}}
	add := func(part, device, kind, state, person string, when time.Time, by, number, details string) {
		rows = append(rows, []string{part, device, kind, state, person, stamp(when), by, number, details})
	}
	add("report", "", "", "", "", h.Made, h.By, "", joined(", ", h.School, a.Site))
	add("from", "", "", "", "", a.From, "", "", "")
	add("until", "", "", "", "", a.Until, "", "", "")
	for _, c := range a.States {
		add("state", "", "", c.State, "", time.Time{}, "", strconv.Itoa(c.Count), "")
	}
	add("encrypted", "", "", "", "", time.Time{}, "", strconv.Itoa(a.Encrypted), "")
	for _, m := range a.Moves {
		add("event", m.Device, "", strings.TrimPrefix(m.What, "device "), m.Person, m.At, m.By, strconv.FormatInt(m.Number, 10), m.More)
	}
	for _, part := range []struct {
		name string
		list []Held
	}{{"overdue", a.Overdue}, {"not seen", a.NotSeen}, {"not verified", a.Unverified}} {
		for _, d := range part.list {
			add(part.name, d.Device, d.Kind, d.State, d.Person, d.When, "", "", d.More)
		}
	}
	for _, c := range a.Incidents {
		closed := "open"
		if !c.Closed.IsZero() {
			closed = "closed " + stamp(c.Closed)
		}
		add("incident", c.Device, c.Kind, closed, "", c.Aware, c.By, c.Number, or(c.Decision, "no decision yet"))
	}
	for _, c := range a.Checkpoints {
		add("checkpoint", "", "", "", "", c.At, "", strconv.FormatInt(c.Events, 10), c.Root)
	}
	return rows
}

// stamp writes a time as programs read it; the zero time is nothing.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// neutral makes a cell that no spreadsheet takes for a formula.
func neutral(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r'＝＋－＠", first) {
		return "'" + text
	}
	return text
}

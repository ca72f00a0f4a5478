//go:build linux || darwin

package main

import (
	"strings"
	"testing"

	"stowage/gui/explain"
)

func TestLossIsAskedAboutOnTerminal(t *testing.T) {
	dir := week(t)
	c := talk(t, dir, "report", "lost", "--place", "the bus")
	for _, q := range []struct{ question, answer string }{
		{"Your name: ", ""}, // which is refused, with the reason
		{"who you are", ""},
		{"Your name: ", "Alice Jones"},
		{"reach you now", "07700 900123"},
		{"Which stick is it", "HRP-0042"},
		{"lost or stolen", "mislaid"},
		{"none of lost, stolen and unsure", ""},
		{"lost or stolen", "stolen"},
		{"When did you notice", ""},
		{"last have it for certain", ""},
		{"How did it happen", "it was in my coat"},
		{"Could the passphrase be with it", "n"},
		{"only copy", "unsure"},
		{"What was on it", "reports"},
		{"Whose data", "year 4"},
	} {
		c.expect(q.question)
		if q.answer != "" || !strings.HasPrefix(q.question, "who") && !strings.HasPrefix(q.question, "none of") {
			c.say(q.answer)
		}
	}
	c.expect("in ICT's inbox")
	if code := c.end(); code != explain.OK {
		t.Errorf("it ended with %d:\n%s", code, c.seen.String())
	}
	out := mustRun(t, dir, "report", "inbox", "--passphrase-file", "auth.txt", "--json")
	for _, want := range []string{`"Alice Jones"`, `"label": "HRP-0042"`, `"kind": "stolen"`, `"place": "the bus"`, `"passphrase": "no"`, `"only_copy": "not sure"`, `"noticed"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	if strings.Contains(out, "happened_from") {
		t.Errorf("an open question was answered: %s", out)
	}
}

// An end of input in the middle of the questions sends nothing.
func TestLossQuestionsGivenUp(t *testing.T) {
	dir := week(t)
	c := talk(t, dir, "report", "lost")
	c.expect("Your name: ")
	c.press(4) // Ctrl-D
	if code := c.end(); code != explain.Cancelled {
		t.Errorf("it ended with %d:\n%s", code, c.seen.String())
	}
	if out := mustRun(t, dir, "report", "inbox", "--passphrase-file", "auth.txt"); !strings.Contains(out, "No loss reports") {
		t.Errorf("something was sent: %s", out)
	}
}

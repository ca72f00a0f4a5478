package wording

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"stowage/devices"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// explainRegister puts the register's typed errors into words.
func explainRegister(w *i18n.Words, err error) (widgets.Message, bool) {
	if e, ok := errors.AsType[*devices.ImportError](err); ok {
		m := say(w, widgets.Warn, "explain.import", "")
		m.Details = importDetails(w, e)
		return m, true
	}
	if e, ok := errors.AsType[*devices.Refusal](err); ok && e.Action == devices.Issue && (e.State == devices.Lost || e.State == devices.Stolen) {
		return say(w, widgets.Warn, "explain.refusal.lost", "", "name", e.Name), true
	}
	if e, ok := errors.AsType[*devices.Refusal](err); ok {
		return say(w, widgets.Warn, "explain.refusal", "",
			"name", e.Name, "state", StateName(w, e.State), "action", w.T(ActionKey(e.Action)+".done"), "instead", insteadOf(w, e.Instead)), true
	}
	if e, ok := errors.AsType[*devices.DuplicateError](err); ok {
		return say(w, widgets.Warn, "explain.duplicate", "", "field", fieldName(w, e.Field), "value", e.Value), true
	}
	if e, ok := errors.AsType[*devices.InvalidError](err); ok {
		m := say(w, widgets.Warn, "explain.invalid", "", "field", fieldName(w, e.Field))
		m.Details = e.Error()
		return m, true
	}
	if e, ok := errors.AsType[*devices.AmbiguousError](err); ok {
		var names []string
		for _, h := range e.Candidates {
			names = append(names, h.Name)
		}
		return say(w, widgets.Warn, "explain.who", "", "text", e.Text, "names", w.List(names)), true
	}
	return widgets.Message{}, false
}

// insteadOf says what can be done instead, as a sentence lists it.
func insteadOf(w *i18n.Words, actions []devices.Action) string {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = w.T(ActionKey(a) + ".verb")
	}
	return w.List(names)
}

// importDetails lists what is wrong in a file by line and column.
func importDetails(w *i18n.Words, e *devices.ImportError) string {
	text, more := "", e.Count()
	const kinds = 12
	for _, row := range e.Rows[:min(len(e.Rows), kinds)] {
		text += rowText(w, row) + "\n"
		more -= max(row.Count, 1)
	}
	if more > 0 {
		text += w.N("explain.import.more", more)
	}
	return text
}

// rowText is one kind of thing wrong in a file, with the lines that have it.
func rowText(w *i18n.Words, row devices.RowError) string {
	line := strconv.Itoa(row.Line)
	const named = 10
	if row.Count > 1 {
		var lines []string
		for _, line := range row.Lines[:min(len(row.Lines), named)] {
			lines = append(lines, strconv.Itoa(line))
		}
		line = strings.Join(lines, ", ")
		if row.Count > named {
			line += " …"
		}
	}
	what := row.Err.Error()
	if m, ok := explainRegister(w, row.Err); ok && m.Details == "" {
		what = m.Happened
	}
	if row.Column == "" {
		return w.T("explain.import.line", "line", line, "what", what)
	}
	return w.T("explain.import.cell", "line", line, "column", row.Column, "what", what)
}

// StateName is a state as people read it: "In stock".
func StateName(w *i18n.Words, s devices.State) string {
	return w.T(i18n.Key("device.state." + Compact(string(s))))
}

// ActionKey is the key of an action's name.
func ActionKey(a devices.Action) i18n.Key { return i18n.Key("device.action." + Compact(string(a))) }

// fieldName is the name of a field that an error is about.
func fieldName(w *i18n.Words, field string) string {
	if key := i18n.Key("device.field." + Compact(field)); w.Has(key) {
		return w.T(key)
	}
	return field
}

// Compact leaves the blanks out of a name in code.
func Compact(name string) string {
	return string(slices.DeleteFunc([]rune(name), func(r rune) bool { return r == ' ' }))
}

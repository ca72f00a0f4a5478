// Package wording puts into the window's words what the packages below have none for:
// errors, states and kinds of devices, events, and what was found on a stick. It has no
// screens, and no state.
package wording

import (
	"errors"
	"io/fs"
	"strings"

	"stowage/crypt/fault"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/issue"
	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/editing"
	"stowage/gui/explain"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// ownRows are the errors that only the window has.
var ownRows = []explain.Row{
	{Is: ErrIntoItself, Severity: explain.Warning, Key: "explain.itself"},
	{Is: gui.ErrProgram, Severity: explain.Warning, Key: "explain.program"},
	{Is: gui.ErrNoProgram, Severity: explain.Warning, Key: "explain.nofileprogram"},
	{Is: editing.ErrClosed, Severity: explain.Info, Key: "explain.closed"},
}

// Explain puts an error into words for people: gui.Options.Explain. It returns false
// for what it does not know, which the window then shows as unexpected.
func Explain(w *i18n.Words, err error) (widgets.Message, bool) {
	err = fault.Classify(err)
	if m, ok := explainTyped(w, err); ok {
		return m, true
	}
	if row, ok := explain.Find(err, ownRows...); ok {
		return say(w, kindOf(row.Severity), row.Key, subject(err)), true
	}
	return widgets.Message{}, false
}

// kindOf is how the window shows an error of that severity.
func kindOf(s explain.Severity) widgets.Kind {
	switch s {
	case explain.Info:
		return widgets.Info
	case explain.Serious:
		return widgets.Bad
	}
	return widgets.Warn
}

// say is a message from a group of texts; pairs fill the placeholders.
func say(w *i18n.Words, kind widgets.Kind, key i18n.Key, about string, pairs ...any) widgets.Message {
	return widgets.Message{
		Kind: kind, Happened: w.T(key, pairs...), Files: w.T(key+".files", pairs...), Next: w.T(key+".next", pairs...),
		Details: about,
	}
}

// subject is what an error is about, as people call it; "" when it does not say.
func subject(err error) string {
	if p, ok := errors.AsType[*school.PersonError](err); ok {
		return p.Who
	}
	if f, ok := errors.AsType[*filecrypt.FileError](err); ok {
		return f.Path
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && !strings.HasPrefix(p.Path, "stowage/") { // which says nothing to anybody
		return p.Path
	}
	return ""
}

// explainTyped puts errors into words that say more than what kind they are of.
func explainTyped(w *i18n.Words, err error) (widgets.Message, bool) {
	if e, ok := errors.AsType[*loss.ReportError](err); ok {
		key := i18n.Key("explain.report.field")
		if e.Long {
			key = "explain.report.long"
		}
		return say(w, widgets.Warn, key, e.Field), true
	}
	if e, ok := errors.AsType[*config.FileError](err); ok && !errors.Is(err, keys.ErrNewer) {
		return say(w, widgets.Bad, "explain.config", e.Error()), true
	}
	if e, ok := errors.AsType[*school.PublishError](err); ok {
		return say(w, widgets.Warn, "explain.publish", e.Err.Error()), true
	}
	if e, ok := errors.AsType[*issue.KnownAsError](err); ok {
		key := i18n.Key("explain.known.label")
		if e.Serial {
			key = "explain.known.serial"
		}
		return say(w, widgets.Warn, key, "", "name", e.Name), true
	}
	if e, ok := errors.AsType[*stick.DestinationError](err); ok {
		return explainDestination(w, e), true
	}
	if e, ok := errors.AsType[*stick.NoSpaceError](err); ok {
		key := i18n.Key("explain.nospace")
		if e.Kept > 0 {
			key = "explain.nospace.kept"
		}
		return say(w, widgets.Warn, key, "", "need", w.Size(e.Need), "free", w.Size(e.Free), "kept", w.Size(e.Kept)), true
	}
	if e, ok := errors.AsType[*stick.InUseError](err); ok {
		if e.Program != "" && e.PID != 0 {
			return say(w, widgets.Warn, "explain.inuse.by", "", "program", e.Program, "process", e.PID), true
		}
		return say(w, widgets.Warn, "explain.inuse", ""), true
	}
	if e, ok := errors.AsType[*keys.WeakError](err); ok {
		m := say(w, widgets.Warn, "explain.weak", "")
		m.Happened = m.Happened + " " + WeakWords(w, e)
		return m, true
	}
	if e, ok := errors.AsType[*keys.BlockedError](err); ok {
		return say(w, widgets.Warn, "explain.blocked", e.Person.Name), true
	}
	return explainRegister(w, err)
}

// explainDestination says what became of files that were being written to this computer.
func explainDestination(w *i18n.Words, e *stick.DestinationError) widgets.Message {
	key := i18n.Key("explain.dest.gone")
	switch fault.Of(e.Err) {
	case fault.ErrFull:
		if e.Free >= 0 && e.Need > e.Free {
			return say(w, widgets.Warn, "explain.dest.space", e.Path, "need", w.Size(e.Need), "free", w.Size(e.Free))
		}
		key = "explain.dest.full"
	case fault.ErrReadOnly:
		key = "explain.dest.readonly"
	case fault.ErrFailing:
		key = "explain.dest.failing"
	}
	return say(w, widgets.Warn, key, e.Path)
}

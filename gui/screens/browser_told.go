package screens

import (
	"errors"
	"io/fs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// choice is one answer of several to a question.
type choice struct {
	name, hint string
	run        func()
}

// showChoices asks a question with several answers, each with what it means.
func showChoices(s *gui.Session, title, text string, choices []choice) {
	var d *parts.Dialog
	list := parts.Column(2, parts.Body(text))
	var first fyne.Focusable
	for _, c := range choices {
		press := parts.NewPressable(c.name+". "+c.hint, container.NewPadded(container.NewPadded(parts.Column(0, parts.FieldLabel(c.name), parts.Muted(c.hint)))), parts.ColorSurface, parts.ColorBorder, func() {
			d.Close()
			c.run()
		})
		if first == nil {
			first = press
		}
		list.Add(press)
	}
	list.Add(parts.Row(2, parts.Spring(), parts.NewButton(s.Words.T("parts.cancel"), nil, func() { d.Close() })))
	d = parts.ShowDialog(s.Window.Canvas(), title, list, nil)
	s.Window.Canvas().Focus(first)
}

// someNames names the first of several, and says how many more there are.
func someNames(w *words.Words, names []string) string {
	const most = 5
	if len(names) <= most {
		return w.List(names)
	}
	return w.List(append(names[:most:most], w.N("names.more", len(names)-most)))
}

// tellSkipped says what was left out, and why.
func tellSkipped(s *gui.Session, done, title string, skipped []stick.Skipped) {
	w := s.Words
	const most = 200
	list := parts.Column(0)
	for i, left := range skipped {
		if i == most {
			list.Add(parts.Muted(w.N("names.more", len(skipped)-most)))
			break
		}
		list.Add(parts.Body(localName(left.Path) + " – " + skipReason(w, left.Err)))
	}
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(420, 180))
	var d *parts.Dialog
	end := parts.NewPrimary(w.T("parts.close"), nil, func() { d.Close() })
	d = parts.ShowDialog(s.Window.Canvas(), title, parts.Column(2, parts.Body(done), scroll, parts.Row(2, parts.Spring(), end)), nil)
	s.Window.Canvas().Focus(end)
}

// skipReason says in a few words why something was left out.
func skipReason(w *words.Words, err error) string {
	err = fault.Told(err)
	for _, r := range []struct {
		is  error
		key words.Key
	}{
		{stick.ErrExists, "skip.exists"},
		{stick.ErrKind, "skip.kind"},
		{stick.ErrName, "skip.name"},
		{stick.ErrSpecial, "skip.special"},
		{stick.ErrNotVerified, "skip.differs"},
		{stick.ErrDamaged, "skip.damaged"},
		{stick.ErrForged, "skip.forged"},
		{stick.ErrTooLarge, "skip.large"},
		{crypt.ErrInUse, "skip.inuse"},
		{crypt.ErrPartInUse, "skip.inuse"},
		{fs.ErrPermission, "skip.permission"},
		{fs.ErrNotExist, "skip.gone"},
		{fault.ErrGone, "skip.taken"},
		{fault.ErrFailing, "skip.failing"},
		{stick.ErrChanged, "skip.changed"}, // after that it is gone, which is a change as well
	} {
		if errors.Is(err, r.is) {
			return w.T(r.key)
		}
	}
	return err.Error()
}

// warningMessage says what was not as it should be when a stick was opened.
func warningMessage(w *words.Words, o *opened) parts.Message {
	m := parts.Message{Kind: parts.Warn}
	worst := 0
	for _, warning := range o.stick.Warnings() {
		v := warningWords(warning.Kind)
		if m.Details != "" {
			m.Details += "\n"
		}
		m.Details += warning.String()
		if v.rank > worst {
			worst = v.rank
			m.Happened, m.Files, m.Next = w.T(v.happened), w.T(v.files), w.T(v.next)
		}
	}
	switch {
	case m.Happened != "":
	case o.older:
		v := warningWords(stick.WarnRolledBack)
		m.Happened, m.Files, m.Next = w.T("warn.older"), w.T(v.files), w.T(v.next)
	case o.lost.lost():
		m.Happened = w.T("stick.lost", "label", o.label(), "date", w.Date(o.lost.since))
		m.Files, m.Next = w.T("stick.lost.files"), o.lost.next(w)
	case o.stick.ReadOnly():
		m = parts.Message{Kind: parts.Info, Happened: w.T("stick.readonly"), Files: w.T("stick.readonly.files")}
	case o.byCode:
		m = parts.Message{Kind: parts.Warn, Happened: w.T("stick.bycode"), Files: w.T("stick.bycode.files"), Next: w.T("stick.bycode.next")}
	}
	return m
}

// warned is how a kind of warning is told; of several the highest rank is.
type warned struct {
	rank                  int
	happened, files, next words.Key
}

func warningWords(k stick.WarningKind) warned {
	switch k {
	case stick.WarnTorn:
		return warned{1, "warn.torn", "warn.torn.files", "warn.torn.next"}
	case stick.WarnForeign:
		return warned{2, "warn.foreign", "warn.foreign.files", "warn.foreign.next"}
	case stick.WarnAltered:
		return warned{2, "warn.altered", "warn.altered.files", "warn.ict"}
	case stick.WarnEntry:
		return warned{3, "warn.entry", "warn.entry.files", "warn.ict"}
	case stick.WarnMissing:
		return warned{4, "warn.missing", "warn.missing.files", "warn.ict"}
	case stick.WarnDamaged:
		return warned{5, "warn.damaged", "warn.damaged.files", "warn.ict"}
	case stick.WarnMisplaced:
		return warned{6, "warn.misplaced", "warn.misplaced.files", "warn.ict"}
	case stick.WarnForged:
		return warned{7, "warn.forged", "warn.forged.files", "warn.ict"}
	case stick.WarnForked:
		return warned{9, "warn.forked", "warn.forked.files", "warn.ict"}
	case stick.WarnRolledBack:
		return warned{8, "warn.rolledback", "warn.rolledback.files", "warn.ict"}
	}
	return warned{1, "warn.damaged", "warn.damaged.files", "warn.ict"}
}

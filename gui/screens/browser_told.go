package screens

import (
	"errors"
	"io/fs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/fault"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// choice is one answer of several to a question.
type choice struct {
	name, hint string
	run        func()
}

// showChoices asks a question with several answers, each with what it means.
func showChoices(s *gui.Session, title, text string, choices []choice) {
	var d *widgets.Dialog
	list := widgets.Column(2, widgets.Body(text))
	var first fyne.Focusable
	for _, c := range choices {
		press := widgets.NewPressable(c.name+". "+c.hint, container.NewPadded(container.NewPadded(widgets.Column(0, widgets.FieldLabel(c.name), widgets.Muted(c.hint)))), widgets.ColorSurface, widgets.ColorBorder, func() {
			d.Close()
			c.run()
		})
		if first == nil {
			first = press
		}
		list.Add(press)
	}
	list.Add(widgets.Row(2, widgets.Spring(), widgets.NewButton(s.Words.T("widgets.cancel"), nil, func() { d.Close() })))
	d = widgets.ShowDialog(s.Window.Canvas(), title, list, nil)
	s.Window.Canvas().Focus(first)
}

// tellSkipped says what was left out, and why.
func tellSkipped(s *gui.Session, done, title string, skipped []stick.Skipped) {
	w := s.Words
	const most = 200
	list := widgets.Column(0)
	for i, left := range skipped {
		if i == most {
			list.Add(widgets.Muted(w.N("names.more", len(skipped)-most)))
			break
		}
		list.Add(widgets.Body(localName(left.Path) + " – " + skipReason(w, left.Err)))
	}
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(420, 180))
	var d *widgets.Dialog
	end := widgets.NewPrimary(w.T("widgets.close"), nil, func() { d.Close() })
	d = widgets.ShowDialog(s.Window.Canvas(), title, widgets.Column(2, widgets.Body(done), scroll, widgets.Row(2, widgets.Spring(), end)), nil)
	s.Window.Canvas().Focus(end)
}

// skipReason says in a few words why something was left out.
func skipReason(w *i18n.Words, err error) string {
	err = fault.Classify(err)
	for _, r := range []struct {
		is  error
		key i18n.Key
	}{
		{stick.ErrExists, "skip.exists"},
		{stick.ErrKind, "skip.kind"},
		{stick.ErrName, "skip.name"},
		{stick.ErrNotFound, "skip.notfound"},
		{stick.ErrSpecial, "skip.special"},
		{stick.ErrNotVerified, "skip.differs"},
		{stick.ErrDamaged, "skip.damaged"},
		{stick.ErrForged, "skip.forged"},
		{stick.ErrTooLarge, "skip.large"},
		{safefile.ErrInUse, "skip.inuse"},
		{safefile.ErrPartInUse, "skip.inuse"},
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
func warningMessage(w *i18n.Words, o *stickSession) widgets.Message {
	m := widgets.Message{Kind: widgets.Warn}
	worst := 0
	for _, warning := range o.stick.Warnings() {
		v := warningWordsOf(warning)
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
	case o.forked:
		v := warningWords(stick.WarnForked)
		m.Happened, m.Files, m.Next = w.T(v.happened), w.T(v.files), w.T(v.next)
	case o.older:
		v := warningWords(stick.WarnRolledBack)
		m.Happened, m.Files, m.Next = w.T("warn.older"), w.T(v.files), w.T(v.next)
	case o.lost.Lost():
		m.Happened = w.T("stick.lost", "label", o.label(), "date", w.Date(o.lost.Since))
		m.Files, m.Next = w.T("stick.lost.files"), o.lost.Next(w)
	case o.stick.ReadOnly():
		m = widgets.Message{Kind: widgets.Info, Happened: w.T("stick.readonly"), Files: w.T("stick.readonly.files")}
	case o.byCode:
		m = widgets.Message{Kind: widgets.Warn, Happened: w.T("stick.bycode"), Files: w.T("stick.bycode.files"), Next: w.T("stick.bycode.next")}
	}
	return m
}

// warned is how a kind of warning is told; of several the highest rank is.
type warned struct {
	rank                  int
	happened, files, next i18n.Key
}

// warningWordsOf says of a layer that is missing where that is.
func warningWordsOf(w stick.Warning) warned {
	v := warningWords(w.Kind)
	switch w.At {
	case stick.AtTheBeginning:
		v.happened = "warn.missing.first"
	case stick.InTheMiddle:
		v.happened = "warn.missing.middle"
	case stick.AtTheEnd:
		v.happened = "warn.missing.last"
	}
	return v
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

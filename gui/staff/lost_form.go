package staff

import (
	"fmt"
	"strings"
	"time"

	"stowage/devices/school/loss"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// lostForm is what a person is asked about a lost stick.
type lostForm struct {
	s *gui.Session

	which, place, police, contents, whose, more, name, contact *widget.Entry

	kind     *form.Choices[loss.LossKind]
	had      *form.Choices[form.Span]
	noticed  *form.Choices[form.Span]
	with     *form.Choices[loss.Answer]
	onlyCopy *form.Choices[loss.Answer]

	whichField, nameField, contactField *widgets.Field
	policeField                         *widgets.Field
}

// newLostForm returns an empty form; grown is called when something has appeared in it.
func newLostForm(s *gui.Session, grown func()) *lostForm {
	w := s.Words
	f := &lostForm{
		s:     s,
		which: form.Line(), place: form.Lines(2), police: form.Line(), contents: form.Lines(3), whose: form.Line(), more: form.Lines(2), name: form.Line(), contact: form.Line(),
		kind: form.NewChoices(w, true, form.Reply[loss.LossKind]{Text: "lost.kind.lost", Is: loss.LossLost}, form.Reply[loss.LossKind]{Text: "lost.kind.stolen", Is: loss.LossStolen}, form.Reply[loss.LossKind]{Text: "lost.unsure", Is: loss.LossUnsure}),
		had: form.NewChoices[form.Span](w, true, form.Reply[form.Span]{Text: "lost.had.today", Is: form.Since(0)}, form.Reply[form.Span]{Text: "lost.had.yesterday", Is: form.Since(1)},
			form.Reply[form.Span]{Text: "lost.had.week", Is: form.Since(7)}, form.Reply[form.Span]{Text: "lost.unsure", Is: form.Sometime}),
		noticed:  form.NewChoices[form.Span](w, true, form.Reply[form.Span]{Text: "lost.noticed.now", Is: justNow}, form.Reply[form.Span]{Text: "lost.noticed.today", Is: form.Since(0)}, form.Reply[form.Span]{Text: "lost.noticed.before", Is: form.Sometime}),
		with:     yesNo(w),
		onlyCopy: yesNo(w),
	}
	f.whichField = widgets.NewField(w.T("lost.which"), f.which, w.T("lost.which.hint"))
	f.policeField = widgets.NewField(w.T("lost.police"), f.police, w.T("lost.police.hint"))
	f.nameField = widgets.NewField(w.T("lost.name"), f.name, "")
	f.contactField = widgets.NewField(w.T("lost.contact"), f.contact, w.T("lost.contact.hint"))
	f.policeField.View.Hide()
	f.kind.Group.OnChanged = func(string) {
		kind, _ := f.kind.Get()
		form.SetVisible(f.policeField.View, kind == loss.LossStolen)
		grown()
	}
	return f
}

func justNow(now time.Time) (from, to time.Time) { return now, now }

func yesNo(w *i18n.Words) *form.Choices[loss.Answer] {
	return form.NewChoices(w, true, form.Reply[loss.Answer]{Text: "lost.yes", Is: loss.Yes}, form.Reply[loss.Answer]{Text: "lost.no", Is: loss.No}, form.Reply[loss.Answer]{Text: "lost.unsure", Is: loss.NotSure})
}

// first is the page about the stick.
func (f *lostForm) first() fyne.CanvasObject {
	w := f.s.Words
	return widgets.Column(3,
		widgets.Body(w.T("lost.calm")),
		f.whichField.View,
		widgets.NewField(w.T("lost.kind"), f.kind.Group, "").View,
		f.policeField.View,
		widgets.NewField(w.T("lost.had"), f.had.Group, "").View,
		widgets.NewField(w.T("lost.place"), f.place, "").View,
		widgets.NewField(w.T("lost.noticed"), f.noticed.Group, "").View,
	)
}

// second is the page about what was on it, and about the person.
func (f *lostForm) second() fyne.CanvasObject {
	w := f.s.Words
	return widgets.Column(3,
		widgets.NewField(w.T("lost.with"), f.with.Group, w.T("lost.with.hint")).View,
		widgets.NewField(w.T("lost.contents"), f.contents, w.T("lost.contents.hint")).View,
		widgets.NewField(w.T("lost.whose"), f.whose, w.T("lost.whose.hint")).View,
		widgets.NewField(w.T("lost.only"), f.onlyCopy.Group, "").View,
		widgets.NewField(w.T("lost.more"), f.more, w.T("lost.more.hint")).View,
		f.nameField.View,
		f.contactField.View,
	)
}

func (f *lostForm) entries() []*widget.Entry {
	return []*widget.Entry{f.which, f.place, f.police, f.contents, f.whose, f.more, f.name, f.contact}
}

// focus is what the person fills in first on a page.
func (f *lostForm) focus(step int) fyne.Focusable {
	switch step {
	case 0:
		return f.which
	case 1:
		return f.contents
	}
	return nil
}

// suggest fills in who it is, where nothing was typed yet.
func (f *lostForm) suggest(name, contact string) {
	if f.name.Text == "" {
		f.name.SetText(name)
	}
	if f.contact.Text == "" {
		f.contact.SetText(contact)
	}
}

// empty reports whether nothing was said about a loss.
func (f *lostForm) empty() bool {
	for _, e := range f.entries() {
		if e != f.name && e != f.contact && strings.TrimSpace(e.Text) != "" {
			return false
		}
	}
	return f.kind.Group.Selected == "" && f.had.Group.Selected == "" && f.with.Group.Selected == ""
}

func (f *lostForm) clear() {
	for _, e := range f.entries() {
		if e != f.name && e != f.contact {
			e.SetText("")
		}
	}
	f.kind.Clear()
	f.had.Clear()
	f.noticed.Clear()
	f.with.Clear()
	f.onlyCopy.Clear()
	for _, field := range []*widgets.Field{f.whichField, f.nameField, f.contactField} {
		field.Refuse("")
	}
}

// checkFirst returns what has to be filled in on the first page, nil for nothing.
func (f *lostForm) checkFirst() fyne.Focusable {
	return f.need(f.whichField, f.which, "lost.which.needed")
}

// checkSecond returns what has to be filled in on the second page, nil for nothing.
func (f *lostForm) checkSecond() fyne.Focusable {
	name := f.need(f.nameField, f.name, "lost.name.needed")
	contact := f.need(f.contactField, f.contact, "lost.contact.needed")
	if name != nil {
		return name
	}
	return contact
}

func (f *lostForm) need(field *widgets.Field, e *widget.Entry, why i18n.Key) fyne.Focusable {
	if strings.TrimSpace(e.Text) != "" {
		field.Refuse("")
		return nil
	}
	field.Refuse(f.s.Words.T(why))
	return e
}

// report is what the form says.
func (f *lostForm) report(now time.Time) loss.LossReport {
	r := loss.LossReport{
		Reporter: loss.Reporter{Name: f.name.Text, Contact: f.contact.Text},
		Device:   whichStick(f.which.Text),
		Kind:     loss.LossUnsure,
		Place:    f.place.Text, Contents: f.contents.Text, Whose: f.whose.Text, Circumstances: f.more.Text,
	}
	if kind, ok := f.kind.Get(); ok {
		r.Kind = kind
	}
	r.Police = f.policeText()
	if had, ok := f.had.Get(); ok {
		r.HappenedFrom, r.HappenedTo = had(now)
	}
	if noticed, ok := f.noticed.Get(); ok {
		r.Noticed, _ = noticed(now)
	}
	r.Passphrase, _ = f.with.Get()
	r.OnlyCopy, _ = f.onlyCopy.Get()
	return r
}

// text is what the form says as text that everybody can read.
func (f *lostForm) text(now time.Time) string {
	w := f.s.Words
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", w.T("lost.plain.title"), w.DateTime(now))
	for _, row := range [...]struct {
		name i18n.Key
		said string
	}{
		{"lost.which", f.which.Text},
		{"lost.kind", f.kind.Group.Selected},
		{"lost.police", f.policeText()},
		{"lost.had", f.had.Group.Selected},
		{"lost.place", f.place.Text},
		{"lost.noticed", f.noticed.Group.Selected},
		{"lost.with", f.with.Group.Selected},
		{"lost.contents", f.contents.Text},
		{"lost.whose", f.whose.Text},
		{"lost.only", f.onlyCopy.Group.Selected},
		{"lost.more", f.more.Text},
		{"lost.name", f.name.Text},
		{"lost.contact", f.contact.Text},
	} {
		if said := strings.TrimSpace(row.said); said != "" {
			fmt.Fprintf(&b, "%s\n    %s\n", w.T(row.name), strings.ReplaceAll(said, "\n", "\n    "))
		}
	}
	return b.String()
}

// policeText is the reference, where it was asked for.
func (f *lostForm) policeText() string {
	if kind, _ := f.kind.Get(); kind != loss.LossStolen {
		return ""
	}
	return f.police.Text
}

// whichStick takes one word with a digit in it for a label, and anything else for what
// the stick looks like.
func whichStick(text string) loss.LostThing {
	text = strings.TrimSpace(text)
	if len(strings.Fields(text)) == 1 && strings.ContainsAny(text, "0123456789") {
		return loss.LostThing{Label: text}
	}
	return loss.LostThing{Description: text}
}

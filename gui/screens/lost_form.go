package screens

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// lostForm is what a person is asked about a lost stick.
type lostForm struct {
	s *gui.Session

	which, place, police, contents, whose, more, name, contact *widget.Entry

	kind     *choices[loss.LossKind]
	had      *choices[span]
	noticed  *choices[span]
	with     *choices[loss.Answer]
	onlyCopy *choices[loss.Answer]

	whichField, nameField, contactField *widgets.Field
	policeField                         *widgets.Field
}

// newLostForm returns an empty form; grown is called when something has appeared in it.
func newLostForm(s *gui.Session, grown func()) *lostForm {
	w := s.Words
	f := &lostForm{
		s:     s,
		which: line(), place: lines(2), police: line(), contents: lines(3), whose: line(), more: lines(2), name: line(), contact: line(),
		kind: newChoices(w, true, reply[loss.LossKind]{"lost.kind.lost", loss.LossLost}, reply[loss.LossKind]{"lost.kind.stolen", loss.LossStolen}, reply[loss.LossKind]{"lost.unsure", loss.LossUnsure}),
		had: newChoices[span](w, true, reply[span]{"lost.had.today", since(0)}, reply[span]{"lost.had.yesterday", since(1)},
			reply[span]{"lost.had.week", since(7)}, reply[span]{"lost.unsure", sometime}),
		noticed:  newChoices[span](w, true, reply[span]{"lost.noticed.now", justNow}, reply[span]{"lost.noticed.today", since(0)}, reply[span]{"lost.noticed.before", sometime}),
		with:     yesNo(w),
		onlyCopy: yesNo(w),
	}
	f.whichField = widgets.NewField(w.T("lost.which"), f.which, w.T("lost.which.hint"))
	f.policeField = widgets.NewField(w.T("lost.police"), f.police, w.T("lost.police.hint"))
	f.nameField = widgets.NewField(w.T("lost.name"), f.name, "")
	f.contactField = widgets.NewField(w.T("lost.contact"), f.contact, w.T("lost.contact.hint"))
	f.policeField.View.Hide()
	f.kind.group.OnChanged = func(string) {
		kind, _ := f.kind.get()
		show(f.policeField.View, kind == loss.LossStolen)
		grown()
	}
	return f
}

func justNow(now time.Time) (from, to time.Time) { return now, now }

func yesNo(w *i18n.Words) *choices[loss.Answer] {
	return newChoices(w, true, reply[loss.Answer]{"lost.yes", loss.Yes}, reply[loss.Answer]{"lost.no", loss.No}, reply[loss.Answer]{"lost.unsure", loss.NotSure})
}

// first is the page about the stick.
func (f *lostForm) first() fyne.CanvasObject {
	w := f.s.Words
	return widgets.Column(3,
		widgets.Body(w.T("lost.calm")),
		f.whichField.View,
		widgets.NewField(w.T("lost.kind"), f.kind.group, "").View,
		f.policeField.View,
		widgets.NewField(w.T("lost.had"), f.had.group, "").View,
		widgets.NewField(w.T("lost.place"), f.place, "").View,
		widgets.NewField(w.T("lost.noticed"), f.noticed.group, "").View,
	)
}

// second is the page about what was on it, and about the person.
func (f *lostForm) second() fyne.CanvasObject {
	w := f.s.Words
	return widgets.Column(3,
		widgets.NewField(w.T("lost.with"), f.with.group, w.T("lost.with.hint")).View,
		widgets.NewField(w.T("lost.contents"), f.contents, w.T("lost.contents.hint")).View,
		widgets.NewField(w.T("lost.whose"), f.whose, w.T("lost.whose.hint")).View,
		widgets.NewField(w.T("lost.only"), f.onlyCopy.group, "").View,
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
	return f.kind.group.Selected == "" && f.had.group.Selected == "" && f.with.group.Selected == ""
}

func (f *lostForm) clear() {
	for _, e := range f.entries() {
		if e != f.name && e != f.contact {
			e.SetText("")
		}
	}
	f.kind.clear()
	f.had.clear()
	f.noticed.clear()
	f.with.clear()
	f.onlyCopy.clear()
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
	if kind, ok := f.kind.get(); ok {
		r.Kind = kind
	}
	r.Police = f.policeText()
	if had, ok := f.had.get(); ok {
		r.HappenedFrom, r.HappenedTo = had(now)
	}
	if noticed, ok := f.noticed.get(); ok {
		r.Noticed, _ = noticed(now)
	}
	r.Passphrase, _ = f.with.get()
	r.OnlyCopy, _ = f.onlyCopy.get()
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
		{"lost.kind", f.kind.group.Selected},
		{"lost.police", f.policeText()},
		{"lost.had", f.had.group.Selected},
		{"lost.place", f.place.Text},
		{"lost.noticed", f.noticed.group.Selected},
		{"lost.with", f.with.group.Selected},
		{"lost.contents", f.contents.Text},
		{"lost.whose", f.whose.Text},
		{"lost.only", f.onlyCopy.group.Selected},
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
	if kind, _ := f.kind.get(); kind != loss.LossStolen {
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

package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Detail is one line of a list of details.
type Detail struct{ Name, Value string }

// Details returns a list of names and values; those without a value are left out. The
// values can be selected and copied.
func Details(all ...Detail) *fyne.Container {
	form := container.New(layout.NewFormLayout())
	for _, d := range all {
		if d.Value == "" {
			continue
		}
		value := Body(d.Value)
		value.Selectable = true
		form.Add(styled(d.Name, theme.SizeNameText, false, ColorMuted))
		form.Add(value)
	}
	return form
}

// Moment is something that happened.
type Moment struct {
	When  string // "3 September 2026, 14:05"
	Title string // "Issued to Alice Jones"
	Text  string // more, or ""
	Icon  Icon
	Color fyne.ThemeColorName // of the icon; "" is the colour of text
}

// firstMoments is how much of a history is shown before the rest is asked for.
const firstMoments = 50

// Timeline shows what happened, in the order given, and first of a long history only
// the beginning.
func Timeline(w *i18n.Words, all []Moment) *fyne.Container {
	list := Column(1)
	shown := 0
	var more *Button
	show := func(n int) {
		if more != nil {
			list.Remove(more)
		}
		for ; shown < min(n, len(all)); shown++ {
			list.Add(moment(all[shown]))
		}
		if shown < len(all) {
			list.Add(more)
		}
	}
	more = NewQuiet(w.N("widgets.timeline.more", max(len(all)-firstMoments, 0)), nil, func() { show(len(all)) })
	show(firstMoments)
	return list
}

func moment(m Moment) fyne.CanvasObject {
	picture := m.Icon.Resource()
	if m.Color != "" {
		picture = m.Icon.Colored(m.Color)
	}
	title := Body(m.Title)
	title.TextStyle.Bold = true
	text := Column(-2, title, Caption(m.When))
	if m.Text != "" {
		text.Objects = []fyne.CanvasObject{title, Muted(m.Text), Caption(m.When)}
	}
	icon := container.NewVBox(container.NewPadded(container.New(square(1), widget.NewIcon(picture))))
	return container.NewBorder(nil, nil, icon, nil, text)
}

// Answer is what is said to one scan.
type Answer struct {
	Kind Kind
	Text string // "HRP-0042: here."
}

// ScanList is an entry for a barcode scanner, which types a code and then Enter, with
// the answers below, newest first.
type ScanList struct {
	View    *fyne.Container // what to put on the page; it scrolls
	entry   *Entry
	list    *fyne.Container
	answers []Answer
}

// shownScans is how many answers are shown.
const shownScans = 100

// NewScanList returns an empty list. scanned is called with each code, without spaces
// around, and answers at once.
func NewScanList(placeholder string, scanned func(code string) Answer) *ScanList {
	l := &ScanList{list: Column(1)}
	l.entry = NewEntry(placeholder, func() {
		code := trimmed(l.entry.Text)
		l.entry.SetText("")
		if code != "" {
			l.Answer(scanned(code))
		}
	})
	l.entry.Icon = Icon("audit").Resource()
	l.View = container.NewBorder(l.entry, nil, nil, nil, container.NewVScroll(l.list))
	return l
}

// Focus returns what takes the focus: it must have it while one scans.
func (l *ScanList) Focus() fyne.Focusable { return l.entry }

// Answers are all that was answered, oldest first.
func (l *ScanList) Answers() []Answer { return append([]Answer(nil), l.answers...) }

// Answer adds an answer to the list.
func (l *ScanList) Answer(a Answer) {
	l.answers = append(l.answers, a)
	back, edge := a.Kind.colors()
	text := Body(a.Text)
	row := container.NewStack(NewGround(back, edge, theme.SizeNameSelectionRadius),
		container.NewBorder(nil, nil, container.NewCenter(container.NewPadded(widget.NewIcon(a.Kind.icon()))), nil, text))
	l.list.Objects = append([]fyne.CanvasObject{row}, l.list.Objects...)
	l.list.Objects = l.list.Objects[:min(len(l.list.Objects), shownScans)]
	l.list.Refresh()
}

// Clear forgets every answer.
func (l *ScanList) Clear() {
	l.answers, l.list.Objects = nil, nil
	l.list.Refresh()
}

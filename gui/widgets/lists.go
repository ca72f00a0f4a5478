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
	more = NewQuiet(w.N("parts.timeline.more", max(len(all)-firstMoments, 0)), nil, func() { show(len(all)) })
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

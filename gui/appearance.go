package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// appearance is the page for text size, colours and language.
type appearance struct{ s *Session }

func newAppearance(s *Session) Screen { return &appearance{s} }

// Title is part of Screen.
func (a *appearance) Title() string { return a.s.Words.T("appearance.title") }

// Content is part of Screen.
func (a *appearance) Content() fyne.CanvasObject {
	return container.NewVScroll(widgets.Narrow(4, widgets.Card(AppearanceForm(a.s))))
}

// AppearanceForm returns the choices of text size, colours and language, which act
// at once: for this page, and for ICT's settings.
func AppearanceForm(s *Session) fyne.CanvasObject {
	w := s.Words
	text := choice(TextSizes(), s.Look.Text, func(size int) string { return w.T("appearance.text.size", "percent", size) },
		func(look *Look, size int) { look.Text = size }, s)
	mode := choice(Modes(), s.Look.Mode, func(m Mode) string { return modeName(w, m) },
		func(look *Look, m Mode) { look.Mode = m }, s)
	codes, names := []string{}, map[string]string{}
	for _, l := range i18n.Languages() {
		codes = append(codes, l.Code)
		names[l.Code] = l.Name
	}
	language := choice(codes, s.Look.Language, func(code string) string { return names[code] },
		func(look *Look, code string) { look.Language = code }, s)
	return widgets.Column(4,
		widgets.Column(1, widgets.Heading(w.T("appearance.text")), text),
		widgets.Column(1, widgets.Heading(w.T("appearance.colours")), mode),
		widgets.Column(1, widgets.Heading(w.T("appearance.language")), language),
	)
}

// choice offers values as radio buttons, and changes the look.
func choice[T comparable](values []T, now T, name func(T) string, set func(*Look, T), s *Session) *widget.RadioGroup {
	byName := map[string]T{}
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = name(v)
		byName[names[i]] = v
	}
	group := widget.NewRadioGroup(names, nil)
	group.Required = true
	group.SetSelected(name(now))
	group.OnChanged = func(chosen string) {
		look := s.Look
		set(&look, byName[chosen])
		s.SetLook(look)
	}
	return group
}

// modeName is the name of a mode.
func modeName(w *i18n.Words, m Mode) string {
	switch m {
	case Light:
		return w.T("appearance.light")
	case Dark:
		return w.T("appearance.dark")
	case HighContrast:
		return w.T("appearance.contrast")
	}
	return w.T("appearance.system")
}

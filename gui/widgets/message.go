package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Kind is how grave a message is.
type Kind int

// The kinds of messages.
const (
	Info Kind = iota
	Good
	Warn
	Bad
)

// Message is what the window says when something happened. Each text is one or two
// sentences, or empty.
type Message struct {
	Kind     Kind
	Happened string // what happened: "The stick was pulled out."
	Files    string // what it means for the files: "Everything stored before is safe."
	Next     string // what to do next: "Plug it in again."

	// Do is what the message offers, with its Name on the button. Without Run there
	// is no button.
	Do Command
	// Also is a second thing that a banner offers, more quietly: to take it away. Dialogs leave it out.
	Also Command
	// Details is the error as the program sees it, for ICT: shown small, below.
	Details string
}

// colors are the ground and the edge of a kind.
func (k Kind) colors() (back, edge fyne.ThemeColorName) {
	switch k {
	case Good:
		return ColorGoodBack, ColorGood
	case Warn:
		return ColorWarnBack, ColorWarn
	case Bad:
		return ColorErrorBack, ColorError
	}
	return ColorInfoBack, ColorInfo
}

// icon is the picture of a kind in its colour.
func (k Kind) icon() fyne.Resource {
	_, edge := k.colors()
	icon := theme.InfoIcon()
	switch k {
	case Good:
		icon = theme.ConfirmIcon()
	case Warn:
		icon = theme.WarningIcon()
	case Bad:
		icon = theme.ErrorIcon()
	}
	return theme.NewColoredResource(icon, edge)
}

// Banner shows a message inside a page: what happened in bold, and below it what it
// means and what to do. It starts hidden when the message is empty.
type Banner struct {
	View     *fyne.Container // what to put on the page
	ground   *Ground
	icon     *widget.Icon
	happened *widget.Label
	rest     *widget.Label
	details  *widget.RichText
	button   *Button
	also     *Button
	message  Message
}

// NewBanner returns a banner that shows m.
func NewBanner(m Message) *Banner {
	b := &Banner{
		ground:   NewGround(ColorInfoBack, ColorInfo, theme.SizeNameCardRadius),
		icon:     widget.NewIcon(nil),
		happened: Body(""),
		rest:     Body(""),
		details:  Caption(""),
	}
	b.happened.TextStyle.Bold = true
	b.details.Wrapping = fyne.TextWrapWord
	b.button = NewButton("", nil, func() {
		if b.message.Do.Can() {
			b.message.Do.Run()
		}
	})
	b.also = NewQuiet("", nil, func() {
		if b.message.Also.Can() {
			b.message.Also.Run()
		}
	})
	text := Column(0, b.happened, b.rest, b.details)
	side := container.NewVBox(container.NewPadded(b.icon))
	action := Row(1, container.NewCenter(b.button), container.NewCenter(b.also))
	b.View = container.NewStack(b.ground, container.NewPadded(container.NewBorder(nil, nil, side, container.NewPadded(action), text)))
	b.Set(m)
	return b
}

// Set shows another message; an empty one hides the banner.
func (b *Banner) Set(m Message) {
	b.message = m
	b.ground.SetColors(m.Kind.colors())
	b.icon.SetResource(m.Kind.icon())
	b.happened.SetText(m.Happened)
	b.rest.SetText(sentences(m.Files, m.Next))
	SetText(b.details, m.Details)
	b.button.SetText(m.Do.Name)
	b.button.Hidden = m.Do.Run == nil
	b.also.SetText(m.Also.Name)
	b.also.Hidden = m.Also.Run == nil
	b.happened.Hidden = m.Happened == ""
	b.rest.Hidden = b.rest.Text == ""
	b.details.Hidden = m.Details == ""
	if b.Text() == "" {
		b.View.Hide()
	} else {
		b.View.Show()
	}
	b.View.Refresh()
}

// Clear hides the banner.
func (b *Banner) Clear() { b.Set(Message{}) }

// Text is all that the banner says.
func (b *Banner) Text() string { return sentences(b.message.Happened, b.rest.Text) }

// sentences joins sentences, leaving out empty ones.
func sentences(all ...string) string {
	text := ""
	for _, s := range all {
		if s != "" && text != "" {
			text += " "
		}
		text += s
	}
	return text
}

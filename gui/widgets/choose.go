package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

func trimmed(text string) string { return strings.TrimSpace(text) }

// An Option is one of several things to choose from: what it stands for, by the name
// that people read.
type Option[T comparable] struct {
	Name  string
	Value T
}

// Chips are options side by side, for filters: each is on or off.
type Chips[T comparable] struct {
	View    *fyne.Container // what to put on the page; it breaks into lines
	chips   []*chip[T]
	one     bool // just one is on
	changed func()
}

type chip[T comparable] struct {
	value T
	on    bool
	press *Pressable
	tick  *widget.Icon
}

// NewChips returns chips of which any number can be on; none is at first. changed may
// be nil.
func NewChips[T comparable](changed func(), options ...Option[T]) *Chips[T] {
	c := &Chips[T]{changed: changed, View: container.New(layout.NewRowWrapLayout())}
	for _, o := range options {
		chip := &chip[T]{value: o.Value, tick: widget.NewIcon(nil)}
		content := container.New(chipRow{}, chip.tick, widget.NewLabel(o.Name))
		chip.press = NewPressable(o.Name, content, ColorSurface, ColorBorder, func() { c.press(chip) })
		chip.press.radius = theme.SizeNameDialogRadius
		c.chips = append(c.chips, chip)
		c.View.Add(chip.press)
	}
	c.draw()
	return c
}

// On returns what is on.
func (c *Chips[T]) On() []T {
	var on []T
	for _, chip := range c.chips {
		if chip.on {
			on = append(on, chip.value)
		}
	}
	return on
}

// Set turns these on and the others off, without telling.
func (c *Chips[T]) Set(on ...T) {
	for _, chip := range c.chips {
		chip.on = slices.Contains(on, chip.value)
	}
	c.draw()
}

func (c *Chips[T]) press(pressed *chip[T]) {
	if c.one {
		c.Set(pressed.value)
	} else {
		pressed.on = !pressed.on
		c.draw()
	}
	if c.changed != nil {
		c.changed()
	}
}

func (c *Chips[T]) draw() {
	for _, chip := range c.chips {
		chip.tick.Hidden = !chip.on
		if chip.on {
			chip.tick.SetResource(Icon("check").Colored(ColorOnTint))
			chip.press.SetColors(ColorSelected, ColorOnTint)
		} else {
			chip.press.SetColors(ColorSurface, ColorBorder)
		}
	}
}

// A Choice is options side by side of which just one is on.
type Choice[T comparable] struct {
	View  *fyne.Container // what to put on the page; it breaks into lines
	chips *Chips[T]
}

// NewChoice returns a choice; the first option is on. changed may be nil.
func NewChoice[T comparable](changed func(), options ...Option[T]) *Choice[T] {
	chips := NewChips(changed, options...)
	chips.one = true
	if len(options) > 0 {
		chips.Set(options[0].Value)
	}
	return &Choice[T]{View: chips.View, chips: chips}
}

// Value is what is chosen; the zero value where there are no options.
func (c *Choice[T]) Value() (value T) {
	for _, on := range c.chips.On() {
		return on
	}
	return value
}

// Choose chooses one of the options, without telling. What is none of them changes
// nothing.
func (c *Choice[T]) Choose(value T) {
	if slices.ContainsFunc(c.chips.chips, func(chip *chip[T]) bool { return chip.value == value }) {
		c.chips.Set(value)
	}
}

// chipRow leaves room for the tick, so that chips keep their size.
type chipRow struct{}

func (chipRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	text := o[1].MinSize()
	return fyne.NewSize(text.Width+theme.IconInlineSize()+theme.InnerPadding(), text.Height)
}

func (chipRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	icon, text := theme.IconInlineSize()*0.8, o[1].MinSize()
	o[0].Resize(fyne.NewSquareSize(icon))
	o[0].Move(fyne.NewPos(theme.InnerPadding(), (size.Height-icon)/2))
	o[1].Resize(text)
	left := (size.Width - text.Width) / 2
	if o[0].Visible() {
		left += icon * 0.4
	}
	o[1].Move(fyne.NewPos(left, (size.Height-text.Height)/2))
}

// Steps shows the steps of a wizard above it, and where one is.
type Steps struct {
	View  *fyne.Container // what to put on the page
	words *i18n.Words
	names []string
	at    int
}

// NewSteps returns the names of steps, at the first.
func NewSteps(w *i18n.Words, names ...string) *Steps {
	s := &Steps{words: w, names: names, View: container.NewGridWithColumns(max(len(names), 1))}
	s.Set(0)
	return s
}

// At is which step one is at, from 0.
func (s *Steps) At() int { return s.at }

// Set goes to a step.
func (s *Steps) Set(at int) {
	s.at = at
	s.View.Objects = nil
	for i, name := range s.names {
		fill, color := ColorBorder, ColorMuted
		if i <= at {
			fill = ColorOnTint
		}
		if i == at {
			color = theme.ColorNameForeground
		}
		title := s.words.T("widgets.step", "n", i+1, "name", name)
		text := styled(title, theme.SizeNameText, i == at, color)
		text.Truncation = fyne.TextTruncateEllipsis
		bar := container.New(thin{}, NewGround(fill, "", theme.SizeNameSelectionRadius))
		s.View.Add(Column(1, bar, text))
	}
	s.View.Refresh()
}

// Side is content with a panel beside it that can be shown and hidden, and whose edge
// can be dragged.
type Side struct {
	View  *fyne.Container // what to put on the page
	main  fyne.CanvasObject
	split *container.Split
	shown bool
}

// NewSide returns content with a hidden panel, which then takes that share of the
// width.
func NewSide(main, panel fyne.CanvasObject, share float64) *Side {
	s := &Side{main: main, split: container.NewHSplit(main, container.NewVScroll(container.NewPadded(panel)))}
	s.split.Offset = 1 - share
	s.View = container.NewStack(main)
	return s
}

// Shown reports whether the panel is shown.
func (s *Side) Shown() bool { return s.shown }

// Show shows the panel, or hides it.
func (s *Side) Show(on bool) {
	if s.shown == on {
		return
	}
	s.shown = on
	s.View.Objects = []fyne.CanvasObject{s.main}
	if on {
		s.View.Objects = []fyne.CanvasObject{s.split}
	}
	s.View.Refresh()
}

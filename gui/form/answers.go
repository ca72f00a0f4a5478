package form

import (
	"time"

	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Reply is one answer of a few, with what it means.
type Reply[T any] struct {
	Text i18n.Key
	Is   T
}

// Choices asks for one answer of a few, with radio buttons side by side or below each
// other.
type Choices[T any] struct {
	Group *widget.RadioGroup
	all   map[string]T
}

// NewChoices asks for one of some answers, side by side or below each other.
func NewChoices[T any](w *i18n.Words, sideways bool, all ...Reply[T]) *Choices[T] {
	c := &Choices[T]{all: map[string]T{}}
	var texts []string
	for _, a := range all {
		text := w.T(a.Text)
		texts = append(texts, text)
		c.all[text] = a.Is
	}
	c.Group = widget.NewRadioGroup(texts, nil)
	c.Group.Horizontal = sideways
	return c
}

// Get is the answer, and false when none was given.
func (c *Choices[T]) Get() (T, bool) {
	v, ok := c.all[c.Group.Selected]
	return v, ok
}

// Clear takes the answer away.
func (c *Choices[T]) Clear() { c.Group.SetSelected("") }

// Span is a stretch of time that people speak of, seen from now.
type Span func(now time.Time) (from, to time.Time)

// Since is the span from the beginning of the day so many days ago until now.
func Since(days int) Span {
	return func(now time.Time) (time.Time, time.Time) {
		y, m, d := now.Date()
		return time.Date(y, m, d-days, 0, 0, 0, 0, now.Location()), now
	}
}

// Sometime is a span of which nothing is known.
func Sometime(time.Time) (from, to time.Time) { return }

// Set chooses the answer that is v.
func (c *Choices[T]) Set(v any) {
	for text, is := range c.all {
		if any(is) == v {
			c.Group.SetSelected(text)
		}
	}
}

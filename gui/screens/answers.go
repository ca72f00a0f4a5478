package screens

import (
	"time"

	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// reply is one answer of a few, with what it means.
type reply[T any] struct {
	text i18n.Key
	is   T
}

// choices asks for one answer of a few, with radio buttons side by side or below each
// other.
type choices[T any] struct {
	group *widget.RadioGroup
	all   map[string]T
}

func newChoices[T any](w *i18n.Words, sideways bool, all ...reply[T]) *choices[T] {
	c := &choices[T]{all: map[string]T{}}
	var texts []string
	for _, a := range all {
		text := w.T(a.text)
		texts = append(texts, text)
		c.all[text] = a.is
	}
	c.group = widget.NewRadioGroup(texts, nil)
	c.group.Horizontal = sideways
	return c
}

// get is the answer, and false when none was given.
func (c *choices[T]) get() (T, bool) {
	v, ok := c.all[c.group.Selected]
	return v, ok
}

func (c *choices[T]) clear() { c.group.SetSelected("") }

// span is a stretch of time that people speak of, seen from now.
type span func(now time.Time) (from, to time.Time)

// since is the span from the beginning of the day so many days ago until now.
func since(days int) span {
	return func(now time.Time) (time.Time, time.Time) {
		y, m, d := now.Date()
		return time.Date(y, m, d-days, 0, 0, 0, 0, now.Location()), now
	}
}

// sometime is a span of which nothing is known.
func sometime(time.Time) (from, to time.Time) { return }

// set chooses the answer that is v.
func (c *choices[T]) set(v any) {
	for text, is := range c.all {
		if any(is) == v {
			c.group.SetSelected(text)
		}
	}
}

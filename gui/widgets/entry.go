package widgets

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Entry is Fyne's entry of one line, which gives Escape to the dialog that it is in.
type Entry struct {
	widget.Entry
	// Label is what a screen reader says; the placeholder when empty.
	Label   string
	escaped func() bool // the entry has a use of its own for Escape
}

// NewEntry returns an entry. Enter calls submit, which may be nil.
func NewEntry(placeholder string, submit func()) *Entry {
	e := &Entry{}
	e.PlaceHolder = placeholder
	e.OnSubmitted = func(string) {
		if submit != nil {
			submit()
		}
	}
	e.ExtendBaseWidget(e)
	return e
}

// SelectFirst selects the first n characters, as Shift and the arrow keys do: typing replaces them. The entry must have
// the focus.
func (e *Entry) SelectFirst(n int) {
	e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	e.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	for range n {
		e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	e.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
}

// AccessibilityLabel is part of fyne.Accessible.
func (e *Entry) AccessibilityLabel() string {
	if e.Label != "" {
		return e.Label
	}
	return e.PlaceHolder
}

// AccessibilityRole is part of fyne.Accessible.
func (e *Entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// TypedKey is part of fyne.Focusable.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		if e.escaped == nil || !e.escaped() {
			escapeFrom(e)
		}
		return
	}
	if isFunctionKey(key.Name) {
		passKey(e, key)
		return
	}
	e.Entry.TypedKey(key)
}

// Search is an entry that searches as one types.
type Search struct {
	View  *fyne.Container // what to put on the page
	entry *Entry
}

// typingPause is how long typing must rest before a search is made.
const typingPause = 150 * time.Millisecond

// NewSearch returns a search entry. search is called a moment after the text has
// changed, and at once for Enter. Escape empties the entry. later is Session.After.
func NewSearch(placeholder string, later func(time.Duration, func()) (cancel func()), search func(text string)) *Search {
	s := &Search{}
	cancel := func() {}
	last := ""
	now := func() {
		cancel()
		if s.entry.Text != last {
			last = s.entry.Text
			search(last)
		}
	}
	s.entry = NewEntry(placeholder, now)
	s.entry.Icon = IconSearch.Resource()
	s.entry.OnChanged = func(string) {
		cancel()
		cancel = later(typingPause, now)
	}
	s.entry.escaped = func() bool {
		if s.entry.Text == "" {
			return false
		}
		s.entry.SetText("")
		now()
		return true
	}
	s.View = container.NewStack(s.entry)
	return s
}

// Focus returns what takes the focus.
func (s *Search) Focus() fyne.Focusable { return s.entry }

// Text is what is searched for.
func (s *Search) Text() string { return s.entry.Text }

// Set changes what is searched for.
func (s *Search) Set(text string) { s.entry.SetText(text) }

// DateEntry is an entry for a day, typed as 03/09/2026 or picked from a calendar.
type DateEntry struct {
	View    *fyne.Container // what to put on the page
	entry   *Entry
	words   *i18n.Words
	now     func() time.Time
	changed func()
}

// NewDateEntry returns an empty entry. now is Session.Now; changed may be nil.
func NewDateEntry(w *i18n.Words, now func() time.Time, changed func()) *DateEntry {
	d := &DateEntry{words: w, now: now, changed: changed}
	d.entry = NewEntry(w.T("widgets.date.form"), nil)
	d.entry.OnChanged = func(string) {
		if d.changed != nil {
			d.changed()
		}
	}
	pick := NewButton("", IconCalendar.Resource(), d.pick)
	d.View = container.NewBorder(nil, nil, nil, pick, d.entry)
	return d
}

// Focus returns what takes the focus.
func (d *DateEntry) Focus() fyne.Focusable { return d.entry }

// Empty reports whether nothing is entered.
func (d *DateEntry) Empty() bool { return strings.TrimSpace(d.entry.Text) == "" }

// Date is the beginning of the day entered, in the zone of now, and false when what is
// entered is no day.
func (d *DateEntry) Date() (time.Time, bool) {
	return ReadDate(d.entry.Text, d.now().Location())
}

// Set enters a day; the zero time empties the entry.
func (d *DateEntry) Set(t time.Time) {
	if t.IsZero() {
		d.entry.SetText("")
		return
	}
	d.entry.SetText(t.In(d.now().Location()).Format("02/01/2006"))
}

// pick shows a calendar below the entry.
func (d *DateEntry) pick() {
	c := fyne.CurrentApp().Driver().CanvasForObject(d.entry)
	if c == nil {
		return
	}
	at, ok := d.Date()
	if !ok {
		at = d.now()
	}
	var dialog *Dialog
	calendar := widget.NewCalendar(at, func(t time.Time) {
		dialog.Close()
		d.entry.SetText(t.Format("02/01/2006"))
	})
	shut := NewButton(d.words.T("widgets.cancel"), nil, func() { dialog.Close() })
	dialog = ShowDialog(c, d.words.T("widgets.date.pick"), Column(2, calendar, Row(2, Spring(), shut)), nil)
}

// ReadDate reads a day as people write it in Britain: 3/9/2026, 03.09.26, 3-9-2026; or as
// computers do: 2026-09-03.
func ReadDate(text string, zone *time.Location) (time.Time, bool) {
	pieces := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.-", r) || unicode.IsSpace(r) })
	if len(pieces) != 3 || len(text) > 20 {
		return time.Time{}, false
	}
	var n [3]int
	for i, p := range pieces {
		v, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return time.Time{}, false
		}
		n[i] = int(v)
	}
	day, month, year := n[0], n[1], n[2]
	if len(pieces[0]) == 4 {
		day, year = n[2], n[0]
	} else if len(pieces[2]) == 2 {
		year += 2000
	}
	if year < 1900 || year > 2999 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, zone)
	if t.Day() != day || t.Month() != time.Month(month) {
		return time.Time{}, false // 31/02
	}
	return t, true
}

package widgets_test

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"stowage/gui"
	"stowage/gui/widgets"
)

func TestSearchWaitsForATypingPause(t *testing.T) {
	var asked []string
	var s *widgets.Search
	w := open(t, func(session *gui.Session) fyne.CanvasObject {
		s = widgets.NewSearch("Search", session.After, func(text string) { asked = append(asked, text) })
		return s.View
	})
	w.Focus(s.Focus())
	w.Type("al")
	w.Advance(100 * time.Millisecond)
	w.Type("ice")
	if asked != nil {
		t.Fatalf("searched for %v while typing", asked)
	}
	w.Advance(time.Second)
	w.Type("!")
	w.Key(fyne.KeyReturn)
	w.Advance(time.Second)
	w.Key(fyne.KeyEscape)
	if want := []string{"alice", "alice!", ""}; !slices.Equal(asked, want) {
		t.Errorf("searched for %q, want %q", asked, want)
	}
}

func TestReadDate(t *testing.T) {
	for text, want := range map[string]string{
		"03/09/2026": "2026-09-03", "3/9/26": "2026-09-03", "3.9.2026": "2026-09-03", "3-9-2026": "2026-09-03", "2026-09-03": "2026-09-03",
		" 3 9 2026 ": "2026-09-03", "29/02/2028": "2028-02-29",
		"29/02/2026": "", "31/04/2026": "", "0/1/2026": "", "1/13/2026": "", "": "", "tomorrow": "", "1/1": "", "1/1/1/2026": "", "1/1/99999": "", "-1/1/2026x": "",
	} {
		got := ""
		if day, ok := widgets.ReadDate(text, time.UTC); ok {
			got = day.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func FuzzReadDate(f *testing.F) {
	f.Add("03/09/2026")
	f.Add("2026-09-03")
	f.Fuzz(func(t *testing.T, text string) {
		if day, ok := widgets.ReadDate(text, time.UTC); ok {
			again, ok := widgets.ReadDate(day.Format("02/01/2006"), time.UTC)
			if !ok || !again.Equal(day) {
				t.Errorf("%q is %v, which is read as %v", text, day, again)
			}
		}
	})
}

func TestDateEntry(t *testing.T) {
	var d *widgets.DateEntry
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		d = widgets.NewDateEntry(s.Words, s.Now, nil)
		return widgets.Column(1, d.View)
	})
	if _, ok := d.Date(); ok || !d.Empty() {
		t.Error("an empty entry has a day")
	}
	w.Focus(d.Focus())
	w.Type("4/9/26")
	if day, ok := d.Date(); !ok || day.Format(time.DateOnly) != "2026-09-04" {
		t.Errorf("the day is %v", day)
	}
	d.Set(w.Now())
	w.Tab()
	w.Key(fyne.KeyReturn) // the calendar
	w.MustSee("Choose a day")
	w.Press("17")
	if day, _ := d.Date(); day.Format(time.DateOnly) != "2026-09-17" {
		t.Errorf("picked %v", day)
	}
	w.MustNotSee("Choose a day")
}

func TestChartsLeadToTheirRows(t *testing.T) {
	pressed := ""
	slices := []widgets.Slice{
		{Name: "Issued", Value: 1234, Pressed: func() { pressed = "issued" }},
		{Name: "Lost", Value: 3, Pressed: func() { pressed = "lost" }},
		{Name: "Stolen", Value: 0},
	}
	for name, make := range map[string]func(s *gui.Session) *widgets.Chart{
		"bars":    func(s *gui.Session) *widgets.Chart { return widgets.NewBars(s.Words) },
		"stacked": func(s *gui.Session) *widgets.Chart { return widgets.NewStacked(s.Words) },
		"donut":   func(s *gui.Session) *widgets.Chart { return widgets.NewDonut(s.Words, "devices") },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, func(s *gui.Session) fyne.CanvasObject {
				c := make(s)
				c.Set(slices)
				return c.View
			})
			w.MustSee("Issued", "1,234", "Lost", "3", "Stolen", "0")
			w.Press("Lost: 3")
			if pressed != "lost" {
				t.Errorf("led to %q", pressed)
			}
			w.Tab() // back, then the parts
			for range 5 {
				if w.FocusedLabel() == "Issued: 1,234" {
					break
				}
				w.Tab()
			}
			w.Key(fyne.KeyReturn)
			if pressed != "issued" {
				t.Errorf("the keyboard led to %q", pressed)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	var s *widgets.Signature
	told := 0
	w := open(t, func(session *gui.Session) fyne.CanvasObject {
		s = widgets.NewSignature(session.Words, func() { told++ })
		return widgets.Column(1, s.View)
	})
	if data, err := s.PNG(); data != nil || err != nil || !s.Empty() {
		t.Errorf("an empty pad has a drawing: %d bytes, %v", len(data), err)
	}
	at := w.Heading("Sign here with the mouse, a pen or a finger").AddXY(40, -30)
	test.Drag(w.Session.Window.Canvas(), at, 30, 0)
	data, err := s.PNG()
	if err != nil || s.Empty() || told != 1 {
		t.Fatalf("after drawing: %v, empty %v, told %d times", err, s.Empty(), told)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
		}
	}
	if dark < 200 || dark > 1000 { // 60 by 5 pixels
		t.Errorf("%d dark pixels", dark)
	}
	w.Press("Clear")
	if !s.Empty() {
		t.Error("not empty after Clear")
	}
}

func TestChipsAndChoice(t *testing.T) {
	var chips *widgets.Chips[string]
	var choice *widgets.Choice[string]
	told := 0
	w := open(t, func(*gui.Session) fyne.CanvasObject {
		chips = widgets.NewChips(func() { told++ }, named("Overdue", "Lost")...)
		choice = widgets.NewChoice(nil, named("Sticks", "Laptops")...)
		return widgets.Column(2, chips.View, choice.View)
	})
	w.Press("Lost")
	w.Press("Overdue")
	w.Press("Lost")
	if !slices.Equal(chips.On(), []string{"Overdue"}) || told != 3 {
		t.Errorf("on: %v, told %d times", chips.On(), told)
	}
	w.Press("Laptops")
	w.Press("Laptops")
	if choice.Value() != "Laptops" {
		t.Errorf("chosen: %v", choice.Value())
	}
	choice.Choose("Tablets") // which is none of them
	if choice.Value() != "Laptops" {
		t.Errorf("chosen: %v", choice.Value())
	}
}

func TestScansAreAnsweredAtOnce(t *testing.T) {
	var l *widgets.ScanList
	w := open(t, func(*gui.Session) fyne.CanvasObject {
		l = widgets.NewScanList("Scan a label", func(code string) widgets.Answer { return widgets.Answer{Kind: widgets.Good, Text: code + ": here."} })
		return l.View
	})
	w.Focus(l.Focus())
	w.Type("HRP-0001")
	w.Key(fyne.KeyReturn)
	w.Key(fyne.KeyReturn) // nothing typed
	w.Type(" HRP-0002 ")
	w.Key(fyne.KeyEnter)
	w.MustSee("HRP-0002: here. HRP-0001: here.")
	if n := len(l.Answers()); n != 2 {
		t.Errorf("%d answers", n)
	}
}

func TestTimelineShowsTheRestWhenAsked(t *testing.T) {
	var all []widgets.Moment
	for i := range 60 {
		all = append(all, widgets.Moment{Title: fmt.Sprint("Event number ", i), When: "today", Icon: widgets.IconKey})
	}
	w := open(t, func(s *gui.Session) fyne.CanvasObject { return widgets.Column(0, widgets.Timeline(s.Words, all)) })
	w.MustSee("Event number 49")
	w.MustNotSee("Event number 50")
	w.Press("Show 10 more")
	w.MustSee("Event number 59")
	w.MustNotSee("more")
}

func TestSideShowsAndHides(t *testing.T) {
	var side *widgets.Side
	w := open(t, func(*gui.Session) fyne.CanvasObject {
		side = widgets.NewSide(widgets.Body("The table"), widgets.Details(widgets.Detail{Name: "Label", Value: "HRP-0042"}, widgets.Detail{Name: "Nothing"}), 0.35)
		return side.View
	})
	w.MustNotSee("HRP-0042")
	side.Show(true)
	w.MustSee("The table", "HRP-0042")
	w.MustNotSee("Nothing")
	side.Show(false)
	w.MustNotSee("HRP-0042")
}

func TestPartsPictures(t *testing.T) {
	pictures(t, "some", func(s *gui.Session) fyne.CanvasObject {
		slices := []widgets.Slice{{Name: "Issued", Value: 1234, Pressed: func() {}}, {Name: "In stock", Value: 300, Pressed: func() {}}, {Name: "Lost", Value: 12, Color: widgets.ColorError}}
		donut, bars, stacked := widgets.NewDonut(s.Words, "devices"), widgets.NewBars(s.Words), widgets.NewStacked(s.Words)
		for _, c := range []*widgets.Chart{donut, bars, stacked} {
			c.Set(slices)
		}
		steps := widgets.NewSteps(s.Words, "Drive", "Holder", "Due", "Hand over")
		steps.Set(1)
		chips := widgets.NewChips(nil, named("Overdue", "Lost", "Not seen recently")...)
		chips.Set("Overdue")
		date := widgets.NewDateEntry(s.Words, s.Now, nil)
		field := widgets.NewField("Due back", date.View, "")
		field.Refuse("Type the day as in 03/09/2026.")
		left := widgets.Column(3, donut.View, stacked.View, chips.View)
		right := widgets.Column(3, bars.View, field.View, widgets.NewSignature(s.Words, nil).View)
		return scroll(widgets.Column(3, steps.View, halves(left, right)))
	})
}

// named are options that stand for their own names.
func named(names ...string) (options []widgets.Option[string]) {
	for _, name := range names {
		options = append(options, widgets.Option[string]{Name: name, Value: name})
	}
	return options
}

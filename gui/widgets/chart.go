package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Slice is one part of a chart.
type Slice struct {
	Name    string
	Value   int
	Color   fyne.ThemeColorName // "" is the chart's colour in turn
	Pressed func()              // leads to what the part stands for; nil: it cannot be pressed
}

// Chart shows numbers as bars, a ring or one divided bar. Every part stands there in
// words and numbers too, and each of these can be pressed or reached by keyboard.
type Chart struct {
	View  *fyne.Container // what to put on the page
	words *i18n.Words
	draw  func([]Slice) []fyne.CanvasObject
}

// NewBars returns a chart of a bar for each part.
func NewBars(w *i18n.Words) *Chart {
	c := &Chart{words: w, View: Column(1)}
	c.draw = func(all []Slice) []fyne.CanvasObject {
		most, rows := 0, []fyne.CanvasObject{}
		for _, s := range all {
			most = max(most, s.Value)
		}
		for i, s := range all {
			bar := container.New(&bars{parts: []int{s.Value}, of: most}, NewGround(s.color(i), "", theme.SizeNameSelectionRadius))
			rows = append(rows, c.entry(s, container.NewVBox(c.named(s, i), bar)))
		}
		return rows
	}
	return c
}

// NewStacked returns a chart of one bar that is divided among the parts.
func NewStacked(w *i18n.Words) *Chart {
	c := &Chart{words: w, View: Column(2)}
	c.draw = func(all []Slice) []fyne.CanvasObject {
		divided := &bars{high: 2.5}
		bar := container.New(divided)
		for i, s := range all {
			divided.parts = append(divided.parts, s.Value)
			divided.of += s.Value
			bar.Add(NewGround(s.color(i), "", theme.SizeNameSelectionRadius))
		}
		return append([]fyne.CanvasObject{bar}, c.legend(all)...)
	}
	return c
}

// NewDonut returns a chart of a ring divided among the parts, with their sum and its
// name in the middle.
func NewDonut(w *i18n.Words, name string) *Chart {
	c := &Chart{words: w, View: container.NewStack()}
	c.draw = func(all []Slice) []fyne.CanvasObject {
		sum := 0
		for _, s := range all {
			sum += s.Value
		}
		total := canvas.NewText(w.Number(int64(sum)), themed(theme.ColorNameForeground))
		total.TextSize, total.TextStyle.Bold, total.Alignment = theme.Size(theme.SizeNameHeadingText), true, fyne.TextAlignCenter
		label := canvas.NewText(name, themed(ColorMuted))
		label.TextSize, label.Alignment = theme.CaptionTextSize(), fyne.TextAlignCenter
		d := newDonut(all, sum)
		ring := container.NewStack(d, container.NewCenter(container.NewVBox(total, label)))
		legend := container.New(centred{}, Column(0, c.legend(all)...))
		return []fyne.CanvasObject{container.NewBorder(nil, nil, container.NewPadded(ring), nil, legend)}
	}
	return c
}

// Set shows other numbers.
func (c *Chart) Set(all []Slice) {
	c.View.Objects = c.draw(all)
	c.View.Refresh()
}

// legend names the parts.
func (c *Chart) legend(all []Slice) []fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(all))
	for i, s := range all {
		rows[i] = c.entry(s, c.named(s, i))
	}
	return rows
}

// named is a part's colour, name and number.
func (c *Chart) named(s Slice, i int) fyne.CanvasObject {
	mark := container.NewCenter(container.New(square(0.6), NewGround(s.color(i), "", theme.SizeNameSelectionRadius)))
	name := widget.NewLabel(s.Name)
	name.Truncation = fyne.TextTruncateEllipsis
	value := styled(c.words.Number(int64(s.Value)), theme.SizeNameText, true, theme.ColorNameForeground)
	return container.NewBorder(nil, nil, container.NewPadded(mark), value, name)
}

// entry can be pressed when the part leads somewhere.
func (c *Chart) entry(s Slice, content fyne.CanvasObject) fyne.CanvasObject {
	if s.Pressed == nil {
		return content
	}
	return NewPressable(s.Name+": "+c.words.Number(int64(s.Value)), content, "", "", s.Pressed)
}

func (s Slice) color(i int) fyne.ThemeColorName {
	if s.Color != "" {
		return s.Color
	}
	return ChartColor(i)
}

// bars lays out bars side by side, each as wide as its part of a whole.
type bars struct {
	parts []int
	of    int
	high  float32 // in multiples of the padding; 0 is 2
}

func (b *bars) MinSize([]fyne.CanvasObject) fyne.Size {
	high := b.high
	if high == 0 {
		high = 2
	}
	return fyne.NewSize(60, high*theme.Padding())
}

func (b *bars) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		width := float32(0)
		if b.of > 0 {
			width = size.Width * float32(b.parts[i]) / float32(b.of)
		}
		if b.parts[i] > 0 {
			width = max(width, 3) // what there is, is seen
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(max(min(width, size.Width-x)-1, 0), size.Height))
		x += width
	}
}

// donut is the ring of a chart.
type donut struct {
	widget.BaseWidget
	all []Slice
	sum int
}

func newDonut(all []Slice, sum int) *donut {
	d := &donut{all: all, sum: sum}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer is part of fyne.Widget.
func (d *donut) CreateRenderer() fyne.WidgetRenderer {
	r := &donutRenderer{d: d}
	from := float32(0)
	for i, s := range d.all {
		if s.Value <= 0 {
			continue
		}
		to := from + 360*float32(s.Value)/float32(d.sum)
		r.add(s.color(i), from, to)
		from = to
	}
	if len(r.arcs) == 0 {
		r.add(ColorBorder, 0, 360)
	}
	return r
}

type donutRenderer struct {
	d      *donut
	arcs   []fyne.CanvasObject
	colors []fyne.ThemeColorName
}

func (r *donutRenderer) add(color fyne.ThemeColorName, from, to float32) {
	arc := canvas.NewArc(from, to, 0.66, themed(color))
	r.arcs, r.colors = append(r.arcs, arc), append(r.colors, color)
}

func (r *donutRenderer) Destroy()                     {}
func (r *donutRenderer) Objects() []fyne.CanvasObject { return r.arcs }
func (r *donutRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(theme.TextSize() * 10) }

func (r *donutRenderer) Layout(size fyne.Size) {
	side := min(size.Width, size.Height)
	for _, arc := range r.arcs {
		arc.Resize(fyne.NewSquareSize(side))
		arc.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
	}
}

func (r *donutRenderer) Refresh() {
	for i, o := range r.arcs {
		o.(*canvas.Arc).FillColor = themed(r.colors[i])
		o.Refresh()
	}
}

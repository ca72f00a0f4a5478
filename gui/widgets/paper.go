package widgets

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Paper shows one page: a picture, or lines of text in type of one width. The arrows scroll it,
// Page up and Page down turn to the next one at its ends, and a screen reader reads it.
type Paper struct {
	widget.BaseWidget
	// Turn is called to turn pages: by 1 or -1. It may be nil.
	Turn func(by int)

	label   string
	focused bool
	scroll  *container.Scroll
	picture *canvas.Image
	lines   *paperLines
	whole   bool // the picture fits in at its usual size
	zoom    float32
}

var (
	_ fyne.Focusable  = (*Paper)(nil)
	_ fyne.Accessible = (*Paper)(nil)
)

// widestPaper is how wide a page is at its usual size at most, so that lines can be read.
const widestPaper = 860

// NewPaper returns an empty page.
func NewPaper() *Paper {
	p := &Paper{zoom: 1, picture: &canvas.Image{FillMode: canvas.ImageFillContain}, lines: newPaperLines()}
	p.scroll = container.NewScroll(container.NewWithoutLayout())
	p.scroll.OnScrolled = func(at fyne.Position) { p.lines.show(at.Y, p.scroll.Size().Height) }
	p.ExtendBaseWidget(p)
	return p
}

// ShowPicture shows a picture: as a whole, or as wide as there is space.
func (p *Paper) ShowPicture(picture image.Image, whole bool) {
	p.picture.Image, p.whole = picture, whole
	p.show(container.NewCenter(p.picture))
}

// ShowLines shows lines of text.
func (p *Paper) ShowLines(lines []string) {
	p.picture.Image = nil
	p.lines.text = lines
	p.show(p.lines.view)
}

// ShowNothing lets go of what is shown.
func (p *Paper) ShowNothing() {
	p.label, p.picture.Image, p.lines.text = "", nil, nil
	p.show(container.NewWithoutLayout())
}

func (p *Paper) show(content fyne.CanvasObject) {
	p.scroll.Content = content
	p.fit()
	p.scroll.ScrollToTop()
}

// SetLabel changes what a screen reader reads.
func (p *Paper) SetLabel(label string) { p.label = label }

// SetZoom shows it that many times its usual size.
func (p *Paper) SetZoom(zoom float32) {
	p.zoom = zoom
	p.fit()
}

// fit makes the content as large as it is shown.
func (p *Paper) fit() {
	view := p.scroll.Size()
	if picture := p.picture.Image; picture != nil && view.Width > 0 {
		size := picture.Bounds().Size()
		aspect := float32(size.Y) / float32(max(size.X, 1))
		width := min(view.Width-theme.Padding()*4, widestPaper)
		if p.whole {
			width = min(view.Width, view.Height/max(aspect, 0.001))
		}
		width = max(width*p.zoom, 1)
		p.picture.SetMinSize(fyne.NewSize(width, width*aspect))
	}
	p.lines.fit(theme.TextSize() * p.zoom)
	p.scroll.Refresh()
	p.lines.show(p.scroll.Offset.Y, view.Height)
	p.Refresh()
}

// AccessibilityLabel is part of fyne.Accessible.
func (p *Paper) AccessibilityLabel() string { return p.label }

// AccessibilityRole is part of fyne.Accessible.
func (p *Paper) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// FocusGained is part of fyne.Focusable.
func (p *Paper) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost is part of fyne.Focusable.
func (p *Paper) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune is part of fyne.Focusable.
func (p *Paper) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (p *Paper) TypedKey(e *fyne.KeyEvent) {
	const step = 60
	view := p.scroll.Size()
	switch e.Name {
	case fyne.KeyUp:
		p.move(0, -step)
	case fyne.KeyDown:
		p.move(0, step)
	case fyne.KeyLeft:
		p.move(-step, 0)
	case fyne.KeyRight:
		p.move(step, 0)
	case fyne.KeyPageUp:
		if !p.move(0, -view.Height) && p.Turn != nil {
			p.Turn(-1)
		}
	case fyne.KeyPageDown, fyne.KeySpace:
		if !p.move(0, view.Height) && p.Turn != nil {
			p.Turn(1)
		}
	case fyne.KeyHome:
		p.move(0, -p.scroll.Offset.Y)
	case fyne.KeyEnd:
		p.move(0, p.scroll.Content.MinSize().Height)
	default:
		passKey(p, e)
	}
}

// move scrolls, and reports whether there was anything to scroll.
func (p *Paper) move(x, y float32) bool {
	most := p.scroll.Content.MinSize().Subtract(p.scroll.Size())
	before := p.scroll.Offset
	to := fyne.NewPos(max(min(before.X+x, most.Width), 0), max(min(before.Y+y, most.Height), 0))
	if to == before {
		return false
	}
	p.scroll.ScrollToOffset(to)
	p.lines.show(to.Y, p.scroll.Size().Height)
	return true
}

// CreateRenderer is part of fyne.Widget.
func (p *Paper) CreateRenderer() fyne.WidgetRenderer {
	r := &paperRenderer{p: p, ring: newRing()}
	r.objects = append([]fyne.CanvasObject{p.scroll}, r.ring.objects()...)
	return r
}

type paperRenderer struct {
	p       *Paper
	ring    *ring
	objects []fyne.CanvasObject
}

func (r *paperRenderer) Destroy()                     {}
func (r *paperRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *paperRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(120) }

func (r *paperRenderer) Layout(size fyne.Size) {
	r.ring.resize(size)
	inside := fyne.NewSquareOffsetPos(theme.Size(SizeRing))
	r.p.scroll.Move(inside)
	r.p.scroll.Resize(size.SubtractWidthHeight(2*inside.X, 2*inside.Y))
	r.p.fit()
}

func (r *paperRenderer) Refresh() { r.ring.style(r.p.focused, theme.Size(theme.SizeNameInputRadius)) }

// paperLines draws those lines of a text that are in view: there may be ten thousand.
type paperLines struct {
	text []string
	size float32   // of the type
	each fyne.Size // of one letter
	all  fyne.Size // of all lines
	view *fyne.Container
}

func newPaperLines() *paperLines {
	l := &paperLines{}
	l.view = container.New(l)
	return l
}

// MinSize is part of fyne.Layout.
func (l *paperLines) MinSize([]fyne.CanvasObject) fyne.Size { return l.all }

// Layout is part of fyne.Layout: the lines are where show has put them.
func (l *paperLines) Layout([]fyne.CanvasObject, fyne.Size) {}

// fit measures the text in a size of type.
func (l *paperLines) fit(size float32) {
	longest := ""
	for _, line := range l.text {
		if len(line) > len(longest) {
			longest = line
		}
	}
	l.size, l.each = size, fyne.MeasureText("M", size, fyne.TextStyle{Monospace: true})
	l.all = fyne.NewSize(fyne.MeasureText(longest, size, fyne.TextStyle{Monospace: true}).Width+2*l.each.Width, float32(len(l.text)+1)*l.each.Height)
}

// show draws what is in view.
func (l *paperLines) show(from, height float32) {
	if l.each.Height <= 0 {
		return
	}
	first := max(min(int(from/l.each.Height), len(l.text)), 0)
	last := min(first+int(height/l.each.Height)+2, len(l.text))
	l.view.Objects = l.view.Objects[:0]
	for n, line := range l.text[first:last] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		text := canvas.NewText(line, themed(theme.ColorNameForeground))
		text.TextSize, text.TextStyle = l.size, fyne.TextStyle{Monospace: true}
		text.Move(fyne.NewPos(l.each.Width, (float32(first+n)+0.5)*l.each.Height))
		text.Resize(text.MinSize())
		l.view.Objects = append(l.view.Objects, text)
	}
	l.view.Refresh()
}

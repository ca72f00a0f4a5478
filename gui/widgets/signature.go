package widgets

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Signature is a place to sign with the pointer or a finger. Who cannot draw types the
// name instead.
type Signature struct {
	View    *fyne.Container // what to put on the page
	pad     *pad
	name    *Entry
	changed func()
}

// NewSignature returns an empty place to sign; changed may be nil.
func NewSignature(w *i18n.Words, changed func()) *Signature {
	s := &Signature{pad: newPad(w.T("widgets.signature")), changed: changed}
	s.name = NewEntry(w.T("widgets.signature.name"), nil)
	s.pad.changed = s.tell
	s.name.OnChanged = func(string) { s.tell() }
	wipe := NewQuiet(w.T("widgets.signature.clear"), Icon("clear").Resource(), s.Clear)
	s.View = Column(1, s.pad, container.NewBorder(nil, nil, nil, wipe, s.name))
	return s
}

// Empty reports whether there is neither a drawing nor a name.
func (s *Signature) Empty() bool { return len(s.pad.strokes) == 0 && s.name.Text == "" }

// Name is the name typed instead of drawing, "" when there is none.
func (s *Signature) Name() string { return s.name.Text }

// Clear takes drawing and name away.
func (s *Signature) Clear() {
	s.pad.strokes = nil
	s.pad.Refresh()
	s.name.SetText("")
	s.tell()
}

// PNG returns the drawing, black on white, nil when nothing is drawn.
func (s *Signature) PNG() ([]byte, error) {
	if len(s.pad.strokes) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	err := png.Encode(&b, ink(s.pad.strokes, s.pad.Size()))
	return b.Bytes(), err
}

func (s *Signature) tell() {
	if s.changed != nil {
		s.changed()
	}
}

// pad is what is drawn on.
type pad struct {
	widget.BaseWidget
	label   string
	strokes [][]fyne.Position
	drawing bool
	changed func()
}

// mostPoints bounds a drawing.
const mostPoints = 20_000

var (
	_ fyne.Draggable     = (*pad)(nil)
	_ desktop.Mouseable  = (*pad)(nil)
	_ desktop.Cursorable = (*pad)(nil)
	_ fyne.Accessible    = (*pad)(nil)
)

func newPad(label string) *pad {
	p := &pad{label: label, changed: func() {}}
	p.ExtendBaseWidget(p)
	return p
}

// AccessibilityLabel is part of fyne.Accessible.
func (p *pad) AccessibilityLabel() string { return p.label }

// AccessibilityRole is part of fyne.Accessible.
func (p *pad) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// Cursor is part of desktop.Cursorable.
func (p *pad) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// MouseDown is part of desktop.Mouseable.
func (p *pad) MouseDown(e *desktop.MouseEvent) { p.begin(e.Position) }

// MouseUp is part of desktop.Mouseable.
func (p *pad) MouseUp(*desktop.MouseEvent) { p.DragEnd() }

// Dragged is part of fyne.Draggable.
func (p *pad) Dragged(e *fyne.DragEvent) {
	if !p.drawing {
		p.begin(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY))
	}
	p.draw(e.Position)
}

// DragEnd is part of fyne.Draggable.
func (p *pad) DragEnd() {
	if p.drawing {
		p.drawing = false
		p.changed()
	}
}

func (p *pad) begin(at fyne.Position) {
	p.drawing = true
	p.strokes = append(p.strokes, []fyne.Position{p.within(at)})
	p.Refresh()
}

func (p *pad) draw(at fyne.Position) {
	points := 0
	for _, s := range p.strokes {
		points += len(s)
	}
	if points < mostPoints {
		last := len(p.strokes) - 1
		p.strokes[last] = append(p.strokes[last], p.within(at))
		p.Refresh()
	}
}

// within keeps the pen on the pad.
func (p *pad) within(at fyne.Position) fyne.Position {
	return fyne.NewPos(min(max(at.X, 0), p.Size().Width), min(max(at.Y, 0), p.Size().Height))
}

// CreateRenderer is part of fyne.Widget.
func (p *pad) CreateRenderer() fyne.WidgetRenderer {
	r := &padRenderer{p: p, ground: NewGround(ColorSurface, theme.ColorNameInputBorder, theme.SizeNameInputRadius), hint: canvas.NewText("", nil), line: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type padRenderer struct {
	p      *pad
	ground *Ground
	line   *canvas.Rectangle
	hint   *canvas.Text
	lines  []*canvas.Line
}

func (r *padRenderer) Destroy()           {}
func (r *padRenderer) MinSize() fyne.Size { return fyne.NewSize(280, theme.TextSize()*8) }

func (r *padRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.ground, r.line, r.hint}
	for _, l := range r.lines {
		objects = append(objects, l)
	}
	return objects
}

func (r *padRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.line.Move(fyne.NewPos(Gap(), size.Height*0.72))
	r.line.Resize(fyne.NewSize(size.Width-2*Gap(), 1))
	r.hint.Move(fyne.NewPos(Gap(), size.Height*0.72+theme.Padding()))
}

func (r *padRenderer) Refresh() {
	r.line.FillColor = themed(ColorMuted)
	r.hint.Text, r.hint.Color, r.hint.TextSize = r.p.label, themed(ColorMuted), theme.CaptionTextSize()
	used := 0
	for _, s := range r.p.strokes {
		for i := range s {
			if used == len(r.lines) {
				r.lines = append(r.lines, canvas.NewLine(nil))
			}
			l := r.lines[used]
			l.Position1, l.Position2 = s[max(i-1, 0)], s[i]
			l.StrokeWidth, l.StrokeColor = penWidth, themed(theme.ColorNameForeground)
			used++
		}
	}
	r.lines = r.lines[:used]
	canvas.Refresh(r.p)
}

// penWidth is how thick a signature is drawn.
const penWidth = 2.5

// ink draws strokes black on white, at twice their size.
func ink(strokes [][]fyne.Position, size fyne.Size) image.Image {
	const zoom = 2
	picture := image.NewGray(image.Rect(0, 0, max(int(size.Width*zoom), 1), max(int(size.Height*zoom), 1)))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for _, s := range strokes {
		for i := range s {
			a, b := s[max(i-1, 0)], s[i]
			inkLine(picture, float64(a.X*zoom), float64(a.Y*zoom), float64(b.X*zoom), float64(b.Y*zoom), penWidth*zoom/2)
		}
	}
	return picture
}

// inkLine draws a line with round ends, with smooth edges.
func inkLine(picture *image.Gray, x1, y1, x2, y2, radius float64) {
	box := image.Rect(int(min(x1, x2)-radius-1), int(min(y1, y2)-radius-1), int(max(x1, x2)+radius+2), int(max(y1, y2)+radius+2)).Intersect(picture.Bounds())
	dx, dy := x2-x1, y2-y1
	long := dx*dx + dy*dy
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			px, py := float64(x)+0.5-x1, float64(y)+0.5-y1
			along := 0.0
			if long > 0 {
				along = min(max((px*dx+py*dy)/long, 0), 1)
			}
			far := math.Hypot(px-along*dx, py-along*dy)
			dark := min(max(radius+0.5-far, 0), 1)
			if shade := uint8(255 * (1 - dark)); shade < picture.GrayAt(x, y).Y {
				picture.SetGray(x, y, color.Gray{Y: shade})
			}
		}
	}
}

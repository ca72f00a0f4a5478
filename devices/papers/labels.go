package papers

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// maxLabels is how many labels one paper has at most.
const maxLabels = 20_000

var (
	// ErrStart: the sheet has no label of that number.
	ErrStart = errors.New("the sheet has no such label")
	// ErrLabels: there is no label to print, there are too many, or one is empty
	// or too long for a code.
	ErrLabels = errors.New("labels cannot be printed")
	// ErrRoom: a label does not fit on those of the sheet; it is never cut.
	ErrRoom = errors.New("the label does not fit on the sheet's labels")
	// ErrAlike: two labels that differ would look the same.
	ErrAlike = errors.New("the label would look like another one")
	// ErrLetters: no type has all the characters of what must be shown as it is.
	ErrLetters = errors.New("a character is in none of the types")
)

// LabelError is what is wrong with one of the labels.
type LabelError struct {
	Label string
	Err   error
}

func (e *LabelError) Error() string { return fmt.Sprintf("%q: %v", e.Label, e.Err) }
func (e *LabelError) Unwrap() error { return e.Err }

// LabelFacts is what is printed on labels. Nothing on them is personal.
type LabelFacts struct {
	Sheet  Sheet
	Start  int      // the first label to print on, from 1, for a sheet already begun; 0 is 1
	Labels []string // asset labels
	Return string   // where a finder brings it, lines
	// ReturnInQR puts the return line into the QR code, after the label. Otherwise
	// that holds the label alone, as hand scanners want it.
	ReturnInQR bool
}

// Labels writes sheets of labels. They are printed at actual size, without
// scaling. A label is whole or refused: it fails with [ErrStart] or [ErrLabels],
// or for one of the labels, with a [LabelError], with [ErrRoom], [ErrAlike] or
// [ErrLetters].
func Labels(w io.Writer, h Head, l LabelFacts) error {
	start := max(l.Start, 1)
	switch {
	case l.Start < 0 || start > l.Sheet.Count():
		return fmt.Errorf("label %d of %d: %w", l.Start, l.Sheet.Count(), ErrStart)
	case len(l.Labels) == 0 || len(l.Labels) > maxLabels:
		return fmt.Errorf("%d labels: %w", len(l.Labels), ErrLabels)
	}
	codes := make([]*code, len(l.Labels))
	for i, label := range l.Labels {
		var err error
		if codes[i], err = qrCode(label, l); err != nil {
			return &LabelError{label, err}
		}
	}
	return write(w, h, "Labels", l.Sheet.Name, func(p *page) {
		p.foot = 0
		looks := map[string]string{}
		for i, label := range l.Labels {
			place := (start - 1 + i) % l.Sheet.Count()
			if i == 0 || place == 0 {
				p.pdf.AddPage()
			}
			x, y := l.Sheet.at(place)
			look, err := p.label(l, label, codes[i], x, y)
			if other, ok := looks[look]; ok && other != label && err == nil {
				err = ErrAlike
			}
			if looks[look] = label; err != nil {
				p.pdf.SetError(&LabelError{label, err})
				return
			}
		}
	})
}

// code is a QR code as rows of dots.
type code struct {
	size int
	dark func(x, y int) bool
}

// qrCode makes the code of a label.
func qrCode(label string, l LabelFacts) (*code, error) {
	text := strings.TrimSpace(label)
	if text == "" || len(text) > 200 {
		return nil, ErrLabels
	}
	if l.ReturnInQR && l.Return != "" {
		text += "\nIf found, return to: " + strings.Join(lines(l.Return), ", ")
	}
	made, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrLabels, err)
	}
	at := made.Bounds().Min
	return &code{made.Bounds().Dx(), func(x, y int) bool {
		r, _, _, _ := made.At(at.X+x, at.Y+y).RGBA()
		return r == 0
	}}, nil
}

// quiet is the white edge of a code, in dots.
const quiet = 4

// code draws a code with its quiet zone into a square.
func (p *page) code2D(c *code, x, y, side float64) {
	dot := side / float64(c.size+2*quiet)
	p.pdf.SetFillColor(0, 0, 0)
	for row := range c.size {
		for from := 0; from < c.size; from++ {
			if !c.dark(from, row) {
				continue
			}
			until := from
			for until < c.size && c.dark(until, row) {
				until++
			}
			// A trace higher than a dot, so that no viewer shows a hairline between rows.
			p.pdf.Rect(x+float64(quiet+from)*dot, y+float64(quiet+row)*dot, float64(until-from)*dot, dot*1.02, "F")
			from = until
		}
	}
}

// label draws one label: the code on the left, and beside it the label and where
// to return it, as large as they fit. It tells how the label reads on it.
func (p *page) label(l LabelFacts, label string, c *code, x, y float64) (look string, err error) {
	const edge = 1.0
	side := min(l.Sheet.Height-2*edge, l.Sheet.Width*0.42)
	p.code2D(c, x+edge, y+(l.Sheet.Height-side)/2, side)
	left := x + edge + side
	width := l.Sheet.Width - side - 2*edge - 0.5
	room := l.Sheet.Height - 2*edge - 1
	withReturn := room > 12 && l.Return != ""
	most := room
	if withReturn {
		most *= 0.6
	}
	name, lines, ok := p.labelLines(label, width, most)
	if !ok {
		return "", ErrRoom
	}
	text := style{size: 9, ink: colour{}}
	var beside []string
	nameHeight := float64(len(lines)) * name.height()
	if withReturn {
		beside, text.size = p.returnLines(l.Return, width, room-nameHeight-0.8)
	}
	if p.types.replaced {
		return "", ErrLetters
	}
	top := y + (l.Sheet.Height-nameHeight-float64(len(beside))*text.height())/2
	for i, line := range lines {
		p.put(left, top+float64(i)*name.height(), line, name)
	}
	for i, line := range beside {
		p.put(left, top+nameHeight+float64(i)*text.height(), line, text)
	}
	return strings.Join(lines, "\n"), nil
}

// labelLines are all of a label in the largest letters that fit: on one line while
// these are of a good size, or else on several.
func (p *page) labelLines(label string, width, height float64) (style, []string, bool) {
	const largest, good, smallest = 18.0, 9.0, 4.0 // points
	s := style{size: largest, ink: colour{}, bold: true}
	line := strings.TrimSpace(p.clean(label, s))
	for s.size > good && p.width(line, s) > width {
		s.size -= 0.5
	}
	if p.width(line, s) <= width && s.height() <= height {
		return s, []string{line}, true
	}
	for ; s.size >= smallest; s.size -= 0.5 {
		lines := p.wrap(label, s, width)
		if float64(len(lines))*s.height() <= height && p.widest(lines, s) <= width {
			return s, lines, true
		}
	}
	return s, nil, false
}

// widest is the width of the widest line.
func (p *page) widest(lines []string, s style) float64 {
	most := 0.0
	for _, line := range lines {
		most = max(most, p.width(line, s))
	}
	return most
}

// returnLines are where to return a device, in the largest size that fits, and
// cut off at the smallest that can be read.
func (p *page) returnLines(text string, width, height float64) ([]string, float64) {
	s := style{size: 9}
	text = "If found, please return to " + strings.Join(lines(text), ", ")
	for {
		wrapped := p.wrap(text, s, width)
		fits := int(height / s.height())
		if len(wrapped) <= fits {
			return wrapped, s.size
		}
		if s.size <= 5.5 {
			if fits < 1 {
				return nil, s.size
			}
			return append(wrapped[:fits-1], p.fit(strings.Join(wrapped[fits-1:], " "), s, width)), s.size
		}
		s.size -= 0.5
	}
}

package papers

import (
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/segmenter"
	"golang.org/x/text/unicode/bidi"

	"stowage/devices/papers/scripts"
)

// The marks of direction begin a line of a paragraph that has letters from the
// right; clean text has none of its own.
const (
	fromLeft  = "\u200e"
	fromRight = "\u200f"
)

// stretch is a part of a line that is drawn at once: letters of a simple type, or
// a run that is shaped.
type stretch struct {
	text   string
	simple *face
	shaped *scripts.Type
	right  bool // reads from the right
}

// plain reports whether a clean text needs no shaping: every letter is in a simple
// type, stands alone and reads from the left.
func plain(text string, from []*face) bool {
	for _, r := range text {
		if unicode.Is(unicode.M, r) || holder(r, from) == nil {
			return false
		}
	}
	return true
}

// clusters are what a reader takes for single letters.
func clusters(text string) []string {
	var list []string
	var s segmenter.Segmenter
	s.InitWithString(text)
	for it := s.GraphemeIterator(); it.Next(); {
		list = append(list, string(it.Grapheme().Text))
	}
	return list
}

// spans are the parts of a line of clean text as they stand from the left to the right.
func (p *page) spans(text string, s style) []stretch {
	from := p.faces(s)
	if plain(text, from) {
		var list []stretch
		for _, part := range pieces(text, from) {
			list = append(list, stretch{text: part.text, simple: part.face})
		}
		return list
	}
	var list []stretch
	for _, run := range visual(text) {
		parts := p.itemize(strings.Trim(run.text, fromLeft+fromRight), run.right, from)
		if run.right {
			slices.Reverse(parts)
		}
		list = append(list, parts...)
	}
	return list
}

// itemize splits text of one direction by the types that hold its letters.
func (p *page) itemize(text string, right bool, from []*face) []stretch {
	var list []stretch
	for _, c := range clusters(text) {
		simple, shaped := p.types.typeOf(c, from)
		if n := len(list); c == " " && n > 0 && list[n-1].shaped.Holds(c) {
			simple, shaped = nil, list[n-1].shaped // words of one script stay together
		}
		if simple == nil && shaped == nil {
			simple = from[0] // not clean; the library draws a box
		}
		if n := len(list); n > 0 && list[n-1].simple == simple && list[n-1].shaped == shaped {
			list[n-1].text += c
			continue
		}
		list = append(list, stretch{c, simple, shaped, right})
	}
	for i, part := range list {
		if right && part.simple != nil {
			list[i].text = bidi.ReverseString(part.text)
		}
	}
	return list
}

// typeOf is the type that can draw a cluster, of the simple ones first.
func (t *typefaces) typeOf(cluster string, from []*face) (*face, *scripts.Type) {
	if runes := []rune(cluster); len(runes) == 1 && !unicode.Is(unicode.M, runes[0]) {
		if f := holder(runes[0], from); f != nil {
			return f, nil
		}
	}
	shaped, err := t.scripts.For(cluster)
	if err != nil && t.failed == nil {
		t.failed = err
	}
	return nil, shaped
}

// run is a part of a line in one direction.
type run struct {
	text  string
	right bool
	level int
}

// visual puts the runs of a line into the order in which they stand (UAX #9). The
// library tells the direction of each run and leaves their order to the caller.
func visual(text string) []run {
	var paragraph bidi.Paragraph
	if _, err := paragraph.SetString(text); err != nil {
		return []run{{text: text}}
	}
	order, err := paragraph.Order()
	if err != nil || order.NumRuns() == 0 {
		return []run{{text: text}}
	}
	base := direction(text)
	var runs []run
	for i := range order.NumRuns() {
		r := order.Run(i)
		switch {
		case r.Direction() == bidi.RightToLeft:
			runs = append(runs, run{r.String(), true, 1})
		case base == fromRight:
			runs = append(runs, run{r.String(), false, 2})
		default:
			n := 0
			if i > 0 {
				n = numberAt(r.String())
			}
			runs = append(runs, run{r.String()[:n], false, 2}, run{r.String()[n:], false, 0})
		}
	}
	for level := 2; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			end := i
			for end < len(runs) && runs[end].level >= level {
				end++
			}
			slices.Reverse(runs[i:end])
			i = max(i, end-1)
		}
	}
	return runs
}

// direction is that of the first letter that has one.
func direction(text string) string {
	for _, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return fromLeft
		case bidi.R, bidi.AL:
			return fromRight
		}
	}
	return fromLeft
}

// numberAt is the length of the number that a text begins with: behind letters
// from the right it is a part of them.
func numberAt(text string) int {
	length := 0
	for i, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.EN, bidi.AN, bidi.ET:
			length = i + len(string(r))
		case bidi.ES, bidi.CS, bidi.NSM:
		default:
			return length
		}
	}
	return length
}

// outline draws a run that is shaped. It is filled outlines; the letters stand in
// the same place, invisible, for whoever searches or copies. They stand as they are
// seen, from the left to the right, since that is what readers of PDF expect.
func (p *page) outline(x, baseline float64, part stretch, s style) float64 {
	outlines, width := part.shaped.Shape(part.text, part.right)
	em := s.size * point
	at := func(q scripts.Point) (float64, float64) { return x + q.X*em, baseline - q.Y*em }
	first := p.types.text[0]
	p.pdf.SetFont(first.family, first.style, s.size)
	p.pdf.RawWriteStr("q 3 Tr")
	p.pdf.Text(x, baseline, seen(part))
	p.pdf.RawWriteStr("Q")
	p.pdf.SetFillColor(s.ink[0], s.ink[1], s.ink[2])
	open := false
	for _, o := range outlines {
		ax, ay := at(o.To[0])
		switch o.Op {
		case scripts.Move:
			if open {
				p.pdf.ClosePath()
			}
			p.pdf.MoveTo(ax, ay)
			open = true
		case scripts.Line:
			p.pdf.LineTo(ax, ay)
		case scripts.Curve:
			bx, by := at(o.To[1])
			cx, cy := at(o.To[2])
			p.pdf.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		}
	}
	if !open {
		return width * em
	}
	p.pdf.ClosePath()
	if !s.bold {
		p.pdf.DrawPath("F")
		return width * em
	}
	p.pdf.SetDrawColor(s.ink[0], s.ink[1], s.ink[2]) // these types have one weight
	p.pdf.SetLineWidth(em * 0.03)
	p.pdf.DrawPath("FD")
	return width * em
}

// seen is the text of a run from the left to the right, without letters that the
// library cannot write.
func seen(part stretch) string {
	text := strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return -1
		}
		return r
	}, part.text)
	if part.right {
		return bidi.ReverseString(text)
	}
	return text
}

package papers_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"

	"stowage/devices/papers/fonts"
)

const point = 25.4 / 72 // millimetres

// box is a piece of text where it stands on a page, in millimetres from the left
// and from the top.
type box struct {
	text                     string
	left, top, right, bottom float64
}

func (b box) String() string {
	return fmt.Sprintf("%q at %.1f,%.1f to %.1f,%.1f", b.text, b.left, b.top, b.right, b.bottom)
}

// over reports whether two boxes lie on each other by more than a hair.
func (b box) over(c box) bool {
	const hair = 0.3
	return b.left+hair < c.right && c.left+hair < b.right && b.top+hair < c.bottom && c.top+hair < b.bottom
}

// printed is a paper as a reader finds it.
type printed struct {
	pages [][]box
	rects [][]pdf.Rect
}

// text is all that a page says, in the order in which it is read.
func (p printed) text(page int) string {
	var words []string
	for _, b := range p.pages[page] {
		words = append(words, b.text)
	}
	return strings.Join(words, " ")
}

func (p printed) all() string {
	var pages []string
	for i := range p.pages {
		pages = append(pages, p.text(i))
	}
	return strings.Join(pages, " ")
}

// read makes a paper and takes it apart again.
func read(t testing.TB, write func(io.Writer) error) printed {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	r, err := pdf.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var p printed
	types, err := measures()
	if err != nil {
		t.Fatal(err)
	}
	for n := range r.NumPage() {
		texts, rects := boxes(t, types, r.Page(n+1))
		p.pages = append(p.pages, texts)
		p.rects = append(p.rects, rects)
	}
	return p
}

// boxes are the texts and rectangles of a page. The papers show text as UTF-16, which is
// read here as it is: the extractor's own reading takes each letter for its low byte.
func boxes(t testing.TB, types map[string]*sfnt.Font, page pdf.Page) (list []box, rects []pdf.Rect) {
	t.Helper()
	named := map[string]*sfnt.Font{} // looking a type up in the page takes long
	var before []bool
	var hidden, outlined bool // text that is not drawn stands for the outlines after it
	var f *sfnt.Font
	var size, x, y float64
	pdf.Interpret(page.V.Key("Contents"), func(stack *pdf.Stack, op string) {
		args := make([]pdf.Value, stack.Len())
		for i := range args {
			args[len(args)-1-i] = stack.Pop()
		}
		switch op {
		case "Tf":
			short := args[0].Name()
			if named[short] == nil {
				named[short] = types[page.Font(short).BaseFont()]
			}
			if f = named[short]; f == nil {
				t.Fatalf("no type %q", page.Font(short).BaseFont())
			}
			size = args[1].Float64() * point
		case "Td":
			x, y = args[0].Float64()*point, 297-args[1].Float64()*point
		case "Tj":
			raw := []byte(args[0].RawString())
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = binary.BigEndian.Uint16(raw[2*i:])
			}
			text, right := string(utf16.Decode(units)), x
			if !hidden {
				right += width(t, f, text) * size
			} else if p, _ := bidi.LookupRune([]rune(text)[len(units)-1]); p.Class() == bidi.R || p.Class() == bidi.AL {
				text = bidi.ReverseString(text)
			}
			list = append(list, box{text, x, y - 0.7*size, right, y + 0.2*size})
			outlined = hidden
		case "q":
			before = append(before, hidden)
		case "Q":
			hidden, before = before[len(before)-1], before[:len(before)-1]
		case "Tr":
			hidden = args[0].Int64() == 3
		case "m", "l", "c":
			if at := args[len(args)-2].Float64() * point; outlined {
				last := &list[len(list)-1]
				last.left, last.right = min(last.left, at), max(last.right, at)
			}
		case "f", "B":
			outlined = false
		case "re":
			left, bottom := args[0].Float64(), args[1].Float64()
			rects = append(rects, pdf.Rect{Min: pdf.Point{X: left, Y: bottom}, Max: pdf.Point{X: left + args[2].Float64(), Y: bottom + args[3].Float64()}})
		}
	})
	return list, rects
}

// measures are the types by the names that they have in a paper.
var measures = sync.OnceValues(func() (map[string]*sfnt.Font, error) {
	types := map[string]*sfnt.Font{}
	for name, ttf := range map[string][]byte{
		"text": fonts.TTF(fonts.Regular), "textB": fonts.TTF(fonts.SemiBold), "textI": fonts.TTF(fonts.Italic),
		"more": goregular.TTF, "moreB": gobold.TTF, "mono": gomono.TTF,
	} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, err
		}
		types["utf8"+name] = f
	}
	return types, nil
})

// width is that of a text in a type of size 1.
func width(t testing.TB, f *sfnt.Font, text string) float64 {
	t.Helper()
	const em = 1000
	total := 0.0
	for _, r := range text {
		i, err := f.GlyphIndex(nil, r)
		if err != nil || i == 0 {
			t.Errorf("%q is drawn in a type that does not have it", r)
			continue
		}
		advance, err := f.GlyphAdvance(nil, i, fixed.I(em), font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		total += float64(advance) / 64 / em
	}
	return total
}

// checkLayout finds text that leaves the page's margins or lies on other text.
func checkLayout(t testing.TB, p printed, margin float64) {
	t.Helper()
	for n, page := range p.pages {
		for i, b := range page {
			if b.left < margin-0.1 || b.right > 210-margin+0.3 || b.top < 5 || b.bottom > 297-4 {
				t.Errorf("page %d: %v leaves the page", n+1, b)
			}
			for _, c := range page[i+1:] {
				if b.over(c) {
					t.Errorf("page %d: %v lies on %v", n+1, b, c)
				}
			}
		}
	}
}

package papers

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"stowage/devices/papers/fonts"
)

// unknown stands for a letter that no type has.
const unknown = '□'

// face is one type that is in the PDF.
type face struct {
	family, style string // as the library knows it
	glyphs        *sfnt.Font
	has           map[rune]bool
}

// holds reports whether the type can draw a letter.
func (f *face) holds(r rune) bool {
	known, ok := f.has[r]
	if !ok {
		i, err := f.glyphs.GlyphIndex(nil, r)
		known = err == nil && i != 0 && r <= 0xFFFF // the library's limit
		f.has[r] = known
	}
	return known
}

// typefaces are all the types of a paper, by their style.
type typefaces struct {
	text, bold, italic, mono []*face // the preferred one first
	replaced                 bool    // a letter could not be drawn as it is
}

// loadTypefaces puts the types into a PDF. Only the letters used are embedded.
func loadTypefaces(pdf *fpdf.Fpdf) (*typefaces, error) {
	var failed error
	load := func(family, style string, ttf []byte) *face {
		parsed, err := sfnt.Parse(ttf)
		if err != nil {
			failed = fmt.Errorf("type %s%s: %w", family, style, err)
		}
		pdf.AddUTF8FontFromBytes(family, style, bytes.Clone(ttf)) // the library writes into it
		return &face{family, style, parsed, map[rune]bool{}}
	}
	regular, bold := load("text", "", fonts.TTF(fonts.Regular)), load("text", "B", fonts.TTF(fonts.SemiBold))
	italic := load("text", "I", fonts.TTF(fonts.Italic))
	more, moreBold := load("more", "", goregular.TTF), load("more", "B", gobold.TTF)
	mono := load("mono", "", gomono.TTF)
	if failed == nil {
		failed = pdf.Error()
	}
	return &typefaces{
		text: []*face{regular, more}, bold: []*face{bold, moreBold},
		italic: []*face{italic, more}, mono: []*face{mono, regular, more},
	}, failed
}

// piece is a part of a text that is in one type.
type piece struct {
	*face
	text string
}

// pieces splits a clean text by the types that hold its letters.
func pieces(text string, from []*face) []piece {
	var list []piece
	begin, in := 0, (*face)(nil)
	for i, r := range text {
		f := holder(r, from)
		if f == nil {
			f = from[0] // not clean; the library draws a box
		}
		if in != nil && f != in {
			list = append(list, piece{in, text[begin:i]})
			begin = i
		}
		in = f
	}
	if in != nil {
		list = append(list, piece{in, text[begin:]})
	}
	return list
}

// holder is the first type that holds a letter, or nil.
func holder(r rune, from []*face) *face {
	for _, f := range from {
		if f.holds(r) {
			return f
		}
	}
	return nil
}

// clean makes text that the types can draw, on one line: line ends become
// blanks, invisible characters go, and what no type holds is replaced.
func (t *typefaces) clean(text string, from []*face) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, string(unknown))) {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0':
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r): // joiners, marks of direction, soft hyphens
		case holder(r, from) != nil:
			b.WriteRune(r)
		default:
			t.replaced = true
			b.WriteRune(nearest(r, from))
		}
	}
	return b.String()
}

// nearest is the letter without its accents if a type holds that.
func nearest(r rune, from []*face) rune {
	base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
	if unicode.IsLetter(base) && holder(base, from) != nil {
		return base
	}
	return unknown
}

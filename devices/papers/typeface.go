package papers

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"stowage/devices/papers/fonts"
	"stowage/devices/papers/scripts"
)

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
	scripts                  *scripts.Set
	replaced                 bool  // a letter could not be drawn as it is
	failed                   error // a type of a script could not be read
}

// loadTypefaces puts the types into a PDF. Only the letters used are embedded.
func loadTypefaces(pdf *fpdf.Fpdf, set *scripts.Set) (*typefaces, error) {
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
		scripts: set,
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

// maxMarks is how many marks a letter has at most; more would run into the lines
// above.
const maxMarks = 6

// clean makes text that the types can draw, on one line: line ends become
// blanks and invisible characters go. What no type holds becomes its number in
// Unicode, so that two texts that differ never look the same.
func (t *typefaces) clean(text string, from []*face) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\ufffd"))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0':
			return ' '
		case unicode.Is(unicode.Cf, r) && !scripts.Joiner(r): // marks of direction, soft hyphens
			return -1
		}
		return r
	}, text)
	if plain(text, from) {
		return text
	}
	var b strings.Builder
	for _, c := range clusters(text) {
		b.WriteString(t.cleanCluster(c, from))
	}
	return b.String()
}

// cleanCluster is a cluster if a type can draw it, or else what it is made of.
func (t *typefaces) cleanCluster(cluster string, from []*face) string {
	marks := 0
	for _, r := range cluster {
		if unicode.Is(unicode.M, r) {
			marks++
		}
	}
	if simple, shaped := t.typeOf(cluster, from); marks <= maxMarks && (simple != nil || shaped != nil) {
		return cluster
	}
	var b strings.Builder
	for _, r := range cluster {
		switch simple, shaped := t.typeOf(string(r), from); {
		case scripts.Joiner(r):
		case !unicode.Is(unicode.M, r) && (simple != nil || shaped != nil):
			b.WriteRune(r)
		default:
			t.replaced = true
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

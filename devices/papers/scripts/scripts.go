package scripts

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

//go:embed types/*.ttf.gz
var files embed.FS

// general is the type for all that no other is for: Latin, Greek and Cyrillic whole.
const general = "NotoSans"

// block is a range of letters and the type that is for them.
type block struct {
	first, last rune
	file        string
}

// blocks are Unicode's, in order.
func blocks() []block {
	const arabic, east = "NotoSansArabic", "DroidSansFallback"
	return []block{
		{0x0530, 0x058F, "NotoSansArmenian"},
		{0x0590, 0x05FF, "NotoSansHebrew"},
		{0x0600, 0x06FF, arabic},
		{0x0750, 0x077F, arabic},
		{0x0780, 0x07BF, "NotoSansThaana"},
		{0x0870, 0x08FF, arabic},
		{0x0900, 0x097F, "NotoSansDevanagari"},
		{0x0980, 0x09FF, "NotoSansBengali"},
		{0x0A00, 0x0A7F, "NotoSansGurmukhi"},
		{0x0A80, 0x0AFF, "NotoSansGujarati"},
		{0x0B80, 0x0BFF, "NotoSansTamil"},
		{0x0C00, 0x0C7F, "NotoSansTelugu"},
		{0x0C80, 0x0CFF, "NotoSansKannada"},
		{0x0D00, 0x0D7F, "NotoSansMalayalam"},
		{0x0D80, 0x0DFF, "NotoSansSinhala"},
		{0x0E00, 0x0E7F, "NotoSansThai"},
		{0x0E80, 0x0EFF, "NotoSansLao"},
		{0x1000, 0x109F, "NotoSansMyanmar"},
		{0x10A0, 0x10FF, "NotoSansGeorgian"},
		{0x1100, 0x11FF, east},
		{0x1200, 0x139F, "NotoSansEthiopic"},
		{0x1780, 0x17FF, "NotoSansKhmer"},
		{0x1C90, 0x1CBF, "NotoSansGeorgian"},
		{0x2D00, 0x2D2F, "NotoSansGeorgian"},
		{0x2D80, 0x2DDF, "NotoSansEthiopic"},
		{0x2E80, 0x9FFF, east},
		{0xA8E0, 0xA8FF, "NotoSansDevanagari"},
		{0xAA60, 0xAA7F, "NotoSansMyanmar"},
		{0xAB00, 0xAB2F, "NotoSansEthiopic"},
		{0xAC00, 0xD7FF, east},
		{0xF900, 0xFAFF, east},
		{0xFB13, 0xFB17, "NotoSansArmenian"},
		{0xFB1D, 0xFB4F, "NotoSansHebrew"},
		{0xFB50, 0xFDFF, arabic},
		{0xFE30, 0xFE4F, east},
		{0xFE70, 0xFEFE, arabic},
		{0xFF00, 0xFFEF, east},
	}
}

// Set holds the types that were needed so far. It is for one goroutine.
type Set struct {
	blocks []block
	types  map[string]*Type
	shaper shaping.HarfbuzzShaper
}

// New is a set without a type.
func New() *Set { return &Set{blocks: blocks(), types: map[string]*Type{}} }

// Type is one of the types of a set.
type Type struct {
	set  *Set
	face *font.Face
}

// For is the type that can draw all of a cluster, what a reader takes for one
// letter, or nil if none can.
func (s *Set) For(cluster string) (*Type, error) {
	for _, file := range s.candidates(cluster) {
		t, err := s.load(file)
		if err != nil {
			return nil, err
		}
		if t.Holds(cluster) {
			return t, nil
		}
	}
	return nil, nil
}

// candidates are the type of the script of the first letter, and the general one.
func (s *Set) candidates(cluster string) []string {
	letter, _ := utf8.DecodeRuneInString(cluster)
	for _, b := range s.blocks {
		if b.first <= letter && letter <= b.last {
			return []string{b.file, general}
		}
	}
	return []string{general}
}

// load reads a type that is part of the program.
func (s *Set) load(file string) (*Type, error) {
	if t := s.types[file]; t != nil {
		return t, nil
	}
	packed, err := files.ReadFile("types/" + file + "-Regular.ttf.gz")
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", file, err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", file, err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", file, err)
	}
	face, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", file, err)
	}
	t := &Type{set: s, face: face}
	s.types[file] = t
	return t, nil
}

// Holds reports whether the type can draw all letters of a text; joiners need
// not be drawn. No type, nil, holds nothing.
func (t *Type) Holds(text string) bool {
	if t == nil {
		return false
	}
	for _, r := range text {
		if _, ok := t.face.NominalGlyph(r); !ok && !Joiner(r) {
			return false
		}
	}
	return true
}

// Joiner reports whether a character only says how the letters beside it join.
func Joiner(r rune) bool { return r == 0x200C || r == 0x200D }

// Op is what a segment of an outline does.
type Op uint8

// The segments of an outline; quadratic curves are given as cubic ones.
const (
	Move  Op = iota // to the first point
	Line            // to the first point
	Curve           // by two control points to the third
)

// Point is in sizes of the type: to the right of where the run begins, and up
// from its baseline.
type Point struct{ X, Y float64 }

// Segment is a part of an outline.
type Segment struct {
	Op Op
	To [3]Point
}

// Shape makes a run of text that the type holds into outlines, which are filled
// where they wind at all, and its width in sizes of the type. They go from the
// left to the right also where the run reads from the right.
func (t *Type) Shape(text string, fromRight bool) (outlines []Segment, width float64) {
	for _, g := range t.shape(text, fromRight) {
		at := Point{width + float64(g.XOffset)/64/em, float64(g.YOffset) / 64 / em}
		outlines = t.outline(outlines, g.GlyphID, at)
		width += float64(g.Advance) / 64 / em
	}
	return outlines, width
}

// Width is that of a run, as Shape gives it.
func (t *Type) Width(text string, fromRight bool) float64 {
	width := 0.0
	for _, g := range t.shape(text, fromRight) {
		width += float64(g.Advance) / 64 / em
	}
	return width
}

// em is the size in which text is shaped.
const em = 1000

func (t *Type) shape(text string, fromRight bool) []shaping.Glyph {
	runes := []rune(text)
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Face: t.face, Size: fixed.I(em), Script: script(runes)}
	if fromRight {
		in.Direction = di.DirectionRTL
	}
	return t.set.shaper.Shape(in).Glyphs
}

// script is that of the first letter that has one of its own.
func script(text []rune) language.Script {
	for _, r := range text {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return language.Common
}

// outline adds that of a glyph at a place.
func (t *Type) outline(to []Segment, glyph font.GID, at Point) []Segment {
	drawn, _ := t.face.GlyphData(glyph).(font.GlyphOutline) // none for a blank
	upem := float64(t.face.Upem())
	point := func(p font.SegmentPoint) Point { return Point{at.X + float64(p.X)/upem, at.Y + float64(p.Y)/upem} }
	var last Point
	for _, s := range drawn.Segments {
		a := point(s.Args[0])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			to, last = append(to, Segment{Move, [3]Point{a}}), a
		case opentype.SegmentOpLineTo:
			to, last = append(to, Segment{Line, [3]Point{a}}), a
		case opentype.SegmentOpQuadTo:
			end := point(s.Args[1])
			to, last = append(to, Segment{Curve, [3]Point{between(last, a), between(end, a), end}}), end
		case opentype.SegmentOpCubeTo:
			end := point(s.Args[2])
			to, last = append(to, Segment{Curve, [3]Point{a, point(s.Args[1]), end}}), end
		}
	}
	return to
}

// between is the control point of a cubic curve that is the quadratic one by c.
func between(end, c Point) Point { return Point{(end.X + 2*c.X) / 3, (end.Y + 2*c.Y) / 3} }

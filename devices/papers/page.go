package papers

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"stowage/devices/papers/scripts"
)

// Sizes in millimetres; those of type are in points.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 20.0
	textWidth  = pageWidth - 2*margin
	firstLine  = 28.0            // where pages after the first begin
	foot       = pageHeight - 16 // of the line at the foot
	lastLine   = foot - 8
	point      = 25.4 / 72
	leading    = 1.38 // from line to line, in sizes of the type
)

// colour is red, green, blue.
type colour [3]int

// The colours of the papers are those of the window's light look. All text has
// a contrast of at least 7 to 1, and prints well in grey.
func ink() colour    { return colour{0x16, 0x22, 0x2b} }
func muted() colour  { return colour{0x42, 0x50, 0x5b} }
func accent() colour { return colour{0x0b, 0x5a, 0x58} }
func alarm() colour  { return colour{0x8f, 0x1c, 0x13} }
func border() colour { return colour{0xc2, 0xcd, 0xd2} }
func tint() colour   { return colour{0xed, 0xf4, 0xf4} }
func rose() colour   { return colour{0xfb, 0xee, 0xec} }

// style is how a text looks.
type style struct {
	bold, italic, mono bool
	size               float64 // points
	ink                colour
}

func (s style) height() float64 { return s.size * point * leading }

func body() style   { return style{size: 10, ink: ink()} }
func strong() style { return style{size: 10, ink: ink(), bold: true} }
func small() style  { return style{size: 8.5, ink: muted()} }

// page is a paper in the making. Everything is drawn from the top down, and
// goes on over the next page where it does not fit.
type page struct {
	pdf   *fpdf.Fpdf
	types *typefaces
	head  Head
	title string
	about string // what the paper is about, beside the title
	pages int    // how many there will be; 0 if that is not known yet
	y     float64
	foot  float64 // where this page's foot is; 0 on one without
}

// write makes a paper and writes it when it is complete. It is drawn twice,
// since the number of its pages is on every one of them.
func write(w io.Writer, h Head, title, about string, draw func(*page)) error {
	pages, set := 0, scripts.New()
	for {
		p, err := newPage(h, title, about, pages, set)
		if err != nil {
			return fmt.Errorf("make the paper: %w", err)
		}
		draw(p)
		p.finish()
		if err := errors.Join(p.pdf.Error(), p.types.failed); err != nil {
			return fmt.Errorf("make the paper: %w", err)
		}
		if pages == p.pdf.PageNo() {
			return p.pdf.Output(w)
		}
		pages = p.pdf.PageNo()
	}
}

// newPage begins a paper without a page.
func newPage(h Head, title, about string, pages int, set *scripts.Set) (*page, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(h.Made.UTC())
	pdf.SetModificationDate(h.Made.UTC())
	pdf.SetLang("en-GB")
	types, err := loadTypefaces(pdf, set)
	if err != nil {
		return nil, err
	}
	p := &page{pdf: pdf, types: types, head: h, title: title, about: about, pages: pages, foot: foot}
	pdf.SetTitle(p.clean(joined(" ", title, about), body()), true)
	pdf.SetAuthor(p.clean(h.School, body()), true)
	pdf.SetCreator("Stowage", true)
	pdf.SetProducer("Stowage", true)
	p.types.replaced = false // the page itself says
	return p, nil
}

// finish ends the last page.
func (p *page) finish() {
	if p.foot == foot {
		p.replaced()
	}
	p.footer()
}

// replaced says that the type could not show everything, if so.
func (p *page) replaced() {
	if p.types.replaced {
		p.gap(4)
		p.text("Some characters are in none of the types of this paper, and are shown by their number in Unicode, as [U+1F469]. The register has them as they were entered.", small())
	}
	p.types.replaced = false
}

// first begins the first page, with the school and the title large.
func (p *page) first() {
	p.pdf.AddPage()
	p.y = margin - 2
	p.text(p.head.School, style{size: 11, ink: accent(), bold: true})
	p.gap(3)
	p.text(p.title, style{size: 22, ink: ink(), bold: true})
	if p.about != "" {
		p.text(p.about, style{size: 12, ink: muted()})
	}
	p.gap(2.5)
	p.rule(p.y, 0.7, accent())
	p.gap(2.5)
	p.text(p.head.made(), small())
	p.gap(4)
}

// next ends a page and begins another.
func (p *page) next() {
	p.footer()
	p.pdf.AddPage()
	p.y = 14
	p.put(margin, p.y, p.fit(joined(" · ", p.head.School, p.title, p.about), small(), textWidth), small())
	p.rule(p.y+7, 0.2, border())
	p.y = firstLine
}

// footer is at the foot of every page.
func (p *page) footer() {
	y := p.foot
	if y == 0 {
		return
	}
	p.foot = foot
	p.rule(y-2, 0.2, border())
	number := fmt.Sprintf("Page %d of %d", p.pdf.PageNo(), max(p.pages, p.pdf.PageNo()))
	width := p.width(number, small())
	p.put(margin, y, p.fit("Made with Stowage on "+p.head.day(p.head.Made)+p.head.by(), small(), textWidth-width-8), small())
	p.put(margin+textWidth-width, y, number, small())
}

// room is how much of the page is left.
func (p *page) room() float64 { return lastLine - p.y }

// need begins a page unless there is so much room.
func (p *page) need(height float64) {
	if p.room() < height && p.y > firstLine {
		p.next()
	}
}

// gap leaves some room, but not at the top of a page.
func (p *page) gap(height float64) {
	if p.y > firstLine || p.pdf.PageNo() == 1 {
		p.y += height
	}
}

func (p *page) rule(y, thick float64, c colour) { p.stroke(margin, y, margin+textWidth, y, thick, c) }

func (p *page) stroke(x1, y1, x2, y2, thick float64, c colour) {
	p.pdf.SetDrawColor(c[0], c[1], c[2])
	p.pdf.SetLineWidth(thick)
	p.pdf.Line(x1, y1, x2, y2)
}

func (p *page) fill(x, y, w, h float64, c colour) {
	p.pdf.SetFillColor(c[0], c[1], c[2])
	p.pdf.Rect(x, y, w, h, "F")
}

// joined joins what is not empty.
func joined(by string, parts ...string) string {
	var list []string
	for _, part := range parts {
		if part != "" {
			list = append(list, part)
		}
	}
	return strings.Join(list, by)
}

// Head is what every paper has at its head.
type Head struct {
	School string         // its name
	Made   time.Time      // when the paper is made
	By     string         // who made it; may be empty
	Zone   *time.Location // of the times in plain words; nil is UTC
}

func (h Head) by() string {
	if h.By == "" {
		return ""
	}
	return " by " + h.By
}

// made says who made the paper, and when.
func (h Head) made() string { return "Made" + h.by() + " on " + h.moment(h.Made) + "." }

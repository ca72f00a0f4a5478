package office

import (
	"encoding/xml"
	"errors"
	"io/fs"
)

// officeOpen reads a document as Microsoft's programs write it, whose main part is given.
func (b *book) officeOpen(main string) error {
	var root string
	err := b.scan(main, func(_ *scanner, e xml.StartElement) error {
		root = e.Name.Local
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	switch root {
	case "document":
		return b.word(main)
	case "workbook":
		return b.workbook(main)
	case "presentation":
		return b.presentation(main)
	}
	return ErrFormat
}

// errFound ends the reading of a file of which enough is known.
var errFound = errors.New("found")

// wordWords are the elements of WordprocessingML (ECMA-376 part 1, 17). What was deleted
// while changes are tracked is in delText, which is not read.
var wordWords = vocabulary{
	"p": paragraph, "t": letters, "numPr": listed, "tab": space, "br": space, "cr": space, "noBreakHyphen": space,
	"tbl": table, "tr": tableRow, "tc": tableCell,
	"Fallback": left, "instrText": left, "tabs": left, "rPr": left, "sectPr": left, "del": left, "moveFrom": left,
}

func (b *book) word(main string) error {
	if err := b.part("", false); err != nil {
		return err
	}
	p := &prose{b: b, mean: wordWords, spaces: officeSpace}
	if err := b.scan(main, func(s *scanner, e xml.StartElement) error {
		if e.Name.Local != "body" {
			return nil
		}
		return p.read(s, b.add)
	}); err != nil {
		return err
	}
	return b.notes(main, p)
}

// notes reads the notes at the foot of pages and at the end.
func (b *book) notes(main string, p *prose) error {
	l, err := b.linksOf(main)
	if errors.Is(err, ErrFormat) {
		return nil // it refers to nothing
	}
	if err != nil {
		return err
	}
	for _, kind := range []string{"footnotes", "endnotes"} {
		name, ok := l.ofType(kind)
		if !ok {
			continue
		}
		err := b.scan(name, func(s *scanner, e xml.StartElement) error {
			if e.Name.Local != "footnote" && e.Name.Local != "endnote" {
				return nil
			}
			if attribute(e, "type") != "" { // the line above the notes
				return s.skip()
			}
			return p.read(s, b.add)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// officeSpace is what an element that makes space is in text.
func officeSpace(e xml.StartElement) string {
	switch e.Name.Local {
	case "tab":
		return " "
	case "noBreakHyphen":
		return "-"
	}
	return "\n"
}

// slideWords are the elements of DrawingML's text (ECMA-376 part 1, 21.1.2).
var slideWords = vocabulary{
	"p": paragraph, "t": letters, "br": space, "buChar": listed, "buAutoNum": listed,
	"tbl": table, "tr": tableRow, "tc": tableCell, "Fallback": left,
}

func (b *book) presentation(main string) error {
	b.doc.Kind = Slides
	l, err := b.linksOf(main)
	if err != nil {
		return err
	}
	var slides []string
	err = b.scan(main, func(_ *scanner, e xml.StartElement) error {
		if e.Name.Local != "sldId" {
			return nil
		}
		if len(slides) == mostParts {
			b.doc.Cut = true
			return errFound
		}
		if name, ok := l.byID(relation(e)); ok {
			slides = append(slides, name)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	p := &prose{b: b, mean: slideWords, spaces: officeSpace}
	for _, name := range slides {
		begun := false
		err := b.scan(name, func(s *scanner, e xml.StartElement) error {
			if !begun {
				begun = true
				if err := b.part("", attribute(e, "show") == "0"); err != nil {
					return err
				}
			}
			if e.Name.Local != "spTree" {
				return nil
			}
			return p.read(s, func(r Row) error {
				if len(r.Cells) == 1 && r.Cells[0] == "" {
					return nil // slides are full of empty boxes
				}
				return b.add(r)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// relation is the id by which an element refers to another file: r:id, beside the plain id
// that a slide has too.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

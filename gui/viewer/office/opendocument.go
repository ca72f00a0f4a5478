package office

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

// openWords are the elements of OpenDocument's texts (OpenDocument 1.3, 5 and 6).
var openWords = vocabulary{
	"p": paragraph, "h": paragraph, "list-item": listed,
	"s": space, "tab": space, "line-break": space,
	"table": table, "table-row": tableRow, "table-cell": tableCell, "covered-table-cell": tableCell,
	"tracked-changes": left, "annotation": left, "note-citation": left, "sequence-decls": left, "forms": left,
	"ruby-text": left, "desc": left, "title": left, "event-listeners": left,
}

// openSpace is what an element that makes space is in text.
func openSpace(e xml.StartElement) string {
	switch e.Name.Local {
	case "s":
		n, err := strconv.Atoi(attribute(e, "c"))
		if err != nil {
			n = 1
		}
		return strings.Repeat(" ", max(min(n, 100), 0))
	case "tab":
		return " "
	}
	return "\n"
}

// openDocument reads a document as LibreOffice writes it.
func (b *book) openDocument() error {
	locked, err := b.openLocked()
	if err != nil {
		return err
	}
	if locked {
		return ErrLocked
	}
	p := &prose{b: b, mean: openWords, all: true, spaces: openSpace}
	known := false
	err = b.scan("content.xml", func(s *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "text":
			known = true
			if err := b.part("", false); err != nil {
				return err
			}
			return p.read(s, b.add)
		case "spreadsheet":
			known = true
			b.doc.Kind = Sheets
			return b.openSheets(s, p)
		case "scripts", "font-face-decls", "automatic-styles":
			return s.skip()
		case "presentation", "drawing", "chart":
			return ErrFormat
		}
		return nil
	})
	if err == nil && !known {
		return ErrFormat
	}
	return err
}

// openLocked reports whether the document is encrypted (OpenDocument 1.3 part 2, 3.4).
func (b *book) openLocked() (bool, error) {
	locked := false
	err := b.scan("META-INF/manifest.xml", func(_ *scanner, e xml.StartElement) error {
		locked = locked || e.Name.Local == "encryption-data"
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) {
		err = nil
	}
	return locked, err
}

// openSheets reads the sheets of a spreadsheet.
func (b *book) openSheets(s *scanner, p *prose) error {
	return s.within(func(s *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "table":
			if err := b.part(attribute(e, "name"), false); err != nil {
				return err
			}
			return b.openSheet(s, p)
		case "tracked-changes", "calculation-settings", "content-validations", "named-expressions", "database-ranges":
			return s.skip()
		}
		return nil
	}, nil)
}

// openSheet reads a sheet, of which empty rows are left out.
func (b *book) openSheet(s *scanner, p *prose) error {
	number := 0
	return s.within(func(s *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "shapes", "forms":
			return s.skip()
		case "table-row":
			cells, err := b.openRow(s, p)
			if err != nil {
				return err
			}
			times := repeated(e, "number-rows-repeated")
			for n := 1; n <= times && len(cells) > 0; n++ {
				if err := b.add(Row{Number: number + n, Table: true, Cells: cells}); err != nil {
					return err
				}
			}
			number += times
		}
		return nil
	}, nil)
}

// openRow reads the cells of a row, up to the last that is not empty.
func (b *book) openRow(s *scanner, p *prose) ([]string, error) {
	var cells []string
	column := 0
	err := s.within(func(s *scanner, e xml.StartElement) error {
		if e.Name.Local != "table-cell" && e.Name.Local != "covered-table-cell" {
			return nil
		}
		var words []string
		err := p.read(s, func(r Row) error {
			words = append(words, r.Cells...)
			if len(words) > MostRows {
				return errHostile
			}
			return nil
		})
		if err != nil {
			return err
		}
		text := strings.TrimSpace(clean(strings.Join(words, " ")))
		if day := attribute(e, "date-value"); day != "" {
			text = openDate(day)
		}
		times := repeated(e, "number-columns-repeated")
		if text == "" {
			column += times
			return nil
		}
		for ; times > 0; times-- {
			if column >= MostColumns {
				b.doc.Cut = true
				return nil
			}
			for len(cells) <= column {
				cells = append(cells, "")
			}
			cells[column] = text
			column++
		}
		return nil
	}, nil)
	return cells, err
}

// openDate is a date (ISO 8601 already) to the minute.
func openDate(value string) string {
	value = clean(value)
	if day, clock, ok := strings.Cut(value, "T"); ok {
		if len(clock) >= len("15:04") {
			return day + " " + clock[:len("15:04")]
		}
		return day
	}
	return value
}

// repeated is how often a row or cell is there.
func repeated(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(e, name))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1<<21)
}

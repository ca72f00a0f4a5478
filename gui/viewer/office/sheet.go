package office

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"strconv"
	"strings"
)

// sheets is what the sheets of a workbook share (ECMA-376 part 1, 18).
type sheets struct {
	b        *book
	strings  []string
	formats  []format // of cells, by the number of their style
	from1904 bool     // days are counted from 1904, as on early Macintoshes
}

// workbook reads the sheets of a workbook.
func (b *book) workbook(main string) error {
	b.doc.Kind = Sheets
	l, err := b.linksOf(main)
	if err != nil {
		return err
	}
	w := &sheets{b: b}
	type sheet struct {
		name, file string
		hidden     bool
	}
	var all []sheet
	err = b.scan(main, func(_ *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			d := attribute(e, "date1904")
			w.from1904 = d == "1" || d == "true"
		case "sheet":
			file, ok := l.byID(relation(e))
			if len(all) == mostParts {
				b.doc.Cut = true
				return errFound
			}
			if ok {
				all = append(all, sheet{attribute(e, "name"), file, attribute(e, "state") != "" && attribute(e, "state") != "visible"})
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	if file, ok := l.ofType("styles"); ok {
		if err := w.readStyles(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if file, ok := l.ofType("sharedStrings"); ok {
		if err := w.readStrings(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, s := range all {
		if err := b.part(s.name, s.hidden); err != nil {
			return err
		}
		if err := w.read(s.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// readStrings reads the texts that cells refer to. Those after the most that can be shown
// are left out: rows refer to texts by and large in their order.
func (w *sheets) readStrings(file string) error {
	size := 0
	err := w.b.scan(file, func(s *scanner, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := richText(s)
		if err != nil {
			return err
		}
		if size += len(text) + 16; size > 16*MostText {
			w.b.doc.Cut = true
			return errFound
		}
		w.strings = append(w.strings, text)
		return nil
	})
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

// richText is the text of a string, without how it is spoken (rPh).
func richText(s *scanner) (string, error) {
	var text strings.Builder
	err := s.within(func(s *scanner, e xml.StartElement) error {
		switch e.Name.Local {
		case "t":
			t, err := s.text()
			text.WriteString(t)
			return err
		case "rPh":
			return s.skip()
		}
		return nil
	}, nil)
	return text.String(), err
}

// read reads a sheet, of which empty rows are left out.
func (w *sheets) read(file string) error {
	row := 0
	return w.b.scan(file, func(s *scanner, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		row++
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n > 0 {
			row = n
		}
		cells, err := w.row(s)
		if err != nil || len(cells) == 0 {
			return err
		}
		return w.b.add(Row{Number: row, Table: true, Cells: cells})
	})
}

// row reads the cells of a row, up to the last that is not empty.
func (w *sheets) row(s *scanner) ([]string, error) {
	var cells []string
	column := -1
	err := s.within(func(s *scanner, e xml.StartElement) error {
		if e.Name.Local != "c" {
			return nil
		}
		column++
		if n, ok := columnOf(attribute(e, "r")); ok {
			column = n
		}
		text, err := w.cell(s, e)
		if err != nil || text == "" {
			return err
		}
		if column >= MostColumns {
			w.b.doc.Cut = true
			return nil
		}
		for len(cells) <= column {
			cells = append(cells, "")
		}
		cells[column] = text
		return nil
	}, nil)
	return cells, err
}

// columnOf is the column of a reference such as C12, from 0.
func columnOf(reference string) (int, bool) {
	column := 0
	for i, c := range []byte(reference) {
		if c < 'A' || c > 'Z' {
			return column - 1, i > 0
		}
		if column = column*26 + int(c-'A') + 1; column > 1<<20 {
			return 0, false
		}
	}
	return 0, false
}

// cell is the text of a cell.
func (w *sheets) cell(s *scanner, e xml.StartElement) (string, error) {
	var value, inline string
	err := s.within(func(s *scanner, e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			value, err = s.text()
		case "is":
			inline, err = richText(s)
		}
		return err
	}, nil)
	if err != nil {
		return "", err
	}
	style, _ := strconv.Atoi(attribute(e, "s"))
	switch attribute(e, "t") {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(w.strings) {
			return "", nil
		}
		return clean(w.strings[n]), nil
	case "inlineStr":
		return clean(inline), nil
	case "b":
		if value == "1" {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "", "n":
		f := format{}
		if style >= 0 && style < len(w.formats) {
			f = w.formats[style]
		}
		return f.number(value, w.from1904), nil
	}
	return clean(value), nil // text of a formula, an error, a date as text
}

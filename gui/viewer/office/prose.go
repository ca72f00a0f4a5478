package office

import (
	"encoding/xml"
	"strings"
)

// vocabulary is what the elements of a kind of document mean, by their names without prefix.
type vocabulary map[string]meaning

type meaning int

const (
	other     meaning = iota // what is within is read
	paragraph                // with the text that is in it
	letters                  // text of a paragraph, where not all of it is
	listed                   // the paragraph is one of a list
	space                    // a tab, or the end of a line
	table
	tableRow
	tableCell
	left // out, with all that is in it
)

// prose reads paragraphs and tables, as texts and slides have them.
type prose struct {
	b      *book
	mean   vocabulary
	all    bool // all text of a paragraph is shown, not only letters
	spaces func(e xml.StartElement) string
	lists  int // that are around
}

// read reads what is in the element that was begun last. emit is given each paragraph and
// row. Within a cell paragraphs follow one another; so do those of a table in a table.
func (p *prose) read(s *scanner, emit func(Row) error) error {
	return s.within(func(s *scanner, e xml.StartElement) error {
		switch p.mean[e.Name.Local] {
		case left:
			return s.skip()
		case listed:
			p.lists++
			err := p.read(s, emit)
			p.lists--
			return err
		case paragraph:
			return p.paragraph(s, emit)
		case table:
			return p.table(s, emit)
		}
		return nil
	}, nil)
}

// paragraph reads a paragraph. Those within it (of a text box, a note) follow it.
func (p *prose) paragraph(s *scanner, emit func(Row) error) error {
	var line strings.Builder
	var inner []Row
	item := p.lists > 0
	keep := func(r Row) error {
		if len(inner) == MostRows {
			return errHostile
		}
		inner = append(inner, r)
		return nil
	}
	var text func(string)
	if p.all {
		text = func(t string) { line.WriteString(t) }
	}
	err := s.within(func(s *scanner, e xml.StartElement) error {
		switch p.mean[e.Name.Local] {
		case left:
			return s.skip()
		case letters:
			t, err := s.text()
			line.WriteString(t)
			return err
		case space:
			t := p.spaces(e)
			if p.b.left -= int64(len(t)); p.b.left < 0 { // it counts as unpacked
				return p.b.full()
			}
			line.WriteString(t)
		case listed:
			item = true
		case paragraph:
			return p.paragraph(s, keep)
		case table:
			return p.table(s, keep)
		}
		if line.Len() > MostText {
			return p.b.full()
		}
		return nil
	}, text)
	if err != nil {
		return err
	}
	words := lines(line.String())
	if item && words != "" {
		words = "• " + words
	}
	if err := emit(Row{Cells: []string{words}}); err != nil {
		return err
	}
	for _, r := range inner {
		if err := emit(r); err != nil {
			return err
		}
	}
	return nil
}

// table reads a table, and emits its rows.
func (p *prose) table(s *scanner, emit func(Row) error) error {
	var row *Row
	flush := func() error {
		if row == nil {
			return nil
		}
		done := *row
		row = nil
		return emit(done)
	}
	err := s.within(func(s *scanner, e xml.StartElement) error {
		switch p.mean[e.Name.Local] {
		case left:
			return s.skip()
		case tableRow:
			if err := flush(); err != nil {
				return err
			}
			row = &Row{Table: true}
		case tableCell:
			var cell []string
			length := 0
			err := p.read(s, func(r Row) error {
				words := strings.Join(r.Cells, " ")
				if length += len(words) + 1; length > MostText {
					return p.b.full()
				}
				if words != "" {
					cell = append(cell, words)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if row == nil {
				row = &Row{Table: true}
			}
			if len(row.Cells) <= MostColumns {
				row.Cells = append(row.Cells, strings.Join(cell, " "))
			}
		}
		return nil
	}, nil)
	if err != nil {
		return err
	}
	return flush()
}

// lines is a paragraph's text, cleaned line by line.
func lines(text string) string {
	if !strings.Contains(text, "\n") {
		return strings.TrimSpace(clean(text))
	}
	all := strings.Split(text, "\n")
	for i, l := range all {
		all[i] = strings.TrimSpace(clean(l))
	}
	return strings.TrimSpace(strings.Join(all, "\n"))
}

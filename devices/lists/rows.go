package lists

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Fault is something wrong with a row.
type Fault struct {
	Line    int
	Column  int    // from 0; -1 if it is about the whole row
	Problem string // "is too long", …
}

// Rows runs row on each row that is not blank, with its cells, one for every column of the header: missing ones at
// the end are empty, as Excel saves them, and all are without blanks round them. They are good until it returns. What
// cannot be such a row is a fault. The error is that of row or of ctx, or a [*FileError].
func (t *Table) Rows(ctx context.Context, row func(line int, cells []string) error, fault func(Fault)) error {
	s := t.scan()
	s.skipTo(t.Line)
	cells := make([]string, len(t.Header))
	for rows := 0; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, found, err := s.row()
		var wrong *rowError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &wrong):
			fault(Fault{line, min(wrong.column, len(t.Header)-1), wrong.problem})
			if wrong.last {
				return nil
			}
			continue
		case err != nil:
			return err
		case blank(found):
			continue
		}
		if rows++; rows > MaxRows {
			return &FileError{fmt.Sprintf("has more than %d rows", MaxRows)}
		}
		if len(found) > len(cells) && !blank(found[len(cells):]) {
			fault(Fault{line, -1, "has more cells than the header"})
			continue
		}
		if len(found) < len(cells) && s.torn {
			fault(Fault{line, -1, "has fewer cells than the header, and the file ends in it"})
			continue
		}
		odd := false
		for i := range cells {
			cells[i] = ""
			if i < len(found) {
				cells[i] = strings.TrimSpace(found[i])
			}
			if strings.ContainsRune(cells[i], utf8.RuneError) {
				odd = true
				fault(Fault{line, i, "has a character that cannot be read"})
			}
		}
		if odd {
			continue
		}
		if err := row(line, cells); err != nil {
			return err
		}
	}
}

// rowError is what is wrong with a row as it is written.
type rowError struct {
	column  int
	problem string
	last    bool // where the next row begins cannot be told
}

func (e *rowError) Error() string { return e.problem }

// A scanner takes a text apart into rows, as spreadsheets do: a quote counts at the beginning of a cell alone.
type scanner struct {
	in    *bufio.Reader
	comma byte
	line  int  // that is read next
	torn  bool // the last row ended without the end of a line

	text  []byte // of a row's cells, one after another
	ends  []int  // of the cells in text
	cells []string
}

func (t *Table) scan() *scanner {
	s := &scanner{in: bufio.NewReaderSize(t.decoded(), 64<<10), comma: byte(t.Comma), line: 1}
	for t.said { // the row that says it, which may follow empty ones
		if _, cells, err := s.row(); err != nil || !blank(cells) {
			break
		}
	}
	return s
}

// skipTo goes on to after the row that begins in a line.
func (s *scanner) skipTo(line int) {
	for {
		at, _, err := s.row()
		if at >= line || err != nil {
			return
		}
	}
}

// row returns the cells of the next row, which are good until the next. The error is [io.EOF] at the end, a
// *rowError, or one of reading.
func (s *scanner) row() (line int, cells []string, err error) {
	line, s.text, s.ends = s.line, s.text[:0], s.ends[:0]
	var wrong *rowError
	begun := false
	for {
		end, err := s.cell(&begun, &wrong)
		if err != nil {
			return line, nil, err
		}
		s.ends = append(s.ends, len(s.text))
		if wrong != nil && wrong.last {
			return line, nil, wrong
		}
		if !end {
			if len(s.ends) > 2*MaxColumns || len(s.text) > maxRow {
				wrong = &rowError{column: -1, problem: "is too long for a row"}
				s.text, s.ends = s.text[:0], s.ends[:0]
			}
			continue
		}
		break
	}
	if wrong != nil {
		return line, nil, wrong
	}
	text, from := string(s.text), 0 // one for all cells
	s.cells = s.cells[:0]
	for _, end := range s.ends {
		s.cells = append(s.cells, text[from:end])
		from = end
	}
	return line, s.cells, nil
}

// cell reads the next cell, and says whether the row ends with it. It is [io.EOF] where there is no row any more.
func (s *scanner) cell(begun *bool, wrong **rowError) (end bool, err error) {
	start, opened := len(s.text), s.line
	const (
		atStart = iota
		plain
		quoted
		closed // after the quote that ends a cell, or before the second of two
	)
	state, long := atStart, false
	fail := func(column int, problem string, last bool) {
		if *wrong == nil || last {
			*wrong = &rowError{column, problem, last}
		}
	}
	add := func(c byte) {
		if len(s.text)-start < MaxCell {
			s.text = append(s.text, c)
		} else if !long {
			long = true
			fail(len(s.ends), "is too long", false)
		}
	}
	read := 0
	for {
		c, err := s.in.ReadByte()
		if err == io.EOF {
			s.torn = true
			if state == quoted {
				fail(-1, fmt.Sprintf("has a quote in line %d that is never closed, so what follows was not read", opened), true)
				return true, nil
			}
			if !*begun {
				return true, io.EOF
			}
			return true, nil
		}
		if err != nil {
			return true, err
		}
		*begun = true
		if c == '\r' {
			if next, err := s.in.Peek(1); err == nil && next[0] == '\n' {
				continue // the line ends with what follows
			}
			if state != quoted {
				c = '\n' // as an old Macintosh ends lines
			}
		}
		if c == '\n' {
			s.line++
		}
		switch {
		case state == quoted:
			if read++; read > maxRow {
				fail(-1, fmt.Sprintf("has a quote in line %d that is not closed for long, so what follows was not read", opened), true)
				return true, nil
			}
			if c == '"' {
				state = closed
			} else {
				add(c)
			}
		case c == s.comma || c == '\n':
			s.torn = false
			return c == '\n', nil
		case state == closed && c == '"':
			state = quoted
			add(c)
		case state == closed:
			if c != ' ' {
				fail(-1, "has text after the quote that ends it", false)
			}
		case state == atStart && c == '"':
			state = quoted
		default:
			state = plain
			add(c)
		}
	}
}

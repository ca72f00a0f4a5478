package devices

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds of a file to import.
const (
	maxImportBytes = 64 << 20
	maxImportRows  = 200_000
	maxCell        = 16 << 10 // bytes
)

// A csvRow is a line of a file: its cells by column. A column that the file does
// not have is not in the map.
type csvRow struct {
	line  int
	cells map[string]string
}

// readCSV reads a file as spreadsheets write it: UTF-8 or marked UTF-16, with
// commas, semicolons or tabs. Everything wrong in it goes into the ImportError;
// an error is about reading it.
func readCSV(ctx context.Context, src io.Reader) ([]csvRow, *ImportError, error) {
	wrong := &ImportError{}
	text, err := io.ReadAll(io.LimitReader(
		transform.NewReader(src, unicode.BOMOverride(transform.Nop)), maxImportBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(text) > maxImportBytes {
		return nil, nil, &InvalidError{Field: "file", Problem: fmt.Sprintf("is larger than %d MiB", maxImportBytes>>20)}
	}
	if line, ok := invalidLine(text); !ok {
		wrong.add(line, &InvalidError{Field: "file", Problem: "is not UTF-8 text here"})
		return nil, wrong, nil
	}
	text, delimiter, skipped := dialect(text)

	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = delimiter
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, &InvalidError{Field: "file", Problem: "is empty"}
	}
	if err != nil {
		wrong.addParse(err, skipped)
		return nil, wrong, nil
	}
	line, _ := in.FieldPos(0)
	columns := checkHeader(header, line+skipped, wrong)
	if len(wrong.Rows) > 0 {
		return nil, wrong, nil
	}
	rows, err := readRows(ctx, in, columns, skipped, wrong)
	return rows, wrong, err
}

func readRows(ctx context.Context, in *csv.Reader, columns []string, skipped int, wrong *ImportError) ([]csvRow, error) {
	var rows []csvRow
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			wrong.addParse(err, skipped)
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			return nil, nil // where the next row begins cannot be told
		}
		line, _ := in.FieldPos(0)
		row := csvRow{line: line + skipped, cells: make(map[string]string, len(cells))}
		blank := true
		for i, cell := range cells {
			if len(cell) > maxCell {
				wrong.add(row.line, &InvalidError{Field: columns[i], Value: shorten(cell), Problem: "is too long"})
			}
			cell = restoreCell(strings.TrimSpace(cell))
			blank = blank && cell == ""
			row.cells[columns[i]] = cell
		}
		if blank {
			continue
		}
		if len(rows) == maxImportRows {
			return nil, &InvalidError{Field: "file", Problem: fmt.Sprintf("has more than %d rows", maxImportRows)}
		}
		rows = append(rows, row)
	}
}

// checkHeader returns the names of the columns.
func checkHeader(header []string, line int, wrong *ImportError) []string {
	names := make([]string, len(header))
	for i, cell := range header {
		name := strings.ToLower(strings.Join(strings.Fields(cell), " "))
		switch {
		case !slices.Contains(csvColumns(), name):
			wrong.add(line, &InvalidError{Field: shorten(cell), Problem: "is not a column; there are " + strings.Join(csvColumns(), ", ")})
		case slices.Contains(names, name):
			wrong.add(line, &InvalidError{Field: name, Problem: "is there twice"})
		}
		names[i] = name
	}
	if !slices.Contains(names, colLabel) && !slices.Contains(names, colSerial) {
		wrong.add(line, &InvalidError{Field: colLabel, Problem: "or serial is needed"})
	}
	return names
}

// addParse notes what encoding/csv found wrong.
func (e *ImportError) addParse(err error, skipped int) {
	line := 1
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line = parse.Line
		err = fmt.Errorf("character %d: %w", parse.Column, parse.Err)
		if errors.Is(err, csv.ErrFieldCount) {
			line, err = parse.StartLine, csv.ErrFieldCount
		}
	}
	e.add(line+skipped, &InvalidError{Field: "row", Problem: "cannot be read: " + err.Error()})
}

// dialect finds what separates the cells, and takes off the line in which Excel
// may say it; skipped is the number of lines taken off.
func dialect(text []byte) (rest []byte, delimiter rune, skipped int) {
	first, after, _ := bytes.Cut(text, []byte("\n"))
	trimmed := bytes.TrimRight(first, "\r")
	if named, ok := bytes.CutPrefix(bytes.ToLower(trimmed), []byte("sep=")); ok && len(named) == 1 && strings.ContainsRune(",;\t", rune(named[0])) {
		return after, rune(named[0]), 1
	}
	delimiter = ','
	most, quoted := 0, false
	counts := map[rune]int{}
	for _, r := range string(first) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[r]++
		}
	}
	for _, r := range ",;\t" {
		if counts[r] > most {
			delimiter, most = r, counts[r]
		}
	}
	return text, delimiter, 0
}

// invalidLine returns the first line that is not UTF-8, and whether there is none.
func invalidLine(text []byte) (line int, ok bool) {
	for line = 1; len(text) > 0; line++ {
		var this []byte
		this, text, _ = bytes.Cut(text, []byte("\n"))
		if !utf8.Valid(this) {
			return line, false
		}
	}
	return 0, true
}

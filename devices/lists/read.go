package lists

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Bounds of a list.
const (
	MaxBytes   = 64 << 20
	MaxRows    = 200_000
	MaxColumns = 500
	MaxCell    = 16 << 10 // bytes
	maxRow     = 1 << 20  // bytes
)

// A FileError says that a file is no list that can be read.
type FileError struct{ Problem string }

func (e *FileError) Error() string { return "file " + e.Problem }

// The encodings of a list.
const (
	UTF8        = "UTF-8"
	UTF16       = "UTF-16"
	Windows1252 = "Windows-1252"
)

// A Table is a list that was read.
type Table struct {
	Header   []string // the names of the columns as they are written, without blanks round them
	Line     int      // where they are, from 1
	Encoding string   // [UTF8], [UTF16] or [Windows1252]
	Comma    rune     // what separates the cells

	text chunks
	code encoding.Encoding
	said bool // the first line names what separates the cells
}

// chunks is a text in pieces, since one piece would be copied while it grows.
type chunks [][]byte

func (c chunks) reader() io.Reader {
	readers := make([]io.Reader, len(c))
	for i, piece := range c {
		readers[i] = bytes.NewReader(piece)
	}
	return io.MultiReader(readers...)
}

// Read reads a list, with its header. The error is a [*FileError] about the file, or one of reading it.
func Read(ctx context.Context, src io.Reader) (*Table, error) {
	text, err := readAll(ctx, src)
	if err != nil {
		return nil, err
	}
	t := &Table{text: text}
	if err := t.findEncoding(); err != nil {
		return nil, err
	}
	t.findComma()
	s := t.scan()
	for {
		line, cells, err := s.row()
		switch {
		case errors.Is(err, io.EOF):
			return nil, &FileError{"is empty"}
		case err != nil:
			return nil, &FileError{fmt.Sprintf("has a header that cannot be read: %v", err)}
		case len(cells) > MaxColumns:
			return nil, &FileError{fmt.Sprintf("has more than %d columns", MaxColumns)}
		case !blank(cells):
			t.Line, t.Header = line, make([]string, len(cells))
			for i, cell := range cells {
				t.Header[i] = strings.Clone(strings.TrimSpace(cell))
			}
			return t, nil
		}
	}
}

func readAll(ctx context.Context, src io.Reader) (chunks, error) {
	const piece = 1 << 20
	var text chunks
	for range MaxBytes/piece + 1 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		next := make([]byte, piece)
		n, err := io.ReadFull(src, next)
		if n > 0 {
			text = append(text, next[:n:n])
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return text, nil
		case err != nil:
			return nil, err
		}
	}
	return nil, &FileError{fmt.Sprintf("is larger than %d MiB", MaxBytes>>20)}
}

// findEncoding finds in what the text is written.
func (t *Table) findEncoding() error {
	var start []byte
	if len(t.text) > 0 {
		start = t.text[0][:min(len(t.text[0]), 4096)]
	}
	t.Encoding, t.code = UTF8, unicode.UTF8BOM
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return &FileError{"is a workbook or another archive: save the sheet as CSV"}
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return &FileError{"is an old workbook: save the sheet as CSV"}
	case bytes.HasPrefix(start, []byte("%PDF")):
		return &FileError{"is a PDF, not a list"}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		t.Encoding, t.code = UTF16, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		return nil
	}
	if order, ok := wide(start); ok {
		t.Encoding, t.code = UTF16, unicode.UTF16(order, unicode.IgnoreBOM)
		return nil
	}
	several, odd, oddLine, zero := runes(t.text)
	switch {
	case zero:
		return &FileError{"is no text"}
	case odd == 0:
		return nil
	case several > odd:
		return &FileError{fmt.Sprintf("is not UTF-8 text in line %d, though it is elsewhere", oddLine)}
	}
	t.Encoding, t.code = Windows1252, charmap.Windows1252
	return nil
}

// wide finds UTF-16 without a mark: every other byte of what people write with it is zero.
func wide(start []byte) (unicode.Endianness, bool) {
	var zeros [2]int
	for i, b := range start {
		if b == 0 {
			zeros[i%2]++
		}
	}
	most := len(start) / 4
	switch {
	case most > 0 && zeros[1] >= most && zeros[0] == 0:
		return unicode.LittleEndian, true
	case most > 0 && zeros[0] >= most && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// runes counts the characters of several bytes that are UTF-8 and the bytes that are not, with the line of the first.
func runes(text chunks) (several, odd, oddLine int, zero bool) {
	line, r := 1, bufio.NewReader(text.reader())
	for {
		c, size, err := r.ReadRune()
		switch {
		case err != nil:
			return several, odd, oddLine, zero
		case c == 0:
			return several, odd, oddLine, true
		case c == '\n':
			line++
		case c == utf8.RuneError && size == 1:
			if odd++; odd == 1 {
				oddLine = line
			}
		case size > 1:
			several++
		}
	}
}

// commas are what may separate cells.
const commas = ",;\t|"

// findComma finds what separates the cells: what the first line says, or what the header has most of.
func (t *Table) findComma() {
	start, _ := bufio.NewReaderSize(t.decoded(), 64<<10).Peek(64 << 10)
	first, _, _ := bytes.Cut(bytes.TrimLeft(start, "\r\n"), []byte("\n"))
	if named, ok := bytes.CutPrefix(bytes.ToLower(bytes.Trim(first, "\r\"")), []byte("sep=")); ok && len(named) == 1 && strings.ContainsRune(commas, rune(named[0])) {
		t.Comma, t.said = rune(named[0]), true
		return
	}
	t.Comma = ','
	most, quoted := 0, false
	counts := map[byte]int{}
	for _, c := range first {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[c]++
		}
	}
	for _, c := range []byte(commas) {
		if counts[c] > most {
			t.Comma, most = rune(c), counts[c]
		}
	}
}

func (t *Table) decoded() io.Reader { return transform.NewReader(t.text.reader(), t.code.NewDecoder()) }

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

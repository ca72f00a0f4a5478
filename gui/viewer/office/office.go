package office

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// What is read of a document at most.
const (
	MostText    = 1 << 20  // bytes of text in all
	MostRows    = 20_000   // rows and paragraphs in all
	MostColumns = 256      // columns of a row
	mostParts   = 1000     // sheets or slides
	mostXML     = 32 << 20 // bytes that are unpacked in all
	mostList    = 4 << 20  // bytes of the list of what is packed
	mostStyles  = 64 << 10 // cell formats, as many as Excel knows
)

var (
	// ErrFormat: it is none of the documents that are read here.
	ErrFormat = errors.New("no office document")
	// ErrDamaged: it is such a document, and cannot be read.
	ErrDamaged = errors.New("the office document is damaged")
	// ErrLocked: it opens with a password only.
	ErrLocked = errors.New("the office document is protected by a password")
)

// Kind is what a document is made of.
type Kind int

// The kinds.
const (
	Text   Kind = iota // one part
	Sheets             // a part for each sheet
	Slides             // a part for each slide
)

// Document is the text of a document.
type Document struct {
	Kind  Kind
	Parts []Part
	Cut   bool // there is more than is read here
}

// Part is a text, a sheet or a slide.
type Part struct {
	Name   string // of a sheet
	Hidden bool   // office programs do not show it
	Rows   []Row
}

// Row is a paragraph, or a row of a table.
type Row struct {
	Number int      // the row of a sheet, from 1; 0 elsewhere
	Table  bool     // it is a row of a table or sheet
	Cells  []string // one for a paragraph
}

// Read reads the text of a document of a size in bytes. It fails with [ErrFormat],
// [ErrDamaged] or [ErrLocked], and with errors of r and ctx.
func Read(ctx context.Context, r io.ReaderAt, size int64) (*Document, error) {
	file := &watched{r: r, ctx: ctx, left: mostList}
	head := make([]byte, 8)
	if n, err := file.ReadAt(head, 0); n < len(head) {
		if !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, ErrFormat
	}
	if string(head) == compound {
		return nil, file.compound()
	}
	packed, err := zip.NewReader(file, size)
	if err != nil {
		return nil, file.explain(ErrFormat, err)
	}
	file.left = -1 // from here on, what is unpacked is counted
	b := &book{ctx: ctx, files: make(map[string]*zip.File, len(packed.File)), left: mostXML}
	for _, f := range packed.File {
		b.files[strings.ToLower(f.Name)] = f
	}
	if err := b.read(); err != nil && !errors.Is(err, errFull) {
		return nil, file.explain(ErrDamaged, err)
	}
	return &b.doc, nil
}

// compound begins the files of Office before 2007, and those that it protects by a password.
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// compound tells the two apart: what is protected has a stream of that name ([MS-OFFCRYPTO]
// 2.3.4) at the beginning of its directory ([MS-CFB] 2.2: sectors of 512 or 4096 bytes).
func (w *watched) compound() error {
	head := make([]byte, 0x34)
	if _, err := w.ReadAt(head, 0); err != nil {
		return cmp.Or(w.err, ErrFormat)
	}
	shift, first := binary.LittleEndian.Uint16(head[0x1e:]), binary.LittleEndian.Uint32(head[0x30:])
	if shift != 9 && shift != 12 {
		return ErrFormat
	}
	directory := make([]byte, 4096)
	n, _ := w.ReadAt(directory, (int64(first)+1)<<shift)
	name, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte("EncryptedPackage"))
	if err == nil && bytes.Contains(directory[:n], name) {
		return ErrLocked
	}
	return cmp.Or(w.err, ErrFormat)
}

// watched reads a file, and knows what went wrong with it.
type watched struct {
	r    io.ReaderAt
	ctx  context.Context
	left int64 // bytes that may be read; -1 for all
	err  error
}

var errList = errors.New("too much is packed in it")

// ReadAt is part of io.ReaderAt.
func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	if w.err = w.ctx.Err(); w.err != nil {
		return 0, w.err
	}
	if w.left >= 0 {
		if w.left -= int64(len(p)); w.left < 0 {
			return 0, errList
		}
	}
	n, err := w.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// explain tells what is wrong with the document from what is wrong with its drive.
func (w *watched) explain(kind, err error) error {
	switch {
	case w.err != nil:
		return w.err
	case errors.Is(err, ErrFormat), errors.Is(err, ErrLocked):
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// errFull: as much was read as is shown.
var errFull = errors.New("there is more")

// book is a document being read.
type book struct {
	ctx   context.Context
	files map[string]*zip.File // by their names in lower case
	left  int64                // bytes that may still be unpacked
	doc   Document
	text  int // bytes of text so far
	rows  int
}

// read finds out what it is, and reads it.
func (b *book) read() error {
	if _, err := b.find("content.xml"); err == nil {
		return b.openDocument()
	}
	links, err := b.links("_rels/.rels")
	if err != nil {
		return err
	}
	main, ok := links.ofType("officeDocument")
	if !ok {
		return ErrFormat
	}
	return b.officeOpen(main)
}

// full ends the reading, since there is more than is read.
func (b *book) full() error {
	b.doc.Cut = true
	return errFull
}

// part begins a part.
func (b *book) part(name string, hidden bool) error {
	if len(b.doc.Parts) == mostParts {
		return b.full()
	}
	b.doc.Parts = append(b.doc.Parts, Part{Name: clean(name), Hidden: hidden})
	return nil
}

// add adds a row to the part that is being read.
func (b *book) add(r Row) error {
	if len(r.Cells) > MostColumns {
		r.Cells, b.doc.Cut = r.Cells[:MostColumns], true
	}
	for _, c := range r.Cells {
		b.text += len(c) + 1
	}
	if b.rows++; b.rows > MostRows || b.text > MostText {
		return b.full()
	}
	p := &b.doc.Parts[len(b.doc.Parts)-1]
	p.Rows = append(p.Rows, r)
	return nil
}

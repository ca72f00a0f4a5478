package office

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"
)

const (
	mostToken      = 1 << 20 // bytes of one tag or one piece of text
	mostDepth      = 200     // elements within one another
	mostAttributes = 200     // of an element
	mostLinks      = 10_000  // relations of a packed file
)

var errHostile = errors.New("no office program writes this")

// find finds a packed file by its name, of which the case does not matter.
func (b *book) find(name string) (*zip.File, error) {
	if f, ok := b.files[strings.ToLower(name)]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}

// scanner reads the elements of a packed file one after the other.
type scanner struct {
	dec   *xml.Decoder
	in    *unpacking
	depth int
}

// scan reads a packed file: f is called for each start of an element, and reads what it
// wants of it. A file that is not there is an error wrapping fs.ErrNotExist.
func (b *book) scan(name string, f func(s *scanner, e xml.StartElement) error) error {
	file, err := b.find(name)
	if err != nil {
		return err
	}
	r, err := file.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	in := &unpacking{r: bufio.NewReader(r), b: b}
	s := &scanner{dec: xml.NewDecoder(in), in: in}
	// Names of character sets other than these are not written by office programs.
	s.dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errHostile }
	if err := s.within(f, nil); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// within reads to the end of the element that was begun last, or of the file: start is
// called for each start of an element in it, text for each piece of text. Both may be nil.
func (s *scanner) within(start func(s *scanner, e xml.StartElement) error, text func(string)) error {
	depth := s.depth
	for {
		s.in.token = mostToken
		t, err := s.dec.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if s.depth++; s.depth > mostDepth || len(t.Attr) > mostAttributes {
				return errHostile
			}
			if start == nil {
				continue
			}
			if err := start(s, t); err != nil {
				return err
			}
		case xml.EndElement:
			if s.depth--; s.depth < depth {
				return nil
			}
		case xml.CharData:
			if text != nil {
				text(string(t))
			}
		case xml.Directive:
			return errHostile
		}
	}
}

// skip reads to the end of the element that was begun last.
func (s *scanner) skip() error { return s.within(nil, nil) }

// text is all the text in the element that was begun last.
func (s *scanner) text() (string, error) {
	var t strings.Builder
	err := s.within(nil, func(piece string) { t.WriteString(piece) })
	return t.String(), err
}

// attribute is an attribute by its name without the prefix.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// unpacking counts what is unpacked, in all and for one token.
type unpacking struct {
	r     *bufio.Reader
	b     *book
	token int
}

// ReadByte is part of io.ByteReader, which the decoder reads by.
func (u *unpacking) ReadByte() (byte, error) {
	if u.token--; u.token < 0 {
		return 0, errHostile
	}
	if u.b.left--; u.b.left < 0 {
		return 0, u.b.full()
	}
	if u.b.left%(64<<10) == 0 {
		if err := context.Cause(u.b.ctx); err != nil {
			return 0, err
		}
	}
	return u.r.ReadByte()
}

// Read is part of io.Reader.
func (u *unpacking) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := u.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// links is what a packed file refers to (ECMA-376 part 2, 8.2).
type links struct {
	folder string
	all    []link
	ids    map[string]string // the targets
}

type link struct{ kind, target string }

// links reads the file with the relations of another.
func (b *book) links(name string) (links, error) {
	l := links{folder: path.Dir(path.Dir(name)), ids: map[string]string{}}
	err := b.scan(name, func(_ *scanner, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attribute(e, "TargetMode") == "External" {
			return nil
		}
		if len(l.all) == mostLinks {
			return errHostile
		}
		id, target := attribute(e, "Id"), attribute(e, "Target")
		l.all = append(l.all, link{path.Base(attribute(e, "Type")), target})
		if _, twice := l.ids[id]; !twice {
			l.ids[id] = target
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return l, ErrFormat
	}
	return l, err
}

// linksOf reads the relations of a packed file.
func (b *book) linksOf(name string) (links, error) {
	return b.links(path.Join(path.Dir(name), "_rels", path.Base(name)+".rels"))
}

func (l links) ofType(kind string) (string, bool) {
	for _, k := range l.all {
		if k.kind == kind {
			return l.path(k.target), true
		}
	}
	return "", false
}

func (l links) byID(id string) (string, bool) {
	target, ok := l.ids[id]
	return l.path(target), ok
}

// path is where a target is.
func (l links) path(target string) string {
	if rooted, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rooted)
	}
	return path.Join(l.folder, target)
}

// clean drops what is not to be shown in a line of text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

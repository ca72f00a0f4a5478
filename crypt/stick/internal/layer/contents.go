package layer

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"

	"stowage/crypt/stick/internal/stickpath"
)

// A table of contents says what one or more layers hold, so that opening a
// stick need not read them: text, one line a thing, fields between tabs.
// FORMAT.md, "Contents".
const contentsIntro = "stowage contents v1"

// writeContents writes the table of some layers of one key.
func writeContents(w io.Writer, layers []*Layer, key *Key, stick string) error {
	b := bufio.NewWriterSize(w, chunkSize)
	mac := hmac.New(sha256.New, key.MAC.contents)
	signed := io.MultiWriter(b, mac)
	fmt.Fprintf(signed, "%s\t%s\n", contentsIntro, stick)
	var lines []byte
	for _, l := range layers {
		lines = appendLayer(lines[:0], l)
		for r := range l.Records.All() {
			e := r.Entry()
			if lines = appendEntry(lines, &e); len(lines) > chunkSize {
				_, _ = signed.Write(lines) // Flush returns the error
				lines = lines[:0]
			}
		}
		_, _ = signed.Write(lines)
	}
	fmt.Fprintf(b, "hmac\t%x\n", mac.Sum(nil))
	return b.Flush()
}

// appendLayer writes what a table says of a layer itself.
func appendLayer(b []byte, l *Layer) []byte {
	b = fmt.Appendf(b, "layer\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, l.Digest, l.Time.Format(time.RFC3339), l.Prev, orDash(l.Was), l.End, joinSizes(l.Parts))
	if replaced := l.Replaced.String(); replaced != "" && !l.Tidied {
		b = fmt.Appendf(b, "replaced\t%s\n", replaced)
	}
	if l.Tidied {
		b = fmt.Appendf(b, "tidied\t%s\n", l.Replaced)
		for _, ref := range l.Below {
			b = fmt.Appendf(b, "below\t%s\n", ref)
		}
	}
	return b
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func joinSizes(sizes []int64) string {
	parts := make([]string, len(sizes))
	for i, n := range sizes {
		parts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(parts, ",")
}

func appendEntry(b []byte, e *Entry) []byte {
	b = append(b, byte(e.Kind), '\t')
	switch e.Kind {
	case FileRecord:
		b = strconv.AppendInt(b, e.off, 10)
		b = append(b, '\t')
		b = strconv.AppendInt(b, e.Size, 10)
		b = append(b, '\t')
		fallthrough
	case FolderRecord, LinkRecord:
		b = strconv.AppendInt(b, e.MTime, 10)
		b = append(b, '\t')
	}
	b = appendEscaped(b, e.Path)
	if e.Kind == LinkRecord {
		b = append(b, '\t')
		b = appendEscaped(b, e.Link)
	}
	return append(b, '\n')
}

// appendEscaped writes control characters and "%" as "%" and two digits.
func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == 0x7f || c == '%' {
			b = fmt.Appendf(b, "%%%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}

func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", errContents
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", errContents
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String(), nil
}

var errContents = fmt.Errorf("%w: table of contents", ErrDamaged)

// readContents checks and reads a table. What is beyond its hmac line is padding. Only that line tells
// whether the rest can be believed: what is wrong with it before is no error until then. With a nil keeper
// nothing is kept.
func readContents(table io.Reader, key *Key, stick string, keep *Recorder) ([]*Layer, error) {
	p := contentsParser{key: key, stick: stick, keep: keep}
	mac := hmac.New(sha256.New, key.MAC.contents)
	lines := &lineReader{r: bufio.NewReaderSize(table, chunkSize)}
	var bad error
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil, errContents
		}
		if err != nil {
			return nil, err
		}
		if given, ok := bytes.CutPrefix(line, []byte("hmac\t")); ok {
			if !isMAC(given, mac) || !lines.padding() {
				return nil, fmt.Errorf("%w: table of contents", ErrForged)
			}
			break
		}
		mac.Write(line)
		mac.Write([]byte{'\n'})
		if bad == nil && keep != nil {
			bad = p.line(line)
		}
	}
	if keep == nil {
		return nil, nil
	}
	keep.done()
	if bad == nil && !p.begun {
		bad = errContents
	}
	return p.layers, bad
}

func isMAC(given []byte, mac hash.Hash) bool {
	sum, err := hex.DecodeString(string(given))
	return err == nil && hmac.Equal(sum, mac.Sum(nil))
}

// maxLine is how long a line of a table may be: the longest lists what tidying replaced.
const maxLine = 1 << 20

// lineReader reads the lines of a table.
type lineReader struct {
	r    *bufio.Reader
	long []byte // what of the line did not fit the reader's buffer
}

// next returns the next line, without its end, until it is called again. A line without an end is [io.EOF].
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		line, err := l.r.ReadSlice('\n')
		if err == nil && len(l.long) == 0 {
			return line[:len(line)-1], nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if l.long = append(l.long, line...); len(l.long) > maxLine {
			return nil, errContents
		}
		if err == nil {
			return l.long[:len(l.long)-1], nil
		}
	}
}

// padding reports whether only empty lines follow.
func (l *lineReader) padding() bool {
	for {
		c, err := l.r.ReadByte()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		if c != '\n' {
			return false
		}
	}
}

// contentsParser reads the lines of an authentic table. It still checks every
// value: whoever held the key once may have written it.
type contentsParser struct {
	key     *Key
	stick   string
	keep    *Recorder
	begun   bool // the first line was there
	layers  []*Layer
	current *Layer
}

func (p *contentsParser) line(line []byte) error {
	kind, fields, _ := strings.Cut(string(line), "\t")
	if !p.begun {
		p.begun = true
		if kind != contentsIntro || fields != p.stick {
			return errContents
		}
		return nil
	}
	if kind == "layer" {
		return p.layer(fields)
	}
	if p.current == nil {
		return errContents
	}
	switch kind {
	case "f", "d", "h", "w":
		e, err := parseEntry(recordKind(kind[0]), fields)
		if err != nil {
			return err
		}
		if e.Kind == FileRecord && e.Size > p.current.Size()-e.off {
			return fmt.Errorf("%w: a file that is larger than its layer", errContents)
		}
		_, err = p.keep.Add(&e)
		return err
	case "tidied", "replaced":
		p.current.Tidied = kind == "tidied"
		var err error
		if p.current.Replaced, err = parseHistory(fields); err != nil {
			return err
		}
		return p.keep.budget.Charge(CostRef * len(p.current.Replaced.Refs))
	case "below":
		ref, err := ParseRef(fields)
		if err != nil || ref.Seq == 0 || ref.Seq >= p.current.ID.Seq || len(p.current.Below) == MaxListed {
			return errContents
		}
		p.current.Below = append(p.current.Below, ref)
		return p.keep.budget.Charge(CostRef)
	}
	return errContents
}

func (p *contentsParser) layer(fields string) error {
	f := strings.Split(fields, "\t")
	if len(f) != 7 {
		return errContents
	}
	id, _, ok := ParseName(f[0] + ".age")
	when, timeErr := time.Parse(time.RFC3339, f[2])
	prev, prevErr := ParseRef(f[3])
	was := strings.TrimPrefix(f[4], "-")
	end, endErr := strconv.ParseInt(f[5], 10, 64)
	sizes, sizesErr := splitSizes(f[6])
	if !ok || !IsDigest(f[1]) || timeErr != nil || prevErr != nil || was != "" && !IsDigest(was) || endErr != nil || sizesErr != nil {
		return errContents
	}
	p.current = &Layer{
		Header: Header{Stick: p.stick, ID: id, Time: when.UTC(), Prev: prev, Was: was},
		Parts:  sizes, Digest: f[1], Key: p.key, End: end,
	}
	p.layers = append(p.layers, p.current)
	p.keep.done()
	if err := p.keep.Begin(p.current); err != nil {
		return err
	}
	return p.keep.budget.Charge(8 * len(sizes))
}

func splitSizes(s string) ([]int64, error) {
	var sizes []int64
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || n < 0 || len(sizes) == MaxParts {
			return nil, errContents
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

func parseEntry(kind recordKind, fields string) (Entry, error) {
	e := Entry{Kind: kind}
	ok := true
	number := func() (v int64) {
		field, rest, cut := strings.Cut(fields, "\t")
		v, err := strconv.ParseInt(field, 10, 64)
		fields, ok = rest, ok && cut && err == nil
		return v
	}
	switch kind {
	case FileRecord:
		e.off, e.Size, e.MTime = number(), number(), number()
	case FolderRecord, LinkRecord:
		e.MTime = number()
	}
	if !ok {
		return e, errContents
	}
	name, link, linked := strings.Cut(fields, "\t")
	if linked != (kind == LinkRecord) || e.off < 0 || e.Size < 0 || e.MTime < minTime || e.MTime > maxTime {
		return e, errContents
	}
	e.MTime = TarTime(e.MTime) // tables once said year 1 of a folder without a time
	var err error
	if e.Path, err = unescape(name); err != nil {
		return e, err
	}
	if e.Link, err = unescape(link); err != nil {
		return e, err
	}
	if err := stickpath.Check(e.Path); err != nil {
		return e, err
	}
	if linked {
		err = stickpath.Check(e.Link)
	}
	return e, err
}

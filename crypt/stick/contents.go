package stick

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A table of contents says what one or more layers hold, so that opening a
// stick need not read them: text, one line a thing, fields between tabs.
// FORMAT.md, "Contents".
const contentsIntro = "stowage contents v1"

// maxTableEntries bounds what one table lists.
const maxTableEntries = 4 << 20

// writeContents writes the table of some layers of one key.
func writeContents(layers []*layer, key *stickKey, stick string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\t%s\n", contentsIntro, stick)
	var line []byte
	for _, l := range layers {
		fmt.Fprintf(&b, "layer\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.id, l.digest, l.time.Format(time.RFC3339), l.prev, orDash(l.was), l.end, joinSizes(l.parts))
		if l.tidied {
			fmt.Fprintf(&b, "tidied\t%s\n", l.replaced)
			for _, ref := range l.below {
				fmt.Fprintf(&b, "below\t%s\n", ref)
			}
		}
		for i := range l.records {
			line = appendRecord(line[:0], &l.records[i])
			b.Write(line)
		}
	}
	mac := hmac.New(sha256.New, key.mac.contents)
	mac.Write(b.Bytes())
	fmt.Fprintf(&b, "hmac\t%x\n", mac.Sum(nil))
	return b.Bytes()
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

func appendRecord(b []byte, r *record) []byte {
	b = append(b, byte(r.kind), '\t')
	switch r.kind {
	case recFile:
		b = strconv.AppendInt(b, r.off, 10)
		b = append(b, '\t')
		b = strconv.AppendInt(b, r.size, 10)
		b = append(b, '\t')
		fallthrough
	case recFolder, recLink:
		b = strconv.AppendInt(b, r.mtime, 10)
		b = append(b, '\t')
	}
	b = appendEscaped(b, r.path)
	if r.kind == recLink {
		b = append(b, '\t')
		b = appendEscaped(b, r.link)
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

// readContents checks and reads a table. What is beyond its hmac line is padding.
func readContents(text string, key *stickKey, stick string) ([]*layer, error) {
	signed, rest, ok := cutLast(text, "\nhmac\t")
	if !ok {
		return nil, errContents
	}
	signed += "\n"
	given, err := hex.DecodeString(strings.TrimRight(rest, "\n"))
	mac := hmac.New(sha256.New, key.mac.contents)
	mac.Write([]byte(signed))
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return nil, fmt.Errorf("%w: table of contents", ErrForged)
	}
	intro, body, _ := strings.Cut(signed, "\n")
	if intro != contentsIntro+"\t"+stick {
		return nil, errContents
	}
	p := contentsParser{key: key, stick: stick}
	for body != "" {
		var line string
		line, body, _ = strings.Cut(body, "\n")
		if err := p.line(line, body); err != nil {
			return nil, err
		}
	}
	return p.layers, nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// contentsParser reads the lines of an authentic table. It still checks every
// value: whoever held the key once may have written it.
type contentsParser struct {
	key     *stickKey
	stick   string
	layers  []*layer
	current *layer
	entries int
	implied impliedFolders
}

func (p *contentsParser) line(line, rest string) error {
	kind, fields, _ := strings.Cut(line, "\t")
	if kind == "layer" {
		return p.layer(fields, rest)
	}
	if p.current == nil {
		return errContents
	}
	switch kind {
	case "f", "d", "h", "w":
		r, err := parseRecord(recordKind(kind[0]), fields)
		if err != nil {
			return err
		}
		if r.kind == recFile && r.size > p.current.size()-r.off {
			return fmt.Errorf("%w: a file that is larger than its layer", errContents)
		}
		r.layer = p.current
		if p.entries++; p.entries > maxTableEntries || !p.implied.add(&r, maxTableEntries) {
			return fmt.Errorf("%w: table of contents", ErrTooLarge)
		}
		p.current.records = append(p.current.records, r)
	case "tidied":
		p.current.tidied = true
		var err error
		if p.current.replaced, err = parseHistory(fields); err != nil {
			return err
		}
	case "below":
		ref, err := parseRef(fields)
		if err != nil || ref.seq == 0 || ref.seq >= p.current.id.seq {
			return errContents
		}
		p.current.below = append(p.current.below, ref)
	default:
		return errContents
	}
	return nil
}

func (p *contentsParser) layer(fields, rest string) error {
	f := strings.Split(fields, "\t")
	if len(f) != 7 {
		return errContents
	}
	id, _, ok := parseLayerName(f[0] + ".age")
	when, timeErr := time.Parse(time.RFC3339, f[2])
	prev, prevErr := parseRef(f[3])
	was := strings.TrimPrefix(f[4], "-")
	end, endErr := strconv.ParseInt(f[5], 10, 64)
	sizes, sizesErr := splitSizes(f[6])
	if !ok || !isDigest(f[1]) || timeErr != nil || prevErr != nil || was != "" && !isDigest(was) || endErr != nil || sizesErr != nil {
		return errContents
	}
	p.current = &layer{
		layerHeader: layerHeader{stick: p.stick, id: id, time: when.UTC(), prev: prev, was: was},
		parts:       sizes, digest: f[1], key: p.key, end: end,
	}
	// Room for its records at once: there are at most as many as lines up to the next layer.
	if next := strings.Index(rest, "\nlayer\t"); next >= 0 {
		rest = rest[:next]
	}
	p.current.records = make([]record, 0, min(strings.Count(rest, "\n")+1, maxEntries))
	p.layers = append(p.layers, p.current)
	return nil
}

func splitSizes(s string) ([]int64, error) {
	var sizes []int64
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || n < 0 || len(sizes) == maxParts {
			return nil, errContents
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

func parseRecord(kind recordKind, fields string) (record, error) {
	r := record{kind: kind}
	var numbers []*int64
	switch kind {
	case recFile:
		numbers = []*int64{&r.off, &r.size, &r.mtime}
	case recFolder, recLink:
		numbers = []*int64{&r.mtime}
	}
	for _, n := range numbers {
		field, rest, ok := strings.Cut(fields, "\t")
		v, err := strconv.ParseInt(field, 10, 64)
		if !ok || err != nil {
			return r, errContents
		}
		*n, fields = v, rest
	}
	name, link, linked := strings.Cut(fields, "\t")
	if linked != (kind == recLink) || r.off < 0 || r.size < 0 || r.mtime < minTime || r.mtime > maxTime {
		return r, errContents
	}
	r.mtime = tarTime(r.mtime) // tables once said year 1 of a folder without a time
	var err error
	if r.path, err = unescape(name); err != nil {
		return r, err
	}
	if r.link, err = unescape(link); err != nil {
		return r, err
	}
	if err := CheckPath(r.path); err != nil {
		return r, err
	}
	if linked {
		err = CheckPath(r.link)
	}
	return r, err
}

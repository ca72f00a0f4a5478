package devices

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// A Tree is the register's log at one moment: how many events there were and
// the one hash that pins them all. The log is the Merkle tree of RFC 6962,
// section 2.1, whose leaf n-1 is the canonical form of event n.
type Tree struct {
	Size int64     `json:"size"` // events
	Root tlog.Hash `json:"root"`
}

// A Frontier is the right edge of the log while it grows: the hashes of its
// complete subtrees, the largest first. The zero value is an empty log.
type Frontier struct {
	size   int64
	hashes []tlog.Hash
	buffer []byte
}

// LoadFrontier makes the frontier of a log of size events again out of what
// [Frontier.Add] returned for some of them, which read returns by the event's
// number. What cannot be that is [ErrCorrupt].
func LoadFrontier(size int64, read func(number int64) ([]byte, error)) (*Frontier, error) {
	f := &Frontier{size: size}
	number := int64(0) // of the last event of the subtree
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if size>>level&1 == 0 {
			continue
		}
		number += 1 << level
		hashes, err := read(number)
		if err != nil {
			return nil, err
		}
		if len(hashes) != LogSize(number) {
			return nil, fmt.Errorf("event %d: %w: %d bytes of hashes", number, ErrCorrupt, len(hashes))
		}
		f.hashes = append(f.hashes, tlog.Hash(hashes[level*tlog.HashSize:]))
	}
	return f, nil
}

// logHashes is how many subtrees an event completes: its own leaf, and one more
// for every power of two that divides its number.
func logHashes(number int64) int { return bits.TrailingZeros64(uint64(number)) + 1 }

// LogSize is the size in bytes of what [Frontier.Add] returns for an event.
func LogSize(number int64) int { return logHashes(number) * tlog.HashSize }

// Add adds the next event. It returns the hashes of the subtrees that the event
// completes, its own leaf first: what a store keeps with the event.
func (f *Frontier) Add(e Event) ([]byte, error) {
	return f.add(make([]byte, 0, LogSize(e.Number)), e)
}

// add is Add, which appends the hashes to completed.
func (f *Frontier) add(completed []byte, e Event) ([]byte, error) {
	if e.Number != f.size+1 {
		return nil, fmt.Errorf("event %d after %d: %w", e.Number, f.size, ErrCorrupt)
	}
	var err error
	if f.buffer, err = e.appendCanonical(f.buffer[:0]); err != nil {
		return nil, err
	}
	return f.addLeaf(completed, tlog.RecordHash(f.buffer)), nil
}

// addLeaf is add with the hash of the event alone.
func (f *Frontier) addLeaf(completed []byte, hash tlog.Hash) []byte {
	f.size++
	completed = append(completed, hash[:]...)
	for range logHashes(f.size) - 1 {
		last := len(f.hashes) - 1
		hash = tlog.NodeHash(f.hashes[last], hash)
		f.hashes = f.hashes[:last]
		completed = append(completed, hash[:]...)
	}
	f.hashes = append(f.hashes, hash)
	return completed
}

// Tree is the log as it is so far.
func (f *Frontier) Tree() Tree {
	if f.size == 0 {
		root, _ := tlog.TreeHash(0, nil) // of nothing, which cannot fail
		return Tree{Root: root}
	}
	last := len(f.hashes) - 1
	root := f.hashes[last]
	for i := last - 1; i >= 0; i-- {
		root = tlog.NodeHash(f.hashes[i], root)
	}
	return Tree{Size: f.size, Root: root}
}

// appendCanonical appends what [Event.Canonical] returns for an event whose body
// is canonical, and takes a fraction of the time. Any other body gives another
// text; what is no single JSON value is refused, since it could run on into the
// next name.
func (e Event) appendCanonical(b []byte) ([]byte, error) {
	b = append(b, `{"actor":`...)
	b, err := appendText(b, e.Actor)
	b = append(append(b, `,"body":`...), e.Body...)
	for _, f := range []struct{ name, value string }{
		{`,"device":`, e.Device},
		{`,"holder":`, e.Holder},
		{`,"key":`, e.Key},
		{`,"kind":`, string(e.Kind)},
		{`,"loan":`, e.Loan},
		{`,"login":`, e.Login},
	} {
		if f.value == "" && f.name != `,"kind":` {
			continue
		}
		var failed error
		if b, failed = appendText(append(b, f.name...), f.value); failed != nil {
			err = failed
		}
	}
	b = strconv.AppendInt(append(b, `,"number":`...), e.Number, 10)
	b = e.Time.UTC().AppendFormat(append(b, `,"time":"`...), time.RFC3339Nano)
	if err != nil || skipPlain(e.Body, 0, 0) != len(e.Body) && (!json.Valid(e.Body) || !utf8.Valid(e.Body)) {
		return b, fmt.Errorf("event %d: %w: not text in canonical form", e.Number, ErrCorrupt)
	}
	return append(b, `"}`...), nil
}

// appendText appends a JSON string.
func appendText(b []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			if !utf8.ValidString(text) { // or what is not text would be taken for U+FFFD
				return b, ErrCorrupt
			}
			quoted, err := marshal(text)
			return append(b, quoted...), err
		}
	}
	return append(append(append(b, '"'), text...), '"'), nil
}

// skipPlain returns where the JSON value that begins at text[i] ends, if it is of
// the simple kind that most bodies are: plain ASCII, whole numbers, few levels. For any
// other it returns -1, and [json.Valid] has to say whether it is one, which
// takes as long as hashing it.
func skipPlain(text []byte, i, level int) int {
	if i >= len(text) || level > 4 {
		return -1
	}
	switch c := text[i]; {
	case c == '"':
		return skipPlainText(text, i)
	case c >= '1' && c <= '9':
		for i++; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		}
		return i
	case c == 't' && bytes.HasPrefix(text[i:], []byte("true")):
		return i + len("true")
	case c != '{':
		return -1
	}
	for {
		if i = skipPlainText(text, i+1); i < 0 || i == len(text) || text[i] != ':' {
			return -1
		}
		if i = skipPlain(text, i+1, level+1); i < 0 || i == len(text) {
			return -1
		}
		if text[i] == '}' {
			return i + 1
		}
		if text[i] != ',' {
			return -1
		}
	}
}

// skipPlainText is skipPlain for a string.
func skipPlainText(text []byte, i int) int {
	if i >= len(text) || text[i] != '"' {
		return -1
	}
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c < ' ' || c >= 0x7f || c == '\\':
			return -1
		}
	}
	return -1
}

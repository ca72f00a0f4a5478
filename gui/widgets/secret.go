package widgets

import (
	"unicode/utf8"
)

// largestSecret bounds a passphrase, in bytes. The buffer has that room from the start,
// so that growing leaves no copies behind.
const largestSecret = 1024

// secret is text being edited that must not be left lying in memory. Positions are
// counted in runes.
type secret struct {
	bytes  []byte // UTF-8
	caret  int
	anchor int // where the selection began; equal to caret when nothing is selected
}

func newSecret() *secret { return &secret{bytes: make([]byte, 0, largestSecret)} }

// length is the number of runes.
func (s *secret) length() int { return utf8.RuneCount(s.bytes) }

// at is the byte at which a rune begins.
func (s *secret) at(runes int) int {
	i := 0
	for ; runes > 0 && i < len(s.bytes); runes-- {
		_, size := utf8.DecodeRune(s.bytes[i:])
		i += size
	}
	return i
}

// selection returns the selected runes, from and up to.
func (s *secret) selection() (from, to int) { return min(s.caret, s.anchor), max(s.caret, s.anchor) }

// insert puts text in the place of the selection, and reports whether there was
// room for it.
func (s *secret) insert(text []byte) bool {
	from, to := s.selection()
	start, end := s.at(from), s.at(to)
	if len(s.bytes)-(end-start)+len(text) > largestSecret {
		return false
	}
	s.cut(start, end)
	n := len(s.bytes)
	s.bytes = s.bytes[:n+len(text)]
	copy(s.bytes[start+len(text):], s.bytes[start:n])
	copy(s.bytes[start:], text)
	s.caret = from + utf8.RuneCount(text)
	s.anchor = s.caret
	return true
}

// remove removes the selection, or else so many runes before (negative) or after the
// caret.
func (s *secret) remove(runes int) {
	if s.caret == s.anchor {
		s.anchor = min(max(s.caret+runes, 0), s.length())
	}
	from, to := s.selection()
	s.cut(s.at(from), s.at(to))
	s.caret, s.anchor = from, from
}

// cut removes bytes, and wipes what was behind the new end.
func (s *secret) cut(start, end int) {
	n := len(s.bytes)
	s.bytes = append(s.bytes[:start], s.bytes[end:]...)
	clear(s.bytes[len(s.bytes):n])
}

// move moves the caret, and with it the selection unless that is to be extended.
func (s *secret) move(to int, extend bool) {
	s.caret = min(max(to, 0), s.length())
	if !extend {
		s.anchor = s.caret
	}
}

// take returns a copy and wipes what is here.
func (s *secret) take() []byte {
	out := append([]byte(nil), s.bytes...)
	s.wipe()
	return out
}

func (s *secret) wipe() {
	clear(s.bytes[:cap(s.bytes)])
	s.bytes, s.caret, s.anchor = s.bytes[:0], 0, 0
}

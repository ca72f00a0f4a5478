package crypt

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// MaxWorkFactor is the highest scrypt work factor, as log2, of a passphrase-
// protected file that is opened: about 15 seconds and 4 GiB of memory. A hostile
// file could otherwise keep a computer busy for days. An identity can set a
// lower one for itself.
const MaxWorkFactor = 22

const (
	// intro is what the first line of every version of age begins with.
	intro = "age-encryption.org/"
	// maxHeader bounds the age header, which a hostile file could make endless.
	// The age package itself refuses one of more than 2 MiB.
	maxHeader = 4 << 20
	// maxArmorSpace is how much white space age allows before armor.
	maxArmorSpace = 1024
)

// dearmored removes the armor where there is one, which Windows' programs may have put a
// byte order mark before, or written in UTF-16. Before anything else such a mark makes it
// nothing that age reads.
func dearmored(src io.Reader) (plain *bufio.Reader, armored bool) {
	head := bufio.NewReader(src)
	text := textReader(head)
	start, _ := text.Peek(maxArmorSpace + len(armor.Header))
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("-----BEGIN AGE")):
		return bufio.NewReader(armor.NewReader(text)), true
	case text != head:
		return bufio.NewReader(bytes.NewReader(nil)), false
	}
	return head, false
}

// BeginsAsAge reports whether a file that begins with start is an age file by its first
// line, which armor may stand for; 128 bytes are enough to tell, and no more are looked at.
// Whether it can be opened is for [Inspect] and those that open it to say.
func BeginsAsAge(start []byte) bool {
	start = start[:min(len(start), 128)]
	return bytes.HasPrefix(start, []byte(intro)) || bytes.HasPrefix(Text(start), []byte(armor.Header))
}

// header is an age header with what follows it.
type header struct {
	text []byte
	rest io.Reader // the nonce and the payload
}

// readHeader reads the header, which may be damaged or hostile.
func readHeader(src *bufio.Reader) (header, error) {
	if start, err := src.Peek(len(intro)); string(start) != intro {
		if err != nil && err != io.EOF {
			return header{}, headerError(err)
		}
		return header{}, ErrNotAge
	}
	var seen bytes.Buffer
	text, err := age.ExtractHeader(io.TeeReader(io.LimitReader(src, maxHeader), &seen))
	if err != nil {
		return header{}, headerError(err)
	}
	return header{text, io.MultiReader(bytes.NewReader(seen.Bytes()[len(text):]), src)}, nil
}

// stanzas returns the type and the arguments of each recipient stanza.
func (h header) stanzas() [][]string {
	var all [][]string
	for line := range strings.Lines(string(h.text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "->" {
			all = append(all, fields[1:])
		}
	}
	return all
}

// workFactor is that of the scrypt stanza, or 0 if there is none that is valid.
func (h header) workFactor() int {
	for _, s := range h.stanzas() {
		if s[0] == "scrypt" && len(s) == 3 {
			if factor, err := strconv.Atoi(s[2]); err == nil && factor > 0 {
				return factor
			}
		}
	}
	return 0
}

// open returns the file key, which the caller wipes.
func (h header) open(identities []age.Identity) ([]byte, error) {
	if len(identities) == 0 {
		return nil, fmt.Errorf("%w: none was given", ErrNoIdentity)
	}
	if factor := h.workFactor(); factor > MaxWorkFactor && havePassphrase(identities) {
		return nil, fmt.Errorf("%w: %d, at most %d is tried", ErrWorkFactor, factor, MaxWorkFactor)
	}
	fileKey, err := age.DecryptHeader(h.text, identities...)
	if err != nil {
		return nil, identityError(err, identities)
	}
	return fileKey, nil
}

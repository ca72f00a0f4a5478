package layer

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"

	"stowage/crypt/stick/internal/layout"
)

// MaxParts is how many parts a layer may have, the first included: part numbers have three digits.
const MaxParts = 1000

// ID names a layer: its sequence number, and random digits so that no
// name is ever used twice.
type ID struct {
	Seq  int64
	rand string // eight hexadecimal digits
}

var layerPattern = regexp.MustCompile(`^([0-9]{8,15})-([0-9a-f]{8})\.age(?:\.([0-9]{3}))?$`)

func NewID(seq int64) ID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return ID{seq, hex.EncodeToString(b[:])}
}

func (id ID) String() string { return fmt.Sprintf("%08d-%s", id.Seq, id.rand) }

// Part returns the name of the layer's nth part, 0 being the first.
func (id ID) Part(n int) string {
	if n == 0 {
		return path.Join(layout.Layers, id.String()+".age")
	}
	return path.Join(layout.Layers, fmt.Sprintf("%s.age.%03d", id, n))
}

// ContentsName returns the name of the table of contents of that id.
func (id ID) ContentsName() string { return path.Join(layout.Contents, id.String()+".age") }

// ParseName takes a file name in layers or contents apart.
func ParseName(name string) (id ID, part int, ok bool) {
	m := layerPattern.FindStringSubmatch(name)
	if m == nil {
		return id, 0, false
	}
	seq, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || seq == 0 {
		return id, 0, false
	}
	id = ID{seq, m[2]}
	if m[3] != "" {
		part, _ = strconv.Atoi(m[3])
		if part == 0 {
			return id, 0, false
		}
	}
	// One name per number: no more leading zeros than it takes.
	return id, part, id.String()+m[0][len(m[1])+9:] == m[0]
}

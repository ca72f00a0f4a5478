package stick

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"

	"stowage/crypt/stick/internal/layout"
)

// maxParts is how many parts a layer may have, the first included: part numbers have three digits.
const maxParts = 1000

// layerID names a layer: its sequence number, and random digits so that no
// name is ever used twice.
type layerID struct {
	seq  int64
	rand string // eight hexadecimal digits
}

var layerPattern = regexp.MustCompile(`^([0-9]{8,15})-([0-9a-f]{8})\.age(?:\.([0-9]{3}))?$`)

func newLayerID(seq int64) layerID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return layerID{seq, hex.EncodeToString(b[:])}
}

func (id layerID) String() string { return fmt.Sprintf("%08d-%s", id.seq, id.rand) }

// part returns the name of the layer's nth part, 0 being the first.
func (id layerID) part(n int) string {
	if n == 0 {
		return path.Join(layout.Layers, id.String()+".age")
	}
	return path.Join(layout.Layers, fmt.Sprintf("%s.age.%03d", id, n))
}

// contentsName returns the name of the table of contents of that id.
func (id layerID) contentsName() string { return path.Join(layout.Contents, id.String()+".age") }

// parseLayerName takes a file name in layers or contents apart.
func parseLayerName(name string) (id layerID, part int, ok bool) {
	m := layerPattern.FindStringSubmatch(name)
	if m == nil {
		return id, 0, false
	}
	seq, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || seq == 0 {
		return id, 0, false
	}
	id = layerID{seq, m[2]}
	if m[3] != "" {
		part, _ = strconv.Atoi(m[3])
		if part == 0 {
			return id, 0, false
		}
	}
	// One name per number: no more leading zeros than it takes.
	return id, part, id.String()+m[0][len(m[1])+9:] == m[0]
}

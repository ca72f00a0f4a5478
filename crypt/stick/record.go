package stick

import (
	"time"

	"filippo.io/age"
)

// recordKind is the kind of a tar entry.
type recordKind byte

const (
	recFile     recordKind = 'f'
	recFolder   recordKind = 'd'
	recLink     recordKind = 'h' // a further name of a file, made by renaming
	recWhiteout recordKind = 'w' // a deletion
)

// record is one entry of a layer. Records are never changed once their layer
// is complete, and so may be read without a lock.
type record struct {
	layer *layer
	kind  recordKind
	since uint32 // recFile: Unix seconds when it was stored, where tidying wrote it again meanwhile; else 0
	path  string
	link  string // recLink: the name it is a further name of
	size  int64  // recFile: bytes
	mtime int64  // Unix seconds
	off   int64  // recFile: where its data begins in the layer's tar
}

// storedAt is when the content was stored, in Unix seconds, whatever tidying did since the
// stick was opened.
func (r *record) storedAt() uint32 {
	if r.since != 0 {
		return r.since
	}
	return uint32(r.layer.time.Unix())
}

func (r *record) modTime() time.Time { return time.Unix(r.mtime, 0).UTC() }

// layer is a whole and authentic layer.
type layer struct {
	layerHeader
	parts   []int64 // sizes of its parts on the drive
	digest  string
	key     *stickKey // what it is encrypted to
	records []record
	gaps    bool  // the layer is damaged, and not all of its entries may have been found
	end     int64 // where the last entry ends in the tar, padding to blocks included
}

func (l *layer) ref() layerRef { return layerRef{l.id.seq, l.digest} }

// size returns the bytes it takes on the drive.
func (l *layer) size() int64 {
	var sum int64
	for _, n := range l.parts {
		sum += n
	}
	return sum
}

// stickKey is a stick's identity, ready for use.
type stickKey struct {
	recipient age.Recipient
	identity  age.Identity
	mac       *macKeys
	retired   bool  // being replaced by a rotation
	lastSeq   int64 // of a retired key: newer layers do not count
}

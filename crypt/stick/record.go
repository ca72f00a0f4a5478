package stick

import (
	"strings"
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

// entry is what one tar entry of a layer says, or is to say.
type entry struct {
	kind  recordKind
	since uint32 // recFile: Unix seconds when it was stored, where tidying wrote it again meanwhile; else 0
	path  string
	link  string // recLink: the name it is a further name of
	size  int64  // recFile: bytes
	mtime int64  // Unix seconds
	off   int64  // recFile: where its data begins in the layer's tar
}

// record is one entry of a layer as it is kept in memory, where there may be a million of them:
// the paths of folders are the layer's, each there once. Records are never changed once their
// layer is complete, and so may be read without a lock.
type record struct {
	layer *layer
	base  string // the last element of its path
	size  int64  // recFile: bytes
	mtime int64  // Unix seconds
	off   int64  // recFile: where its data begins in the layer's tar; recLink: which of the layer's links
	since uint32 // as in entry
	dir   uint32 // which of the layer's dirs it lies in
	kind  recordKind
}

// folder is the path of the folder that the record lies in; the top is ".".
func (r *record) folder() string { return r.layer.dirs[r.dir] }

// path is the record's path, put together.
func (r *record) path() string { return join(r.folder(), r.base) }

// is reports whether the record's path is p.
func (r *record) is(p string) bool {
	base, ok := strings.CutSuffix(p, r.base)
	return ok && (base == "" && r.folder() == "." || len(base) > 0 && base[len(base)-1] == '/' && r.folder() == base[:len(base)-1])
}

// link is the name that a recLink is a further name of, and else empty.
func (r *record) link() string {
	if r.kind != recLink {
		return ""
	}
	return r.layer.links[r.off]
}

// entry is all that the record says.
func (r *record) entry() entry {
	e := entry{kind: r.kind, since: r.since, path: r.path(), link: r.link(), size: r.size, mtime: r.mtime}
	if r.kind == recFile {
		e.off = r.off
	}
	return e
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
	dirs    []string // the folders that the records lie in
	links   []string // what those of them that are links are further names of
	gaps    bool     // the layer is damaged, and not all of its entries may have been found
	end     int64    // where the last entry ends in the tar, padding to blocks included
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

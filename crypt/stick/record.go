package stick

import (
	"iter"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"stowage/crypt/stick/internal/stickpath"
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
func (r *record) path() string { return stickpath.Join(r.folder(), r.base) }

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

// records are those of one layer, in pieces: they stay where they are when more are added.
type records struct {
	pieces [][]record
	count  int
}

// recordPiece is how many records a piece has at most.
const recordPiece = 512

// add adds a record.
func (rs *records) add(r record) *record {
	last := len(rs.pieces) - 1
	if last < 0 || len(rs.pieces[last]) == cap(rs.pieces[last]) {
		rs.pieces = append(rs.pieces, make([]record, 0, min(max(1, rs.count), recordPiece)))
		last++
	}
	rs.count++
	rs.pieces[last] = append(rs.pieces[last], r)
	return &rs.pieces[last][len(rs.pieces[last])-1]
}

// all yields the records in order.
func (rs *records) all() iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, piece := range rs.pieces {
			for i := range piece {
				if !yield(&piece[i]) {
					return
				}
			}
		}
	}
}

// backward yields the records from the last to the first.
func (rs *records) backward() iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, piece := range slices.Backward(rs.pieces) {
			for i := range slices.Backward(piece) {
				if !yield(&piece[i]) {
					return
				}
			}
		}
	}
}

// contains reports whether any record is one of those wanted.
func (rs *records) contains(wanted func(*record) bool) bool {
	for r := range rs.all() {
		if wanted(r) {
			return true
		}
	}
	return false
}

// equalRecords compares two layers' records one by one.
func equalRecords(a, b *records, equal func(a, b *record) bool) bool {
	next, stop := iter.Pull(b.all())
	defer stop()
	for r := range a.all() {
		if other, ok := next(); !ok || !equal(r, other) {
			return false
		}
	}
	return a.count == b.count
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
	records records
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

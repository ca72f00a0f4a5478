package layer

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
	FileRecord     recordKind = 'f'
	FolderRecord   recordKind = 'd'
	LinkRecord     recordKind = 'h' // a further name of a file, made by renaming
	WhiteoutRecord recordKind = 'w' // a deletion
)

// Entry is what one tar entry of a layer says, or is to say.
type Entry struct {
	Kind  recordKind
	Since uint32 // FileRecord: Unix seconds when it was stored, where tidying wrote it again meanwhile; else 0
	Path  string
	Link  string // LinkRecord: the name it is a further name of
	Size  int64  // FileRecord: bytes
	MTime int64  // Unix seconds
	off   int64  // FileRecord: where its data begins in the layer's tar
}

// Record is one entry of a layer as it is kept in memory, where there may be a million of them:
// the paths of folders are the layer's, each there once. Records are never changed once their
// layer is complete, and so may be read without a lock.
type Record struct {
	Layer *Layer
	Base  string // the last element of its path
	Size  int64  // FileRecord: bytes
	MTime int64  // Unix seconds
	Off   int64  // FileRecord: where its data begins in the layer's tar; LinkRecord: which of the layer's links
	since uint32 // as in entry
	dir   uint32 // which of the layer's dirs it lies in
	Kind  recordKind
}

// Folder is the path of the folder that the record lies in; the top is ".".
func (r *Record) Folder() string { return r.Layer.dirs[r.dir] }

// Path is the record's path, put together.
func (r *Record) Path() string { return stickpath.Join(r.Folder(), r.Base) }

// Is reports whether the record's path is p.
func (r *Record) Is(p string) bool {
	base, ok := strings.CutSuffix(p, r.Base)
	return ok && (base == "" && r.Folder() == "." || len(base) > 0 && base[len(base)-1] == '/' && r.Folder() == base[:len(base)-1])
}

// Link is the name that a LinkRecord is a further name of, and else empty.
func (r *Record) Link() string {
	if r.Kind != LinkRecord {
		return ""
	}
	return r.Layer.links[r.Off]
}

// Entry is all that the record says.
func (r *Record) Entry() Entry {
	e := Entry{Kind: r.Kind, Since: r.since, Path: r.Path(), Link: r.Link(), Size: r.Size, MTime: r.MTime}
	if r.Kind == FileRecord {
		e.off = r.Off
	}
	return e
}

// Records are those of one layer, in pieces: they stay where they are when more are added.
type Records struct {
	pieces [][]Record
	Count  int
}

// recordPiece is how many records a piece has at most.
const recordPiece = 512

// add adds a record.
func (rs *Records) add(r Record) *Record {
	last := len(rs.pieces) - 1
	if last < 0 || len(rs.pieces[last]) == cap(rs.pieces[last]) {
		rs.pieces = append(rs.pieces, make([]Record, 0, min(max(1, rs.Count), recordPiece)))
		last++
	}
	rs.Count++
	rs.pieces[last] = append(rs.pieces[last], r)
	return &rs.pieces[last][len(rs.pieces[last])-1]
}

// All yields the records in order.
func (rs *Records) All() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for _, piece := range rs.pieces {
			for i := range piece {
				if !yield(&piece[i]) {
					return
				}
			}
		}
	}
}

// Backward yields the records from the last to the first.
func (rs *Records) Backward() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for _, piece := range slices.Backward(rs.pieces) {
			for i := range slices.Backward(piece) {
				if !yield(&piece[i]) {
					return
				}
			}
		}
	}
}

// Contains reports whether any record is one of those wanted.
func (rs *Records) Contains(wanted func(*Record) bool) bool {
	for r := range rs.All() {
		if wanted(r) {
			return true
		}
	}
	return false
}

// EqualRecords compares two layers' records one by one.
func EqualRecords(a, b *Records, equal func(a, b *Record) bool) bool {
	next, stop := iter.Pull(b.All())
	defer stop()
	for r := range a.All() {
		if other, ok := next(); !ok || !equal(r, other) {
			return false
		}
	}
	return a.Count == b.Count
}

// StoredAt is when the content was stored, in Unix seconds, whatever tidying did since the
// stick was opened.
func (r *Record) StoredAt() uint32 {
	if r.since != 0 {
		return r.since
	}
	return uint32(r.Layer.Time.Unix())
}

func (r *Record) ModTime() time.Time { return time.Unix(r.MTime, 0).UTC() }

// Layer is a whole and authentic layer.
type Layer struct {
	Header
	Parts   []int64 // sizes of its parts on the drive
	Digest  string
	Key     *Key // what it is encrypted to
	Records Records
	dirs    []string // the folders that the records lie in
	links   []string // what those of them that are links are further names of
	Gaps    bool     // the layer is damaged, and not all of its entries may have been found
	End     int64    // where the last entry ends in the tar, padding to blocks included
}

func (l *Layer) Ref() Ref { return Ref{l.ID.Seq, l.Digest} }

// Size returns the bytes it takes on the drive.
func (l *Layer) Size() int64 {
	var sum int64
	for _, n := range l.Parts {
		sum += n
	}
	return sum
}

// Key is a stick's identity, ready for use.
type Key struct {
	Recipient age.Recipient
	Identity  age.Identity
	MAC       *MACKeys
	Retired   bool  // being replaced by a rotation
	LastSeq   int64 // of a retired key: newer layers do not count
}

// Removes says whether a layer removes a name, perhaps with a folder above it, and which further name what it held
// got in that layer.
func (l *Layer) Removes(name string) (gone bool, became string) {
	for r := range l.Records.All() {
		switch {
		case r.Kind == WhiteoutRecord:
			gone = gone || stickpath.Below(name, r.Path())
		case r.Is(name):
			became = ""
		case r.Kind == LinkRecord && r.Link() == name:
			became = r.Path()
		}
	}
	return gone, became
}

package stick

import (
	"fmt"
	"time"

	"stowage/crypt"
	"stowage/crypt/runnable"
)

// Kind says what an [Entry] is.
type Kind byte

// The kinds of entry.
const (
	KindFile   Kind = 'f'
	KindFolder Kind = 'd'
)

// Entry is one file or folder on an open stick.
type Entry struct {
	Path    string    // from the top of the stick, slashes, NFC; the top itself is "."
	Kind    Kind      // file or folder
	Size    int64     // bytes; 0 for a folder
	ModTime time.Time // to the second; zero for the top
	Stored  time.Time // when this version was stored, or last moved by tidying; zero for the top
	Tidied  bool      // tidying wrote it again: its content may be older than Stored
	// Version tells this content of a file from what was stored at another second, and
	// stays the same when the open stick is tidied; 0 for a folder.
	Version uint32
}

// IsFolder reports whether the entry is a folder.
func (e Entry) IsFolder() bool { return e.Kind == KindFolder }

// Head identifies the newest state of a stick: whoever remembers it notices
// when an older state is shown in its place.
type Head struct {
	Seq    int64  `json:"seq"`    // number of the newest layer, 0 when there is none
	Digest string `json:"digest"` // its digest, 64 hexadecimal digits, or empty
}

func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, h.Digest) }

// Clash says what happens when a name is taken.
type Clash int

// What to do about a name that is taken. A folder put on a folder is merged;
// a file and a folder never replace each other, which is [ErrKind].
const (
	Refuse   Clash = iota // nothing is stored at all: [ErrExists]
	Skip                  // what is there stays; the newcomer is reported as skipped
	Replace               // the newcomer is stored; the older version stays among the previous ones
	KeepBoth              // the newcomer gets a free name, "report (2).pdf"
)

// PutOptions are the options of [Stick.Put] and its kin. The zero value is usable.
type PutOptions struct {
	Clash    Clash
	Progress crypt.Progress // bytes of plaintext; may be nil
	// Stored is called for each file and folder that is safe on the stick, in place of the list in the result, which is
	// long when a drive is put on a stick; may be nil.
	Stored func(Stored)
}

// Item is one file or folder to be stored by [Stick.PutItems].
type Item struct {
	Path    string    // where to, from the top of the stick
	Source  string    // what it is called in results; Path when empty
	Kind    Kind      // file or folder
	Size    int64     // bytes that Open will yield
	ModTime time.Time // kept to the second
	// Open opens the content of a file. It may be called more than once.
	Open func() (ItemReader, error)
}

// ItemReader reads the content of an [Item].
type ItemReader interface {
	Read(p []byte) (int, error)
	Close() error
	// Unchanged returns an error wrapping [ErrChanged] when what was read may
	// not be what was there when reading began.
	Unchanged() error
}

// PutResult says what was stored. It is right even when Put returned an error.
type PutResult struct {
	Stored  []Stored  // in the order stored; each is safe on the stick; see also [PutOptions.Stored]
	Skipped []Skipped // left out, with the reason
	Bytes   int64     // plaintext bytes stored
}

// Stored is one file or folder that is safe on the stick.
type Stored struct {
	Source string // as in Item
	Path   string // where it is now; another than asked for with KeepBoth
	Kind   Kind
}

// Skipped is something left out.
type Skipped struct {
	Path string // what
	Err  error  // why: ErrExists, ErrKind, ErrName, ErrSpecial, ErrChanged, or an error reading it
}

// GetOptions are the options of [Stick.Get]. The zero value is usable.
type GetOptions struct {
	Replace  bool           // replace existing files; otherwise they are reported as skipped
	Names    Names          // which names the destination can hold
	Progress crypt.Progress // bytes of plaintext; may be nil

	// Mark marks each file as coming from elsewhere, before it gets its name. Nil is [runnable.Mark].
	Mark runnable.Marker
}

// Names says which names a destination can hold.
type Names int

// The choices for [GetOptions.Names].
const (
	NamesAuto    Names = iota // as the destination, which is tried
	NamesWindows              // names that Windows cannot hold are changed
	NamesExact                // names are kept, for systems that hold them all
)

// GetResult says what was fetched. It is right even when Get returned an error.
type GetResult struct {
	Fetched []Fetched // complete in the destination
	Skipped []Skipped // left out, with the reason: ErrExists, ErrKind, ErrDamaged, or an error writing it
	Bytes   int64     // plaintext bytes written
}

// Fetched is one file or folder that is complete in the destination.
type Fetched struct {
	Path string // on the stick
	Dest string // below the destination, slashes; other than the name on the stick where that had to be changed
	Kind Kind
}

// Usage says what a stick's space is used for, in bytes.
type Usage struct {
	Live   int64 // encrypted bytes that today's files need
	Dead   int64 // encrypted bytes that hold only previous versions and deleted files
	Other  int64 // tables of contents, keys and notes
	Free   int64 // bytes free on the drive
	Total  int64 // the drive's size
	Files  int   // today's files
	Layers int   // layers that count; many tiny ones are worth a Tidy
}

// Foreign is what else takes up room on the drive: other files, and the file system itself.
func (u Usage) Foreign() int64 { return max(0, u.Total-u.Free-u.Live-u.Dead-u.Other) }

// TidyOptions are the options of [Stick.Tidy]. The zero value is usable.
type TidyOptions struct {
	All      bool           // rewrite every layer that holds anything dead, not only those worth it
	Fold     bool           // only put tiny layers together, when there are many; nothing that could be brought back is lost
	Progress crypt.Progress // bytes of plaintext rewritten; may be nil
}

// TidyResult says what tidying did.
type TidyResult struct {
	Removed int   // layers removed
	Written int   // layers written
	Freed   int64 // bytes freed, negative if tidying cost space
}

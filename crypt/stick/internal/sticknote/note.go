// Package sticknote is the note that the school signs about a stick: FORMAT.md,
// "Note". Reading one believes nothing before its signature is checked, or
// says that it was not; what a newer version wrote into it stays in the notes
// that follow.
package sticknote

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/program"
)

// Intro is the first line of the note's text; JSON follows.
const Intro = "stowage stick v1\n"

// ErrNotStick: the drive holds no stick.
var ErrNotStick = errors.New("not an encrypted stick")

// Limit bounds the note's file.
const Limit = 1 << 20

// Note is what the school signed about a stick. It is readable by everyone
// who has the stick in hand, and so says nothing personal.
type Note struct {
	ID         string            `json:"id"`               // UUID of the stick
	Label      string            `json:"label"`            // asset label
	School     string            `json:"school"`           // name of the school
	Return     string            `json:"return"`           // where to return it, lines
	Class      keys.Class        `json:"class"`            // class of the stick's identity
	Recipient  string            `json:"recipient_sha256"` // SHA-256 of the stick's recipient, hexadecimal
	Generation int               `json:"generation"`       // counts the stick's notes, from 1
	Issued     time.Time         `json:"issued"`           // when this note was signed, UTC
	Recovery   []string          `json:"recovery"`         // the school's recovery recipients, one per class
	Policy     keys.Policy       `json:"policy"`           // the school's policy of that day
	Programs   []program.Program `json:"programs,omitempty"`
	// Found is the SHA-256 of "IF FOUND.txt", hexadecimal; notes before it was kept have none.
	Found string `json:"found_sha256,omitempty"`
	// Contact is how the school's ICT is reached, lines; notes before it was asked for have none.
	Contact string `json:"contact,omitempty"`

	// unknown is what a newer version of this program wrote into the note and this one does not
	// know. It stays in the notes that follow.
	unknown object
	// lists: it stands in a list, where it cannot be kept, so that no note follows.
	lists bool
}

// FoundLines are the text for a finder where there is no other: where to return the
// stick, and how its school is reached.
func (n *Note) FoundLines() string {
	if n.Contact == "" {
		return n.Return
	}
	return n.Return + "\n\n" + n.Contact
}

// Signer signs for the school; *keys.Authority is one.
type Signer interface {
	School() string
	Verifier() string // note verifier key
	Sign(text string) ([]byte, error)
}

// Sign returns the note as it stands on the stick.
func (n *Note) Sign(s Signer) ([]byte, error) {
	if n.lists {
		return nil, fmt.Errorf("write the note: %w: a list in it says more than this version knows", layer.ErrFormat)
	}
	text, err := withUnknown(n, n.unknown)
	if err != nil {
		return nil, fmt.Errorf("write the note: %w", err)
	}
	signed, err := s.Sign(Intro + string(text) + "\n")
	if err != nil {
		return nil, fmt.Errorf("sign the note: %w", err)
	}
	return signed, nil
}

// Parse reads the text of a note.
func Parse(text string) (*Note, error) {
	body, ok := strings.CutPrefix(text, Intro)
	if !ok {
		if strings.HasPrefix(text, "stowage stick v") {
			return nil, layer.ErrFormat
		}
		return nil, fmt.Errorf("%w: its note says something else", ErrNotStick)
	}
	n, more, err := keys.ReadJSON([]byte(body), Note{Policy: keys.Policy{KeepDays: keys.DefaultPolicy().KeepDays}}) // what an older note does not say
	switch {
	case errors.Is(err, keys.ErrNewer):
		return nil, fmt.Errorf("%w: its note: %w", layer.ErrFormat, err)
	case err != nil:
		return nil, fmt.Errorf("%w: its note: %w", ErrNotStick, err)
	}
	for _, class := range []keys.Class{n.Class, n.Policy.Class} {
		if class != "" && !slices.Contains(keys.Classes(), class) {
			return nil, fmt.Errorf("%w: a key of class %q", layer.ErrFormat, class)
		}
	}
	if n.ID == "" || !layer.IsDigest(n.Recipient) || n.Generation < 1 {
		return nil, fmt.Errorf("%w: its note is incomplete", ErrNotStick)
	}
	if err := program.CheckList(n.Programs); err != nil {
		return nil, fmt.Errorf("%w: its note: %w", ErrNotStick, err)
	}
	if !more {
		return &n, nil
	}
	if n.unknown, n.lists, err = unknownIn([]byte(body), n); err != nil {
		return nil, fmt.Errorf("%w: its note: %w", ErrNotStick, err)
	}
	return &n, nil
}

// File is a note as it lies on the stick.
type File struct{ pair.File }

// Pair is the note's two names. There are two notes when replacing it was interrupted.
func Pair() pair.Pair {
	return pair.Pair{What: "the stick's note", Names: [2]string{layout.Note, layout.NoteB}, Limit: Limit}
}

// Read returns the notes on the stick, at least one.
func Read(fsys drive.FS) ([]File, error) {
	if info, err := fsys.Stat(layout.Base); err == nil && !info.IsDir() {
		return nil, ErrNotStick
	}
	files, err := Pair().Read(fsys)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, ErrNotStick
	}
	var found []File
	for _, f := range files {
		found = append(found, File{f})
	}
	return found, nil
}

// Open checks the note's signature.
func (f File) Open(verifier string) (*Note, error) {
	text, err := keys.OpenNote(f.Data, verifier)
	if err != nil {
		return nil, fmt.Errorf("the stick's note: %w", err)
	}
	return Parse(text)
}

// OpenUnverified reads the note without knowing whose signature to expect.
func (f File) OpenUnverified() (*Note, error) {
	_, err := note.Open(keys.AsSigned(f.Data), note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return nil, fmt.Errorf("the stick's note: %w", keys.ErrForged)
	}
	return Parse(unverified.Note.Text)
}

// RecipientDigest is how a note names a recipient.
func RecipientDigest(recipient string) string {
	sum := sha256.Sum256([]byte(recipient))
	return hex.EncodeToString(sum[:])
}

package stick

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"stowage/crypt"
)

// spoolMemory is how much of a stream is held in memory.
const spoolMemory = 4 << 20

// Spooled is the content of a stream whose length was not known, kept until it
// is stored: a few MiB in memory, and more in an encrypted temporary file of the
// computer, whose key is never written.
type Spooled struct {
	content io.ReaderAt
	size    int64
	file    *os.File // nil when it is in memory
}

// Spool reads a stream to its end. The caller closes what it returns, when it
// has been stored. When it fails, nothing is left.
func Spool(ctx context.Context, r io.Reader) (*Spooled, error) {
	r = crypt.Reader(ctx, r, nil)
	head, err := io.ReadAll(io.LimitReader(r, spoolMemory+1))
	if err != nil {
		return nil, err
	}
	if len(head) <= spoolMemory {
		return &Spooled{content: bytes.NewReader(head), size: int64(len(head))}, nil
	}
	defer clear(head)
	file, err := os.CreateTemp("", "stowage-*.age")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	_ = os.Remove(file.Name()) // where a file may go while it is open, a killed program leaves none
	s := &Spooled{file: file}
	if err := s.fill(io.MultiReader(bytes.NewReader(head), r)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// fill encrypts the stream into the temporary file, with a key of its own that
// is nowhere but in memory.
func (s *Spooled) fill(r io.Reader) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("make a temporary key: %w", err)
	}
	w, err := crypt.NewEncryptWriter(s.file, identity.Recipient())
	if err != nil {
		return err
	}
	if _, err := w.ReadFrom(r); err != nil {
		w.Abort()
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write the temporary file: %w", err)
	}
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	s.content, s.size, err = crypt.DecryptReaderAt(s.file, info.Size(), identity)
	return err
}

// Size is how long the stream was, in bytes.
func (s *Spooled) Size() int64 { return s.size }

// Item is the content as a file to be stored with [Stick.PutItems].
func (s *Spooled) Item(path string, modTime time.Time) Item {
	return Item{Path: path, Kind: KindFile, Size: s.size, ModTime: modTime, Open: s.open}
}

// open implements [Item].Open.
func (s *Spooled) open() (ItemReader, error) {
	return spooledReader{io.NewSectionReader(s.content, 0, s.size)}, nil
}

// Close removes the temporary file.
func (s *Spooled) Close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

type spooledReader struct{ *io.SectionReader }

func (spooledReader) Close() error { return nil }

func (spooledReader) Unchanged() error { return nil }

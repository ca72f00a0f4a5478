package layer

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
)

// MaxTable bounds a table's file.
const MaxTable = 512 << 20

// Table is a table of contents on the drive.
type Table struct {
	ID     ID // names it; the number is that of its newest layer
	Size   int64
	Layers []*Layer
}

// WriteTable writes the table of some layers, which all have the same key.
func WriteTable(fsys drive.FS, layers []*Layer, stick string) (*Table, error) {
	newest := layers[len(layers)-1]
	t := &Table{ID: NewID(newest.ID.Seq), Layers: layers}
	name := t.ID.ContentsName()
	f, err := fsys.Create(name)
	if err != nil {
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	t.Size, err = sealPadded(f, newest.Key.Recipient, func(w io.Writer) error { return writeContents(w, layers, newest.Key, stick) })
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = fsys.Remove(name)
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	return t, nil
}

// sealPadded encrypts the text that write writes, padded with newlines, and returns the size of the age file.
func sealPadded(dst io.Writer, to age.Recipient, write func(io.Writer) error) (int64, error) {
	sealed := &counter{w: dst}
	w, err := crypt.NewEncryptWriter(sealed, to)
	if err != nil {
		return 0, err
	}
	header := sealed.n - ageNonce
	text := &counter{w: w}
	if err = write(text); err == nil {
		padding := paddedPlain(text.n, header, 1) - text.n
		_, err = io.Copy(w, io.LimitReader(newlines{}, padding))
	}
	if err != nil {
		w.Abort()
		return 0, err
	}
	err = w.Close()
	return sealed.n, err
}

// newlines are any number of them.
type newlines struct{}

func (newlines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// ReadTable reads a table with the first key that fits. Nothing is charged for one that cannot be used.
// With a nil keeper nothing is kept of it: it is only checked that a key of the stick made it.
func ReadTable(fsys drive.FS, id ID, stickKeys []*Key, stick string, keep *Recorder) (*Table, error) {
	var failed error
	var before Budget
	if keep != nil {
		before = *keep.budget
	}
	for _, key := range stickKeys {
		t, err := openTable(fsys, id, key, stick, keep)
		if err == nil {
			return t, nil
		}
		if errors.Is(err, drive.ErrTooMuch) {
			return nil, err
		}
		if keep != nil {
			*keep.budget = before
		}
		failed = err
	}
	return nil, failed
}

func openTable(fsys drive.FS, id ID, key *Key, stick string, keep *Recorder) (*Table, error) {
	name := id.ContentsName()
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxTable {
		return nil, fmt.Errorf("%s: %w", name, drive.ErrTooLarge)
	}
	plain, err := decryptTable(f, info.Size(), key)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	layers, err := readContents(plain, key, stick, keep)
	if err != nil {
		return nil, err
	}
	return &Table{id, info.Size(), layers}, nil
}

// smallTable is up to which size a table is read without the buffers that
// decrypting on all cores takes.
const smallTable = 1 << 20

func decryptTable(f drive.File, size int64, key *Key) (io.ReadCloser, error) {
	if size > smallTable {
		return crypt.NewDecryptReader(f, key.Identity)
	}
	plain, n, err := crypt.DecryptReaderAt(f, size, key.Identity)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.NewSectionReader(plain, 0, n)), nil
}

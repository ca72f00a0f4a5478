package layer

import (
	"archive/tar"
	"fmt"
	"io"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// TarBlock is the unit of a tar.
const TarBlock = 512

// Writer writes one layer. It is ended with Commit or Abort.
type Writer struct {
	layer  *Layer
	keep   *Recorder
	parts  *PartWriter
	sealed *crypt.Writer
	tar    *tar.Writer
	plain  counter // between tar and sealed
	header int64   // size of the age header
}

// counter counts what is written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// NewWriter creates the layer's file and writes its header.
func NewWriter(fsys drive.FS, partSize int64, h Header, key *Key) (*Writer, error) {
	w := &Writer{
		layer: &Layer{Header: h, Key: key},
		keep:  NewRecorder(nil), // what is written was counted before
		parts: &PartWriter{FS: fsys, ID: h.ID, PartSize: partSize},
	}
	if err := w.keep.Begin(w.layer); err != nil {
		return nil, err
	}
	sealed, err := crypt.NewEncryptWriter(w.parts, key.Recipient)
	if err != nil {
		w.parts.Remove()
		return nil, fmt.Errorf("layer %s: %w", h.ID, err)
	}
	w.sealed, w.header = sealed, w.parts.size-ageNonce
	w.plain.w = sealed
	w.tar = tar.NewWriter(&w.plain)
	err = w.tar.WriteHeader(&tar.Header{
		Typeflag:   tar.TypeXGlobalHeader,
		PAXRecords: h.records(key.MAC),
	})
	if err != nil {
		w.Abort()
		return nil, fmt.Errorf("layer %s: %w", h.ID, err)
	}
	return w, nil
}

// Add writes an entry's header. For a file, exactly e.size bytes of content must be written to the Writer next.
func (w *Writer) Add(e *Entry) error {
	h := tar.Header{ModTime: time.Unix(e.MTime, 0), Mode: 0o644, Name: e.Path}
	switch e.Kind {
	case FileRecord:
		h.Typeflag, h.Size = tar.TypeReg, e.Size
	case FolderRecord:
		h.Typeflag, h.Mode, h.Name = tar.TypeDir, 0o755, e.Path+"/"
	case LinkRecord:
		h.Typeflag, h.Linkname = tar.TypeLink, e.Link
	case WhiteoutRecord:
		h.Typeflag, h.Name = tar.TypeReg, stickpath.WhiteoutName(e.Path)
	}
	if err := w.tar.WriteHeader(&h); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.ID, err)
	}
	kept := *e
	if kept.off = 0; e.Kind == FileRecord {
		kept.off = w.plain.n
	}
	_, err := w.keep.Add(&kept)
	return err
}

// Write writes content of the file added last.
func (w *Writer) Write(p []byte) (int, error) { return w.tar.Write(p) }

// Commit ends the tar, pads it and makes the layer durable. All of it but the
// last age chunk is synced before that chunk is written: a crash can thus never
// leave a valid end over missing data. When Commit fails, the layer was not stored.
func (w *Writer) Commit() (*Layer, error) {
	if err := w.finish(); err != nil {
		w.Abort()
		return nil, err
	}
	size := w.parts.size
	for n := range w.parts.parts {
		part := min(w.parts.PartSize, size-int64(n)*w.parts.PartSize)
		w.layer.Parts = append(w.layer.Parts, part)
	}
	r := NewPartReader(w.parts.FS, w.layer.ID, w.layer.Parts)
	defer r.Close()
	digest, _, err := Digest(r, size)
	if err != nil {
		w.parts.Remove()
		return nil, fmt.Errorf("layer %s: %w", w.layer.ID, err)
	}
	w.layer.Digest = digest
	w.keep.done()
	return w.layer, nil
}

func (w *Writer) finish() error {
	if err := w.tar.Flush(); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.ID, err)
	}
	w.layer.End = w.plain.n
	if err := w.tar.Close(); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.ID, err)
	}
	if err := w.pad(); err != nil {
		return err
	}
	if err := w.sealed.Flush(); err != nil {
		return err
	}
	if w.plain.n > ageChunk { // else header and last chunk are all there is
		if err := w.parts.sync(); err != nil {
			return err
		}
	}
	if err := w.sealed.Close(); err != nil {
		return err
	}
	if err := w.parts.Finish(); err != nil {
		return err
	}
	if err := w.parts.FS.SyncDir(layout.Layers); err != nil {
		return fmt.Errorf("sync layer %s: %w", w.layer.ID, err)
	}
	return nil
}

// pad writes zero blocks, which tar ignores after its end.
func (w *Writer) pad() error {
	zeros := make([]byte, ageChunk)
	for todo := paddedPlain(w.plain.n, w.header, TarBlock) - w.plain.n; todo > 0; {
		n, err := w.plain.Write(zeros[:min(todo, int64(len(zeros)))])
		if err != nil {
			return err
		}
		todo -= int64(n)
	}
	return nil
}

// Abort removes what was written.
func (w *Writer) Abort() {
	w.sealed.Abort()
	w.parts.Remove()
}

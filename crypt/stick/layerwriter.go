package stick

import (
	"archive/tar"
	"fmt"
	"io"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// tarBlock is the unit of a tar.
const tarBlock = 512

// layerWriter writes one layer. It is ended with commit or abort.
type layerWriter struct {
	layer  *layer
	keep   *keeper
	parts  *partWriter
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

// newLayerWriter creates the layer's file and writes its header.
func newLayerWriter(fsys FS, partSize int64, h layerHeader, key *stickKey) (*layerWriter, error) {
	w := &layerWriter{
		layer: &layer{layerHeader: h, key: key},
		keep:  newKeeper(nil), // what is written was counted before
		parts: &partWriter{fs: fsys, id: h.id, partSize: partSize},
	}
	if err := w.keep.begin(w.layer); err != nil {
		return nil, err
	}
	sealed, err := crypt.NewEncryptWriter(w.parts, key.recipient)
	if err != nil {
		w.parts.remove()
		return nil, fmt.Errorf("layer %s: %w", h.id, err)
	}
	w.sealed, w.header = sealed, w.parts.size-ageNonce
	w.plain.w = sealed
	w.tar = tar.NewWriter(&w.plain)
	err = w.tar.WriteHeader(&tar.Header{
		Typeflag:   tar.TypeXGlobalHeader,
		PAXRecords: h.records(key.mac),
	})
	if err != nil {
		w.abort()
		return nil, fmt.Errorf("layer %s: %w", h.id, err)
	}
	return w, nil
}

// add writes an entry's header. For a file, exactly e.size bytes of content must be written to the layerWriter next.
func (w *layerWriter) add(e *entry) error {
	h := tar.Header{ModTime: time.Unix(e.mtime, 0), Mode: 0o644, Name: e.path}
	switch e.kind {
	case recFile:
		h.Typeflag, h.Size = tar.TypeReg, e.size
	case recFolder:
		h.Typeflag, h.Mode, h.Name = tar.TypeDir, 0o755, e.path+"/"
	case recLink:
		h.Typeflag, h.Linkname = tar.TypeLink, e.link
	case recWhiteout:
		h.Typeflag, h.Name = tar.TypeReg, stickpath.WhiteoutName(e.path)
	}
	if err := w.tar.WriteHeader(&h); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.id, err)
	}
	kept := *e
	if kept.off = 0; e.kind == recFile {
		kept.off = w.plain.n
	}
	_, err := w.keep.add(&kept)
	return err
}

// Write writes content of the file added last.
func (w *layerWriter) Write(p []byte) (int, error) { return w.tar.Write(p) }

// commit ends the tar, pads it and makes the layer durable. All of it but the
// last age chunk is synced before that chunk is written: a crash can thus never
// leave a valid end over missing data. When commit fails, the layer was not stored.
func (w *layerWriter) commit() (*layer, error) {
	if err := w.finish(); err != nil {
		w.abort()
		return nil, err
	}
	size := w.parts.size
	for n := range w.parts.parts {
		part := min(w.parts.partSize, size-int64(n)*w.parts.partSize)
		w.layer.parts = append(w.layer.parts, part)
	}
	r := newPartReader(w.parts.fs, w.layer.id, w.layer.parts)
	defer r.Close()
	digest, _, err := layerDigest(r, size)
	if err != nil {
		w.parts.remove()
		return nil, fmt.Errorf("layer %s: %w", w.layer.id, err)
	}
	w.layer.digest = digest
	w.keep.done()
	return w.layer, nil
}

func (w *layerWriter) finish() error {
	if err := w.tar.Flush(); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.id, err)
	}
	w.layer.end = w.plain.n
	if err := w.tar.Close(); err != nil {
		return fmt.Errorf("layer %s: %w", w.layer.id, err)
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
	if err := w.parts.finishPart(); err != nil {
		return err
	}
	if err := w.parts.fs.SyncDir(layout.Layers); err != nil {
		return fmt.Errorf("sync layer %s: %w", w.layer.id, err)
	}
	return nil
}

// pad writes zero blocks, which tar ignores after its end.
func (w *layerWriter) pad() error {
	zeros := make([]byte, ageChunk)
	for todo := paddedPlain(w.plain.n, w.header, tarBlock) - w.plain.n; todo > 0; {
		n, err := w.plain.Write(zeros[:min(todo, int64(len(zeros)))])
		if err != nil {
			return err
		}
		todo -= int64(n)
	}
	return nil
}

// abort removes what was written.
func (w *layerWriter) abort() {
	w.sealed.Abort()
	w.parts.remove()
}

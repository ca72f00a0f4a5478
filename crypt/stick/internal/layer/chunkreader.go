package layer

import (
	"errors"
	"io"
	"io/fs"
)

// chunkSize is the size of what age encrypts at once, and opens for every read, however
// small.
const chunkSize = 64 << 10

// A ChunkReader reads a layer's tar from its start, a chunk at a time: small files have two
// headers to a kilobyte, and to open the chunk for each would take ten times as long as
// all else that is done to them.
type ChunkReader struct {
	plain  io.ReaderAt
	size   int64
	off    int64
	chunk  []byte
	at     int64 // where in plain the chunk is
	buffer [chunkSize]byte
}

func NewChunkReader(p *Plain) *ChunkReader { return &ChunkReader{plain: p, size: p.size} }

// Read implements [io.Reader].
func (t *ChunkReader) Read(b []byte) (int, error) {
	if t.off >= t.size {
		return 0, io.EOF
	}
	if t.off < t.at || t.off >= t.at+int64(len(t.chunk)) {
		t.at = t.off - t.off%chunkSize
		t.chunk = t.buffer[:min(chunkSize, t.size-t.at)]
		if n, err := t.plain.ReadAt(t.chunk, t.at); n < len(t.chunk) {
			t.chunk = nil
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
	n := copy(b, t.chunk[t.off-t.at:])
	t.off += int64(n)
	return n, nil
}

// Seek implements [io.Seeker].
func (t *ChunkReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += t.off
	case io.SeekEnd:
		offset += t.size
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	t.off = offset
	return offset, nil
}

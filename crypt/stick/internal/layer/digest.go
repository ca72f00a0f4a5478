package layer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"stowage/crypt/stick/internal/drive"
)

// MaxAgeHeader bounds the age header of a layer, which has one stanza of under 2 KiB.
const MaxAgeHeader = 16 << 10

// Digest returns the digest of the layer in src: SHA-256 over what fixes
// its age file, which is header, nonce, last chunk and size. Every other chunk
// is authenticated by age under the file key that the header fixes, so that
// whoever does not know that key cannot keep the digest and change a chunk.
// FORMAT.md, "Digest".
func Digest(src io.ReaderAt, size int64) (digest string, headerSize int64, err error) {
	head := make([]byte, min(size, MaxAgeHeader+ageNonce))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", 0, err
	}
	header, err := age.ExtractHeader(bytes.NewReader(head))
	if err != nil {
		// Not what exactly: the age package would quote the drive's bytes.
		return "", 0, fmt.Errorf("%w: its age header cannot be read", ErrDamaged)
	}
	payload := size - int64(len(header)) - ageNonce
	if payload <= ageTag || len(head) < len(header)+ageNonce {
		return "", 0, fmt.Errorf("%w: it ends in its header", ErrDamaged)
	}
	last := payload % (ageChunk + ageTag)
	if last == 0 {
		last = ageChunk + ageTag
	}
	tail := make([]byte, last)
	if _, err := src.ReadAt(tail, size-last); err != nil && err != io.EOF {
		return "", 0, err
	}
	h := sha256.New()
	io.WriteString(h, "stowage layer digest v1\n")
	for _, part := range [][]byte{header, head[len(header):][:ageNonce], tail} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	return hex.EncodeToString(h.Sum(nil)), int64(len(header)), nil
}

// DigestOf is the digest of a layer, "" when it is damaged.
func DigestOf(from drive.FS, id ID, sizes []int64) (string, error) {
	src := NewPartReader(from, id, sizes)
	defer src.Close()
	digest, _, err := Digest(src, src.Size())
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrMissing) {
		return "", nil
	}
	return digest, err
}

package crypt

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/crypto/chacha20poly1305"
)

// Sizes of the age payload, from the specification's section "Payload".
const (
	chunkSize  = 64 << 10
	overhead   = chacha20poly1305.Overhead
	sealedSize = chunkSize + overhead
	nonceSize  = 16

	// batchChunks is how many chunks one worker seals or opens at a time.
	batchChunks = 8
	batchSize   = batchChunks * chunkSize
	sealedBatch = batchChunks * sealedSize

	// maxWorkers bounds memory: a batch in work holds about 1 MiB.
	maxWorkers = 16
)

// workers is how many goroutines seal or open chunks of one stream.
func workers() int {
	return min(runtime.GOMAXPROCS(0), maxWorkers)
}

// payload is the STREAM construction for one age file. It is stateless, so
// that chunks may be sealed and opened concurrently and in any order.
type payload struct {
	aead cipher.AEAD
}

// newPayload derives the payload key from the file key and the payload nonce.
func newPayload(fileKey, nonce []byte) (payload, error) {
	key, err := hkdf.Key(sha256.New, fileKey, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		return payload{}, fmt.Errorf("derive the payload key: %w", err)
	}
	defer clear(key)
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return payload{}, fmt.Errorf("set up the payload cipher: %w", err)
	}
	return payload{aead}, nil
}

// nonce is the 11-byte big-endian chunk number and the last-chunk flag. Each
// worker owns one, so that none is allocated for a chunk.
type nonce [chacha20poly1305.NonceSize]byte

func (n *nonce) of(number uint64, last bool) []byte {
	binary.BigEndian.PutUint64(n[3:11], number)
	n[11] = 0
	if last {
		n[11] = 1
	}
	return n[:]
}

// seal appends the sealed chunk to dst, which must not overlap plaintext.
func (p payload) seal(n *nonce, dst, plaintext []byte, number uint64, last bool) []byte {
	return p.aead.Seal(dst, n.of(number, last), plaintext, nil)
}

// open appends the opened chunk to dst, which must not overlap sealed. A chunk
// of full size may be the last one or not; a shorter one can only be the last.
func (p payload) open(n *nonce, dst, sealed []byte, number uint64) (plaintext []byte, last bool, err error) {
	if len(sealed) == overhead && number > 0 {
		return dst, false, fmt.Errorf("%w: chunk %d is empty", ErrDamaged, number)
	}
	if len(sealed) == sealedSize {
		if out, err := p.aead.Open(dst, n.of(number, false), sealed, nil); err == nil {
			return out, false, nil
		}
	}
	out, err := p.aead.Open(dst, n.of(number, true), sealed, nil)
	if err != nil {
		return dst, false, fmt.Errorf("%w: chunk %d does not authenticate", ErrDamaged, number)
	}
	return out, true, nil
}

// fill reads until b is full. Unlike io.ReadFull it returns io.EOF only when
// src has ended cleanly, with whatever was read, so that a source that was cut
// short is never taken for a whole one.
func fill(b []byte, src io.Reader) (n int, err error) {
	const patience = 100 // reads without any progress, as in package bufio
	for idle := 0; n < len(b) && err == nil; idle++ {
		var m int
		m, err = src.Read(b[n:])
		if n += m; m > 0 {
			idle = 0
		} else if err == nil && idle == patience {
			err = io.ErrNoProgress
		}
	}
	return n, err
}

package crypt

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"
	"golang.org/x/sync/errgroup"
)

// AppendEncrypt appends an age file of plaintext to dst, and returns the longer
// slice. It is [Encrypt] for what is in memory: chunks are sealed from where they
// lie to where they belong, on all cores, and are copied nowhere. The spare room
// of dst must not overlap plaintext. After an error, or when ctx is done, there is
// nothing to use in that room.
func AppendEncrypt(ctx context.Context, dst, plaintext []byte, p Progress, recipients ...age.Recipient) ([]byte, error) {
	head := bytes.NewBuffer(dst)
	stream, payload, err := startStream(head, recipients)
	if err != nil {
		return nil, err
	}
	p = OrNoProgress(p)
	if len(plaintext) <= chunkSize { // small files are age's own work
		if _, err := stream.Write(plaintext); err != nil {
			return nil, fmt.Errorf("encrypt: %w", err)
		}
		if err := stream.Close(); err != nil {
			return nil, fmt.Errorf("encrypt: %w", err)
		}
		p.Done(int64(len(plaintext)))
		return head.Bytes(), nil
	}
	chunks := (len(plaintext) + chunkSize - 1) / chunkSize
	start := head.Len()
	dst = slices.Grow(head.Bytes(), len(plaintext)+chunks*overhead)[:start+len(plaintext)+chunks*overhead]
	err = eachBatch(ctx, chunks, func(n *nonce, number int) error {
		in := plaintext[number*chunkSize:]
		in = in[:min(chunkSize, len(in))]
		at := start + number*sealedSize
		payload.seal(n, dst[at:at:at+len(in)+overhead], in, uint64(number), number == chunks-1)
		p.Done(int64(len(in)))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return dst, nil
}

// AppendDecrypt appends the plaintext of the age file sealed, armored or not, to
// dst, and returns the longer slice. It is [Decrypt] for what is in memory, except
// that it gives all or nothing: after an error what was opened is wiped. It makes
// room once, so that no plaintext is left behind in smaller slices; the caller
// wipes what is returned. The spare room of dst must not overlap sealed.
func AppendDecrypt(ctx context.Context, dst, sealed []byte, p Progress, identities ...age.Identity) ([]byte, error) {
	plain, armored := dearmored(bytes.NewReader(sealed))
	if armored {
		var err error
		if sealed, err = io.ReadAll(plain); err != nil {
			return nil, fmt.Errorf("decrypt: %w", armorError(err))
		}
		plain = bufio.NewReader(bytes.NewReader(sealed))
	}
	h, err := readHeader(plain)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	fileKey, err := h.open(identities)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	defer clear(fileKey)
	dst, err = appendOpened(ctx, dst, sealed[len(h.text):], p, fileKey)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	return dst, nil
}

// appendOpened appends the plaintext of a payload that begins with its nonce.
func appendOpened(ctx context.Context, dst, sealed []byte, p Progress, fileKey []byte) ([]byte, error) {
	if len(sealed) < nonceSize+overhead {
		return nil, errTruncated
	}
	payload, err := newPayload(fileKey, sealed[:nonceSize])
	if err != nil {
		return nil, err
	}
	sealed = sealed[nonceSize:]
	chunks := (len(sealed) + sealedSize - 1) / sealedSize
	if len(sealed)-(chunks-1)*sealedSize < overhead {
		return nil, errTruncated
	}
	start, size := len(dst), len(sealed)-chunks*overhead
	dst = slices.Grow(dst, size)[:start+size]
	p = OrNoProgress(p)
	err = eachBatch(ctx, chunks, func(n *nonce, number int) error {
		in := sealed[number*sealedSize:]
		in = in[:min(sealedSize, len(in))]
		at := start + number*chunkSize
		_, last, err := payload.open(n, dst[at:at:at+len(in)-overhead], in, uint64(number))
		switch {
		case err != nil:
			return err
		case last && number < chunks-1:
			return errTrailing
		case !last && number == chunks-1:
			return errTruncated
		}
		p.Done(int64(len(in) - overhead))
		return nil
	})
	if err != nil {
		clear(dst[start:])
		return nil, err
	}
	return dst, nil
}

// eachBatch calls work for the chunks from 0 to chunks-1, a batch at a time on each
// core, until one fails or ctx is done.
func eachBatch(ctx context.Context, chunks int, work func(n *nonce, number int) error) error {
	g, going := errgroup.WithContext(ctx)
	g.SetLimit(workers())
	for first := 0; first < chunks && going.Err() == nil; first += batchChunks {
		g.Go(func() error {
			var n nonce
			for number := first; number < min(first+batchChunks, chunks); number++ {
				if err := work(&n, number); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

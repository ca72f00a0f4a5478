package crypt_test

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"io"
	"runtime"
	"sync"
	"testing"

	"stowage/crypt"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// benchSize is what each benchmark encrypts or decrypts, all in memory.
const benchSize = 1 << 30

const sealedChunk = chunk + chacha20poly1305.Overhead

// touched returns memory that the system has really handed out.
func touched(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		b[i] = 1
	}
	return b
}

// fixedWriter is memory that a benchmark writes to without growing it.
type fixedWriter struct {
	b []byte
	n int
}

func (w *fixedWriter) Write(p []byte) (int, error) {
	n := copy(w.b[w.n:], p)
	w.n += n
	return n, nil
}

// measured is a benchmark of what works through benchSize bytes.
func measured(work func(*testing.B) error) func(*testing.B) {
	return func(b *testing.B) {
		b.SetBytes(benchSize)
		b.ReportAllocs()
		defer reportCPU(b)()
		for b.Loop() {
			if err := work(b); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkEncrypt compares this package, from memory to memory and through
// io.Reader and io.Writer, with the age package and with nothing but
// ChaCha20-Poly1305 on as many cores. Run it with -cpu 1,2.
func BenchmarkEncrypt(b *testing.B) {
	id := x25519(b)
	plain := touched(benchSize)
	out := &fixedWriter{b: touched(benchSize + benchSize/1000)}
	b.Run("memory", measured(func(b *testing.B) error {
		_, err := crypt.AppendEncrypt(b.Context(), out.b[:0], plain, nil, id.Recipient())
		return err
	}))
	b.Run("stream", measured(func(b *testing.B) error {
		out.n = 0
		return crypt.Encrypt(b.Context(), out, bytes.NewReader(plain), nil, id.Recipient())
	}))
	b.Run("age", measured(func(*testing.B) error {
		out.n = 0
		w, err := age.Encrypt(out, id.Recipient())
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, bytes.NewReader(plain)); err != nil {
			return err
		}
		return w.Close()
	}))
	const header = 200 // about what there is before the chunks, where no address is as even as in plain
	b.Run("raw", measured(onEachCore(func(aead aeadPart, nonce []byte) {
		at := header + aead.at/chunk*sealedChunk
		aead.Seal(out.b[at:at], nonce, plain[aead.at:aead.at+chunk], nil)
	})))
}

// BenchmarkDecrypt is the same for decrypting.
func BenchmarkDecrypt(b *testing.B) {
	id := x25519(b)
	sealed := encrypt(b, make([]byte, benchSize), id.Recipient())
	out := &fixedWriter{b: touched(benchSize + chunk)}
	b.Run("memory", measured(func(b *testing.B) error {
		_, err := crypt.AppendDecrypt(b.Context(), out.b[:0], sealed, nil, id)
		return err
	}))
	b.Run("stream", measured(func(b *testing.B) error {
		out.n = 0
		return crypt.Decrypt(b.Context(), out, bytes.NewReader(sealed), nil, id)
	}))
	b.Run("age", measured(func(*testing.B) error {
		out.n = 0
		r, err := age.Decrypt(bytes.NewReader(sealed), id)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, r)
		return err
	}))
	aead, err := chacha20poly1305.New(make([]byte, chacha20poly1305.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	one := aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), make([]byte, chunk), nil)
	rawSealed := bytes.Repeat(one, benchSize/chunk)
	b.Run("raw", measured(onEachCore(func(aead aeadPart, nonce []byte) {
		in := rawSealed[aead.at/chunk*sealedChunk:][:sealedChunk]
		if _, err := aead.Open(out.b[aead.at:aead.at], nonce, in, nil); err != nil {
			panic(fmt.Sprint("raw chunk: ", err))
		}
	})))
}

// aeadPart is the cipher with the place of the chunk to work on.
type aeadPart struct {
	cipher.AEAD
	at int
}

// onEachCore has every core seal or open its share of the chunks.
func onEachCore(work func(aeadPart, []byte)) func(*testing.B) error {
	cores := runtime.GOMAXPROCS(0)
	return func(*testing.B) error {
		var all sync.WaitGroup
		for core := range cores {
			all.Go(func() {
				aead, err := chacha20poly1305.New(make([]byte, chacha20poly1305.KeySize))
				if err != nil {
					panic(err)
				}
				nonce := make([]byte, aead.NonceSize())
				share := benchSize / chunk / cores
				for i := range share {
					work(aeadPart{aead, (core*share + i) * chunk}, nonce)
				}
			})
		}
		all.Wait()
		return nil
	}
}

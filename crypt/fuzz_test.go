package crypt_test

import (
	"bytes"
	"io"
	"testing"

	"stowage/crypt"

	"filippo.io/age"
	"filippo.io/age/armor"
)

func FuzzDecrypt(f *testing.F) {
	id, err := age.ParseX25519Identity("AGE-SECRET-KEY-184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encrypt(f, []byte("hello"), id.Recipient()))
	f.Add([]byte("age-encryption.org/v1\n-> X25519 abc\n"))
	f.Add([]byte(armor.Header + "\nYWdl\n" + armor.Footer))
	f.Add(append([]byte("\xef\xbb\xbf"), encrypt(f, []byte("hello"), id.Recipient())...))
	f.Fuzz(func(t *testing.T, file []byte) {
		var a, b bytes.Buffer
		errA := crypt.Decrypt(t.Context(), &a, bytes.NewReader(file), nil, id)
		r, errB := crypt.NewParallelReader(bytes.NewReader(file), id)
		if errB == nil {
			_, errB = io.Copy(&b, r)
			r.Close()
		}
		if (errA == nil) != (errB == nil) || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("the two readers differ: %v, %v", errA, errB)
		}
		c, errC := crypt.AppendDecrypt(t.Context(), nil, file, nil, id)
		if (errA == nil) != (errC == nil) || errC == nil && !bytes.Equal(a.Bytes(), c) {
			t.Errorf("in memory something else comes out: %v, %v", errA, errC)
		}
		_, _ = crypt.Inspect(bytes.NewReader(file), int64(len(file)))
	})
}

func FuzzRoundTrip(f *testing.F) {
	id := x25519(f)
	f.Add([]byte("hello"), 3, 2)
	f.Add(plaintext(chunk+1), 12, chunk)
	f.Fuzz(func(t *testing.T, piece []byte, times, flushEvery int) {
		times, flushEvery = times&31, max(1, flushEvery&0xfffff)
		var sealed, want bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		for range times {
			want.Write(piece)
			if _, err := w.Write(piece); err != nil {
				t.Fatal(err)
			}
			if want.Len()%flushEvery == 0 {
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(ageDecrypt(t, sealed.Bytes(), id), want.Bytes()) {
			t.Error("age reads something else")
		}
	})
}

package crypt_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"
)

// vector is one C2SP test vector.
type vector struct {
	expect     string
	sum        []byte
	identities []age.Identity
	armored    bool
	file       []byte
}

func readVector(t *testing.T, name string) vector {
	t.Helper()
	data, err := fs.ReadFile(agetest.Vectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	compressed := false
	for {
		line, rest, ok := strings.Cut(string(data), "\n")
		if !ok {
			t.Fatalf("%s: no blank line", name)
		}
		data = []byte(rest)
		if line == "" {
			break
		}
		field, value, _ := strings.Cut(line, ": ")
		switch field {
		case "expect":
			v.expect = value
		case "payload":
			v.sum, err = hex.DecodeString(value)
		case "identity":
			var i age.Identity
			if i, err = age.ParseX25519Identity(value); err != nil {
				i, err = age.ParseHybridIdentity(value)
			}
			v.identities = append(v.identities, i)
		case "passphrase":
			var i age.Identity
			i, err = age.NewScryptIdentity(value)
			v.identities = append(v.identities, i)
		case "armored":
			v.armored = true
		case "compressed":
			compressed = true
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", name, field, err)
		}
	}
	v.file = data
	if compressed {
		r, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if v.file, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// The decrypting paths, each of which must pass every vector.
var paths = map[string]func(t *testing.T, v vector) ([]byte, error){
	"stream": func(t *testing.T, v vector) ([]byte, error) {
		var out bytes.Buffer
		err := crypt.Decrypt(t.Context(), &out, bytes.NewReader(v.file), nil, v.identities...)
		return out.Bytes(), err
	},
	"reader in pieces": func(t *testing.T, v vector) ([]byte, error) {
		r, err := crypt.NewDecryptReader(bytes.NewReader(v.file), v.identities...)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		var out []byte
		piece := make([]byte, 1021)
		for {
			n, err := r.Read(piece)
			out = append(out, piece[:n]...)
			if errors.Is(err, io.EOF) {
				return out, nil
			} else if err != nil {
				return out, err
			}
		}
	},
	"parallel reader": func(t *testing.T, v vector) ([]byte, error) {
		r, err := crypt.NewParallelReader(bytes.NewReader(v.file), v.identities...)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(struct{ io.Reader }{r})
	},
	"parallel": func(t *testing.T, v vector) ([]byte, error) {
		var out bytes.Buffer
		r, err := crypt.NewParallelReader(bytes.NewReader(v.file), v.identities...)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		_, err = io.Copy(&out, r)
		return out.Bytes(), err
	},
}

func TestVectors(t *testing.T) {
	names, err := fs.ReadDir(agetest.Vectors, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 147 {
		t.Errorf("there are %d vectors, want 147", len(names))
	}
	for _, name := range names {
		v := readVector(t, name.Name())
		for path, decrypt := range paths {
			t.Run(path+"/"+name.Name(), func(t *testing.T) {
				out, err := decrypt(t, v)
				checkError(t, v, err)
				if v.sum != nil && (err == nil || v.expect == "payload failure" || len(out) > 0) {
					if sum := sha256.Sum256(out); !bytes.Equal(sum[:], v.sum) {
						t.Errorf("released %d bytes, which are not the permitted ones (%v)", len(out), err)
					}
				}
				if v.sum == nil && len(out) > 0 {
					t.Errorf("released %d bytes of a file that permits none", len(out))
				}
			})
		}
		t.Run("in memory/"+name.Name(), func(t *testing.T) {
			out, err := openInMemory(t, v)
			checkError(t, v, err)
			if sum := sha256.Sum256(out); err == nil && !bytes.Equal(sum[:], v.sum) {
				t.Error("the plaintext differs")
			}
		})
		t.Run("at random/"+name.Name(), func(t *testing.T) { readAtRandom(t, v) })
		t.Run("file/"+name.Name(), func(t *testing.T) { decryptFile(t, v) })
	}
}

// checkError compares an outcome with what the vector expects.
func checkError(t *testing.T, v vector, err error) {
	t.Helper()
	var want []error
	switch v.expect {
	case "success":
		if err != nil {
			t.Errorf("want success, got %v", err)
		}
		return
	case "no match":
		want = []error{crypt.ErrNoIdentity, crypt.ErrPassphrase}
	case "HMAC failure", "payload failure":
		want = []error{crypt.ErrDamaged}
	case "header failure":
		want = []error{crypt.ErrDamaged, crypt.ErrNotAge, crypt.ErrWorkFactor}
	case "armor failure":
		want = []error{crypt.ErrDamaged, crypt.ErrNotAge}
	default:
		t.Fatalf("unknown expectation %q", v.expect)
	}
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	t.Errorf("want %s, got %v", v.expect, err)
}

func readAtRandom(t *testing.T, v vector) {
	r, size, err := crypt.DecryptReaderAt(bytes.NewReader(v.file), int64(len(v.file)), v.identities...)
	var out []byte
	if err == nil {
		out, err = io.ReadAll(io.NewSectionReader(r, 0, size))
	}
	checkError(t, v, err)
	if v.expect != "success" {
		return // errors show up earlier than in a stream, so less may be released
	}
	if sum := sha256.Sum256(out); !bytes.Equal(sum[:], v.sum) {
		t.Error("the plaintext differs")
	}
}

func decryptFile(t *testing.T, v vector) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "vector.age"), filepath.Join(dir, "vector")
	if err := os.WriteFile(src, v.file, 0o600); err != nil {
		t.Fatal(err)
	}
	err := crypt.DecryptFile(context.Background(), src, dst, crypt.FileOptions{}, v.identities...)
	checkError(t, v, err)
	left, readErr := os.ReadFile(dst)
	if err != nil {
		if !errors.Is(readErr, fs.ErrNotExist) {
			t.Error("a failed run left a file")
		}
		if all, _ := os.ReadDir(dir); len(all) != 1 {
			t.Errorf("a failed run left %v", all)
		}
		return
	}
	if sum := sha256.Sum256(left); !bytes.Equal(sum[:], v.sum) {
		t.Error("the plaintext differs")
	}
}

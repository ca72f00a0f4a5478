package crypt_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"stowage/crypt"

	"filippo.io/age"
	"go.uber.org/goleak"
)

// flushed is how many bytes an age file has when all chunks that cannot be the
// last one are written.
func flushed(header, plain int) int {
	return header + 16 + max(0, plain-1)/chunk*(chunk+16)
}

func TestFlushWritesAllButTheLastChunk(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		want := plaintext(size)
		var sealed bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		header, half := sealed.Len()-16, size/2
		for i, part := range [][]byte{want[:half], want[half:], nil} {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if got := sealed.Len(); got != flushed(header, []int{half, size, size}[i]) {
				t.Errorf("%d bytes: flush %d left the file at %d bytes", size, i, got)
			}
		}
		// Without the tail nobody takes it for a whole file.
		torn := bytes.Clone(sealed.Bytes())
		if err := crypt.Decrypt(t.Context(), io.Discard, bytes.NewReader(torn), nil, id); !errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("%d bytes: the flushed stream reads as whole: %v", size, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(sealed.Bytes(), torn) || !bytes.Equal(ageDecrypt(t, sealed.Bytes(), id), want) {
			t.Errorf("%d bytes: age reads something else", size)
		}
	}
}

func TestAbortLeavesNoWholeFile(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		for _, flush := range []bool{false, true} {
			var sealed bytes.Buffer
			w, err := crypt.NewEncryptWriter(&sealed, id.Recipient())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(plaintext(size)); err != nil {
				t.Fatal(err)
			}
			if flush {
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			w.Abort()
			goleak.VerifyNone(t)
			w.Abort()
			left := sealed.Len()
			if _, err := w.Write([]byte("more")); err == nil {
				t.Errorf("%d bytes: Write after Abort succeeds", size)
			}
			if w.Flush() == nil || w.Close() == nil {
				t.Errorf("%d bytes: Flush or Close after Abort succeeds", size)
			}
			if sealed.Len() != left {
				t.Errorf("%d bytes: the aborted stream went on", size)
			}
			if err := crypt.Decrypt(t.Context(), io.Discard, &sealed, nil, id); !errors.Is(err, crypt.ErrDamaged) {
				t.Errorf("%d bytes: the aborted stream reads as whole: %v", size, err)
			}
		}
	}
}

func TestClosedTwice(t *testing.T) {
	for _, size := range []int{0, 5, 3 * batch} {
		var sealed bytes.Buffer
		w, err := crypt.NewEncryptWriter(&sealed, x25519(t).Recipient())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plaintext(size)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		whole := sealed.Len()
		if w.Close() == nil {
			t.Errorf("%d bytes: Close succeeds twice", size)
		}
		w.Abort()
		if sealed.Len() != whole {
			t.Errorf("%d bytes: something was written after Close", size)
		}
	}
}

// TestSourceCutShort holds that a source which says it was cut short, as that of
// a broken download does, is never encrypted as if it were whole.
func TestSourceCutShort(t *testing.T) {
	id := x25519(t)
	for _, size := range sizes {
		var sealed bytes.Buffer
		src := io.MultiReader(bytes.NewReader(plaintext(size)), iotest.ErrReader(io.ErrUnexpectedEOF))
		if err := crypt.Encrypt(t.Context(), &sealed, src, nil, id.Recipient()); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: got %v", size, err)
		}
		if err := crypt.Decrypt(t.Context(), io.Discard, &sealed, nil, id); !errors.Is(err, crypt.ErrDamaged) {
			t.Errorf("%d bytes: the half reads as whole: %v", size, err)
		}
	}
}

func TestSourceWithoutProgress(t *testing.T) {
	err := crypt.Encrypt(t.Context(), io.Discard, nothing{}, nil, x25519(t).Recipient())
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

// nothing is a source that never gives anything, nor ends.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

// plainRecipient wraps for another without the labels, as recipients did before
// age had any.
type plainRecipient struct{ to age.Recipient }

func (r plainRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) { return r.to.Wrap(fileKey) }

// labelled has labels of its own.
type labelled struct {
	plainRecipient
	labels []string
}

func (r labelled) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	stanzas, err := r.Wrap(fileKey)
	return stanzas, r.labels, err
}

func TestLabelsAreForwarded(t *testing.T) {
	id := x25519(t)
	none := plainRecipient{id.Recipient()}
	with := func(labels ...string) age.Recipient { return labelled{none, labels} }
	for name, c := range map[string]struct {
		to    []age.Recipient
		works bool
	}{
		"none":                  {[]age.Recipient{none}, true},
		"none and none":         {[]age.Recipient{none, id.Recipient()}, true},
		"none and empty":        {[]age.Recipient{none, with()}, true},
		"none and one":          {[]age.Recipient{none, with("a")}, false},
		"one and none":          {[]age.Recipient{with("a"), none}, false},
		"the same":              {[]age.Recipient{with("a", "b"), with("b", "a")}, true},
		"different":             {[]age.Recipient{with("a"), with("b")}, false},
		"post-quantum and none": {[]age.Recipient{hybrid(t).Recipient(), none}, false},
		"none and post-quantum": {[]age.Recipient{none, hybrid(t).Recipient()}, false},
		"post-quantum by name":  {[]age.Recipient{with("postquantum"), hybrid(t).Recipient()}, true},
	} {
		var sealed bytes.Buffer
		err := crypt.Encrypt(t.Context(), &sealed, bytes.NewReader(plaintext(2*batch)), nil, c.to...)
		if (err == nil) != c.works {
			t.Errorf("%s: got %v", name, err)
		}
		if err == nil && !bytes.Equal(ageDecrypt(t, sealed.Bytes(), id), plaintext(2*batch)) {
			t.Errorf("%s: age reads something else", name)
		}
	}
}

var errToken = errors.New("the token was pulled out")

// brokenRecipient cannot wrap anything.
type brokenRecipient struct{}

func (brokenRecipient) Wrap([]byte) ([]*age.Stanza, error) { return nil, errToken }

func TestRecipientThatFails(t *testing.T) {
	ok := x25519(t).Recipient()
	for _, to := range [][]age.Recipient{{brokenRecipient{}}, {ok, brokenRecipient{}}, {brokenRecipient{}, ok}} {
		var sealed bytes.Buffer
		if _, err := crypt.NewEncryptWriter(&sealed, to...); !errors.Is(err, errToken) || sealed.Len() > 0 {
			t.Errorf("got %v and %d bytes", err, sealed.Len())
		}
	}
}

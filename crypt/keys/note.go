package keys

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/text/unicode/norm"

	"stowage/crypt"
)

// maxNote bounds a signed note. The note package sets no bound of its own, and a
// directory has about 2 KB for each person with a hybrid key.
const maxNote = 64 << 20

// OpenNote checks that msg is a C2SP signed note with a signature of the
// verifier key, and returns its text. It fails with [ErrOtherSchool] when the
// note is signed by other keys only, with [ErrValue] when the verifier key is
// none, and with [ErrForged] otherwise. See c2sp.org/signed-note. It reads what
// [AsSigned] returns.
func OpenNote(msg []byte, verifier string) (string, error) {
	if len(msg) > maxNote {
		return "", fmt.Errorf("%w: a note of %d bytes", ErrForged, len(msg))
	}
	msg = AsSigned(msg)
	v, err := parseVerifier(verifier)
	if err != nil {
		return "", err
	}
	n, err := note.Open(msg, note.VerifierList(v))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return "", ErrOtherSchool
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrForged, err)
	}
	for _, s := range n.Sigs { // the note package lets bits pass that mean nothing
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return "", fmt.Errorf("%w: %w", ErrForged, err)
		}
	}
	return n.Text, nil
}

// AsSigned is a note without what Windows' programs add when somebody looks into it and
// saves it: a byte order mark, UTF-16, and CR before line ends. No note that was signed has any of these.
func AsSigned(msg []byte) []byte {
	msg = crypt.Text(msg)
	if bytes.Contains(msg, []byte("\r\n")) {
		msg = bytes.ReplaceAll(msg, []byte("\r\n"), []byte("\n"))
	}
	return msg
}

// CheckVerifier fails with [ErrValue] unless text is a note verifier key.
func CheckVerifier(text string) error {
	_, err := parseVerifier(text)
	return err
}

// parseVerifier is stricter than the note package, whose base64 skips line ends.
func parseVerifier(text string) (note.Verifier, error) {
	if err := CheckValue(text); err != nil {
		return nil, fmt.Errorf("verifier key: %w", err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("%w: verifier key: %w", ErrValue, err)
	}
	return v, nil
}

// signer signs for one school.
type signer struct {
	key      []byte // PRIVATE+KEY+…
	verifier string
}

// newSigner makes a signing key whose name is derived from the school's.
func newSigner(school string) (*signer, error) {
	private, public, err := note.GenerateKey(rand.Reader, keyName(school))
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return &signer{[]byte(private), public}, nil
}

// parseSigner reads the two halves as they stand in the authority's file and
// checks that they belong together.
func parseSigner(key, verifier string) (*signer, error) {
	s, err := note.NewSigner(key)
	if err != nil {
		return nil, fmt.Errorf("%w: signing key", ErrDamagedKey)
	}
	v, err := parseVerifier(verifier)
	if err != nil || s.Name() != v.Name() || s.KeyHash() != v.KeyHash() {
		return nil, fmt.Errorf("%w: the signing and verifier keys do not belong together", ErrDamagedKey)
	}
	return &signer{[]byte(key), verifier}, nil
}

func (s *signer) sign(text string) ([]byte, error) {
	if len(s.key) == 0 {
		return nil, errWiped
	}
	if !strings.HasSuffix(text, "\n") || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }) {
		return nil, fmt.Errorf("%w: a note's text is UTF-8, ends in a newline and holds no control characters", ErrValue)
	}
	key, err := note.NewSigner(string(s.key))
	if err != nil {
		return nil, fmt.Errorf("%w: signing key", ErrDamagedKey)
	}
	msg, err := note.Sign(&note.Note{Text: text}, key)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return msg, nil
}

// keyName makes a school's name into the name of a note key, which may hold
// neither space nor plus: "Ysgol Gŵyr" becomes "ysgol-gwyr". Letters of other
// scripts stay, and what has no letters at all is "school"; two schools of one
// name are told apart by their keys. The name itself stands in the signed text.
func keyName(school string) string {
	const most = 100 // bytes
	var b bytes.Buffer
	dash := false
	for _, r := range norm.NFKD.String(strings.ToLower(school)) {
		switch {
		case b.Len() >= most:
		case unicode.IsMark(r): // accents
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
		default:
			dash = true
		}
	}
	if b.Len() == 0 {
		return "school"
	}
	return b.String()
}

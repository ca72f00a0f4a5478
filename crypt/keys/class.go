package keys

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
)

// Class is a kind of age key. The two cannot share one age header.
type Class string

// The classes of keys.
const (
	Hybrid Class = "hybrid" // ML-KEM-768 with X25519, safe against quantum computers
	X25519 Class = "x25519" // for age before 1.3
)

// Classes are all the classes, in the order in which they are written.
func Classes() []Class { return []Class{Hybrid, X25519} }

// ClassOf returns the class of an age recipient ("age1…").
func ClassOf(recipient string) (Class, error) {
	_, class, err := parseRecipient(recipient)
	return class, err
}

// ParseRecipient parses an age recipient of one of the classes.
func ParseRecipient(recipient string) (age.Recipient, error) {
	r, _, err := parseRecipient(recipient)
	return r, err
}

// errNoRecipient does not quote the text, which could be a secret key that was
// given by mistake.
var errNoRecipient = fmt.Errorf("%w: not an age recipient", ErrValue)

// errUnknownClass is about a recipient or an identity.
var errUnknownClass = fmt.Errorf("a key of an unknown class: %w", ErrNewer)

// unknownClass reports whether a recipient looks like one, but of another class than these: age's
// recipients are "age1…", and those of other kinds "age1KIND1…".
func unknownClass(recipient string) bool {
	kind, ok := strings.CutPrefix(recipient[:max(0, strings.LastIndex(recipient, "1"))], "age1")
	return ok && kind != "pq" && isLower(kind)
}

// isLower reports whether a text is one or more of the letters a to z.
func isLower(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}

// checkPublished refuses what cannot be encrypted to, as the directory says it: what is of an
// unknown class is [ErrNewer].
func checkPublished(recipient string) error {
	_, err := ParseRecipient(recipient)
	if err != nil && unknownClass(recipient) {
		return errUnknownClass
	}
	return err
}

func parseRecipient(s string) (age.Recipient, Class, error) {
	if strings.HasPrefix(s, "age1pq1") {
		r, err := age.ParseHybridRecipient(s)
		if err != nil {
			return nil, "", errNoRecipient
		}
		return r, Hybrid, nil
	}
	r, err := age.ParseX25519Recipient(s)
	if err != nil {
		return nil, "", errNoRecipient
	}
	return r, X25519, nil
}

// secret is one age identity with what is needed to write it down again.
type secret struct {
	class     Class
	identity  age.Identity
	recipient string
	text      []byte // AGE-SECRET-KEY-…
}

func (s *secret) wipe() {
	clear(s.text)
	s.text = nil
}

// newSecret makes a new identity of a class.
func newSecret(class Class) (*secret, error) {
	switch class {
	case Hybrid:
		i, err := age.GenerateHybridIdentity()
		if err != nil {
			return nil, fmt.Errorf("make a hybrid identity: %w", err)
		}
		return &secret{Hybrid, i, i.Recipient().String(), []byte(i.String())}, nil
	case X25519:
		i, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, fmt.Errorf("make an X25519 identity: %w", err)
		}
		return &secret{X25519, i, i.Recipient().String(), []byte(i.String())}, nil
	}
	return nil, fmt.Errorf("%w: class %q", ErrValue, class)
}

// parseSecret reads the secret line of an identity file. The error never
// quotes it.
func parseSecret(line []byte) (*secret, error) {
	text := bytes.Clone(line)
	if bytes.HasPrefix(line, []byte("AGE-SECRET-KEY-PQ-")) {
		i, err := age.ParseHybridIdentity(string(line))
		if err != nil {
			return nil, fmt.Errorf("%w: not a hybrid identity", ErrDamagedKey)
		}
		return &secret{Hybrid, i, i.Recipient().String(), text}, nil
	}
	if kind, _, ok := bytes.Cut(bytes.TrimPrefix(line, []byte("AGE-SECRET-KEY-")), []byte("-1")); ok && isLower(strings.ToLower(string(kind))) {
		return nil, errUnknownClass
	}
	i, err := age.ParseX25519Identity(string(line))
	if err != nil {
		return nil, fmt.Errorf("%w: not an age identity", ErrDamagedKey)
	}
	return &secret{X25519, i, i.Recipient().String(), text}, nil
}

// WrapFor encrypts plaintext to the recipients, once for each class among
// them, and returns the age files by class.
func WrapFor(plaintext []byte, recipients []string) (map[Class][]byte, error) {
	byClass := map[Class][]age.Recipient{}
	for i, s := range recipients {
		if slices.Contains(recipients[:i], s) {
			continue
		}
		r, class, err := parseRecipient(s)
		if err != nil {
			return nil, err
		}
		byClass[class] = append(byClass[class], r)
	}
	if len(byClass) == 0 {
		return nil, fmt.Errorf("%w: no recipients", ErrValue)
	}
	files := map[Class][]byte{}
	for class, to := range byClass {
		file, err := sealTo(plaintext, to...)
		if err != nil {
			return nil, err
		}
		files[class] = file
	}
	return files, nil
}

// Unwrap decrypts one of the files that [WrapFor] made. The caller wipes what
// it returns. It fails with [ErrWrongKey] or [ErrDamagedKey].
func Unwrap(file []byte, identities ...age.Identity) ([]byte, error) {
	return open(file, identities...)
}

package crypt

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// The errors that callers decide on. They are wrapped with what failed; use
// [errors.Is].
var (
	// ErrNotAge: what was read does not begin as an age file does.
	ErrNotAge = errors.New("not an age file")
	// ErrNoIdentity: none of the identities given opens the file.
	ErrNoIdentity = errors.New("no identity matches any recipient of the file")
	// ErrPassphrase: the file is protected by a passphrase, and not by this one.
	ErrPassphrase = errors.New("incorrect passphrase")
	// ErrDamaged: the file was altered, truncated or carries trailing data.
	ErrDamaged = errors.New("the age file is damaged or was altered")
	// ErrExists: the destination exists and replacing it was not asked for.
	ErrExists = errors.New("the destination exists already")
)

// openError sorts the error of opening an age header with identities.
func openError(err error, identities []age.Identity) error {
	var armored *armor.Error
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &armored):
		return fmt.Errorf("%w: %s", ErrDamaged, brief(err))
	case errors.As(err, &noMatch):
		if triedPassphrase(noMatch.StanzaTypes, identities) {
			return fmt.Errorf("%w: %w", ErrPassphrase, err)
		}
		return fmt.Errorf("%w: %w", ErrNoIdentity, err)
	case errors.Is(err, age.ErrIncorrectIdentity):
		return fmt.Errorf("%w: %w", ErrNoIdentity, err)
	}
	return fmt.Errorf("%w: %s", ErrDamaged, brief(err))
}

// brief is the text of an error of the age package, which quotes what it reads,
// cut to a length that fits a message.
func brief(err error) string {
	const most = 120
	text := err.Error()
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// triedPassphrase reports whether the file is passphrase-protected and one of
// the identities was a passphrase.
func triedPassphrase(stanzaTypes []string, identities []age.Identity) bool {
	if len(stanzaTypes) != 1 || stanzaTypes[0] != "scrypt" {
		return false
	}
	for _, i := range identities {
		if _, ok := i.(*age.ScryptIdentity); ok {
			return true
		}
	}
	return false
}

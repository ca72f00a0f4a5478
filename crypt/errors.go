package crypt

import (
	"errors"
	"slices"
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
	// ErrWorkFactor: trying a passphrase on the file would take too long, which
	// no honest file asks for.
	ErrWorkFactor = errors.New("the work factor of the file's passphrase is too high")
	// ErrDamaged: the file was altered, truncated or carries trailing data.
	ErrDamaged = errors.New("the age file is damaged or was altered")
	// ErrUnsafe: an archive holds an entry that would reach outside its folder,
	// or that is neither a file nor a folder.
	ErrUnsafe = errors.New("unsafe entry in the archive")
	// ErrTooMany: a folder or archive holds more than a million files and folders.
	ErrTooMany = errors.New("more files and folders than one archive may hold")
	// ErrChanged: a file changed while it was being read.
	ErrChanged = errors.New("the file changed while it was read")
)

// errClosed is what a stream says once it was closed or aborted.
var errClosed = errors.New("the age stream is closed")

// headerError is the error of reading a header.
func headerError(err error) error { return &causedError{ErrDamaged, err} }

// identityError sorts the error of opening a header with identities.
func identityError(err error, identities []age.Identity) error {
	var noMatch *age.NoIdentityMatchError
	if !errors.As(err, &noMatch) {
		return &causedError{ErrDamaged, err}
	}
	if slices.Equal(noMatch.StanzaTypes, []string{"scrypt"}) && havePassphrase(identities) {
		return &causedError{ErrPassphrase, err}
	}
	return &causedError{ErrNoIdentity, err}
}

func havePassphrase(identities []age.Identity) bool {
	return slices.ContainsFunc(identities, func(i age.Identity) bool {
		_, ok := i.(*age.ScryptIdentity)
		return ok
	})
}

// armorError marks errors of the armor as damage.
func armorError(err error) error {
	var armored *armor.Error
	if errors.As(err, &armored) {
		return &causedError{ErrDamaged, err}
	}
	return err
}

// causedError is one of the errors above with the cause that a library gives,
// whose text may quote what it read.
type causedError struct{ what, cause error }

func (e *causedError) Error() string {
	if _, ok := e.cause.(*age.NoIdentityMatchError); ok {
		return e.what.Error() // which says as much
	}
	return e.what.Error() + ": " + brief(e.cause.Error())
}

func (e *causedError) Unwrap() []error { return []error{e.what, e.cause} }

// brief cuts hostile text to a length that fits a message.
func brief(text string) string {
	const most = 120
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

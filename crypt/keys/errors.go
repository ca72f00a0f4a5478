package keys

import "errors"

// The errors that callers decide on. They are wrapped with what failed; use
// [errors.Is].
var (
	// ErrPassphrase: the passphrase is not the one that protects the file.
	ErrPassphrase = errors.New("incorrect passphrase")
	// ErrCode: the recovery code is mistyped, or not the one of this stick.
	ErrCode = errors.New("incorrect recovery code")
	// ErrDamagedKey: the file is not a key of the kind that was wanted, or was altered.
	ErrDamagedKey = errors.New("damaged key file")
	// ErrNewer: the key file or directory was made by a newer version of Stowage.
	ErrNewer = errors.New("made by a newer version")
	// ErrWrongKey: the key does not open what it was tried on.
	ErrWrongKey = errors.New("the key does not open this")
	// ErrOtherSchool: the text is signed, but by another school.
	ErrOtherSchool = errors.New("signed by another school")
	// ErrForged: the text is not signed, or was altered after it was signed.
	ErrForged = errors.New("the school's signature is missing or does not match")
	// ErrBlocked: the key was revoked and must not be encrypted to; see
	// [BlockedError].
	ErrBlocked = errors.New("the key is blocked")
	// ErrNoKey: the person has no key that is in force.
	ErrNoKey = errors.New("no key has been issued")
	// ErrUnknown: nobody in the directory is called that.
	ErrUnknown = errors.New("not in the directory")
	// ErrAmbiguous: more than one person in the directory is called that.
	ErrAmbiguous = errors.New("more than one person matches")
	// ErrOlder: the directory is older than one already seen.
	ErrOlder = errors.New("the directory is older than one already seen")
	// ErrTooWeak: the passphrase does not meet the policy; see [WeakError].
	ErrTooWeak = errors.New("the passphrase is too weak")
	// ErrMustChange: the passphrase is one that ICT knows, and must be changed
	// before the key is used.
	ErrMustChange = errors.New("the passphrase must be changed first")
	// ErrWorkFactor: the scrypt work factor is lower than the least allowed.
	ErrWorkFactor = errors.New("the scrypt work factor is too low")
	// ErrValue: a name or other value cannot be stored in a key file or note.
	ErrValue = errors.New("a value that cannot be stored")
)

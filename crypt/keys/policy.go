package keys

import "fmt"

// Policy is what a school asks of its keys and loans. It is published in the
// directory and pinned in every stick's note.
type Policy struct {
	Class       Class      `json:"class"`         // class of new keys
	Words       int        `json:"words"`         // words in a generated passphrase
	MinLength   int        `json:"min_length"`    // characters in a chosen passphrase
	MinGuesses  float64    `json:"min_guesses"`   // estimated guesses that a chosen passphrase must withstand
	WorkFactor  WorkFactor `json:"work_factor"`   // scrypt work factor of key files
	LoanDays    int        `json:"loan_days"`     // days until a device is due back, 0 for no date
	UnseenDays  int        `json:"unseen_days"`   // days after which a device counts as not seen lately
	LockMinutes int        `json:"lock_minutes"`  // minutes without use after which an open stick locks
	KeysOnStick bool       `json:"keys_on_stick"` // holders' keys are carried on their sticks

	// What a stick without room keeps. A directory or note that does not say has [DefaultPolicy]'s.
	KeepDays     int `json:"keep_days"`     // days for which deleted files, and KeepVersions of each other file, are kept
	KeepVersions int `json:"keep_versions"` // earlier versions of a file that are kept for so long
	KeepFreeMB   int `json:"keep_free_mb"`  // millions of bytes to be kept free by giving up what is older; 0 to wait until something does not fit
}

// DefaultPolicy is what a new school begins with. Whoever holds a key file and tries
// 1e12 guesses at work factor 18 keeps one core busy for twenty thousand years.
// Graphics cards are quicker: at some 3,000 guesses a second each, hiring them
// for it costs in the order of £20,000 (1e10 guesses would be £200, too little
// for a thief who knows what is on the stick). Six generated words withstand 2e23.
func DefaultPolicy() Policy {
	return Policy{
		Class: Hybrid, Words: 6, MinLength: 10, MinGuesses: 1e12, WorkFactor: DefaultWorkFactor,
		LoanDays: 180, UnseenDays: 60, LockMinutes: 10, KeysOnStick: true, KeepDays: 1,
	}
}

// Check refuses with [ErrValue] or [ErrWorkFactor] a policy that is unsafe or
// makes no sense.
func (p Policy) Check() error {
	switch {
	case p.Class != Hybrid && p.Class != X25519:
		return fmt.Errorf("%w: policy: class %q", ErrValue, p.Class)
	case p.Words < minWords || p.Words > maxWords:
		return fmt.Errorf("%w: policy: %d words, want %d to %d", ErrValue, p.Words, minWords, maxWords)
	case p.MinLength < 8 || p.MinLength > maxPassphrase:
		return fmt.Errorf("%w: policy: a least length of %d, want 8 to %d", ErrValue, p.MinLength, maxPassphrase)
	case !(p.MinGuesses >= 1e8 && p.MinGuesses <= 1e30):
		return fmt.Errorf("%w: policy: %g guesses, want 1e8 to 1e30", ErrValue, p.MinGuesses)
	case p.LoanDays < 0 || p.LoanDays > 3650 || p.UnseenDays < 1 || p.UnseenDays > 3650:
		return fmt.Errorf("%w: policy: a number of days", ErrValue)
	case p.LockMinutes < 1 || p.LockMinutes > 24*60:
		return fmt.Errorf("%w: policy: %d minutes until locking", ErrValue, p.LockMinutes)
	case p.KeepDays < 0 || p.KeepDays > 3650 || p.KeepVersions < 0 || p.KeepVersions > 1000 || p.KeepFreeMB < 0 || p.KeepFreeMB > 1e6:
		return fmt.Errorf("%w: policy: what is kept of old versions", ErrValue)
	}
	return p.WorkFactor.check()
}

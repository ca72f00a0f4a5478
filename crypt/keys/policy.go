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
	case !(p.MinGuesses >= 1e8 && p.MinGuesses <= 1e30):
		return fmt.Errorf("%w: policy: %g guesses, want 1e8 to 1e30", ErrValue, p.MinGuesses)
	}
	for _, n := range PolicyNumbers() {
		if v := *n.Of(&p); v < n.From || v > n.To {
			return fmt.Errorf("%w: policy: %s is %d, want %d to %d", ErrValue, n.Name, v, n.From, n.To)
		}
	}
	return p.WorkFactor.check()
}

// A PolicyNumber is one of the numbers of a policy.
type PolicyNumber struct {
	Name     string // as the directory has it: "loan_days"
	From, To int    // its bounds, both allowed
	Of       func(*Policy) *int
}

// PolicyNumbers lists the numbers that have both bounds: all but the work factor and the guesses.
func PolicyNumbers() []PolicyNumber {
	const decade = 3650 // days
	return []PolicyNumber{
		{"words", minWords, maxWords, func(p *Policy) *int { return &p.Words }},
		{"min_length", 8, maxPassphrase, func(p *Policy) *int { return &p.MinLength }},
		{"loan_days", 0, decade, func(p *Policy) *int { return &p.LoanDays }},
		{"unseen_days", 1, decade, func(p *Policy) *int { return &p.UnseenDays }},
		{"lock_minutes", 1, 24 * 60, func(p *Policy) *int { return &p.LockMinutes }},
		{"keep_days", 0, decade, func(p *Policy) *int { return &p.KeepDays }},
		{"keep_versions", 0, 1000, func(p *Policy) *int { return &p.KeepVersions }},
		{"keep_free_mb", 0, 1e6, func(p *Policy) *int { return &p.KeepFreeMB }},
	}
}

package papers

import "time"

// Device is a device as a paper shows it.
type Device struct {
	Label    string
	Kind     string // "memory stick", "laptop", …
	Make     string
	Model    string
	Serial   string
	Capacity int64 // bytes; 0 if not known
	Site     string
	State    string // in the words of the register
	Holder   string // the person's name; who had it last if it is gone
	Issued   time.Time
	Due      time.Time // zero: no date agreed
}

// name is what the device is called.
func (d Device) name() string {
	if d.Label != "" {
		return d.Label
	}
	if d.Serial != "" {
		return d.Serial
	}
	return "a device without a label"
}

// facts are the device's own, for a table.
func (d Device) facts() []fact {
	capacity := ""
	if d.Capacity > 0 {
		capacity = size(d.Capacity)
	}
	return []fact{
		{"Asset label", or(d.Label, "none")},
		{"What it is", joined(", ", d.Kind, joined(" ", d.Make, d.Model))},
		{"Serial number", or(d.Serial, unrecorded)},
		{"Size", capacity},
		{"Site", d.Site},
	}
}

// or is the first text, or the second if it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// Verification is somebody having looked whether a device is encrypted.
type Verification struct {
	Method    string // "Stowage format 1", "BitLocker", …
	By        string
	At        time.Time
	Encrypted bool // what was found
	Note      string
}

// Protection is how what lies on a device is protected.
type Protection struct {
	// Stick says that the device is a stick of Stowage; the rest of the fields
	// but Latest is about that.
	Stick bool
	// Checks are the verifications of encryption, the newest first.
	Checks []Verification
	// Classes are the classes of the recipients: "hybrid", "x25519".
	Class string
	// Recipients are whose keys open the stick, in plain words, with the public
	// half of each.
	Recipients []Recipient
	// KeyOnStick says that the holder's key, under its passphrase, is on the stick.
	KeyOnStick bool
	Passphrase Passphrase
	// KeyBlocked says since when the holder's key is blocked or replaced, so that
	// nothing more is encrypted to it; zero if it is not.
	KeyBlocked time.Time
	// PlainFiles is how many files outside the encryption the last look at the
	// drive found; -1 if nobody looked.
	PlainFiles int
}

// Recipient is a key that opens a stick.
type Recipient struct {
	Whose string // "Alice Jones", "the school's recovery key"
	Class string // "hybrid", "x25519"
	Key   string // the public half: age1…; empty for what is no key
}

// Sighting is the device seen at school.
type Sighting struct {
	At     time.Time // zero: never
	Place  string
	Health string // what a check came to, in the words of the register
	Used   int64  // bytes
	Size   int64  // bytes
	Layers int64  // the number of the newest layer
}

// Contents is what is known to be on a stick.
type Contents struct {
	Source string    // where this is known from: "the backup", "the last check-in"
	At     time.Time // as of when
	Files  int
	Bytes  int64
	Types  []TypeCount // in any order
	Names  []string    // only if the names are asked for
}

// TypeCount counts the files of one type.
type TypeCount struct {
	Type  string // "PDF documents", ".docx"; "" for files without one
	Files int
	Bytes int64
}

// Incident is the case file of a loss.
type Incident struct {
	Number   string
	Kind     string // "lost" or "stolen"
	Happened time.Time
	Until    time.Time // the end of the span in which it happened; zero if that is known
	Noticed  time.Time
	Aware    time.Time // when the school became aware, which starts the 72 hours
	LastSeen string    // where
	Police   string    // reference
	Told     []string  // who was told, with the time if it is known
	Account  string    // circumstances
	WithIt   string    // whether the passphrase could be with it: "yes", "no", "not known"
	People   string    // whose data and how many, without names
	Special  string    // special categories of data
	OnlyCopy string    // whether it was the only copy
	Training string    // the holder's data-protection training
	Effects  string    // likely consequences
	Done     string    // what was done
	Decision Decision
	Lessons  string
	Closed   time.Time
}

// Decision is what a person decided about notifying.
type Decision struct {
	What string // "notify the regulator", …; empty: not decided yet
	Why  string
	By   string
	At   time.Time
	Sent time.Time // when the regulator was notified
	Ref  string    // the regulator's reference
}

// Entry is one line of a history.
type Entry struct {
	Number int64
	At     time.Time
	By     string
	What   string
	More   string // details
}

// Checkpoint is the register's size and root, signed by the school.
type Checkpoint struct {
	Events   int64
	Root     string // as in the note
	At       time.Time
	Note     string   // the signed note, as it is
	Verifier string   // the school's verifier key
	Seen     []string // sticks that carry one that fits, "HRP-0007 on 3 May 2026"
}

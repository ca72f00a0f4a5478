package devices

import (
	"time"
)

// Kind is what sort of thing a device is.
type Kind string

// The kinds of device.
const (
	MemoryStick   Kind = "memory stick"
	ExternalDrive Kind = "external drive"
	Laptop        Kind = "laptop"
	Tablet        Kind = "tablet"
	Phone         Kind = "phone"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{MemoryStick, ExternalDrive, Laptop, Tablet, Phone} }

// Pluggable reports whether devices of a kind are plugged into a computer to be used: they
// can be made sticks and be checked in.
func (k Kind) Pluggable() bool { return k == MemoryStick || k == ExternalDrive }

// ParseKind reads a kind by its name; hyphens count as spaces and case does not
// count.
func ParseKind(text string) (Kind, error) { return parseName("kind", text, Kinds()) }

// DeviceDetails is what ICT writes down about a device and may correct later.
// Text is kept in Unicode normal form C without blanks round it.
type DeviceDetails struct {
	Kind     Kind   `json:"kind"`
	Make     string `json:"make,omitempty"`
	Model    string `json:"model,omitempty"`
	Serial   string `json:"serial,omitempty"`   // the hardware's own; no two devices share one
	Capacity int64  `json:"capacity,omitempty"` // bytes; 0 if not known
	Label    string `json:"label,omitempty"`    // the school's asset label; no two devices share one
	Site     string `json:"site,omitempty"`
	Notes    string `json:"notes,omitempty"` // may have several lines
}

// A Device is a device as the register knows it now. It needs a label or a
// serial; both are compared by [Fold].
type Device struct {
	ID      string `json:"id"`      // UUID
	Version int64  `json:"version"` // the number of the last event that changed it
	DeviceDetails
	State State     `json:"state"`
	Since time.Time `json:"since"` // when it came into its state
	Added time.Time `json:"added"`

	// Who has it, or had it when it was lost, stolen, damaged, retired or
	// destroyed. Empty if it is in stock or returned.
	Holder     string    `json:"holder,omitempty"` // the holder's id
	HolderName string    `json:"holder_name,omitempty"`
	Loan       string    `json:"loan,omitempty"` // the id of the loan that Holder has or had it on
	Due        time.Time `json:"due,omitzero"`   // of that loan; zero if it has no end

	Encryption Verification `json:"encryption,omitzero"` // the latest; zero if never verified
	Seen       Sighting     `json:"seen,omitzero"`       // the latest; zero if never seen
	Recovery   RecoveryCode `json:"recovery,omitzero"`   // zero if none is stored
}

// Name is what people call the device: its label, or else its serial.
func (d Device) Name() string {
	if d.Label != "" {
		return d.Label
	}
	return d.Serial
}

// Overdue says whether the holder still has the device on the day that it is at now, where now is, although the day
// that it was due is over. What is lost or stolen is not overdue: it is worse.
func (d Device) Overdue(now time.Time) bool {
	return (d.State == Issued || d.State == Damaged && d.Holder != "") && !d.Due.IsZero() && d.Due.Before(today(now))
}

// DueOn is the time as which the day that t is on, where t is, is kept as the end of a loan: a day is the same day in
// every time zone, so it ends by the clock of UTC. [DueDay] is its counterpart.
func DueOn(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	year, month, day := t.Date()
	return time.Date(year, month, day, 23, 59, 59, 0, time.UTC)
}

// DueDay is noon in a place of the day on which a loan ends, for showing it there; the zero time if it has no end.
func DueDay(due time.Time, in *time.Location) time.Time {
	if due.IsZero() {
		return due
	}
	year, month, day := due.UTC().Date()
	return time.Date(year, month, day, 12, 0, 0, 0, in)
}

// today is the beginning of the day that it is at now, as days are kept: what was due before it is overdue.
func today(now time.Time) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func sameDay(a, b time.Time) bool { return today(a).Equal(today(b)) }

// Ways in which a device may be found to be encrypted. Other texts are taken as
// well.
const (
	StowageFormat1 = "Stowage format 1"
	BitLocker      = "BitLocker"
	FileVault      = "FileVault"
	LUKS           = "LUKS"
)

// A Verification records that somebody checked whether a device is encrypted,
// how, and what came out of it.
type Verification struct {
	Method    string    `json:"method"` // how it is, or should be, encrypted: [StowageFormat1], [BitLocker], …
	By        string    `json:"by"`     // the person or program that looked
	At        time.Time `json:"at"`
	Encrypted bool      `json:"encrypted"`      // what was found
	Note      string    `json:"note,omitempty"` // the evidence, such as the program's output
}

// The notes of a sighting that was imported from another system, which is its place: what that said on that day. It
// is no [Verification], since nobody looked.
const (
	SaidEncrypted    = "said to be encrypted; not verified"
	SaidNotEncrypted = "said not to be encrypted"
)

// Said reports whether the sighting is what another system said of the device's encryption.
func (s Sighting) Said() bool { return s.Note == SaidEncrypted || s.Note == SaidNotEncrypted }

// Health is what a check of a stick came to.
type Health string

// The kinds of health. The zero value says that nobody looked.
const (
	Unchecked Health = ""
	Healthy   Health = "healthy"
	Repaired  Health = "repaired"
	Broken    Health = "broken"
)

// A Sighting is a device seen at school: a stick plugged in, or a label
// scanned in an audit (then only At, Place and Note are known).
type Sighting struct {
	At       time.Time `json:"at"`
	Place    string    `json:"place,omitempty"`
	Stick    string    `json:"stick,omitempty"`    // the stick's id in its own note; a reissued device is another stick
	Sequence int64     `json:"sequence,omitempty"` // of the newest layer
	Digest   string    `json:"digest,omitempty"`   // of the newest layer
	Format   int       `json:"format,omitempty"`   // version
	Used     int64     `json:"used,omitempty"`     // bytes
	Size     int64     `json:"size,omitempty"`     // bytes
	Health   Health    `json:"health,omitempty"`
	Note     string    `json:"note,omitempty"`

	// Older says that the stick was at a later layer when last seen, or at
	// another one of the same sequence: it was rolled back or copied. The
	// register works it out; what the caller gives is ignored. Stick, Sequence
	// and Digest of the device then stay those of the newest layer seen.
	Older bool `json:"older,omitempty"`
	// Forked is for callers who read the stick's history: the newest layer that the register knows is not in it. It makes the
	// stick Older, and is not kept.
	Forked bool `json:"-"`
	// Traced is for them as well: it is in it, though the numbers and digests, which a new identity changes, may not show it. It makes
	// the stick not Older, and is not kept.
	Traced bool `json:"-"`
	// Settled is for callers who investigated what became of the stick and leave it as it is: it is then not Older. The note says
	// why. It is not kept.
	Settled bool `json:"-"`
}

// A RecoveryCode says what the register knows about a stick's telephone
// recovery code. The code itself is opaque ciphertext, kept apart.
type RecoveryCode struct {
	Digest string    `json:"digest"` // SHA-256 of the ciphertext, hexadecimal
	Stored time.Time `json:"stored"`
	Used   time.Time `json:"used,omitzero"` // when it was first given out; it needs replacing since
}

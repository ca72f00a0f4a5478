package devices

import (
	"context"
	"errors"
	"io"
	"time"
)

// A Register is a school's register. Make one with [NewRegister].
type Register struct {
	store Store
	now   func() time.Time
	newID func() string
}

// Options are what a Register takes from outside. The zero value is right
// except in tests.
type Options struct {
	Clock func() time.Time // nil: time.Now
	NewID func() string    // nil: random UUIDs
}

// NewRegister returns the register kept in store. Closing the store is left to
// whoever opened it.
func NewRegister(store Store, o Options) *Register {
	return &Register{store: store, now: o.Clock, newID: o.NewID}
}

var errUnfinished = errors.New("unfinished")

// Atomically runs fn with a register whose changes are kept all together, when
// fn returns nil, or not at all.
func (r *Register) Atomically(ctx context.Context, fn func(*Register) error) error {
	return errUnfinished
}

// AddHolder adds a person.
func (r *Register) AddHolder(ctx context.Context, actor string, d HolderDetails) (Holder, error) {
	return Holder{}, errUnfinished
}

// EditHolder replaces what is written down about a person. version is the
// holder's as last read, or 0 not to compare.
func (r *Register) EditHolder(ctx context.Context, actor, id string, version int64, d HolderDetails) (Holder, error) {
	return Holder{}, errUnfinished
}

// Leave records that a person has left; nothing more can be issued to them. What
// they still have is returned, and stays theirs on record until it comes back.
func (r *Register) Leave(ctx context.Context, actor, id string, version int64, note string) (Holdings, error) {
	return Holdings{}, errUnfinished
}

// Rejoin records that a person who left is back.
func (r *Register) Rejoin(ctx context.Context, actor, id string, version int64, note string) (Holder, error) {
	return Holder{}, errUnfinished
}

// Holder returns a person by id.
func (r *Register) Holder(ctx context.Context, id string) (Holder, error) {
	return Holder{}, errUnfinished
}

// FindHolder finds one person by id, name or e-mail; a text that fits nobody
// exactly may be the beginnings of names. The error is [ErrNotFound] or an
// [*AmbiguousError]. Those who have left are found only if nobody present fits.
func (r *Register) FindHolder(ctx context.Context, text string) (Holder, error) {
	return Holder{}, errUnfinished
}

// Holders returns a page of people by name.
func (r *Register) Holders(ctx context.Context, q HolderQuery) (HolderPage, error) {
	return HolderPage{}, errUnfinished
}

// Holdings returns everything that a person has.
func (r *Register) Holdings(ctx context.Context, holder string) (Holdings, error) {
	return Holdings{}, errUnfinished
}

// AddDevice adds a device, in stock.
func (r *Register) AddDevice(ctx context.Context, actor string, d DeviceDetails) (Device, error) {
	return Device{}, errUnfinished
}

// EditDevice replaces what is written down about a device. version is the
// device's as last read, or 0 not to compare.
func (r *Register) EditDevice(ctx context.Context, actor, id string, version int64, d DeviceDetails) (Device, error) {
	return Device{}, errUnfinished
}

// Device returns a device by id.
func (r *Register) Device(ctx context.Context, id string) (Device, error) {
	return Device{}, errUnfinished
}

// FindDevice finds one device by its id, label or serial. The error is
// [ErrNotFound] or, if the label of one is the serial of another, an
// [*InvalidError].
func (r *Register) FindDevice(ctx context.Context, text string) (Device, error) {
	return Device{}, errUnfinished
}

// Devices returns a page of devices.
func (r *Register) Devices(ctx context.Context, q DeviceQuery) (DevicePage, error) {
	return DevicePage{}, errUnfinished
}

// CountDevices counts the devices that fit by state.
func (r *Register) CountDevices(ctx context.Context, q DeviceQuery) (map[State]int, error) {
	return nil, errUnfinished
}

// Sites lists the sites that devices are at, sorted.
func (r *Register) Sites(ctx context.Context) ([]string, error) { return nil, errUnfinished }

// NextLabel suggests the label after the highest one of the form PREFIX followed
// by digits, such as "MS-0042" after "MS-0041".
func (r *Register) NextLabel(ctx context.Context, prefix string) (string, error) {
	return "", errUnfinished
}

// Issue hands a device to a holder, by a new loan. The error may be a
// [*Refusal], [ErrLeft] or [ErrChanged].
func (r *Register) Issue(ctx context.Context, actor, device string, d LoanDetails) (Device, error) {
	return Device{}, errUnfinished
}

// Extend gives the holder of an issued device until due, which must be later
// than before. version is the device's as last read, or 0 not to compare.
func (r *Register) Extend(ctx context.Context, actor, device string, version int64, due time.Time, note string) (Device, error) {
	return Device{}, errUnfinished
}

// Act records any other action than Issue and Extend on a device. The loan ends
// when the device comes back (Return, Restock) or never will (Retire, Destroy);
// what is lost, stolen, found or damaged stays on loan. The error may be a
// [*Refusal] or [ErrChanged].
func (r *Register) Act(ctx context.Context, actor, device string, action Action, f Facts) (Device, error) {
	return Device{}, errUnfinished
}

// Loan returns a loan by id.
func (r *Register) Loan(ctx context.Context, id string) (Loan, error) { return Loan{}, errUnfinished }

// Loans returns loans, newest first.
func (r *Register) Loans(ctx context.Context, q LoanQuery) ([]Loan, error) {
	return nil, errUnfinished
}

// RecordVerification records that somebody looked whether the device is
// encrypted. Method and By are required; At may be zero for now.
func (r *Register) RecordVerification(ctx context.Context, actor, device string, v Verification) (Device, error) {
	return Device{}, errUnfinished
}

// CheckIn records that a device was seen. At may be zero for now. Look at
// Seen.Older of the device returned, and at its State: a lost one stays lost
// until somebody acts on it.
func (r *Register) CheckIn(ctx context.Context, actor, device string, s Sighting) (Device, error) {
	return Device{}, errUnfinished
}

// StoreRecoveryCode keeps a stick's telephone recovery code, as ciphertext that
// only the caller can make sense of, and deletes the one before. At most
// [MaxRecoveryCode] bytes.
func (r *Register) StoreRecoveryCode(ctx context.Context, actor, device string, ciphertext []byte) (Device, error) {
	return Device{}, errUnfinished
}

// MaxRecoveryCode is the size in bytes of the largest recovery code kept.
const MaxRecoveryCode = 64 << 10

// UseRecoveryCode returns the ciphertext of a stick's recovery code, and records
// that it was given out and how the holder was identified (required).
func (r *Register) UseRecoveryCode(ctx context.Context, actor, device, identified string) ([]byte, error) {
	return nil, errUnfinished
}

// IssueKey records a key issued to a holder and, if it replaces another of
// theirs, that one's end.
func (r *Register) IssueKey(ctx context.Context, actor string, d KeyDetails) (Key, error) {
	return Key{}, errUnfinished
}

// RevokeKey records that a key is not to be trusted any more, and why
// (required). version is the key's as last read, or 0 not to compare.
func (r *Register) RevokeKey(ctx context.Context, actor, id string, version int64, reason string) (Key, error) {
	return Key{}, errUnfinished
}

// PlaceKey records that a key lies on a device. Doing it again changes nothing.
func (r *Register) PlaceKey(ctx context.Context, actor, key, device string) (Key, error) {
	return Key{}, errUnfinished
}

// RemoveKey records that a key lies on a device no more.
func (r *Register) RemoveKey(ctx context.Context, actor, key, device string) (Key, error) {
	return Key{}, errUnfinished
}

// Key returns a key by id.
func (r *Register) Key(ctx context.Context, id string) (Key, error) { return Key{}, errUnfinished }

// Keys returns keys in the order of issue.
func (r *Register) Keys(ctx context.Context, q KeyQuery) ([]Key, error) { return nil, errUnfinished }

// Events returns a page of what happened: the history of a device, of a person,
// of a key or of everything.
func (r *Register) Events(ctx context.Context, q EventQuery) ([]Event, error) {
	return nil, errUnfinished
}

// Check replays all events in memory and compares the outcome with the present
// state. The error names the first record that does not follow from the events.
func (r *Register) Check(ctx context.Context) error { return errUnfinished }

// Rebuild makes the present state again from the events alone.
func (r *Register) Rebuild(ctx context.Context) error { return errUnfinished }

// Export writes the devices that fit, all of them and in the order of the
// query, as CSV that [Register.Import] reads back exactly.
func (r *Register) Export(ctx context.Context, w io.Writer, q DeviceQuery) error {
	return errUnfinished
}

// ImportOptions says how to import.
type ImportOptions struct {
	DryRun bool // work out what would change, and change nothing
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	Added, Changed, Same int
	Holders              int            // how many holders were added
	Changes              []ImportChange // one for every line that adds or changes, in the order of the file
}

// ImportChange is what a line of the file changes.
type ImportChange struct {
	Line   int
	Device string   // its id
	Name   string   // its label, or else its serial
	Added  bool     // it was not in the register before
	Fields []string // the columns that differ from the register; nil if Added
}

// Import reads devices from CSV with a header line. Rows are matched with
// devices by label and serial. Nothing is imported if anything is wrong; the
// error is then an [*ImportError], or an [*InvalidError] about the file.
func (r *Register) Import(ctx context.Context, actor string, src io.Reader, o ImportOptions) (ImportResult, error) {
	return ImportResult{}, errUnfinished
}

// An ImportError lists what is wrong in a file.
type ImportError struct {
	Rows []RowError // at most 100
	More int        // how many there are beyond these
}

// A RowError is one thing wrong in a file.
type RowError struct {
	Line   int    // from 1
	Column string // as in the header; empty if it is about the whole row
	Err    error  // an [*InvalidError], [*Refusal], …
}

func (e *ImportError) Error() string { return "" }

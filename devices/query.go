package devices

import "time"

// Column names a column by which devices can be sorted.
type Column string

// The columns. Text is sorted without regard to case and accents, and numbers
// in it by their value, so that "MS-9" comes before "MS-10".
const (
	ByLabel    Column = "label" // the default
	BySerial   Column = "serial"
	ByKind     Column = "kind"
	ByMake     Column = "make"
	ByModel    Column = "model"
	ByCapacity Column = "capacity"
	BySite     Column = "site"
	ByState    Column = "state" // in the order of [States]
	ByHolder   Column = "holder"
	ByDue      Column = "due"
	BySeen     Column = "last seen"
	ByVerified Column = "verified"
	ByAdded    Column = "added"
	BySince    Column = "since"
)

// Columns lists every column.
func Columns() []Column {
	return []Column{
		ByLabel, BySerial, ByKind, ByMake, ByModel, ByCapacity, BySite,
		ByState, ByHolder, ByDue, BySeen, ByVerified, ByAdded, BySince,
	}
}

// Limits of a page.
const (
	DefaultPage = 50
	MaxPage     = 1000
)

// DeviceQuery says which devices are wanted, and in which order. The zero value
// is all of them by label. Conditions narrow each other; within States, Kinds
// and Sites any one fits.
type DeviceQuery struct {
	// Search finds what is typed: every word must be the beginning of a word
	// somewhere in the label, serial, kind, make, model, site, state, notes or
	// holder, or in the text of an event of the device (so past holders and
	// reasons are found too). Labels and serials are also found by what is inside
	// them, from three characters on. Case, accents and signs do not count.
	Search string
	// PresentOnly leaves the text of events out of the search.
	PresentOnly bool

	States       []State
	Kinds        []Kind
	Sites        []string // "" is the devices without a site
	Holder       string   // the id of who has it on loan, as [Register.Holdings] says it
	Overdue      bool
	NotSeenSince time.Time // last seen before that, or never
	Unverified   bool      // never verified, or found not encrypted
	// VerifiedBefore finds devices that were not found encrypted since then.
	VerifiedBefore time.Time

	Sort       Column
	Descending bool
	Limit      int    // 0 is [DefaultPage]; at most [MaxPage]
	After      Cursor // the page before's Next; empty for the first page

	// Now is the beginning of the day, by the clock of UTC, before which a loan must have been due to be Overdue; a
	// [Register] fills it in.
	Now time.Time
}

// A Filter is a condition of a query that people turn on and off: a flag of stow, a chip of the window.
type Filter struct {
	Name   string // "overdue"
	Days   bool   // it asks for a number of days, which Narrow is given
	Narrow func(q *DeviceQuery, now time.Time, days int)
}

// Filters lists the filters, in the order in which they are offered.
func Filters() []Filter {
	return []Filter{
		{"overdue", false, func(q *DeviceQuery, _ time.Time, _ int) { q.Overdue = true }},
		{"unseen", true, func(q *DeviceQuery, now time.Time, days int) { q.NotSeenSince = now.UTC().AddDate(0, 0, -days) }},
		{"unverified", false, func(q *DeviceQuery, _ time.Time, _ int) { q.Unverified = true }},
	}
}

// A Cursor is where a page ended. It is opaque, and good for the same query
// only; devices added or changed meanwhile neither repeat nor hide others.
type Cursor string

// DevicePage is some of the devices that fit.
type DevicePage struct {
	Devices []Device
	Next    Cursor // empty on the last page
}

// HolderQuery says which holders are wanted; they come by name.
type HolderQuery struct {
	Search  string // every word must begin a word of the name, e-mail, site or notes
	Leavers bool   // those who have left, instead of those who are here
	All     bool   // both
	Limit   int    // 0 is [DefaultPage]; at most [MaxPage]
	After   Cursor
}

// HolderPage is some of the holders that fit.
type HolderPage struct {
	Holders []Holder
	Next    Cursor // empty on the last page
}

// KeyQuery says which keys are wanted; they come in the order of issue.
type KeyQuery struct {
	Holder    string // the holder's id
	Device    string // the id of a device they lie on
	Recipient string
	Statuses  []KeyStatus
}

// LoanQuery says which loans are wanted; they come newest first.
type LoanQuery struct {
	Device string
	Holder string
	Open   bool // only those that have not ended
}

// EventQuery says which events are wanted. The zero value is the newest ones.
type EventQuery struct {
	Device, Holder, Key string // ids
	Kinds               []EventKind
	From, Until         time.Time // From <= time < Until
	Oldest              bool      // oldest first, instead of newest first
	After               int64     // events beyond that number, in the order asked for; 0 from the start
	Limit               int       // 0 is [DefaultPage]; at most [MaxPage]
}

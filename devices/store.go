package devices

import "context"

// A Store keeps a register. Its methods may be called from several goroutines,
// and several processes may have the same register open.
type Store interface {
	// View runs fn on one consistent state of the register.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in one transaction that no other writer overlaps. What fn
	// wrote is durable when Update returns nil; if fn or the commit fails or ctx
	// ends, nothing of it remains. fn must not keep its Tx.
	Update(ctx context.Context, fn func(Tx) error) error
}

// A Reader reads the register. Where a single record is asked for and there is
// none, the error is [ErrNotFound]. What cannot be a record is [ErrCorrupt].
type Reader interface {
	Device(ctx context.Context, id string) (Device, error)
	// DevicesWithID returns those there are, in no order.
	DevicesWithID(ctx context.Context, ids []string) ([]Device, error)
	DeviceWith(ctx context.Context, field Identifier, value string) (Device, error)
	Devices(ctx context.Context, q DeviceQuery) (DevicePage, error)
	// DeviceOrder returns the ids of all devices that fit, in the order of the query;
	// Limit and After do not matter.
	DeviceOrder(ctx context.Context, q DeviceQuery) ([]string, error)
	// CountDevices counts by state; Sort, Limit and After do not matter.
	CountDevices(ctx context.Context, q DeviceQuery) (map[State]int, error)
	Sites(ctx context.Context) ([]string, error)

	Holder(ctx context.Context, id string) (Holder, error)
	// HoldersWithID returns those there are, in no order.
	HoldersWithID(ctx context.Context, ids []string) ([]Holder, error)
	// HoldersCalled finds those with that name or e-mail, compared by [Fold]; at
	// most MaxCandidates, present ones first.
	HoldersCalled(ctx context.Context, nameOrEmail string) ([]Holder, error)
	Holders(ctx context.Context, q HolderQuery) (HolderPage, error)

	Key(ctx context.Context, id string) (Key, error)
	Keys(ctx context.Context, q KeyQuery) ([]Key, error)
	Loan(ctx context.Context, id string) (Loan, error)
	// LoansWithID returns those there are, in no order.
	LoansWithID(ctx context.Context, ids []string) ([]Loan, error)
	Loans(ctx context.Context, q LoanQuery) ([]Loan, error)
	Incident(ctx context.Context, id string) (Incident, error)
	Incidents(ctx context.Context, q IncidentQuery) ([]Incident, error)

	// Events returns at most a page; see [EventQuery].
	Events(ctx context.Context, q EventQuery) ([]Event, error)
	// LastEvent is the number of the newest event, 0 if there is none.
	LastEvent(ctx context.Context) (int64, error)
	// Walk runs fn on every event in order, each with what [Frontier.Add] returned
	// for it. Its body and the hashes are good until fn returns.
	Walk(ctx context.Context, fn func(e Event, hashes []byte) error) error
	// LogHashes returns what [Frontier.Add] returned for an event.
	LogHashes(ctx context.Context, number int64) ([]byte, error)
	// Witnesses returns the checkpoints that came back, in the order of their size.
	Witnesses(ctx context.Context) ([]Witness, error)
	Blob(ctx context.Context, digest string) ([]byte, error)
}

// Identifier is a field that identifies one device among all.
type Identifier string

// The identifiers.
const (
	Label  Identifier = "label"
	Serial Identifier = "serial"
)

// Tables is the present state, as events are applied to it.
type Tables interface {
	Device(ctx context.Context, id string) (Device, error)
	// PutDevice writes a device, and makes it found by words from an event as well.
	PutDevice(ctx context.Context, d Device, texts ...string) error
	Holder(ctx context.Context, id string) (Holder, error)
	PutHolder(ctx context.Context, h Holder) error
	Key(ctx context.Context, id string) (Key, error)
	PutKey(ctx context.Context, k Key) error
	Loan(ctx context.Context, id string) (Loan, error)
	PutLoan(ctx context.Context, l Loan) error
	Incident(ctx context.Context, id string) (Incident, error)
	PutIncident(ctx context.Context, i Incident) error
	// HeldBy returns the ids of the devices whose Holder is that.
	HeldBy(ctx context.Context, holder string) ([]string, error)
	// AddText makes a device found by words from an event.
	AddText(ctx context.Context, device, text string) error
}

// A Tx reads and changes the register within [Store.Update]. To a login that may
// only record, a store on a server refuses everything but Record, the blobs that go
// with it, and PutWitness.
type Tx interface {
	Reader
	Tables
	// Record adds an event, whose number must be the next, with the store's own word for
	// who is logged in, and runs apply on it and the tables; it returns the event as it is
	// on record, whose time a server sets by its own clock.
	Record(ctx context.Context, e Event, apply func(Tables, Event) error) (Event, error)
	// Append adds an event of another register as it is. Its number must be the next.
	Append(ctx context.Context, e Event) error
	// PutBlob keeps content by its digest, which an event recorded after it names.
	PutBlob(ctx context.Context, digest string, content []byte) error
	DeleteBlob(ctx context.Context, digest string) error
	// PutWitness keeps a checkpoint, once each.
	PutWitness(ctx context.Context, w Witness) error
	// Clear empties the tables, but keeps events, blobs and checkpoints.
	Clear(ctx context.Context) error
}

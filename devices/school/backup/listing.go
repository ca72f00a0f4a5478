package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
)

// ListingsFolder is in the school's folder and holds what was on each stick when
// it was last checked in: DEVICE-ID.age, encrypted to the recovery key, since file
// names can say much about people. Like everything that is encrypted to a public
// key, such a file may have been written by whoever reaches the folder.
const ListingsFolder = "listings"

// ErrListing: a list of what was on a device is damaged, or no honest program made it.
var ErrListing = errors.New("not a list of what was on a device")

// Bounds of a listing. A longer one says how much was left out.
const (
	maxListed    = 200_000
	maxListing   = 24 << 20 // bytes as JSON; sealed, it must fit into devices.MaxListing
	maxSealed    = maxListing + 1<<20
	listingEntry = 160 // bytes of JSON beside the path, at most
)

// ListedFile is a file that was on a device.
type ListedFile struct {
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified,omitzero"`
	Saved    time.Time `json:"saved,omitzero"` // when this version was stored on it
}

// Where a listing is from.
const (
	FromBackup  = "backup"
	FromCheckIn = "check-in"
)

// Listing is what was on a device, as far as the school knows.
type Listing struct {
	From  string       `json:"from"`            // [FromBackup] or [FromCheckIn]
	At    time.Time    `json:"at"`              // when that was so; zero for a backup that was never complete
	Stick string       `json:"stick,omitempty"` // id of the stick that the device was then
	Files []ListedFile `json:"files"`
	More  int          `json:"more,omitempty"` // how many files were left out, since a list has a limit
	// Warnings are what is not as it should be in the backup. They are not kept.
	Warnings []stick.Warning `json:"-"`
}

// Bytes is the size of the files listed.
func (l Listing) Bytes() (sum int64) {
	for _, f := range l.Files {
		sum += f.Size
	}
	return sum
}

// add lists an entry if it is a file. size counts the bytes of JSON so far.
func (l *Listing) add(e stick.Entry, size *int) {
	if e.IsFolder() {
		return
	}
	quoted, _ := json.Marshal(e.Path) // text always can be
	*size += len(quoted) + listingEntry
	if len(l.Files) == maxListed || *size > maxListing {
		l.More++
		return
	}
	l.Files = append(l.Files, ListedFile{Path: e.Path, Size: e.Size, Modified: writable(e.ModTime), Saved: writable(e.Stored)})
}

// writable is a time that JSON can write, or no time: that of a file may be anything.
func writable(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// ReadListing reads a listing as it is kept, in the clear. What is wrong with it
// is [ErrListing], or keys.ErrNewer if a later version made it.
func ReadListing(plain []byte) (Listing, error) {
	if len(plain) > maxListing {
		return Listing{}, fmt.Errorf("%w: %d bytes", ErrListing, len(plain))
	}
	l, err := files.ReadUnversioned[Listing](plain, ErrListing)
	if err != nil {
		return Listing{}, err
	}
	if l.From != FromBackup && l.From != FromCheckIn && devices.IsWord(l.From) {
		return Listing{}, fmt.Errorf("a list of what was on a device, from %q: %w", l.From, keys.ErrNewer)
	}
	if err := l.check(); err != nil {
		return Listing{}, err
	}
	return l, nil
}

// check refuses what no honest program lists.
func (l Listing) check() error {
	switch {
	case l.From != FromBackup && l.From != FromCheckIn:
		return fmt.Errorf("%w: it is from %q", ErrListing, l.From)
	case !l.At.IsZero() && (l.At.Year() < 2000 || l.At.Year() > 9999):
		return fmt.Errorf("%w: it is of %s", ErrListing, l.At)
	case len(l.Files) > maxListed || l.More < 0:
		return fmt.Errorf("%w: %d files", ErrListing, len(l.Files))
	}
	if l.Stick != "" {
		if _, err := uuid.Parse(l.Stick); err != nil {
			return fmt.Errorf("%w: the stick's id: %w", ErrListing, err)
		}
	}
	for _, f := range l.Files {
		if err := stick.CheckPath(f.Path); err != nil {
			return fmt.Errorf("%w: %w", ErrListing, err)
		}
		if f.Size < 0 || f.Modified.Year() > 9999 || f.Saved.Year() > 9999 {
			return fmt.Errorf("%w: %q has %d bytes, of %s", ErrListing, f.Path, f.Size, f.Modified)
		}
	}
	return nil
}

// Seal encrypts a listing to the recovery key.
func (l Listing) Seal(d *keys.Directory) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	sealed, err := keys.WrapFor(plain, d.Recovery)
	if err != nil {
		return nil, err
	}
	return sealed[d.Policy.Class], nil
}

// OpenListing reads what Listing.seal made.
func OpenListing(ctx context.Context, sealed []byte, a *keys.Authority) (Listing, error) {
	plain, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, a.Identities()...)
	if err != nil {
		if context.Cause(ctx) != nil {
			return Listing{}, err
		}
		return Listing{}, fmt.Errorf("%w: %w", ErrListing, err)
	}
	defer clear(plain)
	return ReadListing(plain)
}

// ListingPath is where the list of what was on a device at its last check-in lies.
func ListingPath(s School, device string) string {
	return filepath.Join(s.Dir(), ListingsFolder, device+".age")
}

// KeepCheckedIn keeps what is on an opened stick, in the place of what was on it
// at the check-in before.
func KeepCheckedIn(ctx context.Context, s School, opened *stick.Stick, device string) error {
	d, err := s.Directory()
	if err != nil {
		return fmt.Errorf("list what is on it: %w", err)
	}
	l, size := Listing{From: FromCheckIn, At: s.Now(), Stick: opened.Note().ID}, 0
	err = opened.Walk(".", func(e stick.Entry) error {
		l.add(e, &size)
		return context.Cause(ctx)
	})
	if err != nil {
		return fmt.Errorf("list what is on it: %w", err)
	}
	sealed, err := l.Seal(d)
	if err != nil {
		return fmt.Errorf("list what is on it: %w", err)
	}
	path := ListingPath(s, device)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("list what is on it: %w", err)
	}
	if err := safefile.Write(path, sealed, true); err != nil {
		return fmt.Errorf("list what is on it: %w", err)
	}
	return nil
}

// CheckedIn is what was on a device's stick when it was last checked in. It fails
// with [ErrListing], and with fs.ErrNotExist when it never was as that stick.
func CheckedIn(ctx context.Context, s School, d devices.Device) (Listing, error) {
	a, err := s.Authority()
	if err != nil {
		return Listing{}, err
	}
	path := ListingPath(s, d.ID)
	sealed, err := files.ReadAtMost(path, maxSealed)
	if errors.Is(err, keys.ErrValue) {
		return Listing{}, fmt.Errorf("%w: %w", ErrListing, err)
	}
	if err != nil {
		return Listing{}, err
	}
	l, err := OpenListing(ctx, sealed, a)
	if err != nil {
		return Listing{}, err
	}
	if id, _ := known.Stick(d); l.From != FromCheckIn || l.Stick != id {
		return Listing{}, fmt.Errorf("what was on %s: %w", d.Name(), fs.ErrNotExist) // of what it was before
	}
	return l, nil
}

// LastKnown lists what was on a device's stick when the school last knew: from its
// backup, or from its last check-in when there is no backup, it cannot be read, or
// it is older. The reason is recorded before. It needs the unlocked authority, and fails as [OpenDevice]
// does, or with [ErrListing] or keys.ErrNewer, when nothing is known.
func LastKnown(ctx context.Context, s School, device, reason string) (Listing, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return Listing{}, fmt.Errorf("what was on %q: %w", device, err)
	}
	if err := openings.Record(ctx, s, devices.Opening{What: devices.OpenedListing, Device: d.ID, Reason: reason}); err != nil {
		return Listing{}, err
	}
	return LastKnownUnrecorded(ctx, s, d.ID)
}

// LastKnownUnrecorded is LastKnown for what is not shown, or was recorded.
func LastKnownUnrecorded(ctx context.Context, s School, device string) (Listing, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return Listing{}, fmt.Errorf("what was on %q: %w", device, err)
	}
	seen, seenErr := CheckedIn(ctx, s, d)
	if errors.Is(seenErr, school.ErrLocked) {
		return Listing{}, seenErr
	}
	kept, err := listingOf(ctx, s, d.ID)
	switch {
	case context.Cause(ctx) != nil:
		return Listing{}, context.Cause(ctx)
	case seenErr == nil && (err != nil || seen.At.After(kept.At)):
		return seen, nil
	case err != nil && (errors.Is(seenErr, ErrListing) || errors.Is(seenErr, keys.ErrNewer)):
		return Listing{}, errors.Join(seenErr, err)
	}
	return kept, err
}

// Package backup is what a school knows of the contents of its sticks: their backups in the shared folder, and the lists
// of what was on each at its last check-in. Backing up needs no key; reading needs the holder's or the recovery
// key, and with the latter a reason that is on record first.
package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
)

// School is what is needed of a school: its shared folder, its keys, and that openings are recorded. A *school.School is one.
type School interface {
	openings.School
	Directory() (*keys.Directory, error)
	Shared() (school.Shared, error)
	Clock() func() time.Time
	Now() time.Time
}

// Plan says what is to be backed up.
type Plan struct {
	Drive    stick.FS
	Opened   *stick.Stick     // the stick, if it is open; without, no key is needed
	Verifier string           // the school's verifier key, from the directory or the opened stick
	Clock    func() time.Time // time.Now when nil
	Progress crypt.Progress   // may be nil
}

// Stick copies what is new on a stick into its backup in the shared
// folder. It fails with [school.ErrNoShared] and the errors of [stick.Backup].
func Stick(ctx context.Context, sh school.Shared, p Plan) (stick.BackupResult, error) {
	if err := sh.Reachable(); err != nil {
		return stick.BackupResult{}, err
	}
	var id string
	if p.Opened != nil {
		id = p.Opened.Note().ID
	} else {
		if p.Verifier == "" {
			return stick.BackupResult{}, keys.ErrOtherSchool
		}
		summary, err := stick.Inspect(p.Drive, p.Verifier)
		if err != nil {
			return stick.BackupResult{}, err
		}
		id = summary.Note.ID
	}
	to, err := OpenFolder(sh, id, true)
	if err != nil {
		return stick.BackupResult{}, err
	}
	defer to.Close()
	o := stick.BackupOptions{Verifier: p.Verifier, Clock: p.Clock, Progress: p.Progress}
	if p.Opened != nil {
		return p.Opened.Backup(ctx, to, o)
	}
	return stick.Backup(ctx, p.Drive, to, o)
}

// Status says how a stick's backup stands, compared with the stick on the
// drive, which may be nil. It fails with [school.ErrNoShared] and stick.ErrNoBackup.
func Status(sh school.Shared, drive stick.FS, stickID string) (stick.BackupStatus, error) {
	if err := sh.Reachable(); err != nil {
		return stick.BackupStatus{}, err
	}
	from, err := OpenFolder(sh, stickID, false)
	if err != nil {
		return stick.BackupStatus{}, err
	}
	defer from.Close()
	return stick.ReadBackupStatus(drive, from)
}

// Keys are the holder's protected key files in a stick's backup, which may
// be newer than the school's own copy.
func Keys(sh school.Shared, stickID string) ([][]byte, error) {
	from, err := OpenFolder(sh, stickID, false)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return stick.BackupKeys(from)
}

// RestoreKeys puts the key files back that were deleted from a stick, from its backup. It fails with [school.ErrNoShared] and the
// errors of [stick.RestoreKeys].
func RestoreKeys(sh school.Shared, drive stick.FS) ([]string, error) {
	if err := sh.Reachable(); err != nil {
		return nil, err
	}
	summary, err := stick.Inspect(drive, "")
	if err != nil {
		return nil, err
	}
	from, err := OpenFolder(sh, summary.Note.ID, false)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return stick.RestoreKeys(drive, from)
}

// OpenFolder opens the folder of a stick's backup, which is made if create is set. The caller closes it. It fails
// with stick.ErrNoBackup when it is not there.
func OpenFolder(sh school.Shared, stickID string, create bool) (*stick.BackupDir, error) {
	path, err := sh.Backup(stickID)
	if err != nil {
		return nil, err
	}
	folder, name := filepath.Split(path)
	if create {
		_ = sh.MakeBackupFolder() // usually it is there; whether it is shows next
	}
	return stick.NewBackupDir(folder, name, create)
}

// A StickBackup is the backup of one stick in the shared folder.
type StickBackup struct {
	stick.BackupStatus
	Note stick.Note // signed by the school
}

// List lists the backups in the shared folder, by label. What the school did
// not sign for is left out.
func List(ctx context.Context, sh school.Shared, verifier string) ([]StickBackup, error) {
	if err := sh.Reachable(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(sh.Dir, school.BackupFolder))
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w: %w", school.ErrNoShared, err)
	}
	var list []StickBackup
	for _, e := range entries {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if id, err := uuid.Parse(e.Name()); err != nil || id.String() != e.Name() {
			continue
		}
		if b, err := describe(sh, e.Name(), verifier); err == nil {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b StickBackup) int { return strings.Compare(a.Note.Label+a.Stick, b.Note.Label+b.Stick) })
	return list, nil
}

func describe(sh school.Shared, id, verifier string) (StickBackup, error) {
	from, err := OpenFolder(sh, id, false)
	if err != nil {
		return StickBackup{}, err
	}
	defer from.Close()
	status, err := stick.ReadBackupStatus(nil, from)
	if err != nil {
		return StickBackup{}, err
	}
	note, err := stick.BackupNote(from, verifier)
	if err == nil && note.ID != id {
		err = stick.ErrOtherBackup
	}
	return StickBackup{status, note}, err
}

// Opened is a backup, open as the stick it is of, for reading only. The
// caller closes it.
type Opened struct {
	*stick.Stick
	dir *stick.BackupDir
}

// Close wipes the keys and frees the folder.
func (b *Opened) Close() error { return errors.Join(b.Stick.Close(), b.dir.Close()) }

// Open opens the backup of a stick, with its holder's key or with what
// else opens the stick. It fails with [school.ErrNoShared], stick.ErrNoBackup and the
// errors of stick.Open.
func Open(ctx context.Context, sh school.Shared, stickID string, with stick.Unlock, o stick.OpenOptions) (*Opened, error) {
	if err := sh.Reachable(); err != nil {
		return nil, err
	}
	dir, err := OpenFolder(sh, stickID, false)
	if err != nil {
		return nil, err
	}
	s, err := stick.OpenBackup(ctx, dir, with, o)
	if err == nil && s.Note().ID != strings.ToLower(stickID) {
		err = errors.Join(stick.ErrOtherBackup, s.Close())
	}
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return &Opened{s, dir}, nil
}

// StickOf is the id of the stick that a device was last seen as, under which
// its backup lies, or the id itself when one of a stick is given that the device was
// before. It fails with [known.ErrUnknownStick] for a device that never was one.
func StickOf(ctx context.Context, s School, device string) (stickID string, err error) {
	d, err := s.Register().FindDevice(ctx, device)
	if id, parseErr := uuid.Parse(device); errors.Is(err, devices.ErrNotFound) && parseErr == nil {
		return id.String(), nil
	}
	if err != nil {
		return "", fmt.Errorf("the backup of %q: %w", device, err)
	}
	id, _ := known.Stick(d)
	if id == "" {
		return "", fmt.Errorf("the backup of %s: %w", d.Name(), known.ErrUnknownStick)
	}
	return id, nil
}

// OpenDevice opens the backup of a device's stick with the recovery key, for a reason that is recorded before. It
// fails with [openings.ErrNoReason], and as [Open] does.
func OpenDevice(ctx context.Context, s School, device, reason string) (*Opened, error) {
	return OpenDeviceAt(ctx, s, device, reason, 0)
}

// OpenDeviceAt is [OpenDevice] as the stick was when the layer of a number was its newest, for what was lost when it was
// put back to an earlier state ([checkin.Fork]).
func OpenDeviceAt(ctx context.Context, s School, device, reason string, at int64) (*Opened, error) {
	id, err := StickOf(ctx, s, device)
	if err != nil {
		return nil, err
	}
	if err := RecordOpening(ctx, s, device, reason); err != nil {
		return nil, err
	}
	return openStick(ctx, s, id, at)
}

// RecordOpening is [openings.Record] of the backup of a device, or of a stick that a device was before,
// whose holder is not known any more.
func RecordOpening(ctx context.Context, s School, device, reason string) error {
	d, err := s.Register().FindDevice(ctx, device)
	if errors.Is(err, devices.ErrNotFound) {
		return openings.Record(ctx, s, devices.Opening{What: devices.OpenedBackup, Reason: openings.AboutUnknown(reason, "the backup of stick "+device)})
	}
	if err != nil {
		return err
	}
	return openings.Record(ctx, s, devices.Opening{What: devices.OpenedBackup, Device: d.ID, Reason: reason})
}

// openStick opens the backup of a stick with the recovery key.
func openStick(ctx context.Context, s School, id string, at int64) (*Opened, error) {
	a, err := s.Authority()
	if err != nil {
		return nil, err
	}
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	return Open(ctx, shared, id, stick.WithRecovery(a.Identities(), a.Verifier()), stick.OpenOptions{Program: school.Program, Clock: s.Clock(), At: at})
}

// Contents is what a stick held when it was last backed up.
type Contents struct {
	Stick   string        // its id
	At      time.Time     // when the backup was last complete
	Entries []stick.Entry // files and folders, in the order of the tree
	Files   int
	Bytes   int64
	// Warnings are what is not as it should be in the backup.
	Warnings []stick.Warning
}

// listingOf lists what was on a device's stick, from its backup, with the
// recovery key. Whoever shows it records that before.
func listingOf(ctx context.Context, s School, device string) (Listing, error) {
	id, err := StickOf(ctx, s, device)
	if err != nil {
		return Listing{}, err
	}
	b, err := openStick(ctx, s, id, 0)
	if err != nil {
		return Listing{}, err
	}
	defer b.Close()
	status, err := stick.ReadBackupStatus(nil, b.dir)
	if err != nil {
		return Listing{}, err
	}
	c := Contents{Stick: b.Note().ID, At: status.When, Warnings: b.Warnings()}
	l, size := c.Listing(), 0
	err = b.Walk(".", func(e stick.Entry) error { // there may be far more than a listing takes
		l.add(e, &size)
		return context.Cause(ctx)
	})
	if err != nil {
		return Listing{}, err
	}
	return l, nil
}

// Contents lists what is in a backup.
func (b *Opened) Contents(ctx context.Context) (Contents, error) {
	status, err := stick.ReadBackupStatus(nil, b.dir)
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Stick: b.Note().ID, At: status.When, Warnings: b.Warnings()}
	err = b.Walk(".", func(e stick.Entry) error {
		c.Entries = append(c.Entries, e)
		if !e.IsFolder() {
			c.Files++
			c.Bytes += e.Size
		}
		return context.Cause(ctx)
	})
	return c, err
}

// Listing is the same as an incident keeps it: files alone, and not more than fit.
func (c Contents) Listing() Listing {
	l, size := Listing{From: FromBackup, At: c.At.UTC().Truncate(time.Second), Stick: c.Stick, Warnings: c.Warnings}, 0
	for _, e := range c.Entries {
		l.add(e, &size)
	}
	return l
}

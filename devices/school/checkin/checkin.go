// Package checkin is what happens when a stick is at school: it is seen, compared with what is known of it, backed up,
// and given what it has to take along. What hinders one part is in the result, and stops no other unless the error
// says so. A stick is never believed against the register.
package checkin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/integrity"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
)

// School is what is needed of a school: all that a stick takes part in. A *school.School is one.
type School interface {
	backup.School
	integrity.School
	issue.School
}

// Result is what a check-in found and did.
type Result struct {
	Device       devices.Device
	Lost         bool  // the register has it as lost or stolen: it turned up
	Older        bool  // it is older than it was when last seen, or was put back and written on
	Fork         *Fork // what it had and has no more, as far as is known; nil for nothing
	Settled      bool  // the fork was recorded as investigated, and the stick is left as it is
	CodeReplaced bool  // a recovery code that had been used was replaced
	KeyKept      bool  // the key's newer passphrase was taken into the school's folder
	KeyRenewed   bool  // the stick was given a copy of the key whose passphrase is newer

	Programs ProgramsSeen // what there is to say of the programs on the stick

	KeysGone bool // not opened, and its own key files were deleted, so that no key opens it
	ReadOnly bool // the stick could only be read, so it was given nothing
	CodeDue  bool // that is why its recovery code was not replaced

	Directory  bool  // the stick carries the newest directory now
	Checkpoint bool  // the stick carries the register's newest checkpoint now
	Tampered   error // the register does not fit the checkpoint that the stick brought: [integrity.ErrTampered]

	ListErr   error               // why what is on it could not be listed; that stops no check-in
	Backup    *stick.BackupResult // what backing up did; nil if it was not asked for
	BackupErr error               // why the backup is not complete; that stops no check-in
}

// Options say what else a check-in is to do.
type Options struct {
	Drive   stick.FS        // the stick's drive
	Holder  *keys.HolderKey // the key that opened the stick; nil if something else did
	Health  devices.Health  // what a check came to
	Place   string          // where the stick was seen
	NewCode bool            // replace the recovery code even if it was not used
	Settle  string          // why a stick that was put back to an earlier state is left as it is; "" leaves that open

	Programs ProgramsPlan   // what to do about the programs on it; a sealed stick's are only compared
	BackUp   bool           // back the stick up to the shared folder
	Progress crypt.Progress // of programs and of backing up; may be nil
	// BackedUp is what backing it up came to, where the caller just did.
	BackedUp *stick.BackupResult
}

// Stick records that an opened stick was seen at school, replaces a recovery code that was used, and brings
// the copies of the holder's key on the stick and in the school's folder to the newest passphrase that the holder
// has chosen. The stick takes the newest directory and checkpoint along. What is on it is listed for the day on
// which it is lost; the list of one that is or was lost, or is older than it was, stays as it is. A stick that can
// only be read is given nothing, and recorded all the same. It fails with [known.ErrUnknownStick] if the register
// does not know the stick.
func Stick(ctx context.Context, s School, opened *stick.Stick, o Options) (Result, error) {
	d, err := known.Device(ctx, s.Register(), opened.Note())
	if err != nil {
		return Result{}, err
	}
	v := &visit{school: s, opened: opened, options: o, device: d}
	v.found = Result{Lost: d.State.Missing(), ReadOnly: opened.ReadOnly()}
	for _, step := range []func(context.Context) error{v.renewSecrets, v.findFork, v.record, v.keepContents, v.give} {
		if err := step(ctx); err != nil {
			return v.found, err
		}
	}
	return v.found, nil
}

// visit is one opened stick on its way through a check-in.
type visit struct {
	school  School
	opened  *stick.Stick
	options Options
	device  devices.Device // as the register had it before
	found   Result
}

// renewSecrets replaces a recovery code that was used, and brings the copies of the holder's key together.
func (v *visit) renewSecrets(ctx context.Context) error {
	switch due := v.options.NewCode || !v.device.Recovery.Used.IsZero(); {
	case due && v.opened.ReadOnly():
		v.found.CodeDue = true
	case due:
		if err := issue.ReplaceCode(ctx, v.school, v.opened, v.device); err != nil {
			return err
		}
		v.found.CodeReplaced = true
	}
	if err := chosenKey(ctx, v.school, v.options.Drive, v.opened, v.device, &v.found); err != nil {
		return err
	}
	if v.options.Holder == nil {
		return nil
	}
	return newestKey(ctx, v.school, v.options.Drive, v.opened, v.options.Holder, &v.found)
}

// findFork compares the stick with what is remembered of it. That names of files are shown is on record first.
func (v *visit) findFork(ctx context.Context) (err error) {
	if v.found.Fork, err = fork(ctx, v.school, v.opened, v.device); err != nil {
		return err
	}
	_, locked := v.school.Authority()
	if locked != nil || v.options.Holder != nil || v.found.Fork == nil || len(v.found.Fork.Files) == 0 {
		return nil
	}
	return openings.RecordStick(ctx, v.school, v.options.Drive, v.opened.Note(), openings.PurposeFork)
}

// record puts into the register how the stick is.
func (v *visit) record(ctx context.Context) error {
	sighting, err := known.Sighting(v.options.Drive, v.opened, v.device)
	if err != nil {
		return err
	}
	if err := v.found.Programs.compare(ctx, v.options.Drive, v.opened.Note(), v.options.Progress); err != nil {
		return err
	}
	sighting.Health, sighting.Place, sighting.Forked = v.found.Programs.health(v.options.Health), v.options.Place, v.found.Fork != nil
	notes := []string{v.found.Fork.note(), v.found.Programs.strangeNote()}
	if v.options.Settle == "" {
		sighting.Note = joinNotes(notes...)
		v.found.Device, err = v.school.Register().CheckIn(ctx, v.school.Actor(), v.device.ID, sighting)
	} else {
		sighting.Settled, sighting.Note = true, joinNotes(append(notes, "looked at, and left as it is: "+v.options.Settle)...)
		v.found.Device, err = settle(ctx, v.school, v.opened, v.device, v.found.Fork, sighting)
		v.found.Settled = err == nil
	}
	if err != nil {
		return err
	}
	v.found.Older = v.found.Device.Seen.Older
	return nil
}

// keepContents brings the stick's programs up to date, lists what is on it, and backs it up. What is or was lost is
// compared with what is known of it first, so that stays.
func (v *visit) keepContents(ctx context.Context) error {
	if !v.found.Lost && v.device.State != devices.Found && !v.found.Older {
		if id, generation := known.Stick(v.device); id != v.opened.Note().ID || generation <= v.opened.Note().Generation {
			if err := bringPrograms(ctx, v.school, v.opened, v.options, &v.found); err != nil {
				return err
			}
		}
		v.found.ListErr = backup.KeepCheckedIn(ctx, v.school, v.opened, v.device.ID)
	}
	if !v.options.BackUp || v.found.Older {
		return nil
	}
	v.found.Backup, v.found.BackupErr = backUp(ctx, v.school, backup.Plan{Drive: v.options.Drive, Opened: v.opened, Progress: v.options.Progress})
	return context.Cause(ctx)
}

// give writes the directory, the notice to the holder and the newest checkpoint onto the stick.
func (v *visit) give(ctx context.Context) error {
	directory, opened, checkpoint := v.opened.PutDirectory, v.opened.PutOpenings, v.opened.PutCheckpoint
	if v.opened.ReadOnly() {
		directory, opened, checkpoint = nil, nil, nil
	}
	if err := carryDirectory(ctx, v.school, v.options.Drive, directory, v.device, &v.found); err != nil {
		return err
	}
	if _, err := openings.Carry(ctx, v.school, opened, v.found.Device); err != nil {
		return err
	}
	return exchange(ctx, v.school, v.options.Drive, checkpoint, v.options.Place, &v.found)
}

// Unopened records that a stick was plugged in at school that nobody opened: when
// and where. What needs no key is done: it is backed up, unless it was lost and is
// to be compared with its backup first; it takes the newest directory and the
// register's newest checkpoint along, and hands back the checkpoint that it
// brought. What it says of itself beyond the school's signed note is not believed.
// It fails with [known.ErrUnknownStick], stick.ErrNotStick and the errors of keys.OpenNote.
func Unopened(ctx context.Context, s School, o Options) (Result, error) {
	directory, err := s.Directory()
	if err != nil {
		return Result{}, err
	}
	summary, err := stick.Inspect(o.Drive, directory.Verifier)
	if err != nil {
		return Result{}, err
	}
	d, err := known.Device(ctx, s.Register(), summary.Note)
	if err != nil {
		return Result{}, err
	}
	seen := Result{Lost: d.State.Missing(), Backup: o.BackedUp, KeysGone: stick.KeysGone(o.Drive)}
	if err := seen.Programs.compare(ctx, o.Drive, summary.Note, o.Progress); err != nil {
		return seen, err
	}
	sighting := devices.Sighting{Place: o.Place, Note: "plugged in, not opened"}
	if o.BackUp && !seen.Lost {
		seen.Backup, seen.BackupErr = backUp(ctx, s, backup.Plan{Drive: o.Drive, Verifier: directory.Verifier, Progress: o.Progress})
		if err := context.Cause(ctx); err != nil {
			return seen, err
		}
	}
	if seen.Older = seen.Backup != nil && seen.Backup.Older; seen.Older {
		sighting.Note += "; older than its backup"
	}
	if seen.KeysGone {
		sighting.Note += "; its key files were deleted"
	}
	if seen.Backup != nil && seen.Backup.Unclear {
		sighting.Note += "; not what its backup holds"
	}
	sighting.Note = joinNotes(sighting.Note, seen.Programs.strangeNote())
	if seen.Device, err = s.Register().CheckIn(ctx, s.Actor(), d.ID, sighting); err != nil {
		return seen, err
	}
	carry := func(sealed []byte) error { return stick.PutDirectory(o.Drive, sealed) }
	if err := carryDirectory(ctx, s, o.Drive, carry, d, &seen); err != nil {
		return seen, err
	}
	if _, err := openings.Carry(ctx, s, func(sealed []byte) error { return stick.PutOpenings(o.Drive, sealed) }, seen.Device); err != nil {
		return seen, err
	}
	put := func(msg []byte) error { return stick.PutCheckpoint(o.Drive, msg) }
	return seen, exchange(ctx, s, o.Drive, put, o.Place, &seen)
}

// joinNotes joins what there is to note.
func joinNotes(notes ...string) string {
	return strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), "; ")
}

// backUp backs a stick up to the shared folder.
func backUp(ctx context.Context, s School, p backup.Plan) (*stick.BackupResult, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	p.Clock = s.Clock()
	result, err := backup.Stick(ctx, shared, p)
	return &result, err
}

// exchange takes the checkpoint that a stick brought back as a witness, and
// gives it the newest. put is nil for a stick that cannot be written. What is no
// checkpoint of the school's is somebody's doing and no witness.
func exchange(ctx context.Context, s School, drive stick.FS, put func([]byte) error, place string, seen *Result) error {
	brought, err := stick.Checkpoints(drive)
	if err != nil {
		return err
	}
	for _, msg := range brought {
		err := integrity.KeepCheckpoint(ctx, s, msg, place, seen.Device.Name())
		switch {
		case errors.Is(err, integrity.ErrTampered):
			seen.Tampered = err
		case err == nil, errors.Is(err, integrity.ErrCheckpoint), errors.Is(err, keys.ErrForged), errors.Is(err, keys.ErrOtherSchool), errors.Is(err, keys.ErrNewer):
		default:
			return err
		}
	}
	if seen.Tampered != nil || put == nil {
		return nil // what shows the tampering stays on the stick
	}
	msg, err := integrity.Checkpoint(ctx, s)
	switch {
	case errors.Is(err, school.ErrLocked):
		return nil // none was ever signed
	case errors.Is(err, integrity.ErrTampered):
		seen.Tampered = err
		return nil
	case err != nil:
		return err
	}
	if err := put(msg); err != nil {
		return err
	}
	seen.Checkpoint = true
	return nil
}

// newestKey compares the key on the stick with the copy in the folder. The one
// whose passphrase was set later takes the other's place.
func newestKey(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, k *keys.HolderKey, seen *Result) error {
	key, ok, err := s.Register().CurrentKey(ctx, k.Holder.ID)
	if err != nil || !ok || key.Recipient != k.Recipient() {
		return err // an older key, which rekeying replaces
	}
	kept, set, err := keyfiles.Newest(s, key)
	if err != nil && !errors.Is(err, keyfiles.ErrNoKeyFile) {
		return err
	}
	onStick, err := stick.HolderKeys(fsys)
	if err != nil || len(onStick) == 0 {
		return err
	}
	switch {
	case set.Before(k.PassphraseSet):
		if i := slices.IndexFunc(onStick, k.IsFrom); i >= 0 {
			seen.KeyKept, err = keyfiles.Keep(s, key, k, onStick[i])
		}
		return err
	case set.After(k.PassphraseSet):
		return renewKey(opened, onStick, kept, seen)
	}
	return nil
}

// renewKey gives an opened stick the school's copy of the holder's key, if it has another.
func renewKey(opened *stick.Stick, onStick [][]byte, kept string, seen *Result) error {
	sealed, err := files.ReadSmall(kept)
	if err != nil {
		return err
	}
	if opened.ReadOnly() || len(onStick) == 1 && bytes.Equal(onStick[0], sealed) {
		return nil
	}
	if err := opened.SetHolderKey(sealed); err != nil {
		return fmt.Errorf("give the stick the newer copy of the key: %w", err)
	}
	seen.KeyRenewed = true
	return nil
}

// chosenKey brings the copies of the holder's key to the one whose passphrase the holder has chosen, whoever opened
// the stick: the school's own takes the stick's, and a stick that still carries one which another took the place of
// in the school's folder takes that.
func chosenKey(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, d devices.Device, seen *Result) error {
	chosen, err := opened.ChosenKey()
	if err != nil {
		return err
	}
	there, err := s.Register().Keys(ctx, devices.KeyQuery{Device: d.ID})
	if err != nil {
		return err
	}
	for _, key := range there {
		if chosen != nil && key.Recipient == chosen.Recipient {
			kept, err := keyfiles.KeepSealed(s, key, chosen.Set, chosen.Sealed)
			seen.KeyKept = seen.KeyKept || kept
			return err
		}
	}
	if chosen != nil {
		return nil
	}
	return replaceOld(s, fsys, opened, there, seen)
}

// replaceOld gives a stick the newest copy of a key in place of one that was replaced in the school's folder.
func replaceOld(s School, fsys stick.FS, opened *stick.Stick, there []devices.Key, seen *Result) error {
	onStick, err := stick.HolderKeys(fsys)
	if err != nil || len(onStick) != 1 {
		return err
	}
	for _, key := range there {
		old, err := keyfiles.Replaced(s, key.ID, onStick[0])
		if err != nil {
			return err
		}
		kept, err := keyfiles.Path(s, key)
		if !old || errors.Is(err, keyfiles.ErrNoKeyFile) {
			continue
		}
		if err != nil {
			return err
		}
		return renewKey(opened, onStick, kept, seen)
	}
	return nil
}

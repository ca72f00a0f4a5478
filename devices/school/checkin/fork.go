package checkin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/backup"
	"stowage/devices/school/known"
)

// Fork is what a stick had that is no part of its history any more: somebody put it back to an earlier state, and perhaps it
// was written on since.
type Fork struct {
	stick.Fork
	// From is where the files that were lost are known from: [backup.FromBackup], which has them, or [backup.FromCheckIn], which has
	// their names only; "" when nobody knows.
	From string
}

// fork searches for what the register, the backup and the computer at hand remember of an opened stick in its history. It
// returns nil if everything is there. A shared folder that is out of reach is passed over.
func fork(ctx context.Context, s School, opened *stick.Stick, d devices.Device) (*Fork, error) {
	var found *Fork
	for _, w := range opened.Warnings() {
		if w.Kind == stick.WarnForked || w.Kind == stick.WarnRolledBack {
			found = &Fork{Fork: stick.Fork{Kind: w.Kind, Seq: w.Seq}}
		}
	}
	note := opened.Note()
	if id, generation := known.Stick(d); id == note.ID && generation <= note.Generation {
		if w := opened.Recall(stick.Head{Seq: d.Seen.Sequence, Digest: d.Seen.Digest}); w != nil {
			found = &Fork{Fork: stick.Fork{Kind: w.Kind, Seq: d.Seen.Sequence}}
		}
	}
	kept, err := forkInBackup(ctx, s, opened)
	switch {
	case context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case err == nil && kept != nil:
		return &Fork{Fork: *kept, From: backup.FromBackup}, nil
	case found == nil:
		return nil, nil
	}
	return found, lostSinceCheckIn(ctx, s, opened, d, found)
}

func forkInBackup(ctx context.Context, s School, opened *stick.Stick) (*stick.Fork, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	if err := shared.Reachable(); err != nil {
		return nil, err
	}
	from, err := backup.OpenFolder(shared, opened.Note().ID, false)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return opened.ForkIn(ctx, from)
}

// lostSinceCheckIn names what was on the stick at its last check-in and is not any more, where ICT can read that.
func lostSinceCheckIn(ctx context.Context, s School, opened *stick.Stick, d devices.Device, f *Fork) error {
	before, err := backup.CheckedIn(ctx, s, d)
	if err != nil {
		return context.Cause(ctx) // not unlocked, or never checked in
	}
	c, err := backup.Compare(ctx, opened, before)
	if err == nil {
		f.From, f.Files = backup.FromCheckIn, slices.Sorted(slices.Values(slices.Concat(c.Gone, c.Changed)))
	}
	return err
}

// note is what the register records, without names of files, which may say much about people.
func (f *Fork) note() string {
	if f == nil {
		return ""
	}
	text := "put back to an earlier state"
	if f.Kind == stick.WarnForked {
		text += " and then written on"
	}
	switch {
	case f.From == "":
		text += "; nobody knows which files were lost"
	case len(f.Files) == 1:
		text += "; 1 file was lost"
	default:
		text += fmt.Sprintf("; %d files were lost", len(f.Files))
	}
	return text
}

// ErrNotSettled: a stick that was put back came with a note that the school has replaced since, so that it cannot be left as it is.
var ErrNotSettled = errors.New("the stick carries an identity that the school has replaced")

// settle records that somebody of ICT decided to leave an opened stick as it is, and why, and has the stick say so: what
// others remember of the history that is given up is no warning any more. The stick is changed last before the register commits.
func settle(ctx context.Context, s School, opened *stick.Stick, d devices.Device, f *Fork, sighting devices.Sighting) (devices.Device, error) {
	if _, err := s.Authority(); err != nil {
		return d, err
	}
	if opened.ReadOnly() {
		return d, fmt.Errorf("settle what became of the stick: %w", stick.ErrReadOnly)
	}
	if id, generation := known.Stick(d); id == opened.Note().ID && generation > opened.Note().Generation {
		return d, fmt.Errorf("settle what became of the stick: %w", ErrNotSettled)
	}
	known := d.Seen.Sequence
	if f != nil {
		known = max(known, f.Seq)
	}
	var now devices.Device
	err := s.Register().Atomically(ctx, func(r *devices.Register) error {
		var err error
		if now, err = r.CheckIn(ctx, s.Actor(), d.ID, sighting); err == nil {
			err = opened.Settle(ctx, known)
		}
		return err
	})
	return now, err
}

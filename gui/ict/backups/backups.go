// Package backups lists the backups of the school's sticks with the devices whose they
// are. A [Kept] is also the request for the screen that looks into it.
package backups

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stowage/devices/school/backup"
	"stowage/devices/school/known"

	"stowage/devices"
	"stowage/devices/school"
)

// Kept is a backup, with the device whose it is.
type Kept struct {
	backup.StickBackup
	Device devices.Device // zero for one that the register does not know
	At     int64          // the layer that was its newest before the stick was put back to an earlier state; 0 for all
}

// Name is what people call the stick.
func (k Kept) Name() string { return cmp.Or(k.Note.Label, k.Device.Name()) }

// Fits reports whether it is what somebody searches for.
func (k Kept) Fits(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, in := range []string{k.Note.Label, k.Device.Name(), k.Device.HolderName, k.Device.Serial, k.Stick} {
		if strings.Contains(strings.ToLower(in), text) {
			return true
		}
	}
	return false
}

// Read lists the backups, the newest first.
func Read(ctx context.Context, s *school.School) ([]Kept, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	directory, err := s.Directory()
	if err != nil {
		return nil, err
	}
	list, err := backup.List(ctx, shared, directory.Verifier)
	if err != nil {
		return nil, err
	}
	all := make([]Kept, len(list))
	for i, b := range list {
		all[i].StickBackup = b
		if d, err := known.Device(ctx, s.Register(), b.Note); err == nil {
			all[i].Device = d
		} else if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b Kept) int { return b.When.Compare(a.When) })
	return all, nil
}

package backup

import (
	"context"
	"time"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
)

// Changes are what differs on a stick from what was on it before.
type Changes struct {
	From    string    `json:"from"`  // [FromBackup] or [FromCheckIn]: what it is compared with
	Since   time.Time `json:"since"` // of the backup, or the check-in, that it is compared with
	Added   []string  `json:"added"`
	Changed []string  `json:"changed"`
	Gone    []string  `json:"gone"`
}

// None reports whether nothing changed.
func (c Changes) None() bool { return len(c.Added)+len(c.Changed)+len(c.Gone) == 0 }

// ChangedSince compares an opened stick that was found with what was on it when the
// school last knew ([LastKnown]): by
// names, sizes and times of files. Of a file that tidying wrote again since then, the
// time of storing says nothing, so that size and time of change decide.
func ChangedSince(ctx context.Context, s School, opened *stick.Stick) (Changes, error) {
	d, err := known.Device(ctx, s.Register(), opened.Note())
	if err != nil {
		return Changes{}, err
	}
	if _, err := StickOf(ctx, s, d.ID); err != nil {
		return Changes{}, err
	}
	if err := openings.Record(ctx, s, devices.Opening{What: devices.OpenedStick, Device: d.ID, Reason: openings.PurposeReturned}); err != nil {
		return Changes{}, err
	}
	before, err := LastKnownUnrecorded(ctx, s, d.ID)
	if err != nil {
		return Changes{}, err
	}
	return Compare(ctx, opened, before)
}

// Compare compares an opened stick with what was on it before.
func Compare(ctx context.Context, opened *stick.Stick, before Listing) (Changes, error) {
	was := map[string]ListedFile{}
	for _, f := range before.Files {
		was[f.Path] = f
	}
	c := Changes{From: before.From, Since: before.At}
	err := opened.Walk(".", func(e stick.Entry) error {
		if e.IsFolder() {
			return context.Cause(ctx)
		}
		old, there := was[e.Path]
		switch {
		case !there && before.More > 0: // it may be one that found no room in the list
		case !there:
			c.Added = append(c.Added, e.Path)
		case old.Size != e.Size || !old.Modified.Equal(e.ModTime) || !e.Tidied && !old.Saved.Equal(e.Stored):
			c.Changed = append(c.Changed, e.Path)
		}
		delete(was, e.Path)
		return nil
	})
	for _, f := range before.Files {
		if _, gone := was[f.Path]; gone {
			c.Gone = append(c.Gone, f.Path)
		}
	}
	return c, err
}

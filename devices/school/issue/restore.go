package issue

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"stowage/crypt"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/known"
)

// RestorePlan says from what a stick is to be restored, and onto what.
type RestorePlan struct {
	StickPlan                // the fresh stick, for the same or another holder
	From      *stick.Stick   // a backup, or any other stick, opened for reading
	Progress  crypt.Progress // plain bytes; may be nil
}

// RestoredStick is a stick that was restored.
type RestoredStick struct {
	IssuedStick
	Files   int             // restored
	Bytes   int64           // their size
	Skipped []stick.Skipped // what could not be, such as damaged files
	// Warnings are what is not as it should be in the backup.
	Warnings []stick.Warning
}

// Restore makes a fresh stick, with an identity of its own, from what was
// on another one: its files and folders with their times, everything encrypted
// anew. Previous versions and deleted files stay in the backup. The stick is
// handed out in the register when all is on it: until then, and if anything fails,
// there is no stick and nothing in the register but, at most, the device in
// stock. A program that dies leaves a stick that the next [Restore] or [Stick]
// begins again. The backup is only read. What it was restored from is in the loan's note, unless the plan has one.
//
// The error is as for [Stick], or stick.ErrFull before anything is copied.
func Restore(ctx context.Context, s School, p RestorePlan) (RestoredStick, error) {
	out := RestoredStick{Warnings: p.From.Warnings()}
	a, err := s.Authority()
	if err != nil {
		return out, err
	}
	if err := suitable(p.Drive); err != nil {
		return out, fmt.Errorf("restore a stick: %w", err)
	}
	if p.Note == "" {
		p.Note = "restored from the backup of " + p.From.Note().Label
	}
	if _, key, err := holderForStick(ctx, s, p.Holder); err == nil { // else preparing says what is wrong
		if err := keepChosen(s, p.From, key); err != nil {
			return out, fmt.Errorf("restore a stick: %w", err)
		}
	}
	if err := clearOld(ctx, s, p.StickPlan, a); err != nil {
		return out, fmt.Errorf("restore a stick: %w", err)
	}
	i, err := prepare(ctx, s, a, p.StickPlan)
	if err != nil {
		return out, fmt.Errorf("restore a stick: %w", err)
	}
	defer clear(i.options.Code)
	if err := i.reserve(ctx); err != nil {
		return out, fmt.Errorf("restore a stick: %w", err)
	}
	i.made, err = stick.Issue(ctx, p.FS, i.options)
	if err == nil {
		err = markUnfinished(s, i.made.ID)
	}
	if err == nil {
		err = i.fill(ctx, p, &out)
	}
	if err == nil {
		err = s.Register().Atomically(ctx, func(r *devices.Register) error { return i.issue(ctx, r) })
	}
	if err != nil {
		if i.made != nil {
			err = errors.Join(err, unmake(s, p.FS, i.made.ID))
		}
		return RestoredStick{Warnings: out.Warnings}, fmt.Errorf("restore a stick: %w", err)
	}
	out.IssuedStick = i.out
	finished(s, i.made.ID)
	return out, nil
}

// markUnfinished keeps in the school's folder that the stick of this id is being filled
// and not in the register yet: should the program die, it is begun again, and not taken
// for a stick with somebody's files that the register does not know.
func markUnfinished(s School, id string) error {
	path := unfinishedPath(s, id)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return safefile.Write(path, []byte(unfinishedStick), true)
}

// unfinishedStick tells a person who finds the file what it means.
const unfinishedStick = "The stick with this id was being restored, and that was not finished. It is begun again.\n"

func unfinishedPath(s School, id string) string {
	return filepath.Join(s.Dir(), "restoring", id+".txt")
}

// finished forgets the mark. One that stays harms nothing.
func finished(s School, id string) { _ = os.Remove(unfinishedPath(s, id)) }

// unmake removes a stick that is not in the register.
func unmake(s School, fsys stick.FS, id string) error {
	err := stick.Unmake(fsys, id)
	if err == nil {
		finished(s, id)
	}
	return err
}

// Unfinished reports whether a stick is one of ours whose making was cut short, so that
// it holds nobody's files and is begun again when the drive is issued or restored to.
func Unfinished(ctx context.Context, s School, fsys stick.FS) bool {
	summary, err := stick.Inspect(fsys, s.Verifier())
	if err != nil || !summary.Verified {
		return false
	}
	_, err = known.Device(ctx, s.Register(), summary.Note)
	return errors.Is(err, known.ErrUnknownStick) && cutShort(s, summary)
}

// cutShort is Unfinished for a stick that the register does not know.
func cutShort(s School, summary *stick.Summary) bool {
	if summary.Layers == 0 {
		return true
	}
	id, err := uuid.Parse(summary.Note.ID)
	if err != nil {
		return false
	}
	_, err = os.Stat(unfinishedPath(s, id.String()))
	return err == nil
}

// reserve puts the device into the register if it is not there, so that its
// label is known, and sees that it may be issued.
func (i *issuing) reserve(ctx context.Context) error {
	return i.school.Register().Atomically(ctx, func(r *devices.Register) error {
		d, err := i.device(ctx, r, i.school.Actor())
		if err != nil {
			return err
		}
		if _, can := devices.Next(d.State, devices.Issue); !can {
			return &devices.Refusal{Device: d.ID, Name: d.Name(), State: d.State, Action: devices.Issue, Instead: devices.Allowed(d.State)}
		}
		i.options.Label = d.Name()
		i.plan.Device.Label = d.Label // for the second time
		return nil
	})
}

// fill copies everything from the backup.
func (i *issuing) fill(ctx context.Context, p RestorePlan, out *RestoredStick) error {
	with := stick.WithRecovery(i.a.Identities(), i.a.Verifier())
	to, err := stick.Open(ctx, p.FS, with, stick.OpenOptions{Program: school.Program, Clock: i.school.Clock()})
	if err != nil {
		return fmt.Errorf("open the new stick: %w", err)
	}
	defer to.Close()
	items, err := itemsOf(p.From)
	if err != nil {
		return err
	}
	result, err := to.PutItems(ctx, items, stick.PutOptions{Progress: p.Progress})
	if err != nil {
		return err
	}
	for _, stored := range result.Stored {
		if stored.Kind == stick.KindFile {
			out.Files++
		}
	}
	out.Bytes, out.Skipped = result.Bytes, result.Skipped
	return to.Close()
}

// itemsOf is everything on a stick, to be stored on another one.
func itemsOf(from *stick.Stick) ([]stick.Item, error) {
	var items []stick.Item
	err := from.Walk(".", func(e stick.Entry) error {
		item := stick.Item{Path: e.Path, Kind: e.Kind, Size: e.Size, ModTime: e.ModTime}
		if !e.IsFolder() {
			item.Open = func() (stick.ItemReader, error) {
				r, err := from.OpenFile(e.Path)
				if err != nil {
					return nil, err
				}
				return unchanging{r}, nil
			}
		}
		if e.Path != "." {
			items = append(items, item)
		}
		return nil
	})
	return items, err
}

// unchanging is a file of a layer, which never changes.
type unchanging struct{ *stick.Reader }

// Unchanged implements [stick.ItemReader].
func (unchanging) Unchanged() error { return nil }

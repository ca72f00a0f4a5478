package integrity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// A restoring puts on record, in a backup, what it is about to replace.
type restoring struct {
	dir       string
	authority *keys.Authority
	options   school.Options
	restored  devices.Restored
	out       Restored
}

// record is what [store.Restore] calls. Present is nil if no register is there, or none that
// can be opened.
func (t *restoring) record(ctx context.Context, present, backup *store.SQLite) error {
	register := devices.NewRegister(backup, devices.Options{Clock: t.options.Clock})
	newest, err := register.Events(ctx, devices.EventQuery{Limit: 1})
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		t.out.Events, t.out.Newest = newest[0].Number, newest[0].Time
	}
	known, _, err := checkpointsIn(t.dir, t.authority.Verifier())
	if err != nil {
		return err
	}
	had, err := t.replaced(ctx, present, register)
	if err != nil {
		return err
	}
	if had != nil {
		known = append(known, t.carry(ctx, had, register)...)
	}
	if err := t.name(ctx, had, register, known); err != nil {
		return err
	}
	t.out.Recorded, err = register.RecordRestored(ctx, cmp.Or(t.options.Actor, "unknown"), t.restored, func(backup devices.Tree, sum [sha256.Size]byte) ([]byte, error) {
		return t.authority.Sign(restoredText(t.authority.Verifier(), backup, sum))
	})
	return err
}

// replaced takes down what of the present register is not in the backup. The register is
// nil if it is not there, or is not whole: then nothing that it holds counts.
func (t *restoring) replaced(ctx context.Context, present *store.SQLite, backup *devices.Register) (*devices.Register, error) {
	t.restored.Unread = true
	if present == nil {
		return nil, nil
	}
	had := devices.NewRegister(present, devices.Options{})
	x, err := had.ReplacedBy(ctx, backup, func(r devices.Restore) bool { return signedRestore(ctx, had, t.authority.Verifier(), r) == nil })
	if err != nil {
		return nil, ctx.Err()
	}
	t.restored.Unread, t.restored.Replaced, t.restored.Checkpoints = false, x.Replaced, x.Checkpoints
	return had, nil
}

// carry keeps the checkpoints that came back to the register which is replaced, and returns them.
func (t *restoring) carry(ctx context.Context, had, backup *devices.Register) []devices.Witness {
	var carried []devices.Witness
	all, _ := had.Witnesses(ctx) // of a register that was read from end to end just now
	for _, w := range all {
		tree, err := ReadCheckpoint(w.Note, t.authority.Verifier())
		if err != nil {
			continue
		}
		w.Tree = tree
		if backup.KeepWitness(ctx, w) == nil {
			carried = append(carried, w)
		}
	}
	return carried
}

// name puts the known checkpoints on record that the backup does not fit and the
// replaced register does: with another history than either, a checkpoint stays unexplained.
func (t *restoring) name(ctx context.Context, had, backup *devices.Register, known []devices.Witness) error {
	for _, w := range known {
		err := fits(ctx, backup, w.Tree)
		if err != nil && !errors.Is(err, ErrTampered) {
			return err
		}
		if err != nil && (had == nil || holds(ctx, had, t.authority.Verifier(), w.Tree) == nil) {
			t.restored.Checkpoints = append(t.restored.Checkpoints, w.Tree)
		}
	}
	slices.SortFunc(t.restored.Checkpoints, func(a, b devices.Tree) int {
		return cmp.Or(cmp.Compare(a.Size, b.Size), cmp.Compare(a.Root.String(), b.Root.String()))
	})
	t.restored.Checkpoints = slices.Compact(t.restored.Checkpoints)
	return nil
}

// restoredText is what the authority signs of a restoring: the log of the backup, as in a
// checkpoint, and the sum of what is on record.
func restoredText(verifier string, backup devices.Tree, sum [sha256.Size]byte) string {
	return fmt.Sprintf("%s/restored\n%d\n%s\n%x\n", origin(verifier), backup.Size, base64.StdEncoding.EncodeToString(backup.Root[:]), sum)
}

// signedRestore is nil if the school signed what an event says about a restoring, there where it is.
func signedRestore(ctx context.Context, r *devices.Register, verifier string, x devices.Restore) error {
	text, err := keys.OpenNote(x.Restored.Note, verifier)
	if err != nil {
		return err
	}
	backup, err := r.TreeAt(ctx, x.Event.Number-1)
	if err != nil {
		return err
	}
	sum, err := x.Restored.Sum()
	if err == nil && text != restoredText(verifier, backup, sum) {
		err = fmt.Errorf("event %d: %w: its signature is about something else", x.Event.Number, ErrTampered)
	}
	return err
}

// signedRestores are those restorings on record that the school signed.
func signedRestores(ctx context.Context, r *devices.Register, verifier string) ([]devices.Restore, error) {
	all, err := r.Restores(ctx)
	return slices.DeleteFunc(all, func(x devices.Restore) bool { return signedRestore(ctx, r, verifier, x) != nil }), err
}

// holds is [fits] for a tree that may be of a history which was replaced, if a
// restoring on record explains it.
func holds(ctx context.Context, r *devices.Register, verifier string, tree devices.Tree) error {
	failed := fits(ctx, r, tree)
	if !errors.Is(failed, ErrTampered) {
		return failed
	}
	restores, err := signedRestores(ctx, r, verifier)
	if err != nil {
		return failed
	}
	if x, err := explanation(ctx, r, restores, tree); err != nil || x == nil {
		return failed
	}
	return nil
}

// explanation is the restoring that replaced the history of a tree; nil if none did.
func explanation(ctx context.Context, r *devices.Register, restores []devices.Restore, tree devices.Tree) (*devices.Restore, error) {
	for i := range restores {
		if explains, err := r.Explains(ctx, restores[i], tree); err != nil || explains {
			return &restores[i], err
		}
	}
	return nil, nil
}

// checkpointsIn returns the checkpoints in the school's folder, those set aside included, and the names of
// files that should be one and are not the school's.
func checkpointsIn(dir, verifier string) (all []devices.Witness, odd []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		if aside := strings.HasPrefix(name, "checkpoint-") && strings.HasSuffix(name, ".note"); !aside && name != school.CheckpointFile {
			continue
		}
		msg, err := files.ReadSmall(filepath.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		tree, err := ReadCheckpoint(msg, verifier)
		if err != nil {
			odd = append(odd, name)
			continue
		}
		all = append(all, devices.Witness{Tree: tree, Note: msg, Place: name})
	}
	return all, odd, nil
}

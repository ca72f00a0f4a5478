// Package integrity keeps the register whole, as one: it signs checkpoints of its history and holds it against them,
// backs it up, restores it, and moves it between a file and a server. What was changed by other means than this
// program shows as far as a checkpoint of before is at hand: sticks bring them back from the field.
package integrity

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// School is what is needed of a school: its register and where that is kept, who signs, and where checkpoints are published. A *school.School is one.
type School interface {
	Dir() string
	Register() *devices.Register
	Store() store.Keeper
	Directory() (*keys.Directory, error)
	Shared() (school.Shared, error)
	Authority() (*keys.Authority, error)
	Verifier() string
	Now() time.Time
}

var (
	// ErrTampered: the register's history was changed by other means than this
	// program; the error says more, mostly by a devices.TamperError.
	ErrTampered = errors.New("the register's history does not fit its checkpoints")
	// ErrCheckpoint: what should be a signed checkpoint is none.
	ErrCheckpoint = errors.New("not a checkpoint of the register")
)

// A checkpoint is a C2SP signed note whose text is what c2sp.org/tlog-checkpoint
// says: the log's origin, which is the name of the school's key, the number of
// events in decimal, and the root hash in base64, a line each.

// checkpointText is the text of a checkpoint.
func checkpointText(verifier string, t devices.Tree) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin(verifier), t.Size, base64.StdEncoding.EncodeToString(t.Root[:]))
}

// origin is the name of a note key.
func origin(verifier string) string {
	name, _, _ := strings.Cut(verifier, "+")
	return name
}

// ReadCheckpoint checks that msg is a checkpoint signed by the school whose
// verifier key is given, and returns what it pins. It fails with
// [ErrCheckpoint], or as keys.OpenNote does.
func ReadCheckpoint(msg []byte, verifier string) (devices.Tree, error) {
	if len(msg) > devices.MaxCheckpoint {
		return devices.Tree{}, fmt.Errorf("%w: %d bytes", ErrCheckpoint, len(msg))
	}
	text, err := keys.OpenNote(msg, verifier)
	if err != nil {
		return devices.Tree{}, fmt.Errorf("read the checkpoint: %w", err)
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != origin(verifier) {
		return devices.Tree{}, fmt.Errorf("%w: its first line is %.100q", ErrCheckpoint, lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return devices.Tree{}, fmt.Errorf("%w: size %.100q", ErrCheckpoint, lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return devices.Tree{}, fmt.Errorf("%w: root %.100q", ErrCheckpoint, lines[2])
	}
	return devices.Tree{Size: size, Root: tlog.Hash(root)}, nil
}

// IsCheckpoint is nil for a checkpoint that the school signed; otherwise it
// fails as [ReadCheckpoint] does.
func IsCheckpoint(s School, msg []byte) error {
	_, err := readCheckpoint(s, msg)
	return err
}

// readCheckpoint is [ReadCheckpoint] with the school's own key.
func readCheckpoint(s School, msg []byte) (devices.Tree, error) {
	verifier, err := noteVerifier(s)
	if err != nil {
		return devices.Tree{}, err
	}
	return ReadCheckpoint(msg, verifier)
}

// Checkpoint is the register's newest checkpoint, to be put on sticks: signed
// now if the authority is unlocked, and published in the shared folder if that
// can be reached; otherwise the one that was signed last, or [school.ErrLocked] if
// there is none. A register that does not fit its last
// checkpoint is not signed for: that fails with [ErrTampered].
func Checkpoint(ctx context.Context, s School) ([]byte, error) {
	path := filepath.Join(s.Dir(), school.CheckpointFile)
	last, err := files.ReadSmall(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	a, _ := s.Authority()
	if a == nil {
		if len(last) == 0 {
			return nil, fmt.Errorf("sign a checkpoint: %w", school.ErrLocked)
		}
		return last, nil
	}
	var msg []byte
	// The write lock keeps two desks from replacing each other's checkpoint by an
	// older one.
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		tree, err := r.Tree(ctx)
		if err != nil {
			return err
		}
		before, err := lastCheckpoint(ctx, s, r)
		if err != nil {
			return err
		}
		if before.Tree == tree {
			msg = before.Note
			return nil
		}
		if msg, err = a.Sign(checkpointText(a.Verifier(), tree)); err != nil {
			return err
		}
		return files.WritePublic(path, msg, true)
	})
	if err == nil {
		err = publishCheckpoint(s, msg)
	}
	if err != nil {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return msg, nil
}

// publishCheckpoint copies a checkpoint to the shared folder, if that is there:
// one more place where it is not so easily rewritten.
func publishCheckpoint(s School, msg []byte) error {
	shared, err := s.Shared()
	if err != nil || shared.Reachable() != nil {
		return err
	}
	return shared.Publish(school.CheckpointFile, msg)
}

// lastCheckpoint is the checkpoint in the school's folder, which the register
// must fit; the zero value if there is none.
func lastCheckpoint(ctx context.Context, s School, r *devices.Register) (devices.Witness, error) {
	msg, err := files.ReadSmall(filepath.Join(s.Dir(), school.CheckpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return devices.Witness{Tree: devices.Tree{Size: -1}}, nil
	}
	if err != nil {
		return devices.Witness{}, err
	}
	tree, err := readCheckpoint(s, msg)
	if err != nil {
		return devices.Witness{}, err
	}
	verifier, err := noteVerifier(s)
	if err != nil {
		return devices.Witness{}, err
	}
	return devices.Witness{Tree: tree, Note: msg}, holds(ctx, r, verifier, tree)
}

// fits fails with [ErrTampered] if the log, as it is stored, did not grow out of
// the tree. That takes a few reads whatever the size; [Verify]
// checks every event.
func fits(ctx context.Context, r *devices.Register, tree devices.Tree) error {
	now, err := r.TreeAt(ctx, tree.Size)
	switch {
	case errors.Is(err, devices.ErrNotFound):
		return fmt.Errorf("%w: it has fewer than %d events", ErrTampered, tree.Size)
	case errors.Is(err, devices.ErrCorrupt):
		return fmt.Errorf("%w: %w", ErrTampered, err)
	case err != nil:
		return err
	case now.Root != tree.Root:
		return fmt.Errorf("%w: the first %d events are not those of then", ErrTampered, tree.Size)
	}
	return nil
}

// setCheckpointAside renames the checkpoint of a register that was replaced, and returns how
// many events it counted.
func setCheckpointAside(dir, verifier string) (counted int64, err error) {
	path := filepath.Join(dir, school.CheckpointFile)
	msg, err := files.ReadSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	aside := "unreadable"
	if tree, err := ReadCheckpoint(msg, verifier); err == nil {
		counted, aside = tree.Size, strconv.FormatInt(tree.Size, 10)
	}
	target := filepath.Join(dir, "checkpoint-"+aside+".note")
	for n := 2; ; n++ { // none that was set aside before is lost
		if before, err := files.ReadSmall(target); errors.Is(err, fs.ErrNotExist) || err == nil && bytes.Equal(before, msg) {
			return counted, rename(path, target)
		}
		target = filepath.Join(dir, fmt.Sprintf("checkpoint-%s-%d.note", aside, n))
	}
}

// KeepCheckpoint keeps a checkpoint that came back, with where and on which
// device (its label) it was seen, and holds the register against it. It is kept
// even if it does not fit, which fails with [ErrTampered] unless it is of a history that a
// restoring on record replaced. A checkpoint that the
// school did not sign is not kept: that fails as [ReadCheckpoint] does.
func KeepCheckpoint(ctx context.Context, s School, msg []byte, place, device string) error {
	verifier, err := noteVerifier(s)
	if err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	tree, err := ReadCheckpoint(msg, verifier)
	if err != nil {
		return err
	}
	if err := s.Register().KeepWitness(ctx, devices.Witness{Tree: tree, Note: msg, Seen: s.Now(), Place: place, Device: device}); err != nil {
		return err
	}
	return holds(ctx, s.Register(), verifier, tree)
}

// noteVerifier is the key that checkpoints must be signed with.
func noteVerifier(s School) (string, error) {
	if v := s.Verifier(); v != "" {
		return v, nil
	}
	d, err := s.Directory()
	if err != nil {
		return "", err
	}
	return d.Verifier, nil
}

// Proof is what [Verify] found in order.
type Proof struct {
	Tree      devices.Tree      `json:"tree"`
	Witnesses []devices.Witness `json:"checkpoints"` // that the register fits
	// Restores are the times the register was restored from a backup, as the school signed.
	Restores []devices.Restore `json:"restores"`
	// Replaced are checkpoints of histories that such a restoring replaced, the number
	// of whose event is beside each.
	Replaced []ReplacedWitness `json:"replaced"`
	// Odd are the files in the school's folder that are called checkpoints and are none that
	// the school signed.
	Odd []string `json:"odd"`
}

// ReplacedWitness is a checkpoint of a history that is not on record any more.
type ReplacedWitness struct {
	devices.Witness
	Restore int64 `json:"restore"` // the event that explains it
}

// Verify computes everything anew: the hash of every event, the log, and
// the present state; and it compares the log with every checkpoint in the school's
// folder, those set aside included, with every one that came back on a stick, and with those
// given. One that does not fit is in order only if a restoring on record, signed by the
// school, says that its history was replaced.
// Progress counts events, each twice: in the log, and on the way to the present
// state; p may be nil.
//
// What was tampered with fails with [ErrTampered] and a devices.TamperError
// that names the first event that does not fit, or with a
// devices.DifferenceError about a record that does not follow from the events.
func Verify(ctx context.Context, s School, given [][]byte, p crypt.Progress) (Proof, error) {
	proof, err := compared(ctx, s, given)
	if err != nil {
		return Proof{}, fmt.Errorf("verify the register: %w", err)
	}
	p = crypt.OrNoProgress(p)
	if log, err := s.Register().Tree(ctx); err == nil { // what is wrong with it is for VerifyLog to name
		p.Expect(2 * log.Size)
	}
	if proof.Tree, err = s.Register().VerifyLog(ctx, proof.Witnesses, eachDone(p)); err != nil {
		var tampered *devices.TamperError
		if errors.As(err, &tampered) {
			err = fmt.Errorf("%w: %w", ErrTampered, err)
		}
		return Proof{}, err
	}
	if err := s.Store().Check(ctx, false); err != nil {
		return Proof{}, err
	}
	if err := s.Register().Check(ctx, eachDone(p)); err != nil {
		var different *devices.DifferenceError
		if errors.As(err, &different) {
			err = fmt.Errorf("%w: %w", ErrTampered, err)
		}
		return Proof{}, err
	}
	return proof, nil
}

// compared sorts the checkpoints into those that the log must fit and those that are explained.
func compared(ctx context.Context, s School, given [][]byte) (Proof, error) {
	verifier, err := noteVerifier(s)
	if err != nil {
		return Proof{}, err
	}
	all, odd, err := witnesses(ctx, s, verifier, given)
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{Odd: odd}
	if proof.Restores, err = signedRestores(ctx, s.Register(), verifier); err != nil {
		return Proof{}, err
	}
	for _, w := range all {
		if fits(ctx, s.Register(), w.Tree) != nil {
			if x, err := explanation(ctx, s.Register(), proof.Restores, w.Tree); err == nil && x != nil {
				proof.Replaced = append(proof.Replaced, ReplacedWitness{w, x.Event.Number})
				continue
			}
		}
		proof.Witnesses = append(proof.Witnesses, w)
	}
	return proof, nil
}

// eachDone reports progress to p by steps; it is called with how much is done so far.
func eachDone(p crypt.Progress) func(done int64) {
	before := int64(0)
	return func(done int64) {
		p.Done(done - before)
		before = done
	}
}

// witnesses is every checkpoint there is to hold the register against, and the files in the
// folder that are none. Those that are kept are believed no more than those given: the
// signature counts.
func witnesses(ctx context.Context, s School, verifier string, given [][]byte) (all []devices.Witness, odd []string, err error) {
	kept, err := s.Register().Witnesses(ctx)
	if err != nil {
		return nil, nil, err
	}
	if all, odd, err = checkpointsIn(s.Dir(), verifier); err != nil {
		return nil, nil, err
	}
	if slices.Contains(odd, school.CheckpointFile) {
		return nil, nil, fmt.Errorf("%s: %w", school.CheckpointFile, ErrCheckpoint)
	}
	// Whoever may write to the register can put there what the school never signed, which
	// witnesses nothing.
	for _, w := range kept {
		if w.Tree, err = ReadCheckpoint(w.Note, verifier); err == nil {
			all = append(all, w)
		}
	}
	for _, msg := range given {
		tree, err := ReadCheckpoint(msg, verifier)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, devices.Witness{Tree: tree, Note: msg})
	}
	return all, odd, nil
}

package devices

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// A Witness is a checkpoint of the log that came back from outside, such as on
// a stick. The register knows no keys: that the school signed it is for the
// caller to check, before it is kept and again when it is used.
type Witness struct {
	Tree
	Note   []byte    `json:"note"` // the signed checkpoint as it came, opaque here
	Seen   time.Time `json:"seen"`
	Place  string    `json:"place,omitempty"`  // where it was seen
	Device string    `json:"device,omitempty"` // the label of the stick that brought it
}

// MaxCheckpoint is the size in bytes of the largest signed checkpoint kept.
const MaxCheckpoint = 4 << 10

// A TamperError says that the register's history was changed by other means
// than this program, and where: between the events First and Last, or at one
// event if they are the same.
type TamperError struct {
	First, Last int64
	Reason      TamperReason
	Witness     *Witness // the checkpoint that it does not fit, if that shows it
	Err         error    // more about it; may be nil
}

// TamperReason says what does not fit.
type TamperReason string

// The reasons.
const (
	TamperChanged   TamperReason = "is not what was recorded"         // it does not fit its own hash
	TamperMissing   TamperReason = "is missing"                       // there is a gap, or the end is cut off
	TamperHashes    TamperReason = "has other hashes than its events" // the log itself was changed
	TamperRewritten TamperReason = "does not fit a signed checkpoint" // events and log were changed together
)

func (e *TamperError) Error() string {
	text := fmt.Sprintf("event %d %s", e.First, e.Reason)
	if e.Last > e.First {
		text = fmt.Sprintf("one of the events %d to %d %s", e.First, e.Last, e.Reason)
		if e.Reason == TamperMissing {
			text = fmt.Sprintf("events %d to %d are missing", e.First, e.Last)
		}
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what more is known.
func (e *TamperError) Unwrap() error { return e.Err }

// Tree returns the log as it is now, from the hashes that are stored.
func (r *Register) Tree(ctx context.Context) (Tree, error) {
	return view(ctx, r, "log", func(reader Reader) (Tree, error) { return treeOf(ctx, reader) })
}

func treeOf(ctx context.Context, reader Reader) (Tree, error) {
	size, err := reader.LastEvent(ctx)
	if err != nil {
		return Tree{}, err
	}
	f, err := LoadFrontier(size, func(number int64) ([]byte, error) { return reader.LogHashes(ctx, number) })
	if err != nil {
		return Tree{}, err
	}
	return f.Tree(), nil
}

// TreeAt returns the log as it was after size events, from the hashes that are
// stored. The error wraps [ErrNotFound] if there are not so many.
func (r *Register) TreeAt(ctx context.Context, size int64) (Tree, error) {
	return view(ctx, r, "log", func(reader Reader) (Tree, error) {
		if size < 0 {
			return Tree{}, ErrNotFound
		}
		f, err := LoadFrontier(size, func(number int64) ([]byte, error) { return reader.LogHashes(ctx, number) })
		if err != nil {
			return Tree{}, err
		}
		return f.Tree(), nil
	})
}

// ProveEvent proves that an event is in a tree of that size to whoever knows
// only its root; see [tlog.CheckRecord] with record number-1.
func (r *Register) ProveEvent(ctx context.Context, size, number int64) (tlog.RecordProof, error) {
	return view(ctx, r, "log", func(reader Reader) (tlog.RecordProof, error) {
		return tlog.ProveRecord(size, number-1, hashReader(ctx, reader))
	})
}

// ProveTree proves that the tree of size events grew out of the one of old
// events; see [tlog.CheckTree].
func (r *Register) ProveTree(ctx context.Context, size, old int64) (tlog.TreeProof, error) {
	return view(ctx, r, "log", func(reader Reader) (tlog.TreeProof, error) {
		return tlog.ProveTree(size, old, hashReader(ctx, reader))
	})
}

// hashReader reads the log as package tlog counts it.
func hashReader(ctx context.Context, reader Reader) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			number := (n + 1) << level
			hashes, err := reader.LogHashes(ctx, number)
			if err != nil {
				return nil, err
			}
			if len(hashes) != LogSize(number) {
				return nil, fmt.Errorf("event %d: %w: %d bytes of hashes", number, ErrCorrupt, len(hashes))
			}
			found[i] = tlog.Hash(hashes[level*tlog.HashSize:])
		}
		return found, nil
	})
}

// KeepWitness keeps a checkpoint that came back, so that [Register.VerifyLog]
// can hold the register against it for ever. One that is known already stays as
// it was first seen.
func (r *Register) KeepWitness(ctx context.Context, w Witness) error {
	var c cleaner
	c.line("place", &w.Place)
	c.line("device", &w.Device)
	if w.Seen.IsZero() {
		w.Seen = r.clock()
	}
	c.moment("seen", &w.Seen, time.Time{})
	if len(w.Note) == 0 || len(w.Note) > MaxCheckpoint || w.Size < 0 {
		c.fail(&InvalidError{Field: "checkpoint", Problem: fmt.Sprintf("has %d bytes", len(w.Note))})
	}
	err := c.err
	if err == nil {
		err = r.store.Update(ctx, func(tx Tx) error { return tx.PutWitness(ctx, w) })
	}
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}

// Witnesses returns the checkpoints that came back, the smallest first.
func (r *Register) Witnesses(ctx context.Context) ([]Witness, error) {
	return view(ctx, r, "checkpoints", func(reader Reader) ([]Witness, error) { return reader.Witnesses(ctx) })
}

// VerifyLog computes the hash of every event anew, and compares the log with
// what is stored and with every witness given. The error is a [*TamperError]
// about the first event that does not fit. Progress, if not nil, is called now
// and then with the number of events done.
//
// Without a witness it proves only that the log belongs to the events: whoever
// can write to the database can compute both anew.
func (r *Register) VerifyLog(ctx context.Context, witnesses []Witness, progress func(done int64)) (Tree, error) {
	v := &verifying{witnesses: slices.Clone(witnesses), progress: progress}
	slices.SortStableFunc(v.witnesses, func(a, b Witness) int { return int(a.Size - b.Size) })
	tree, err := view(ctx, r, "log", func(reader Reader) (Tree, error) { return v.run(ctx, reader) })
	if err != nil {
		return Tree{}, fmt.Errorf("verify log: %w", err)
	}
	return tree, nil
}

// verifying is one run of VerifyLog.
type verifying struct {
	log       Frontier
	hashes    []byte    // of the last event
	witnesses []Witness // those left to compare
	good      int64     // the size of the largest witness that fits
	progress  func(int64)
}

func (v *verifying) run(ctx context.Context, reader Reader) (Tree, error) {
	if err := v.compare(); err != nil {
		return Tree{}, err
	}
	err := reader.Walk(ctx, v.event)
	if errors.Is(err, ErrCorrupt) && !errors.As(err, new(*TamperError)) {
		next := v.log.size + 1
		err = &TamperError{First: next, Last: next, Reason: TamperChanged, Err: err}
	}
	if err != nil {
		return Tree{}, err
	}
	tree := v.log.Tree()
	if len(v.witnesses) > 0 { // they know of more events
		w := v.witnesses[len(v.witnesses)-1]
		return Tree{}, &TamperError{First: tree.Size + 1, Last: w.Size, Reason: TamperMissing, Witness: &w}
	}
	return tree, nil
}

// event adds an event and compares it with what is stored beside it.
func (v *verifying) event(e Event, stored []byte) error {
	next := v.log.size + 1
	if e.Number != next {
		return &TamperError{First: next, Last: max(next, e.Number-1), Reason: TamperMissing}
	}
	hashes, err := v.log.add(v.hashes[:0], e)
	if err != nil {
		return err
	}
	v.hashes = hashes
	switch {
	case bytes.Equal(hashes, stored):
	case len(stored) < tlog.HashSize || !bytes.Equal(hashes[:tlog.HashSize], stored[:tlog.HashSize]):
		return &TamperError{First: next, Last: next, Reason: TamperChanged}
	default:
		return &TamperError{First: v.good + 1, Last: next, Reason: TamperHashes}
	}
	if v.progress != nil && next&0xfff == 0 {
		v.progress(next)
	}
	return v.compare()
}

// compare compares the log with the witnesses of its size.
func (v *verifying) compare() error {
	for len(v.witnesses) > 0 && v.witnesses[0].Size == v.log.size {
		w := v.witnesses[0]
		if v.log.Tree().Root != w.Root {
			return &TamperError{First: min(v.good+1, w.Size), Last: w.Size, Reason: TamperRewritten, Witness: &w}
		}
		v.good, v.witnesses = w.Size, v.witnesses[1:]
	}
	return nil
}

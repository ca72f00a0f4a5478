package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"stowage/devices"
)

// A Keeper is a register of either kind.
type Keeper interface {
	devices.Store
	// Check checks for damage, quickly or in full. The error is [ErrDamaged].
	Check(ctx context.Context, full bool) error
	// Backup writes a copy as it is at one moment, as the file of an [SQLite].
	Backup(ctx context.Context, w io.Writer) error
	Close() error

	update(ctx context.Context, fn func(*session) error) error
}

var (
	_ Keeper = (*SQLite)(nil)
	_ Keeper = (*Postgres)(nil)
)

func (s *SQLite) update(ctx context.Context, fn func(*session) error) error {
	return within(ctx, s.write, nil, fn)
}

func (p *Postgres) update(ctx context.Context, fn func(*session) error) error {
	return p.transact(ctx, nil, &behind{}, func(s *session) error {
		if err := s.begin(ctx, p.duty); err != nil {
			return err
		}
		return fn(s)
	})
}

// Move copies the register from to the empty register to, all of it or nothing:
// events with their numbers, blobs and witnesses. Before the copy is kept, all its
// hashes, its log and its present state are computed anew and compared. Then
// switchOver makes the copy the register in use, after which from takes no more
// changes, from any program ([ErrMoved]). If something was there already, the
// error is [ErrNotEmpty], unless it is exactly the copy, left by a run that was
// cut short. Progress, if not nil, is called with the number of events copied.
// It returns the log as it was in both.
func Move(ctx context.Context, from, to Keeper, progress func(done int64), switchOver func() error) (devices.Tree, error) {
	var tree devices.Tree
	err := from.update(ctx, func(source *session) (err error) { // nobody writes meanwhile
		if err := source.ownerOnly(); err != nil {
			return err
		}
		if tree, err = copyRegister(ctx, source, to, progress); err != nil {
			return err
		}
		if err := switchOver(); err != nil {
			return err
		}
		return source.exec(ctx, source.markMoved)
	})
	if err != nil {
		return devices.Tree{}, fmt.Errorf("move the register: %w", err)
	}
	return tree, nil
}

// Copy is Move without moving: from stays the register in use.
func Copy(ctx context.Context, from, to Keeper) (devices.Tree, error) {
	var tree devices.Tree
	err := from.View(ctx, func(r devices.Reader) (err error) {
		tree, err = copyRegister(ctx, r.(*session), to, nil)
		return err
	})
	if err != nil {
		return devices.Tree{}, fmt.Errorf("copy the register: %w", err)
	}
	return tree, nil
}

// Backup writes the register to w as an SQLite file, which [Restore] and [Move]
// take. It is made in a temporary folder that only this user can read.
func (p *Postgres) Backup(ctx context.Context, w io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "register")
	if err != nil {
		return fmt.Errorf("back up the register: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file, err := Create(ctx, filepath.Join(folder, "register.db"))
	if err != nil {
		return fmt.Errorf("back up the register: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := Copy(ctx, p, file); err != nil {
		return fmt.Errorf("back up the register: %w", err)
	}
	return file.Backup(ctx, w)
}

func copyRegister(ctx context.Context, source *session, to Keeper, progress func(int64)) (devices.Tree, error) {
	if err := source.seesAll(ctx); err != nil {
		return devices.Tree{}, err
	}
	want, err := devices.NewRegister(inTransaction{source}, devices.Options{}).VerifyLog(ctx, nil, nil)
	if err != nil {
		return want, err
	}
	err = to.update(ctx, func(target *session) error {
		if err := target.ownerOnly(); err != nil {
			return err
		}
		there := devices.NewRegister(inTransaction{target}, devices.Options{})
		before, err := there.Tree(ctx)
		if err != nil {
			return err
		}
		if before.Size > 0 && before != want {
			return ErrNotEmpty
		}
		if before.Size == 0 {
			if err := fill(ctx, source, target, progress); err != nil {
				return err
			}
			if err := there.Rebuild(ctx); err != nil {
				return err
			}
		}
		got, err := there.VerifyLog(ctx, nil, nil)
		if err != nil {
			return fmt.Errorf("verify the copy: %w", err)
		}
		if got != want {
			return fmt.Errorf("%w: the copy's log is another than the register's", ErrDamaged)
		}
		if err := there.Check(ctx, nil); err != nil {
			return fmt.Errorf("verify the copy: %w", err)
		}
		return sameBlobs(ctx, source, target)
	})
	if errors.Is(err, ErrMoved) { // what a register was moved away from keeps what it had
		err = fmt.Errorf("%w: a register was moved away from there", ErrNotEmpty)
	}
	return want, err
}

// fill copies what the present state follows from, and the witnesses.
func fill(ctx context.Context, source, target *session, progress func(int64)) error {
	err := source.Walk(ctx, func(e devices.Event, hashes []byte) error {
		if err := target.Append(ctx, e); err != nil {
			return err
		}
		if progress != nil {
			progress(e.Number)
		}
		return nil
	})
	if err != nil {
		return err
	}
	digests, err := all(ctx, source, only[string], source.blobDigests)
	if err != nil {
		return err
	}
	for _, digest := range digests {
		content, err := source.Blob(ctx, digest)
		if err != nil {
			return err
		}
		if err := target.PutBlob(ctx, digest, content); err != nil {
			return err
		}
	}
	witnesses, err := source.Witnesses(ctx)
	if err != nil {
		return err
	}
	for _, w := range witnesses {
		if err := target.PutWitness(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// sameBlobs compares all blobs and witnesses.
func sameBlobs(ctx context.Context, source, target *session) error {
	digests, err := all(ctx, source, only[string], source.blobDigests)
	if err != nil {
		return err
	}
	for _, digest := range digests {
		a, err := source.Blob(ctx, digest)
		if err != nil {
			return err
		}
		b, err := target.Blob(ctx, digest)
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return fmt.Errorf("%w: blob %.16s was not copied", ErrDamaged, digest)
		}
	}
	a, err := source.Witnesses(ctx)
	if err != nil {
		return err
	}
	b, err := target.Witnesses(ctx)
	if err == nil && len(a) != len(b) {
		err = fmt.Errorf("%w: %d witnesses of %d were copied", ErrDamaged, len(b), len(a))
	}
	return err
}

// inTransaction is a store within one transaction.
type inTransaction struct{ s *session }

func (t inTransaction) View(_ context.Context, fn func(devices.Reader) error) error { return fn(t.s) }

func (t inTransaction) Update(_ context.Context, fn func(devices.Tx) error) error { return fn(t.s) }

package stick

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Names of the checkpoint, which is replaced by writing the name that is free.
const (
	checkpointName      = baseDir + "/checkpoint.note"
	checkpointOtherName = baseDir + "/checkpoint-b.note"
)

// maxCheckpoint bounds a checkpoint, which is under 1 KiB.
const maxCheckpoint = 16 << 10

// Checkpoints returns the checkpoints of the school's register on a stick, as
// they are: none, one, or two when replacing it was interrupted. Whoever had the
// stick may have changed them.
func Checkpoints(fsys FS) ([][]byte, error) {
	var found [][]byte
	for _, name := range []string{checkpointName, checkpointOtherName} {
		msg, err := readAll(fsys, name, maxCheckpoint)
		switch {
		case err == nil:
			found = append(found, msg)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrTooLarge):
			return nil, fmt.Errorf("read the checkpoint: %w", err)
		}
	}
	return found, nil
}

// PutCheckpoint puts a checkpoint on a stick in place of the one there. It
// needs no key; a stick that a program has open for writing is an [InUseError],
// and for that program there is [Stick.PutCheckpoint].
func PutCheckpoint(fsys FS, msg []byte) error {
	if _, err := readNotes(fsys); err != nil {
		return err
	}
	lock, err := fsys.Lock(lockName, true)
	if errors.Is(err, ErrLocked) {
		return readOwner(fsys)
	}
	if err != nil {
		return fmt.Errorf("lock the stick: %w", err)
	}
	defer lock.Close()
	return putCheckpoint(fsys, msg)
}

// PutCheckpoint puts a checkpoint of the school's register on the stick.
func (s *Stick) PutCheckpoint(msg []byte) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	return putCheckpoint(s.fs, msg)
}

func putCheckpoint(fsys FS, msg []byte) error {
	if len(msg) > maxCheckpoint {
		return fmt.Errorf("put a checkpoint: %w", ErrTooLarge)
	}
	have, err := Checkpoints(fsys)
	if err != nil || len(have) == 1 && bytes.Equal(have[0], msg) {
		return err
	}
	change := slotChange{fs: fsys}
	free := checkpointName
	names := []string{checkpointName, checkpointOtherName}
	for i, name := range slices.Backward(names) {
		if _, err := fsys.Stat(name); err == nil {
			change.old = append(change.old, name)
			free = names[1-i]
		}
	}
	if len(change.old) == 2 { // replacing was interrupted: the first is given up
		change.old, free = []string{checkpointOtherName}, checkpointName
		if err := change.remove(checkpointName); err != nil {
			return err
		}
	}
	if err := writeFile(fsys, free, msg); err != nil {
		return fmt.Errorf("put a checkpoint: %w", err)
	}
	return change.finish()
}

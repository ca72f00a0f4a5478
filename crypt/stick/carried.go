package stick

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// carried is a file that a stick takes along from school beside its data. It has two
// names, and is replaced by writing the one that is free.
type carried struct {
	what  string // for errors
	names [2]string
	most  int64 // bytes
	sums  bool  // its SHA-256 lies beside it, since only some keys tell whether it is whole
}

// checkpointFile is the register's newest checkpoint, and directoryFile the school's
// newest directory, encrypted to who may open the stick.
func checkpointFile() carried {
	return carried{"the checkpoint", [2]string{baseDir + "/checkpoint.note", baseDir + "/checkpoint-b.note"}, maxCheckpoint, false}
}

func directoryFile() carried {
	return carried{"the directory", [2]string{baseDir + "/directory.age", baseDir + "/directory-b.age"}, maxDirectory, true}
}

// openingsFile says what ICT opened with the recovery key, encrypted to who may open the stick.
func openingsFile() carried {
	return carried{"what ICT opened", [2]string{baseDir + "/opened.age", baseDir + "/opened-b.age"}, maxOpenings, true}
}

// allCarried is everything that is carried.
func allCarried() []carried { return []carried{checkpointFile(), directoryFile(), openingsFile()} }

// Bounds of what is carried: a checkpoint is under 1 KiB, and a directory has some 2
// KiB for each key.
const (
	maxCheckpoint = 16 << 10
	maxDirectory  = 64 << 20
	maxOpenings   = 256 << 10
)

// carriedNames are the names of all that is carried.
func carriedNames() []string {
	var all []string
	for _, c := range allCarried() {
		for _, name := range c.names {
			if all = append(all, name); c.sums {
				all = append(all, sumName(name))
			}
		}
	}
	return all
}

// read returns what is there: nothing, one, or two when replacing was interrupted.
func (c carried) read(fsys FS) ([][]byte, error) {
	files, err := c.files(fsys)
	var found [][]byte
	for _, f := range files {
		found = append(found, f.data)
	}
	return found, err
}

func (c carried) files(fsys FS) ([]slotFile, error) {
	found, err := readEach(fsys, c.names, c.most)
	if err != nil {
		err = fmt.Errorf("read %s: %w", c.what, err)
	}
	return found, err
}

// putSealed puts a new one on a stick that nobody has opened.
func (c carried) putSealed(fsys FS, data []byte) error {
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
	return c.put(fsys, data)
}

// putOpened puts a new one on an opened stick.
func (c carried) putOpened(s *Stick, data []byte) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	return c.put(s.fs, data)
}

func (c carried) put(fsys FS, data []byte) error {
	if int64(len(data)) > c.most {
		return fmt.Errorf("put %s: %w", c.what, ErrTooLarge)
	}
	have, err := c.files(fsys)
	if err != nil && !isBadSector(err) {
		return err
	}
	if len(have) == 1 && bytes.Equal(have[0].data, data) {
		if bad, err := altered(fsys, have); bad == "" || err != nil {
			return err
		}
	}
	change := slotChange{fs: fsys}
	free := c.names[0]
	for i, name := range slices.Backward(c.names[:]) {
		if _, err := fsys.Stat(name); err == nil {
			change.old = append(change.old, name)
			free = c.names[1-i]
		}
	}
	if len(change.old) == 2 { // replacing was interrupted: the first is given up
		change.old, free = []string{c.names[1]}, c.names[0]
		if err := change.remove(free); err != nil {
			return err
		}
	}
	write := writeFile
	if c.sums {
		write = writeWithSum
	}
	if err := write(fsys, free, data); err != nil {
		return fmt.Errorf("put %s: %w", c.what, err)
	}
	return change.finish()
}

// Checkpoints returns the checkpoints of the school's register on a stick, as
// they are: none, one, or two when replacing it was interrupted. Whoever had the
// stick may have changed them.
func Checkpoints(fsys FS) ([][]byte, error) { return checkpointFile().read(fsys) }

// PutCheckpoint puts a checkpoint on a stick in place of the one there. It
// needs no key; a stick that a program has open for writing is an [InUseError],
// and for that program there is [Stick.PutCheckpoint].
func PutCheckpoint(fsys FS, msg []byte) error { return checkpointFile().putSealed(fsys, msg) }

// PutCheckpoint puts a checkpoint of the school's register on the stick.
func (s *Stick) PutCheckpoint(msg []byte) error { return checkpointFile().putOpened(s, msg) }

// Directories returns the school's directory that a stick carries, encrypted: none,
// one, or two when replacing it was interrupted. Whoever had the stick may have
// changed them.
func Directories(fsys FS) ([][]byte, error) { return directoryFile().read(fsys) }

// DirectoryAltered reports whether the directory that a stick carries is not as it was put
// there, as far as can be seen without a key.
func DirectoryAltered(fsys FS) (bool, error) { return directoryFile().altered(fsys) }

func (c carried) altered(fsys FS) (bool, error) {
	files, err := c.files(fsys)
	if err != nil {
		return false, err
	}
	bad, err := altered(fsys, files)
	return bad != "", err
}

// PutDirectory puts the school's directory on a stick in place of the one there.
// It must be encrypted, since it names people. It fails as [PutCheckpoint] does,
// and on a full stick with a [NoSpaceError], which leaves the one before.
func PutDirectory(fsys FS, sealed []byte) error { return directoryFile().putSealed(fsys, sealed) }

// PutDirectory puts the school's directory, encrypted, on the stick.
func (s *Stick) PutDirectory(sealed []byte) error { return directoryFile().putOpened(s, sealed) }

// Openings returns what a stick carries of what ICT opened with the recovery key, as it is, encrypted:
// none, one, or two when replacing it was interrupted. Whoever had the stick may have changed it.
func Openings(fsys FS) ([][]byte, error) { return openingsFile().read(fsys) }

// PutOpenings puts what ICT opened on a stick in place of what is there. It must be encrypted and
// signed. It fails as [PutDirectory] does.
func PutOpenings(fsys FS, sealed []byte) error { return openingsFile().putSealed(fsys, sealed) }

// PutOpenings puts what ICT opened on the stick.
func (s *Stick) PutOpenings(sealed []byte) error { return openingsFile().putOpened(s, sealed) }

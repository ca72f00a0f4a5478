package stick

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// carried is a file that a stick takes along from school beside its data. Only some keys tell whether
// what is encrypted is whole, so that has a sum.
type carried struct{ pair.Pair }

// checkpointFile is the register's newest checkpoint.
func checkpointFile() carried {
	return carried{pair.Pair{
		What: "the checkpoint", Limit: maxCheckpoint,
		Names: [2]string{layout.Base + "/checkpoint.note", layout.Base + "/checkpoint-b.note"},
	}}
}

// directoryFile is the school's newest directory, encrypted to who may open the stick.
func directoryFile() carried {
	return carried{pair.Pair{
		What: "the directory", Limit: maxDirectory, Sum: true,
		Names: [2]string{layout.Base + "/directory.age", layout.Base + "/directory-b.age"},
	}}
}

// openingsFile says what ICT opened with the recovery key, encrypted to who may open the stick.
func openingsFile() carried {
	return carried{pair.Pair{
		What: "what ICT opened", Limit: maxOpenings, Sum: true,
		Names: [2]string{layout.Base + "/opened.age", layout.Base + "/opened-b.age"},
	}}
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
		for _, name := range c.Names {
			if all = append(all, name); c.Sum {
				all = append(all, pair.SumName(name))
			}
		}
	}
	return all
}

// read returns what is there: nothing, one, or two when replacing was interrupted.
func (c carried) read(fsys FS) ([][]byte, error) {
	files, err := c.Read(fsys)
	var found [][]byte
	for _, f := range files {
		found = append(found, f.Data)
	}
	return found, err
}

// putSealed puts a new one on a stick that nobody has opened.
func (c carried) putSealed(fsys FS, data []byte) error {
	if _, err := sticknote.Read(fsys); err != nil {
		return err
	}
	lock, err := fsys.Lock(layout.Lock, true)
	if errors.Is(err, ErrInUse) {
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
	if int64(len(data)) > c.Limit {
		return fmt.Errorf("put %s: %w", c.What, ErrTooLarge)
	}
	have, err := c.Read(fsys)
	if err != nil && !drive.IsBadSector(err) {
		return err
	}
	if len(have) == 1 && bytes.Equal(have[0].Data, data) {
		if bad, err := pair.Altered(fsys, have); bad == "" || err != nil {
			return err
		}
	}
	change := pair.Change{FS: fsys}
	if _, err := change.Write(c.Pair, c.whole(fsys, have), data); err != nil {
		return err
	}
	return change.Finish()
}

// whole is the name of one of the files that is as it was written, as far as can be told.
func (c carried) whole(fsys FS, have []pair.File) string {
	for _, f := range slices.Backward(have) {
		if bad, err := pair.Altered(fsys, []pair.File{f}); bad == "" && err == nil {
			return f.Name
		}
	}
	return ""
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
	files, err := c.Read(fsys)
	if err != nil {
		return false, err
	}
	bad, err := pair.Altered(fsys, files)
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

// Package pair keeps files that can be replaced on a drive which may be pulled
// at any moment and cannot rename. Each has two names, of which one is in use:
//
//  1. the new content is written under the name that is free, and synced with its folder;
//  2. only then what lies under the other name is removed, overwritten first if it is secret.
//
// So a crash leaves the old file, the old one and a new one that may be torn, or
// both whole, but never none. Which of two counts is for the caller to say: the
// one that opens, that is signed, that is newer. Where neither content nor key
// tells whether a file is whole, its SHA-256 lies in a sidecar. It protects from
// decay, not from people: FORMAT.md, "Keys".
package pair

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"stowage/crypt/stick/internal/drive"
)

// Pair is a file and the two names that it can have.
type Pair struct {
	What   string    // it is, for errors
	Names  [2]string // the first is taken when both are free
	Limit  int64     // bytes; what is larger counts as not there
	Sum    bool      // a sidecar has its SHA-256
	Secret bool      // its content must not be found on the drive once it is removed
	Mark   string    // how the name of another sidecar ends, which goes before the file does; empty for none
}

// File is a file of a pair as it lies on the drive.
type File struct {
	Name string
	Data []byte
}

// Read returns what is there: nothing, one file, or two when replacing it was
// interrupted. That one of them lies on a bad sector is an error only when there
// is no other.
func (p Pair) Read(fsys drive.FS) ([]File, error) {
	var found []File
	var bad error
	for _, name := range p.Names {
		data, err := drive.ReadAll(fsys, name, p.Limit)
		switch {
		case err == nil:
			found = append(found, File{name, data})
		case drive.IsBadSector(err):
			bad = fmt.Errorf("read %s: %w", p.What, err)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, drive.ErrTooLarge):
			return nil, fmt.Errorf("read %s: %w", p.What, err)
		}
	}
	if len(found) == 0 {
		return nil, bad
	}
	return found, nil
}

// There reports whether anything has one of the names, as far as the drive tells.
func (p Pair) There(fsys drive.FS) bool {
	for _, name := range p.Names {
		if _, err := fsys.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// Write creates the file under a name of the pair that is free. Its sum comes
// first, so that after a crash a whole file never lies beside a torn sum.
func (p Pair) Write(fsys drive.FS, name string, data []byte) error {
	err := p.write(fsys, name, data)
	if err != nil {
		return fmt.Errorf("write %s: %w", p.What, err)
	}
	return nil
}

func (p Pair) write(fsys drive.FS, name string, data []byte) error {
	if !p.Sum {
		return drive.WriteFile(fsys, name, data)
	}
	if err := WriteSum(fsys, name, data); err != nil {
		return err
	}
	err := drive.WriteFile(fsys, name, data)
	if err != nil {
		_ = fsys.Remove(SumName(name))
	}
	return err
}

// Remove removes a file of the pair with its sidecars. It is no error if it is not there.
func (p Pair) Remove(fsys drive.FS, name string) error {
	err := p.remove(fsys, name)
	if err != nil {
		return fmt.Errorf("remove %s: %w", p.What, err)
	}
	return nil
}

func (p Pair) remove(fsys drive.FS, name string) error {
	if p.Mark != "" {
		if err := drive.IfThere(fsys.Remove(name + p.Mark)); err != nil {
			return err
		}
	}
	remove := fsys.Remove
	if p.Secret {
		remove = func(name string) error { return drive.RemoveWiped(fsys, name) }
	}
	if err := remove(name); err != nil {
		return drive.IfThere(err)
	}
	if p.Sum {
		if err := drive.IfThere(fsys.Remove(SumName(name))); err != nil {
			return err
		}
	}
	return fsys.SyncDir(drive.Parent(name))
}

// Change is one or several files being replaced: what is new is written and
// synced, and what is old still there until Finish. The zero value but for FS is ready.
type Change struct {
	FS  drive.FS
	old []old
}

// old is a file that Finish removes.
type old struct {
	pair Pair
	name string
}

// Write puts new content under the free name of a pair, and returns that name.
// Of two files that are there, the one that is not keep is given up first.
func (c *Change) Write(p Pair, keep string, data []byte) (name string, err error) {
	free, err := c.Free(p, keep)
	if err != nil {
		return "", err
	}
	return free, p.Write(c.FS, free, data)
}

// Free makes sure that one name of a pair is free and returns it, for the caller
// to write there; what has the other goes with Finish. Of two files that are
// there, the one that is not keep is given up, or else the second.
func (c *Change) Free(p Pair, keep string) (free string, err error) {
	var taken []string
	free = p.Names[0]
	for i, name := range p.Names {
		if _, err := c.FS.Stat(name); err == nil {
			taken = append(taken, name)
			free = p.Names[1-i]
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("replace %s: %w", p.What, err)
		}
	}
	if len(taken) == 2 {
		free, taken = p.Names[1], p.Names[:1]
		if keep == p.Names[1] {
			free, taken = p.Names[0], p.Names[1:]
		}
		if err := p.Remove(c.FS, free); err != nil {
			return "", err
		}
	}
	c.Discard(p, taken...)
	return free, nil
}

// Drop has Finish remove whatever has a name of the pair.
func (c *Change) Drop(p Pair) {
	for _, name := range p.Names {
		if _, err := c.FS.Stat(name); !errors.Is(err, fs.ErrNotExist) { // what the drive cannot tell shows when it is removed
			c.Discard(p, name)
		}
	}
}

// Discard has Finish remove files of a pair.
func (c *Change) Discard(p Pair, names ...string) {
	for _, name := range names {
		c.old = append(c.old, old{p, name})
	}
}

// Finish removes the old files.
func (c *Change) Finish() error {
	for _, o := range c.old {
		if err := o.pair.Remove(c.FS, o.name); err != nil {
			return err
		}
	}
	c.old = nil
	return nil
}

// SumEnd ends the name of the sidecar with a file's SHA-256.
const SumEnd = ".sha256"

// MaxSum bounds a sidecar, in bytes.
const MaxSum = 4 << 10

// SumName is the name of the sidecar with a file's SHA-256.
func SumName(name string) string { return name + SumEnd }

// Sum is the content of that sidecar, as sha256sum writes and reads it.
func Sum(name string, data []byte) []byte {
	return fmt.Appendf(nil, "%s  %s\n", SHA256(data), path.Base(name))
}

// SHA256 is the digest of data in hexadecimal.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// WriteSum writes the sidecar with the SHA-256 of what a file holds, in place of one that is there.
func WriteSum(fsys drive.FS, name string, data []byte) error {
	if err := drive.IfThere(fsys.Remove(SumName(name))); err != nil {
		return err
	}
	return drive.WriteFile(fsys, SumName(name), Sum(name, data))
}

// Altered returns the name of a file that is not as it was written, by its sum;
// empty if one of them is. Of two, one may be torn: replacing it was interrupted.
// One without a sum was written before there were any, and nothing is known of it.
func Altered(fsys drive.FS, files []File) (string, error) {
	bad := ""
	for _, f := range files {
		as, err := asWritten(fsys, f)
		if as || err != nil {
			return "", err
		}
		bad = f.Name
	}
	return bad, nil
}

// asWritten reports whether a file fits its sum, or has none.
func asWritten(fsys drive.FS, f File) (bool, error) {
	sum, err := drive.ReadAll(fsys, SumName(f.Name), MaxSum)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil && !errors.Is(err, drive.ErrTooLarge) && !drive.IsBadSector(err):
		return false, fmt.Errorf("read the sum of %s: %w", f.Name, err)
	}
	return err == nil && string(sum) == string(Sum(f.Name, f.Data)), nil
}

package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"stowage/crypt/keys"
)

// A key file has two slots, -a and -b. It is replaced by writing the free one,
// syncing it, and then overwriting and removing the other: a crash leaves one whole file at
// every moment.

// maxKeyFile bounds a key file.
const maxKeyFile = 1 << 20

// The base names of the key files; those of the stick's identity end in the class.
const (
	holderSlot = "holder"
	codeSlot   = "code"
)

func stickSlot(class keys.Class) string { return "stick-" + string(class) }

func slotNames(base string) [2]string {
	return [2]string{path.Join(keysDir, base+"-a.age"), path.Join(keysDir, base+"-b.age")}
}

// isSlotName reports whether a name is that of a key file, of either pair.
func isSlotName(name string) bool {
	bases := []string{holderSlot, codeSlot}
	for _, class := range keys.Classes() {
		bases = append(bases, stickSlot(class))
	}
	return slices.ContainsFunc(bases, func(base string) bool {
		names := slotNames(base)
		return slices.Contains(names[:], name)
	})
}

// slotFile is one key file on the stick.
type slotFile struct {
	name string
	data []byte
}

// readSlots returns the files in the slots, of which there are two when
// replacing one was interrupted.
func readSlots(fsys FS, base string) ([]slotFile, error) {
	found, err := readEach(fsys, slotNames(base), maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return found, nil
}

// readEach reads what is there of the two names that a file may have. That one of them
// lies on a bad sector is an error only when there is no other.
func readEach(fsys FS, names [2]string, most int64) ([]slotFile, error) {
	var found []slotFile
	var bad error
	for _, name := range names {
		data, err := readAll(fsys, name, most)
		switch {
		case err == nil:
			found = append(found, slotFile{name, data})
		case isBadSector(err):
			bad = err
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrTooLarge):
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, bad
	}
	return found, nil
}

// slotChange is a key file being replaced: the new one is written and synced,
// the old one still there.
type slotChange struct {
	fs  FS
	old []string // to be removed by finish
}

// write puts data into the free slot of the base name, and returns its name.
// When both are taken, the one that is not keep is given up first.
func (c *slotChange) write(base, keep string, data []byte) (name string, err error) {
	free, err := c.free(base, keep)
	if err != nil {
		return "", err
	}
	if err := writeWithSum(c.fs, free, data); err != nil {
		return "", fmt.Errorf("write key: %w", err)
	}
	return free, nil
}

// free finds the free slot of the base name for what the caller then writes. The other one goes with finish.
func (c *slotChange) free(base, keep string) (free string, err error) {
	var taken []string
	names := slotNames(base)
	free = names[0]
	for i, name := range names {
		if _, err := c.fs.Stat(name); err == nil {
			taken = append(taken, name)
			free = names[1-i]
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("replace key: %w", err)
		}
	}
	if len(taken) == 2 {
		free, taken = names[1], names[:1]
		if keep == names[1] {
			free, taken = names[0], names[1:]
		}
		if err := c.remove(free); err != nil {
			return "", err
		}
	}
	c.old = append(c.old, taken...)
	return free, nil
}

// drop has finish remove the files in the slots of the base name.
func (c *slotChange) drop(base string) {
	for _, name := range slotNames(base) {
		if _, err := c.fs.Stat(name); !errors.Is(err, fs.ErrNotExist) { // what the drive cannot tell is found out when it is removed
			c.old = append(c.old, name)
		}
	}
}

// finish removes the old files.
func (c *slotChange) finish() error {
	for _, name := range c.old {
		if err := c.remove(name); err != nil {
			return err
		}
	}
	c.old = nil
	return nil
}

// remove removes a file, and what says something of it. A key is overwritten first.
func (c *slotChange) remove(name string) error {
	var err error
	if isHolderSlot(name) {
		err = ifThere(c.fs.Remove(chosenName(name)))
	}
	switch {
	case err != nil:
	case isKeyFile(name):
		err = removeWiped(c.fs, name)
	default:
		err = c.fs.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && path.Ext(name) == ".age" {
		err = ifThere(c.fs.Remove(sumName(name)))
	}
	if err != nil {
		return fmt.Errorf("remove key: %w", err)
	}
	if err := c.fs.SyncDir(parent(name)); err != nil {
		return fmt.Errorf("remove key: %w", err)
	}
	return nil
}

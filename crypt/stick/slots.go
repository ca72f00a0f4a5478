package stick

import (
	"path"
	"slices"
	"strings"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// maxKeyFile bounds a key file.
const maxKeyFile = 1 << 20

// The base names of the key files; those of the stick's identity end in the class.
const (
	holderSlot = "holder"
	codeSlot   = "code"
)

func stickSlot(class keys.Class) string { return "stick-" + string(class) }

// slotBases are the base names of all key files.
func slotBases() []string {
	bases := []string{holderSlot, codeSlot}
	for _, class := range keys.Classes() {
		bases = append(bases, stickSlot(class))
	}
	return bases
}

// slotPair is the pair of key files of a base name.
func slotPair(base string) pair.Pair {
	p := pair.Pair{
		What: "key", Names: [2]string{path.Join(layout.Keys, base+"-a.age"), path.Join(layout.Keys, base+"-b.age")},
		Limit: maxKeyFile, Sum: true, Secret: true,
	}
	if base == holderSlot {
		p.Mark = chosenEnd
	}
	return p
}

// slotBase is the base name of a key file.
func slotBase(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(name), "-a.age"), "-b.age")
}

// pairOf is the pair that a note or a key file is one of.
func pairOf(name string) pair.Pair {
	if note := sticknote.Pair(); slices.Contains(note.Names[:], name) {
		return note
	}
	return slotPair(slotBase(name))
}

// isSlotName reports whether a name is that of a key file, of either pair.
func isSlotName(name string) bool {
	return slices.ContainsFunc(slotBases(), func(base string) bool {
		p := slotPair(base)
		return slices.Contains(p.Names[:], name)
	})
}

// readSlots returns the key files of a base name, of which there are two when
// replacing one was interrupted.
func readSlots(fsys drive.FS, base string) ([]pair.File, error) { return slotPair(base).Read(fsys) }

package stick

import (
	"path"

	"golang.org/x/text/cases"

	"stowage/crypt"
	"stowage/crypt/stick/internal/stickpath"
)

// destNamer gives names in a destination, and never the same one twice.
type destNamer struct {
	held  crypt.HeldNames
	fold  cases.Caser
	taken map[string]bool // folded where case does not count
}

func newDestNamer(held crypt.HeldNames) *destNamer {
	return &destNamer{held, cases.Fold(), map[string]bool{}}
}

// name returns where a name of the stick goes in a folder of the destination.
func (d *destNamer) name(dir, name string) string {
	if d.held.Windows {
		name = crypt.WindowsName(name)
	}
	p := path.Join(dir, name)
	if d.taken[d.key(p)] {
		p = stickpath.Free(p, func(p string) bool { return d.taken[d.key(p)] })
	}
	d.take(p)
	return p
}

// take has nothing else given this path.
func (d *destNamer) take(p string) { d.taken[d.key(p)] = true }

func (d *destNamer) key(p string) string {
	if d.held.Folds {
		return d.fold.String(p)
	}
	return p
}

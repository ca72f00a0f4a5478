package crypt

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// HeldNames says which names a folder can hold.
type HeldNames struct {
	Windows bool // only those that [WindowsName] returns unchanged
	Folds   bool // names that differ in case alone are one name
}

// ProbeNames finds out what the folder that root is open at makes of names, by making
// an empty file of a hard name and removing it. The system alone does not say: a
// memory stick knows no case under Linux either. Where nothing can be made at all,
// the answer is what is usual for the system.
func ProbeNames(root *os.Root) HeldNames {
	held := HeldNames{Windows: runtime.GOOS == "windows", Folds: runtime.GOOS == "windows" || runtime.GOOS == "darwin"}
	plain := ".stowage-" + strings.ToLower(rand.Text()) + ".part"
	if !makeEmpty(root, plain) {
		return held
	}
	defer root.Remove(plain)
	_, err := root.Lstat(strings.ToUpper(plain))
	held.Folds = !errors.Is(err, fs.ErrNotExist)
	if !held.Windows {
		hard := plain + "\t\n:?*|<>\"\\"
		if held.Windows = !makeEmpty(root, hard); !held.Windows {
			_ = root.Remove(hard)
		}
	}
	return held
}

func makeEmpty(root *os.Root, name string) bool {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return err == nil && f.Close() == nil
}

package crypt

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
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

// NameRefused reports whether an error of making something in a folder that is there may mean
// that the folder does not take its name: it has characters, or more of them, than the drive or
// server holds. They say so in many ways. Another of [FallbackNames] is then worth a try.
func NameRefused(err error) bool {
	if errors.Is(err, fs.ErrExist) {
		return false
	}
	for _, said := range append(nameErrors, fs.ErrNotExist, fs.ErrInvalid) {
		if errors.Is(err, said) {
			return true
		}
	}
	return false
}

// FallbackNames are names to try instead of one that a folder does not take, each simpler than
// the one before: a name for Windows, one as short as encrypting file systems want them (143
// bytes), and a short one of plain letters.
func FallbackNames(name string) []string {
	windows := WindowsName(name)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`%&'`+"`"+`{}$#`, r) {
			return '_'
		}
		return r
	}, windows)
	var names []string
	for _, other := range []string{windows, shortened(windows, 143), shortened(plain, 60)} {
		if other != name && !slices.Contains(names, other) {
			names = append(names, other)
		}
	}
	return names
}

// shortened cuts a name to so many bytes, at a letter and before its extension.
func shortened(name string, most int) string {
	ext := path.Ext(name)
	if len(name) <= most {
		return name
	}
	if len(ext) > most/2 {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	return WindowsName(strings.ToValidUTF8(stem[:most-len(ext)], "") + ext)
}

func makeEmpty(root *os.Root, name string) bool {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return err == nil && f.Close() == nil
}

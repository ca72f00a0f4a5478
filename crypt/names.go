package crypt

import (
	"os"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Extensions of what this package writes.
const (
	Extension       = ".age"
	FolderExtension = ".tar.age"
)

// EncryptedName is what the encrypted form of a file or folder is called.
func EncryptedName(name string, folder bool) string {
	if folder {
		return name + FolderExtension
	}
	return name + Extension
}

// DecryptedName is what the decrypted form of the age file name is called, and
// whether it is a folder. ok is false when name does not end as it should.
func DecryptedName(name string) (plain string, folder, ok bool) {
	if plain, ok = cutExtension(name, FolderExtension); ok {
		return plain, true, true
	}
	plain, ok = cutExtension(name, Extension)
	return plain, false, ok
}

// cutExtension cuts an extension, in whatever case, if there is something
// before it.
func cutExtension(name, extension string) (string, bool) {
	at := len(name) - len(extension)
	if at < 1 || !strings.EqualFold(name[at:], extension) || os.IsPathSeparator(name[at-1]) {
		return name, false
	}
	return name[:at], true
}

// maxWindowsName is the longest name of Windows, in UTF-16 units.
const maxWindowsName = 255

// WindowsName returns a name that Windows can hold, as near to the given one
// as may be: characters that it forbids become "_", as do a space or dot at the
// end; a device name such as "con.txt" becomes "con_.txt". Names that Windows
// holds are returned as they are.
func WindowsName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, name)
	if last := len(safe) - 1; last >= 0 && (safe[last] == ' ' || safe[last] == '.') {
		safe = safe[:last] + "_"
	}
	stem, rest, _ := strings.Cut(safe, ".")
	if isDeviceName(strings.TrimRight(stem, " ")) {
		safe = strings.TrimSuffix(safe[:len(stem)]+"_."+rest, ".")
	}
	return cutName(safe)
}

// isDeviceName reports whether Windows takes the name for a device.
func isDeviceName(name string) bool {
	name = strings.ToUpper(name)
	switch name {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, ok := strings.CutPrefix(name, "COM")
	if !ok {
		number, ok = strings.CutPrefix(name, "LPT")
	}
	return ok && strings.Contains(" 0 1 2 3 4 5 6 7 8 9 ¹ ² ³ ", " "+number+" ") && number != ""
}

// cutName shortens the part before the extension of a name that is too long.
func cutName(name string) string {
	for len(utf16.Encode([]rune(name))) > maxWindowsName {
		ext := path.Ext(name)
		stem := []rune(strings.TrimSuffix(name, ext))
		if len(stem) < 2 {
			stem, ext = []rune(name), ""
		}
		name = string(stem[:len(stem)-1]) + ext
	}
	return name
}

// numbered is the n-th of several names that are the same: "name (2).ext". A
// name that is very long is cut for the number to fit.
func numbered(name string, n int) string {
	const most = 255 // bytes
	ext := path.Ext(name)
	if ext == name { // ".profile" has none
		ext = ""
	}
	stem, number := strings.TrimSuffix(name, ext), " ("+strconv.Itoa(n)+")"
	if over := len(name) + len(number) - most; over > 0 && over < len(stem) {
		stem = strings.ToValidUTF8(stem[:len(stem)-over], "")
	}
	return stem + number + ext
}

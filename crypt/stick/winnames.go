package stick

import (
	"path"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/cases"
)

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

// destNamer gives names in a destination, and never the same one twice.
type destNamer struct {
	windows bool
	fold    cases.Caser
	taken   map[string]bool // folded if Windows, which does not tell case apart
}

func newDestNamer(windows bool) *destNamer {
	return &destNamer{windows, cases.Fold(), map[string]bool{}}
}

// name returns where a name of the stick goes in a folder of the destination.
func (d *destNamer) name(dir, name string) string {
	if d.windows {
		name = WindowsName(name)
	}
	p := path.Join(dir, name)
	if d.taken[d.key(p)] {
		p = freeName(p, func(p string) bool { return d.taken[d.key(p)] })
	}
	d.taken[d.key(p)] = true
	return p
}

func (d *destNamer) key(p string) string {
	if d.windows {
		return d.fold.String(p)
	}
	return p
}

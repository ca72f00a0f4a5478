// Package portable is for a program that was started from a stick, on a computer that
// may be anybody's: which stick that is, and a place for what the program would
// otherwise keep on the computer.
//
// # Promised
//
//   - What a program keeps in the [Home] lies in one folder in the system's temporary folder that
//     only its owner reads, and is gone when the Home is closed. A folder that a program left behind
//     when it died goes when the next one opens its Home.
//   - A program, and the toolkit and the graphics driver in it, that asks the environment where to keep
//     settings and caches is told that folder. Programs that it starts can be given the environment as it was.
//   - One process holds the Home while another works in it, so that the folder is also gone when that one
//     crashes, and nothing in it is written again as it ends.
//
// # Not promised
//
//   - What the system itself notes of a program that was started: its name in a list of recent
//     programs, its pages in a swap file.
//   - That the program is genuine: one that was changed would say anything. The school's own
//     computers check it (stick.CheckPrograms).
package portable

import (
	"os"
	"path/filepath"
)

// notes are the files of which one lies on every stick; crypt/stick/FORMAT.md, "Files".
var notes = []string{"stowage/stick.note", "stowage/stick-b.note"}

// Stick is the top folder of the stick that this program was started from; false when
// it was not.
func Stick() (top string, ok bool) {
	path, err := os.Executable()
	if err != nil {
		return "", false
	}
	return StickOf(path)
}

// StickOf is the top folder of the stick at whose top a program's file lies, links
// followed; false when it lies elsewhere.
func StickOf(program string) (top string, ok bool) {
	path, err := filepath.EvalSymlinks(program)
	if err != nil {
		path = program // a drive of Windows' that is a name for another
	}
	if top = filepath.Dir(path); !IsStick(top) {
		return "", false
	}
	return top, true
}

// IsStick reports whether a folder looks like the top of a stick.
func IsStick(folder string) bool {
	for _, name := range notes {
		if info, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(name))); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

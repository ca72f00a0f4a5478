// Package release says which release a program is: of itself, and of a program that
// lies in a file, for whatever system it was built.
//
// # Promised
//
// A file is read within bounds, and nothing in it is run. What is not one of this
// project's programs is not taken for one by mistake.
//
// # Not promised
//
// Who made a file is not known from what it says of itself. That is what signatures and
// digests are for.
package release

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
)

// stamp is what this program is. The build of a release (.ci/release) sets it to
// "stowage-program:NAME:VERSION;", and nothing else does.
var stamp = ""

// System is what a program was built for.
type System string

// The systems.
const (
	Windows System = "windows"
	Linux   System = "linux"
	MacOS   System = "macos"
)

// Program is what a program's file says of itself.
type Program struct {
	Name    string // "stowage" or "stow"
	Version string // canonical, as in package semver of golang.org/x/mod: "v1.2.0"
	System  System
}

// ErrNotProgram: a file is not a release of one of this project's programs.
var ErrNotProgram = errors.New("not a released program of Stowage")

// Version is which release this program is, "development" for one that is none.
func Version() string {
	if m := stamps.FindStringSubmatch(stamp); m != nil {
		return m[2]
	}
	return "development"
}

var stamps = regexp.MustCompile(`stowage-` + `program:(stowage|stow):v?([0-9][0-9A-Za-z.+-]{0,90});`)

// longest is how long a stamp can be, in bytes.
const longest = 128

// chunk is how much of a file is looked at at a time, in bytes.
const chunk = 1 << 20

// Read reads a program's file to its end and says what it is. It fails with
// [ErrNotProgram], or as r does.
func Read(r io.Reader) (Program, error) {
	var p Program
	buf := make([]byte, 0, chunk+longest)
	for first := true; ; first = false {
		n, err := io.ReadFull(r, buf[len(buf):len(buf)+chunk])
		buf = buf[:len(buf)+n]
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return Program{}, err
		}
		if first {
			p.System = systemOf(buf)
		}
		if m := stamps.FindSubmatch(buf); m != nil && p.Name == "" {
			p.Name, p.Version = string(m[1]), "v"+string(m[2])
		}
		if err != nil {
			break
		}
		buf = append(buf[:0], buf[len(buf)-longest:]...)
	}
	switch {
	case p.System == "" || p.Name == "":
		return Program{}, ErrNotProgram
	case !semver.IsValid(p.Version):
		return Program{}, fmt.Errorf("%w: its version is %q", ErrNotProgram, strings.TrimPrefix(p.Version, "v"))
	}
	return p, nil
}

// systemOf says by its first bytes which system runs a program: PE, ELF, or Mach-O for
// one processor or several.
func systemOf(start []byte) System {
	switch {
	case bytes.HasPrefix(start, []byte("MZ")):
		return Windows
	case bytes.HasPrefix(start, []byte("\x7fELF")):
		return Linux
	case bytes.HasPrefix(start, []byte("\xcf\xfa\xed\xfe")), bytes.HasPrefix(start, []byte("\xca\xfe\xba\xbe")):
		return MacOS
	}
	return ""
}

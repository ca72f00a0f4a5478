package stickpath

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrName: a name that a stick does not hold; see [Check].
var ErrName = errors.New("not a name a stick can hold")

// Limits of what a stick holds; FORMAT.md, "Names".
const (
	maxPath    = 4096 // bytes
	maxElement = 255  // bytes
	MaxDepth   = 128  // elements
)

// whiteoutPrefix begins the names of the tar entries that delete, as in OCI image layers.
const whiteoutPrefix = ".wh."

// Check returns an error wrapping [ErrName] when a stick cannot hold the
// path: it must be relative, with slashes, in Unicode normal form C, without
// empty, "." or ".." elements, NUL or invalid UTF-8, without elements that
// begin with ".wh.", of at most 128 elements of 255 bytes and 4096 bytes in all.
func Check(p string) error {
	if err := checkText(p); err != nil {
		return err
	}
	if strings.Count(p, "/") >= MaxDepth {
		return fmt.Errorf("%w: nested more than %d deep", ErrName, MaxDepth)
	}
	for rest := p; ; {
		element, after, more := strings.Cut(rest, "/")
		if err := checkElement(element); err != nil {
			return err
		}
		if !more {
			return nil
		}
		rest = after
	}
}

func checkText(p string) error {
	switch {
	case len(p) > maxPath:
		return fmt.Errorf("%w: longer than %d bytes", ErrName, maxPath)
	case IsPlainASCII(p):
		return nil
	case strings.ContainsRune(p, 0):
		return fmt.Errorf("%w: it has a zero byte", ErrName)
	case !utf8.ValidString(p):
		return fmt.Errorf("%w: it is not UTF-8", ErrName)
	case !norm.NFC.IsNormalString(p):
		return fmt.Errorf("%w: it is not in normal form C", ErrName)
	}
	return nil
}

// IsPlainASCII is the quick way out for nearly every name.
func IsPlainASCII(p string) bool {
	for i := range len(p) {
		if p[i] == 0 || p[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func checkElement(element string) error {
	switch {
	case element == "" || element == "." || element == "..":
		return fmt.Errorf("%w: an element is %q", ErrName, element)
	case len(element) > maxElement:
		return fmt.Errorf("%w: an element is longer than %d bytes", ErrName, maxElement)
	case strings.HasPrefix(element, whiteoutPrefix):
		return fmt.Errorf("%w: names that begin with %q mark deletions", ErrName, whiteoutPrefix)
	}
	return nil
}

// Clean brings a path that a person gave into the form a stick holds:
// normal form C, no slash at either end. The top is ".".
func Clean(p string) (string, error) {
	p = strings.Trim(norm.NFC.String(p), "/")
	if p == "" || p == "." {
		return ".", nil
	}
	if err := Check(p); err != nil {
		return "", err
	}
	return p, nil
}

// CleanName is Clean for what must not be the top.
func CleanName(p string) (string, error) {
	clean, err := Clean(p)
	if err == nil && clean == "." {
		err = fmt.Errorf("%w: it is the top of the stick", ErrName)
	}
	return clean, err
}

// Join is path.Join for clean paths, of which dir may be ".".
func Join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// Below reports whether p is dir or lies in it.
func Below(p, dir string) bool {
	return dir == "." || p == dir || strings.HasPrefix(p, dir) && p[len(dir)] == '/'
}

// WhiteoutName returns the name of the tar entry that deletes p.
func WhiteoutName(p string) string {
	dir, name := path.Split(p)
	return dir + whiteoutPrefix + name
}

// WhitedOut returns what a tar entry of that name deletes, if it does.
func WhitedOut(name string) (p string, ok bool) {
	dir, base := path.Split(name)
	base, ok = strings.CutPrefix(base, whiteoutPrefix)
	return dir + base, ok
}

// Above yields the folders above a path, the topmost first.
func Above(p string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i, c := range []byte(p) {
			if c == '/' && !yield(p[:i]) {
				return
			}
		}
	}
}

// Free returns the first of "name (2).ext", "name (3).ext", … that is not taken.
func Free(p string, taken func(string) bool) string {
	dir, name := path.Split(p)
	ext := path.Ext(name)
	if ext == name { // ".profile" has none
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		number := fmt.Sprintf(" (%d)", n)
		// A name at the limit is cut for the number to fit, at a letter.
		cut := stem
		if over := len(stem) + len(number) + len(ext) - maxElement; over > 0 && over < len(stem) {
			cut = strings.ToValidUTF8(stem[:len(stem)-over], "")
		}
		if free := dir + cut + number + ext; !taken(free) {
			return free
		}
	}
}

// Split splits a path into its folder, which may be ".", and its name.
func Split(p string) (dir, name string) {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return ".", p
	}
	return p[:i], p[i+1:]
}

// Short cuts text from a stick to a length that fits an error.
func Short(s string) string {
	if len(s) > 64 {
		return s[:64] + "…"
	}
	return s
}

// AnyAbove reports whether a folder above the path is in the set.
func AnyAbove(p string, set map[string]bool) bool {
	for dir := range Above(p) {
		if set[dir] {
			return true
		}
	}
	return false
}

package stick

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of what a stick holds; FORMAT.md, "Names".
const (
	maxPath    = 4096 // bytes
	maxElement = 255  // bytes
	maxDepth   = 128  // elements
)

// whiteoutPrefix begins the names of the tar entries that delete, as in OCI image layers.
const whiteoutPrefix = ".wh."

// CheckPath returns an error wrapping [ErrName] when a stick cannot hold the
// path: it must be relative, with slashes, in Unicode normal form C, without
// empty, "." or ".." elements, NUL or invalid UTF-8, without elements that
// begin with ".wh.", of at most 128 elements of 255 bytes and 4096 bytes in all.
func CheckPath(p string) error {
	if err := checkText(p); err != nil {
		return err
	}
	if strings.Count(p, "/") >= maxDepth {
		return fmt.Errorf("%w: nested more than %d deep", ErrName, maxDepth)
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
	case isPlainASCII(p):
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

// isPlainASCII is the quick way out for nearly every name.
func isPlainASCII(p string) bool {
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

// cleanPath brings a path that a person gave into the form a stick holds:
// normal form C, no slash at either end. The top is ".".
func cleanPath(p string) (string, error) {
	p = strings.Trim(norm.NFC.String(p), "/")
	if p == "" || p == "." {
		return ".", nil
	}
	if err := CheckPath(p); err != nil {
		return "", err
	}
	return p, nil
}

// cleanName is cleanPath for what must not be the top.
func cleanName(p string) (string, error) {
	clean, err := cleanPath(p)
	if err == nil && clean == "." {
		err = fmt.Errorf("%w: it is the top of the stick", ErrName)
	}
	return clean, err
}

// join is path.Join for clean paths, of which dir may be ".".
func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// below reports whether p is dir or lies in it.
func below(p, dir string) bool {
	return dir == "." || p == dir || strings.HasPrefix(p, dir) && p[len(dir)] == '/'
}

// whiteoutName returns the name of the tar entry that deletes p.
func whiteoutName(p string) string {
	dir, name := path.Split(p)
	return dir + whiteoutPrefix + name
}

// whitedOut returns what a tar entry of that name deletes, if it does.
func whitedOut(name string) (p string, ok bool) {
	dir, base := path.Split(name)
	base, ok = strings.CutPrefix(base, whiteoutPrefix)
	return dir + base, ok
}

package webdav

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"stowage/crypt/fault"
	"stowage/crypt/stick"
)

// ErrComputerFull: the computer's own disk has no room for what a program saves, which
// waits there, encrypted, for its turn.
var ErrComputerFull = errors.New("this computer's own disk is full")

// ErrComputerFailing: the computer's own disk does not take what waits for its turn.
var ErrComputerFailing = errors.New("this computer's own disk made an error")

// Failure is a file that a program has saved and that is not on the stick so.
type Failure struct {
	Path string
	Err  error
}

// failures remembers what could not be stored: some clients (davfs2, gio's folder) tell a
// program that its file is saved before they send it.
type failures struct {
	told func(Failure)

	mu     sync.Mutex
	byPath map[string]error
}

// maxFailures is how many files are remembered; the drive is of no use long before.
const maxFailures = 10_000

// add remembers a file, and reports it when that is new.
func (f *failures) add(path string, err error) {
	f.mu.Lock()
	_, known := f.byPath[path]
	known = known || len(f.byPath) >= maxFailures
	if !known {
		f.byPath[path] = err
	}
	f.mu.Unlock()
	if !known {
		f.told(Failure{path, err})
	}
}

// of is why a file was not stored; nil when it was, or when it was given up.
func (f *failures) of(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byPath[path]
}

// forget takes note that a file was stored after all, or that it, or the folder it is in, is
// not wanted any more.
func (f *failures) forget(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range below(f.byPath, path) {
		delete(f.byPath, p)
	}
}

// list returns all, sorted by path.
func (f *failures) list() []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Failure
	for _, p := range slices.Sorted(maps.Keys(f.byPath)) {
		list = append(list, Failure{p, f.byPath[p]})
	}
	return list
}

// outcome takes in how a request about a name ended.
func (f *failures) outcome(method, name string, a *answer) {
	path := clean(name)
	_, err := a.trouble.status()
	switch {
	case method == http.MethodPut && err != nil && !errors.Is(err, stick.ErrKind) && !isClutter(path[strings.LastIndexByte(path, '/')+1:]):
		f.add(path, err)
	case (method == http.MethodPut || method == http.MethodDelete) && a.code != 0 && a.code < 300:
		f.forget(path)
	}
}

// ofComputer says of an error of the temporary folder that it is the computer's, not the stick's.
func ofComputer(err error) error {
	if _, ofFile := errors.AsType[*fs.PathError](err); !ofFile { // the client broke off, for one
		return err
	}
	if errors.Is(fault.Of(err), fault.ErrFull) {
		return fmt.Errorf("%w: %v", ErrComputerFull, err)
	}
	return fmt.Errorf("%w: %v", ErrComputerFailing, err)
}

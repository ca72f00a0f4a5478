package safefile

import (
	"errors"
	"io/fs"
	"os"
)

// Open opens a regular file for reading, links followed. Whatever else has that
// name is refused: a folder, but also a pipe, on which opening would wait for ever, and a
// device, which may do something when it is opened. Whoever can write to a
// folder can put those there. The error is an [fs.PathError], of [ErrNotRegular] for
// those. The caller closes the file.
func Open(name string) (*os.File, fs.FileInfo, error) {
	return openIfRegular(name, os.O_RDONLY, os.Stat, os.OpenFile)
}

// OpenIn is [Open] for a name below root, which links do not lead out of,
// with the flags of [os.OpenFile]. With O_CREATE, a file that is missing is made, for
// its owner alone.
func OpenIn(root *os.Root, name string, flag int) (*os.File, fs.FileInfo, error) {
	return openIfRegular(name, flag, root.Stat, root.OpenFile)
}

func openIfRegular(name string, flag int, stat func(string) (fs.FileInfo, error), open func(string, int, fs.FileMode) (*os.File, error)) (*os.File, fs.FileInfo, error) {
	info, err := stat(name)
	if err == nil {
		err = regular(name, info)
	} else if flag&os.O_CREATE != 0 && errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return nil, nil, err
	}
	var f *os.File
	err = whileBusy(openWait, func() error {
		f, err = open(name, flag|NoWait, 0o600)
		return err
	}, busy)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil { // it may have been exchanged meanwhile
		err = regular(name, info)
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func regular(name string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	return nil
}

package crypt

import (
	"io/fs"
	"os"
)

// OpenRegular opens a regular file for reading, links followed. Whatever else has that
// name is refused: a folder, but also a pipe, on which opening would wait for ever, and a
// device, which may do something when it is opened. Whoever can write to a
// folder can put those there. The caller closes the file.
func OpenRegular(name string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if err := regular(name, info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|NoWait, 0)
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

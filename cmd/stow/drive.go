package main

import (
	"errors"
	"io"

	"stowage/crypt/stick"
)

// driveFS is a drive or folder that holds a stick, or is to hold one.
type driveFS interface {
	stick.FS
	io.Closer
}

// openDrive opens the drive that is mounted at path, or the folder.
func openDrive(path string) (driveFS, error) { return stick.NewDirFS(path) }

// withDrive runs do with the drive or folder at path open.
func (a *app) withDrive(path string, do func(driveFS) error) (err error) {
	d, err := a.openDrive(path)
	if err != nil {
		return on(path, err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return do(d)
}

package cli

import (
	"errors"
	"io"

	"stowage/crypt/stick"
)

// DriveFS is a drive or folder that holds a stick, or is to hold one.
type DriveFS interface {
	stick.FS
	io.Closer
}

// OpenDrive opens the drive that is mounted at path, or the folder.
func OpenDrive(path string) (DriveFS, error) { return stick.NewDirFS(path) }

// WithDrive runs do with the drive or folder at path open.
func (a *App) WithDrive(path string, do func(DriveFS) error) (err error) {
	d, err := a.OpenDrive(path)
	if err != nil {
		return On(path, err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return do(d)
}

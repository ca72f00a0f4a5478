package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// BackupDir is the [BackupFS] of a folder, perhaps on a server. What it makes
// may be read and changed by everyone who reaches the folder, since several
// people's computers and ICT back up to it and restore from it: who reaches it is
// a matter of the rights of the folder it is in. What is in it is sealed.
type BackupDir struct{ *DirFS }

// Rights of what is in a backup; the umask does not apply.
const (
	backupDirMode  = 0o777
	backupFileMode = 0o666
)

// NewBackupDir opens the folder, which is made if it is missing and make is
// set; the folder it is in must be there. Without make, a missing one is
// [ErrNoBackup]. The caller closes it.
func NewBackupDir(path string, create bool) (*BackupDir, error) {
	if create {
		err := os.Mkdir(path, backupDirMode)
		if err == nil {
			err = os.Chmod(path, backupDirMode)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, driveError(fmt.Errorf("make the backup's folder: %w", err))
		}
	}
	d, err := NewDirFS(path)
	if !create && errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	if err != nil {
		return nil, err
	}
	return &BackupDir{d}, nil
}

// Create implements [FS].
func (d *BackupDir) Create(name string) (File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, backupFileMode)
	if err == nil {
		// What umask took away. A file system that knows no rights says no: it
		// has its own.
		_ = f.Chmod(backupFileMode)
	}
	return dirFile(f, err)
}

// Mkdir implements [FS].
func (d *BackupDir) Mkdir(name string) error {
	err := d.root.Mkdir(name, backupDirMode)
	if err == nil {
		_ = d.root.Chmod(name, backupDirMode)
	}
	return driveError(err)
}

// Rename implements [BackupFS].
func (d *BackupDir) Rename(from, to string) error { return driveError(d.root.Rename(from, to)) }

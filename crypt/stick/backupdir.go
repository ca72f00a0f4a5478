package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// NewBackupDir opens a folder in the folder that all backups are in, which must be there; it is made
// if it is missing and create is set. Without that, a missing one is
// [ErrNoBackup]. Many people can write to the folder of all backups: a link in the place of a
// backup is followed nowhere, which is [ErrSpecial]. The caller closes it.
func NewBackupDir(folder, name string, create bool) (*BackupDir, error) {
	all, err := os.OpenRoot(folder)
	if err != nil {
		return nil, noBackup(create, err)
	}
	defer all.Close()
	if create {
		err := all.Mkdir(name, backupDirMode)
		if err == nil {
			err = all.Chmod(name, backupDirMode)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, driveError(fmt.Errorf("make the backup's folder: %w", err))
		}
	}
	info, err := all.Lstat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrSpecial}
	}
	var root *os.Root
	if err == nil {
		root, err = all.OpenRoot(name)
	}
	if err != nil {
		return nil, noBackup(create, err)
	}
	return &BackupDir{&DirFS{root, filepath.Join(folder, name)}}, nil
}

// noBackup is the error of a folder that cannot be opened.
func noBackup(create bool, err error) error {
	if !create && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	return driveError(err)
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

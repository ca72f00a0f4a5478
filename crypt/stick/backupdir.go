package stick

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stowage/crypt/safefile"
	"stowage/crypt/stick/internal/drive"
)

// BackupDir is the [BackupFS] of a folder, perhaps on a server. What it makes has the rights of the folder that all
// backups are in, whatever the umask is: who may read and change a backup, people's computers and ICT alike, is
// said there and nowhere else.
type BackupDir struct {
	*DirFS
	root   *os.Root // the DirFS's
	rights fs.FileMode
}

// RightsOf are the rights that a new folder takes from the one that it is in.
func RightsOf(folder fs.FileInfo) fs.FileMode { return folder.Mode() & (fs.ModePerm | fs.ModeSetgid) }

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
	info, err := all.Stat(".")
	if err != nil {
		return nil, drive.Classify(err)
	}
	rights := RightsOf(info)
	if create {
		err := all.Mkdir(name, rights.Perm())
		if err == nil {
			err = all.Chmod(name, rights)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, drive.Classify(fmt.Errorf("make the backup's folder: %w", err))
		}
	}
	info, err = all.Lstat(name)
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
	return &BackupDir{drive.NewDirFSIn(root, filepath.Join(folder, name)), root, rights}, nil
}

// noBackup is the error of a folder that cannot be opened.
func noBackup(create bool, err error) error {
	if !create && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	return drive.Classify(err)
}

// Create implements [FS].
func (d *BackupDir) Create(name string) (File, error) {
	mode := d.rights & 0o666
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		// What umask took away. A file system that knows no rights says no: it
		// has its own.
		_ = f.Chmod(mode)
	}
	return drive.NewFile(f, err)
}

// Mkdir implements [FS].
func (d *BackupDir) Mkdir(name string) error {
	err := d.root.Mkdir(name, d.rights.Perm())
	if err == nil {
		_ = d.root.Chmod(name, d.rights)
	}
	return drive.Classify(err)
}

// Rename implements [BackupFS].
func (d *BackupDir) Rename(from, to string) error {
	return drive.Classify(safefile.RenameIn(d.root, from, to))
}

package school

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices/school/internal/files"
)

// The shared folder of a school and what is in it.
const (
	SharedFolder   = "shared"          // where it is, in the school's folder, unless SharedSetting says otherwise
	SharedSetting  = "shared.txt"      // in the school's folder: the path of the shared folder, one line
	CheckpointFile = "checkpoint.note" // the register's newest checkpoint
	InboxFolder    = "inbox"           // what staff's computers leave for ICT
	BackupFolder   = "backup"          // backups of sticks, one folder each

	// The rights of a shared folder that had to be made: everyone reads what is published. Whoever
	// sets it up on a server gives it others, which the folder of backups takes. In the inbox all who reach the
	// shared folder leave what only ICT lists. Where the file system or the server knows other rights, those count.
	sharedMode = 0o755
	inboxMode  = 0o733 | fs.ModeSticky
)

// ErrNoShared: the shared folder is not there, or the server is out of reach.
var ErrNoShared = errors.New("the school's shared folder cannot be reached")

// Shared is the folder that the computers of staff reach: all they know of the
// school, besides what their keys say. It holds
//
//	directory.note     the signed directory
//	checkpoint.note    the register's newest checkpoint, signed
//	inbox/             loss reports and sightings, encrypted to ICT
//	backup/STICK-ID/   backups of sticks
//
// and nothing that is secret: no authority, no register. Whoever can write to
// it can write anything, so what is read from it counts only as far as its
// signature or its encryption says.
type Shared struct {
	Dir string // a path, perhaps on a server
}

// Shared is where the school's shared folder is; it need not be reachable.
func (s *School) Shared() (Shared, error) { return sharedOf(s.dir) }

// SharedAt is the shared folder in a computer's settings: dir itself, as on
// the computers of staff, or that of the school's folder dir, as on those of
// ICT. It need not be reachable.
func SharedAt(dir string) (Shared, error) {
	if IsSchool(dir) {
		return sharedOf(dir)
	}
	return Shared{dir}, nil
}

// IsSchool reports whether dir is a school's folder, which only ICT has, rather
// than the shared one.
func IsSchool(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, AuthorityFile))
	return err == nil && info.Mode().IsRegular()
}

func sharedOf(dir string) (Shared, error) {
	line, err := files.ReadSmall(filepath.Join(dir, SharedSetting))
	if errors.Is(err, fs.ErrNotExist) {
		return Shared{filepath.Join(dir, SharedFolder)}, nil
	}
	if err != nil {
		return Shared{}, fmt.Errorf("find the shared folder: %w", err)
	}
	path := strings.TrimSpace(string(line))
	if !filepath.IsAbs(path) || strings.ContainsAny(path, "\n\x00") {
		return Shared{}, fmt.Errorf("find the shared folder: %s: %w", SharedSetting, keys.ErrValue)
	}
	return Shared{path}, nil
}

// SetShared moves the shared folder to another place, which is made ready, and
// publishes the directory there. What is in the old one stays there.
// An empty dir is the folder in the school's own.
func (s *School) SetShared(dir string) (Shared, error) {
	setting := filepath.Join(s.dir, SharedSetting)
	if dir == "" {
		if err := os.Remove(setting); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Shared{}, fmt.Errorf("set the shared folder: %w", err)
		}
	} else {
		abs, err := filepath.Abs(dir)
		if err == nil {
			err = Shared{abs}.Make()
		}
		if err == nil {
			err = safefile.Write(setting, []byte(abs+"\n"), true)
		}
		if err != nil {
			return Shared{}, fmt.Errorf("set the shared folder: %w", err)
		}
	}
	shared, err := s.Shared()
	if err == nil {
		err = s.publishShared()
	}
	return shared, err
}

// Make makes the folder ready: what is missing in it is made, with rights that let staff read what is published, and
// leave in the inbox what is theirs. Who backs up is said by the rights of the shared folder.
func (sh Shared) Make() error {
	err := mkdirWith(sh.Dir, sharedMode)
	if err == nil {
		err = mkdirWith(sh.Inbox(), inboxMode)
	}
	if err == nil {
		err = sh.MakeBackupFolder()
	}
	return err
}

// mkdirWith makes a folder with these rights, whatever the umask is, if it is not there.
func mkdirWith(dir string, mode fs.FileMode) error {
	err := os.Mkdir(dir, mode.Perm())
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("make the shared folder: %w: %w", ErrNoShared, err)
	}
	if err := os.Chmod(dir, mode); err != nil {
		return fmt.Errorf("make the shared folder: %w", err)
	}
	return nil
}

// MakeBackupFolder makes the folder of all backups, with the rights of the shared one. Nobody removes there what
// another left.
func (sh Shared) MakeBackupFolder() error {
	info, err := os.Stat(sh.Dir)
	if err != nil {
		return fmt.Errorf("make the folder of backups: %w: %w", ErrNoShared, err)
	}
	return mkdirWith(filepath.Join(sh.Dir, BackupFolder), stick.RightsOf(info)|fs.ModeSticky)
}

// Reachable is nil when the folder is there, and [ErrNoShared] when it is not.
func (sh Shared) Reachable() error {
	if sh.Dir == "" {
		return ErrNoShared
	}
	info, err := os.Stat(sh.Dir)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNoShared, err)
	case !info.IsDir():
		return fmt.Errorf("%w: %s is no folder", ErrNoShared, sh.Dir)
	}
	return nil
}

// DirectoryPath is where the directory is published.
func (sh Shared) DirectoryPath() string { return filepath.Join(sh.Dir, DirectoryFile) }

// CheckpointPath is where the newest checkpoint is published.
func (sh Shared) CheckpointPath() string { return filepath.Join(sh.Dir, CheckpointFile) }

// Inbox is the folder where staff's computers leave loss reports and sightings.
func (sh Shared) Inbox() string { return filepath.Join(sh.Dir, InboxFolder) }

// Backup is the folder of a stick's backup, which need not be there. The id
// comes from a stick, so that one that is no UUID is refused.
func (sh Shared) Backup(stickID string) (string, error) {
	id, err := uuid.Parse(stickID)
	if err != nil {
		return "", fmt.Errorf("stick id: %w", err)
	}
	return filepath.Join(sh.Dir, BackupFolder, id.String()), nil
}

// Directory reads the directory that is published in the folder. The verifier
// is as for [ReadDirectory]. It fails with [ErrNoShared] when the folder is out
// of reach.
func (sh Shared) Directory(verifier string) (*keys.Directory, error) {
	if err := sh.Reachable(); err != nil {
		return nil, err
	}
	return ReadDirectory(sh.DirectoryPath(), verifier)
}

// Publish writes a small file that everyone may read into the folder, unless it
// says so already. A directory does not take the place of a newer one that the
// same school signed: that fails with keys.ErrOlder; nor that of one which says more
// than this version knows: keys.ErrNewer.
func (sh Shared) Publish(name string, content []byte) error {
	path := filepath.Join(sh.Dir, name)
	if have, err := files.ReadSmall(path); err == nil {
		if bytes.Equal(have, content) {
			return nil
		}
		if name == DirectoryFile {
			if err := notOlder(content, have); err != nil {
				return fmt.Errorf("publish in the shared folder: %w", err)
			}
		}
	}
	if err := files.WritePublic(path, content, true); err != nil {
		return fmt.Errorf("publish in the shared folder: %w", err)
	}
	return nil
}

// notOlder returns keys.ErrOlder if a directory is older than the one that is there, and keys.ErrNewer
// if only that one is of a later version. What is there counts only if the same school signed it.
func notOlder(next, there []byte) error {
	d, err := keys.OpenDirectory(next, "")
	if err != nil {
		return err
	}
	have, err := keys.OpenDirectory(there, d.Verifier)
	switch {
	case errors.Is(err, keys.ErrNewer):
		return err
	case err != nil:
		return nil // it is none that can be believed, so it may go
	case d.Complete() == nil && have.Complete() != nil:
		return have.Complete()
	}
	return d.Newer(have.Serial)
}

// publishShared copies the published directory into the shared folder.
func (s *School) publishShared() error {
	shared, err := s.Shared()
	if err != nil {
		return err
	}
	if err := shared.Make(); err != nil {
		return err
	}
	var before []byte
	for {
		note, err := files.ReadSmall(filepath.Join(s.dir, DirectoryFile))
		if err != nil {
			return err
		}
		err = shared.Publish(DirectoryFile, note)
		// Another desk may have published a newer one since this one was read.
		if !errors.Is(err, keys.ErrOlder) || bytes.Equal(before, note) {
			return err
		}
		before = note
	}
}

// sharedSerial is the number of the directory in the shared folder, if this school
// signed it; 0 if there is none that can be believed. It fails with keys.ErrNewer.
func (s *School) sharedSerial(verifier string) (int64, error) {
	shared, err := s.Shared()
	if err != nil {
		return 0, nil
	}
	d, err := shared.Directory(verifier)
	switch {
	case errors.Is(err, keys.ErrNewer):
		return 0, err
	case err != nil:
		return 0, nil
	}
	return d.Serial, d.Complete()
}

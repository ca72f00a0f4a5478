// Package filecrypt encrypts files and folders for people of a school's directory, and decrypts them with a holder's
// key. Whom the directory blocks is refused before anything is written; the recovery key is always a recipient;
// originals stay, and nothing that was made in the same run is written over.
package filecrypt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
)

// A FileError says which file an error is about.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// aboutFile says which file err is about; nil stays nil.
func aboutFile(path string, err error) error {
	if err == nil {
		return nil
	}
	return &FileError{path, err}
}

// Conflict is what is done where a file of that name is there already.
type Conflict int

// What can be done.
const (
	ConflictRefuse   Conflict = iota // safefile.ErrExists
	ConflictReplace                  // the old file goes when the new one is complete; a folder is never replaced
	ConflictKeepBoth                 // the new one gets a number: "letter (2).txt.age"
)

// Encrypter encrypts files and folders for people, each into age files beside it
// or in one folder. The originals stay.
type Encrypter struct {
	Audiences []Audience
	Policy    keys.Policy    // distinguishes the audiences' files
	OutDir    string         // where to write; "" is beside each original
	Taken     Conflict       // what is done about files that are there already
	Made      *Made          // what was made before in the same run, which is never written over; may be nil
	Progress  crypt.Progress // may be nil
}

// Encrypted is an age file that was made.
type Encrypted struct {
	Source   string
	Path     string
	Audience Audience
}

// Dest is where the encrypted form of a path goes, and whether it is a folder's.
func (s Encrypter) Dest(path string, to Audience) (dest string, folder bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, aboutFile(path, err)
	}
	absolute, err := filepath.Abs(path) // "." has a name too
	if err != nil {
		return "", false, aboutFile(path, err)
	}
	dir, base := filepath.Split(absolute)
	if s.OutDir != "" {
		dir = s.OutDir
	} else if !filepath.IsAbs(path) && filepath.Clean(path) != "." {
		dir = filepath.Dir(path)
	}
	return filepath.Join(dir, crypt.EncryptedName(base+to.Suffix(s.Policy), info.IsDir())), info.IsDir(), nil
}

// Conflicts lists what lies where the encrypted forms of the paths would go. A path that is
// not there is passed over: [Encrypter.Encrypt] says so.
func (s Encrypter) Conflicts(paths []string) []string {
	var taken []string
	for _, path := range paths {
		for _, to := range s.Audiences {
			if dest, _, err := s.Dest(path, to); err == nil && exists(dest) && !s.Made.has(dest) && !slices.Contains(taken, dest) {
				taken = append(taken, dest)
			}
		}
	}
	return taken
}

// Encrypt encrypts one file or folder, into a file for each audience. What was
// made before it failed stays and is returned. Skipped are paths in a folder
// that were left out, since they are neither files nor folders.
func (s Encrypter) Encrypt(ctx context.Context, path string) (made []Encrypted, skipped []string, err error) {
	for _, to := range s.Audiences {
		dest, folder, err := s.Dest(path, to)
		if err != nil {
			return made, skipped, err
		}
		dest, replace := s.Taken.resolve(dest, s.Made)
		options := crypt.FileOptions{Replace: replace, Progress: s.Progress}
		if folder {
			var left []crypt.Skipped
			left, err = crypt.EncryptFolder(ctx, path, dest, options, to.Recipients...)
			skipped = skipped[:0] // the same for every audience
			for _, l := range left {
				skipped = append(skipped, filepath.Join(path, filepath.FromSlash(l.Path)))
			}
		} else {
			err = crypt.EncryptFile(ctx, path, dest, options, to.Recipients...)
		}
		if err != nil {
			return made, skipped, blame(path, dest, err)
		}
		s.Made.add(dest)
		made = append(made, Encrypted{path, dest, to})
	}
	return made, skipped, nil
}

// blame says which of two files an error is about.
func blame(source, dest string, err error) error {
	if errors.Is(err, safefile.ErrExists) {
		return aboutFile(dest, err)
	}
	return aboutFile(source, err)
}

// resolve is the path to write to, and whether to replace what is there.
func (t Conflict) resolve(dest string, made *Made) (path string, replace bool) {
	if t == ConflictKeepBoth && exists(dest) || made.has(dest) {
		return numbered(dest), false
	}
	return dest, t == ConflictReplace
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// numbered is the first name like that of path which is free: "a.txt.age"
// becomes "a (2).txt.age".
func numbered(path string) string {
	dir, base := filepath.Split(path)
	dot := strings.IndexByte(base[min(1, len(base)):], '.') + 1
	if dot == 0 {
		dot = len(base)
	}
	for n := 2; ; n++ {
		next := filepath.Join(dir, fmt.Sprintf("%s (%d)%s", base[:dot], n, base[dot:]))
		if !exists(next) {
			return next
		}
	}
}

// SizeOf is how many bytes the files in the paths have, as far as it can be
// found out before the context ends.
func SizeOf(ctx context.Context, paths ...string) (bytes int64, files int) {
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return fs.SkipAll
			}
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if info, err := d.Info(); err == nil {
				bytes, files = bytes+info.Size(), files+1
			}
			return nil
		})
	}
	return bytes, files
}

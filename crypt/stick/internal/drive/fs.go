package drive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// FS is the drive that a stick is kept on. The stick is written against it
// alone, so that tests can count, limit and break what a drive does.
//
// Names are relative, with slashes, as in package io/fs. Nothing is ever
// renamed, nor overwritten but on its way out: a file is created under its final name, written from
// start to end, synced, and later perhaps removed. That is what FAT and exFAT,
// which have no journal, keep best when a stick is pulled.
//
// Errors of a drive that is full, read-only, gone or failing wrap [ErrFull],
// [ErrReadOnly], [ErrGone] and [ErrFailing]; a missing or existing name wraps
// fs.ErrNotExist or fs.ErrExist. An FS is safe for concurrent use.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// Create creates a file for writing; it fails when the name exists.
	Create(name string) (File, error)
	// Mkdir creates one folder; it fails when the name exists.
	Mkdir(name string) error
	// ReadDir lists a folder, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Stat describes a name without following a link.
	Stat(name string) (fs.FileInfo, error)
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// Overwrite writes over the beginning of a file that is there, in place, and syncs it:
	// removing alone leaves what it held on the drive.
	Overwrite(name string, data []byte) error
	// SyncDir makes the entries of a folder durable.
	SyncDir(name string) error
	// Free returns how many bytes can still be written, and the drive's size.
	Free() (free, total int64, err error)
	// Lock takes an advisory lock on the file name, shared or exclusive, without
	// waiting; a lock that somebody else holds is [ErrInUse]. It creates the
	// file for an exclusive lock. Closing frees the lock, as does the death of
	// the process.
	Lock(name string, exclusive bool) (io.Closer, error)
}

// File is an open file of an [FS]. One from Open can be read, also at random
// and by several goroutines at once; one from Create can be written and synced.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	Stat() (fs.FileInfo, error)
	// Sync makes everything written to the file so far durable.
	Sync() error
}

// ReadAll reads a file of at most limit bytes.
func ReadAll(fsys FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > limit { // a large one is not even begun
		return nil, &fs.PathError{Op: "read", Path: name, Err: ErrTooLarge}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: ErrTooLarge}
	}
	return data, nil
}

// WriteFile creates a file with the given content and syncs it and its folder.
// When it fails the file is removed again.
func WriteFile(fsys FS, name string, data []byte) error {
	f, err := fsys.Create(name)
	if err != nil {
		return err
	}
	n, err := f.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fsys.SyncDir(Parent(name))
	}
	if err != nil {
		_ = fsys.Remove(name)
	}
	return err
}

// RemoveFiles removes those files in a folder that are meant, the last by name first.
func RemoveFiles(fsys FS, dir string, meant func(name string) bool) error {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return IfThere(err)
	}
	for _, e := range slices.Backward(entries) {
		name := path.Join(dir, e.Name())
		if e.IsDir() || !meant(name) {
			continue
		}
		if err := IfThere(fsys.Remove(name)); err != nil {
			return err
		}
	}
	return fsys.SyncDir(dir)
}

// RemoveEmpty removes a folder, unless somebody put something there.
func RemoveEmpty(fsys FS, dir string) error {
	if entries, err := fsys.ReadDir(dir); err != nil || len(entries) > 0 {
		return IfThere(err)
	}
	return IfThere(fsys.Remove(dir))
}

// IfThere lets what is gone already pass.
func IfThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// EachFile calls visit for every file in a folder, which may be missing.
func EachFile(fsys FS, dir string, visit func(name string, info fs.FileInfo)) error {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("inspect the stick: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return fmt.Errorf("inspect the stick: %w", err)
		}
		if info.Mode().IsRegular() && !Junk(e.Name()) {
			visit(e.Name(), info)
		}
	}
	return nil
}

// Junk reports whether an operating system left a file of that name, which is ignored.
func Junk(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini", ".hidden", ".directory":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// maxWiped bounds how much of a file is overwritten: no file of the stick's with a secret in it is larger.
const maxWiped = 16 << 20

// RemoveWiped removes a file whose content must not be found on the drive afterwards: it is overwritten in place,
// and synced, first. A bad sector does not keep it from being removed. Flash may keep a copy that no program reaches.
func RemoveWiped(fsys FS, name string) error {
	info, err := fsys.Stat(name)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Size() > 0 { // others were planted, and hold nothing of ours
		err := fsys.Overwrite(name, make([]byte, min(info.Size(), maxWiped)))
		if err != nil && !IsBadSector(err) && !errors.Is(err, ErrSpecial) {
			return err
		}
	}
	return fsys.Remove(name)
}

// IsBadSector reports whether an error is of that kind; a drive that is gone is another.
func IsBadSector(err error) bool {
	return errors.Is(err, ErrFailing) && !errors.Is(err, ErrGone)
}

// Parent returns the folder that a name on the drive lies in.
func Parent(name string) string { return path.Dir(name) }

package stick

import (
	"io"
	"io/fs"
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
	// waiting; a lock that somebody else holds is [ErrLocked]. It creates the
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

// readAll reads a file of at most limit bytes.
func readAll(fsys FS, name string, limit int64) ([]byte, error) {
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

// writeFile creates a file with the given content and syncs it and its folder.
// When it fails the file is removed again.
func writeFile(fsys FS, name string, data []byte) error {
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
		err = fsys.SyncDir(parent(name))
	}
	if err != nil {
		_ = fsys.Remove(name)
	}
	return err
}

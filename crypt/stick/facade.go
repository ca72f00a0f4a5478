package stick

import (
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// CheckPath returns an error wrapping [ErrName] when a stick cannot hold the
// path: it must be relative, with slashes, in Unicode normal form C, without
// empty, "." or ".." elements, NUL or invalid UTF-8, without elements that
// begin with ".wh.", of at most 128 elements of 255 bytes and 4096 bytes in all.
func CheckPath(p string) error {
	return stickpath.Check(p)
}

// SettingsDir is where a program that was started from the stick keeps how its window
// looks, so that it leaves nothing on the computer. It holds nothing personal.
const SettingsDir = layout.Settings

// DirFS is the [FS] of a mounted drive or any other folder. It never leaves
// that folder, whatever links it finds there (os.Root).
type DirFS = drive.DirFS

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
type FS = drive.FS

// File is an open file of an [FS]. One from Open can be read, also at random
// and by several goroutines at once; one from Create can be written and synced.
type File = drive.File

// NewDirFS opens the folder. The caller closes it.
func NewDirFS(path string) (*DirFS, error) {
	return drive.NewDirFS(path)
}

// NoSpaceError says that something does not fit. It is found before anything is
// written, and again when a drive filled up meanwhile since others write on it too.
type NoSpaceError = drive.NoSpaceError

package stick

import (
	"context"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/program"
	"stowage/crypt/stick/internal/sticknote"
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

// Position is where a layer is missing among the others. The newest ones are missed only by who remembers them, such as a
// table of contents.
type Position = layer.Position

// The kinds of warning. Nothing that a warning names was read, and nothing
// was removed because of it.
const (
	WarnTorn       = layer.WarnTorn       // a layer that is not whole: it was never written to its end, and nothing in it reported as stored, or it was damaged since
	WarnDamaged    = layer.WarnDamaged    // a layer that cannot be read as it was written
	WarnForged     = layer.WarnForged     // a layer made by somebody who does not have this stick's key
	WarnMisplaced  = layer.WarnMisplaced  // a layer of another stick or of another place in the order
	WarnMissing    = layer.WarnMissing    // a layer that must be there and is not
	WarnForeign    = layer.WarnForeign    // a file that does not belong in the folder
	WarnEntry      = layer.WarnEntry      // one entry of a layer that is not allowed and was left out
	WarnAltered    = layer.WarnAltered    // a key or text beside the layers that is not as it was written
	WarnRolledBack = layer.WarnRolledBack // the stick is older than one already seen
	WarnForked     = layer.WarnForked     // the stick was put back to an earlier state and then written on
)

// The positions.
const (
	AtTheBeginning = layer.AtTheBeginning
	InTheMiddle    = layer.InTheMiddle
	AtTheEnd       = layer.AtTheEnd
)

// Warning is something on the stick that is not as it should be.
type Warning = layer.Warning

// WarningKind says what is wrong with something on the stick.
type WarningKind = layer.WarningKind

// NewProgram is a program to be put on a stick.
type NewProgram = program.NewProgram

// Program is a program that the school put on the stick, as its note says.
type Program = program.Program

// ProgramFound is what CheckPrograms says of one program.
type ProgramFound = program.Found

// ProgramNames returns the names of the programs, in the order in which they are listed.
func ProgramNames() []string {
	return program.Names()
}

// ProgramState is how a program on a stick compares with the stick's note.
type ProgramState = program.State

// The programs that ICT may put on a stick. A stick carries them at its top, where people find them.
const (
	WindowsProgram = program.Windows
	LinuxProgram   = program.Linux
	MacProgram     = program.Mac
)

// The states of a program.
const (
	ProgramGood    = program.Good    // it is the one that the school signed for
	ProgramOlder   = program.Older   // it is the school's, from before it was last replaced
	ProgramMissing = program.Missing // it is not there
	ProgramChanged = program.Changed // it is another, or cannot be read
	ProgramUnknown = program.Unknown // it is there, and the school put none of that name there
)

// WritePrograms puts programs at the top of a drive that is to become a stick; those that are there already are
// left alone, and what else has their names is moved beside, under the names in kept. It does ahead what takes long
// about [Issue], and returns the names that it wrote, for the caller to remove should it come to nothing. When
// it fails, it has removed them. Progress counts bytes written and read back; p may be nil.
func WritePrograms(ctx context.Context, fsys FS, list []NewProgram, p crypt.Progress) (written, kept []string, err error) {
	return program.WriteNew(ctx, fsys, list, p)
}

// Note is what the school signed about a stick. It is readable by everyone
// who has the stick in hand, and so says nothing personal.
type Note = sticknote.Note

// Signer signs for the school; *keys.Authority is one.
type Signer = sticknote.Signer

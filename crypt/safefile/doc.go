// Package safefile writes files that appear whole or not at all, and opens and
// reads only what is a regular file.
//
// # Promised
//
//   - A file that is written has its name only when it is complete and durable. When
//     writing fails or is given up nothing is left, and what was to be replaced is as it was.
//   - What should be a file and is a pipe, a device or a folder is refused with
//     [ErrNotRegular] before it is opened, and nothing is waited for.
//   - [Read] and [ReadIn] never hold more than the caller allows.
//   - Below an open folder ([CreateIn], [WriteIn], [OpenIn], [ReadIn]) no link leads outside,
//     whoever exchanges the folders on the way.
//
// # Not promised
//
// What a file system keeps of its own: [RemoveSecret] overwrites a file in place, but a flash
// drive, a journal or a snapshot may hold copies that no program reaches.
//
// The functions are safe for concurrent use; an [Output] is not.
package safefile

import "errors"

// The errors that callers decide on, wrapped with what failed; use [errors.Is].
var (
	// ErrExists: the destination exists and replacing it was not asked for.
	ErrExists = errors.New("the destination exists already")
	// ErrNotRegular: what should be a file is a folder, a pipe or a device.
	ErrNotRegular = errors.New("not a regular file")
	// ErrTooLarge: a file holds more than its reader allows.
	ErrTooLarge = errors.New("the file is larger than it may be")
)

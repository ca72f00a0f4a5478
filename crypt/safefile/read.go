package safefile

import (
	"io"
	"io/fs"
	"os"
)

// Read reads a regular file of at most so many bytes, links followed. The error is an
// [fs.PathError], of [ErrTooLarge] for a larger file, which is not read to its end, and of
// [ErrNotRegular] for what is no file. The caller wipes what must not stay in memory.
func Read(name string, most int64) ([]byte, error) {
	f, info, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadOpen(f, info, most)
}

// ReadIn is [Read] for a name below a folder that is open, as [OpenIn].
func ReadIn(root *os.Root, name string, most int64) ([]byte, error) {
	f, info, err := OpenIn(root, name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadOpen(f, info, most)
}

// ReadOpen is [Read] for what [Open] or [OpenIn] has opened, from where it stands. It may grow meanwhile, and some file
// systems give no sizes. The caller closes the file.
func ReadOpen(f *os.File, info fs.FileInfo, most int64) ([]byte, error) {
	tooLarge := &fs.PathError{Op: "read", Path: f.Name(), Err: ErrTooLarge}
	if info.Size() > most {
		return nil, tooLarge
	}
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, tooLarge
	}
	return content, nil
}

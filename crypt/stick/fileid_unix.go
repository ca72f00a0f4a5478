//go:build unix

package stick

import (
	"io/fs"
	"syscall"
)

// fileID tells a file from every other: a tenth of what a [fs.FileInfo] takes.
type fileID struct{ device, inode uint64 }

func fileIDOf(info fs.FileInfo) fileID {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{uint64(s.Dev), s.Ino}
}

func (id fileID) is(info fs.FileInfo) bool { return id != fileID{} && id == fileIDOf(info) }

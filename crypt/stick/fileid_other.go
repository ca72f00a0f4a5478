//go:build !unix

package stick

import (
	"io/fs"
	"os"
)

// fileID tells a file from every other. Windows finds that out only when it is asked.
type fileID struct{ info fs.FileInfo }

func fileIDOf(info fs.FileInfo) fileID { return fileID{info} }

func (id fileID) is(info fs.FileInfo) bool { return os.SameFile(id.info, info) }

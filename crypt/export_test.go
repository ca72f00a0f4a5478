package crypt

import (
	"io"

	"filippo.io/age"
)

// NewParallelReader opens even the smallest payload on several goroutines.
func NewParallelReader(src io.Reader, identities ...age.Identity) (io.ReadCloser, error) {
	source := &sourceWatcher{src: src}
	h, fileKey, err := openStream(source, identities)
	if err != nil {
		return nil, source.blame(err)
	}
	return newParallelReader(h.rest, source, fileKey)
}

// The ways to give a file a new name, of which giveName takes the first that
// the file system knows.
var (
	RenameNew     = renameNew
	RenameByLink  = renameByLink
	RenameByClaim = renameByClaim
)

// Unpack extracts a tar archive, as if on Windows or not.
var Unpack = unpack

package crypt

import (
	"context"
	"io"
	"os"

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

// MaxEntries is how much one archive holds.
const MaxEntries = maxEntries

// GiveFolderName is the last step of [DecryptFolder].
var GiveFolderName = giveFolderName

// Unpack extracts a tar archive into an empty folder, as if on Windows or not.
func Unpack(ctx context.Context, dst string, src io.Reader, windows bool, renamed func(stored, unpacked string)) error {
	root, err := os.OpenRoot(dst)
	if err != nil {
		return err
	}
	defer root.Close()
	return unpack(ctx, root, src, windows, FileOptions{Renamed: renamed})
}

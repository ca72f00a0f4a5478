package crypt

import (
	"bufio"
	"io"

	"filippo.io/age"
)

// NewParallelReader opens even the smallest payload on several goroutines.
func NewParallelReader(src io.Reader, identities ...age.Identity) (io.ReadCloser, error) {
	source := &sourceWatcher{src: src}
	plain, _ := dearmored(source)
	_, fileKey, rest, err := openHeader(plain, identities)
	if err != nil {
		return nil, source.blame(err)
	}
	return newParallelReader(bufio.NewReader(rest), source, fileKey)
}

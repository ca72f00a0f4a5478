//go:build unix

package choose

import (
	"os"
	"path/filepath"
)

// driveRoots are the folders at which drives are found.
func driveRoots() []string {
	roots := []string{"/"}
	user := filepath.Base(os.Getenv("HOME"))
	for _, parent := range []string{filepath.Join("/media", user), filepath.Join("/run/media", user), "/Volumes"} {
		entries, err := os.ReadDir(parent)
		for _, e := range entries {
			if err == nil && e.IsDir() {
				roots = append(roots, filepath.Join(parent, e.Name()))
			}
		}
	}
	return roots
}

//go:build unix

package portable

import (
	"os"
	"syscall"
)

// ours reports whether a folder in a temporary folder that everybody can write to is this person's alone.
func ours(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}

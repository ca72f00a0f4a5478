package editing

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// inUse finds the files below dir that another process of this user has open.
func inUse(dir string) map[string]bool {
	used := map[string]bool{}
	handles, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return used
	}
	self := "/proc/" + strconv.Itoa(os.Getpid()) + "/"
	for _, h := range handles {
		if strings.HasPrefix(h, self) {
			continue
		}
		if to, err := os.Readlink(h); err == nil && strings.HasPrefix(to, dir+"/") {
			used[to] = true
		}
	}
	return used
}

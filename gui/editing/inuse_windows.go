package editing

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// inUse finds the files below dir that another process has open: those that cannot
// be opened for ourselves alone.
func inUse(dir string) map[string]bool {
	used := map[string]bool{}
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		name, err := windows.UTF16PtrFromString(p)
		if err != nil {
			return nil
		}
		h, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
		if err == windows.ERROR_SHARING_VIOLATION {
			used[p] = true
		} else if err == nil {
			_ = windows.CloseHandle(h)
		}
		return nil
	})
	return used
}

package choose

import "golang.org/x/sys/windows"

// driveRoots are the drives that have a letter.
func driveRoots() []string {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	var roots []string
	for letter := byte('A'); letter <= 'Z'; letter++ {
		if mask&(1<<(letter-'A')) != 0 {
			roots = append(roots, string(letter)+`:\`)
		}
	}
	return roots
}

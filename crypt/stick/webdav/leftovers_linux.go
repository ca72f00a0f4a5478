package webdav

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// What davfs2 has for a drive is in memory, in a folder that is named for the process that
// opened the drive, so that what a killed one left is known.
const (
	davfsFolder = "/dev/shm"
	davfsPrefix = "stowage-drive-"
	davfsKept   = "kept" // marks a cache that may have the last copy of a file
)

// removeDavfsLeftovers takes away the mounts of programs that were killed, and wipes what
// davfs2 had in its cache for them. Whatever cannot be removed stays for the next time.
func removeDavfsLeftovers(ctx context.Context) {
	entries, err := os.ReadDir(davfsFolder)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), davfsPrefix)
		owner, _, _ := strings.Cut(rest, "-")
		work := filepath.Join(davfsFolder, e.Name())
		if !ours || !e.IsDir() || isRunning(owner) || !isMine(work) {
			continue
		}
		if _, err := os.Lstat(filepath.Join(work, davfsKept)); err == nil {
			continue
		}
		_, _ = run(ctx, "", "umount", "-l", filepath.Join(work, "drive"))
		wipeFolder(filepath.Join(work, "cache"))
		if !isMounted(filepath.Join(work, "drive")) {
			_ = os.RemoveAll(work)
		}
	}
}

// isRunning says whether a process has the number; what is no number has none.
func isRunning(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err == nil && syscall.Kill(n, 0) == nil
}

// isMine says whether a folder is this user's: everybody may make one there.
func isMine(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// isMounted says whether something is mounted on a folder.
func isMounted(dir string) bool {
	table, err := os.ReadFile("/proc/self/mounts")
	return err == nil && strings.Contains(string(table), " "+dir+" ")
}

// wipeFolder overwrites the files below a folder, as far as that can be done.
func wipeFolder(dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	defer root.Close()
	_ = filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return nil
		}
		f, err := root.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			zeros := make([]byte, 1<<16)
			for at := int64(0); at < info.Size(); at += int64(len(zeros)) {
				_, _ = f.WriteAt(zeros[:min(int64(len(zeros)), info.Size()-at)], at)
			}
		}
		return nil
	})
}

// holders are the programs that have something below a folder open or work in it.
func holders(dir string) []string {
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return nil
	}
	cwds, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var list []string
	for _, link := range append(links, cwds...) {
		target, err := os.Readlink(link)
		if err != nil || target != dir && !strings.HasPrefix(target, dir+"/") {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, _ := os.ReadFile("/proc/" + pid + "/comm")
		list = append(list, fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), pid))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

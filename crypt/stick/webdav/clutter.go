package webdav

import (
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// What clutter may take, in bytes.
const (
	maxClutterFile = 1 << 20
	maxClutter     = 16 << 20
)

// isClutter says whether a name is that of a file which systems and programs make for
// themselves, and which nobody wants to carry about: how a folder's window looked,
// pictures of pictures, who is editing. Such a file is kept in memory, as long as the
// drive is open, unless the stick has one of its name already.
func isClutter(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case ".ds_store", "desktop.ini", "thumbs.db", "ehthumbs.db", ".directory", ".localized":
		return true
	}
	return strings.HasPrefix(name, "._") || // macOS, beside every file
		strings.HasPrefix(name, "~$") || // Microsoft Office
		strings.HasPrefix(name, ".~lock.") && strings.HasSuffix(name, "#") // LibreOffice
}

// isSystemFolder says whether a name is that of a folder which systems make on every
// drive: for trash and search indexes, neither of which belongs on the stick.
func isSystemFolder(name string) bool {
	switch strings.ToLower(name) {
	case ".spotlight-v100", ".fseventsd", ".trashes", ".temporaryitems", "system volume information", "$recycle.bin", "recycler":
		return true
	}
	return strings.HasPrefix(name, ".Trash-")
}

// clutter is files that are kept in memory.
type clutter struct {
	mu    sync.Mutex
	files map[string]*kept
	bytes int
	count int64
}

type kept struct {
	content []byte
	modTime time.Time
	tag     string
}

func newClutter() *clutter { return &clutter{files: map[string]*kept{}} }

// keep takes in a file, in place of one that has its name.
func (c *clutter) keep(item stick.Item) error {
	r, err := item.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes+len(content)+len(item.Path) > maxClutter {
		return fmt.Errorf("%s: %w", item.Path, stick.ErrFull)
	}
	c.drop(item.Path)
	c.count++
	c.files[item.Path] = &kept{content, item.ModTime, fmt.Sprintf(`"c-%x"`, c.count)}
	c.bytes += len(content) + len(item.Path)
	return nil
}

// drop forgets a file. c.mu is held.
func (c *clutter) drop(name string) {
	if f, ok := c.files[name]; ok {
		c.bytes -= len(f.content) + len(name)
		delete(c.files, name)
	}
}

// stat describes a file.
func (c *clutter) stat(name string) (info, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.files[name]
	if !ok {
		return info{}, false
	}
	return f.info(name), true
}

func (f *kept) info(name string) info {
	return info{stick.Entry{Path: name, Kind: stick.KindFile, Size: int64(len(f.content)), ModTime: f.modTime}, f.tag}
}

// content returns what is in a file, which is not to be changed.
func (c *clutter) content(name string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.files[name]
	if !ok {
		return nil, false
	}
	return f.content, true
}

// list describes the files in a folder.
func (c *clutter) list(folder string) []os.FileInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []os.FileInfo
	for name, f := range c.files {
		if path.Dir(name) == folder {
			list = append(list, f.info(name))
		}
	}
	return list
}

// remove forgets a file, or all that is below a folder; it says whether there was any.
func (c *clutter) remove(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := below(c.files, name)
	for _, n := range names {
		c.drop(n)
	}
	return len(names) > 0
}

// move gives a file, or all that is below a folder, another name.
func (c *clutter) move(from, to string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range below(c.files, from) {
		f, target := c.files[name], to+name[len(from):]
		c.drop(name)
		c.drop(target)
		c.files[target] = f
		c.bytes += len(f.content) + len(target)
	}
}

// wipe forgets everything.
func (c *clutter) wipe() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.files {
		clear(f.content)
	}
	c.files, c.bytes = map[string]*kept{}, 0
}

// below are the keys that are a name or lie below it, sorted.
func below[V any](all map[string]V, name string) []string {
	var names []string
	for n := range all {
		if n == name || strings.HasPrefix(n, name+"/") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

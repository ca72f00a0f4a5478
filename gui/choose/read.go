package choose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stowage/gui/i18n"
)

// most is how many names of a folder are listed; whoever has more types the name.
const most = 20_000

// item is one row of a folder.
type item struct {
	name   string
	folder bool
}

// listing is what a folder shows.
type listing struct {
	folder string // its absolute path
	items  []item // folders first
	more   bool   // there are more than most
}

// wanted reports whether a file is one that is asked for.
func (r request) wanted(name string) bool {
	if r.folder {
		return false
	}
	return len(r.extensions) == 0 || slices.ContainsFunc(r.extensions, func(e string) bool {
		return strings.EqualFold(e, filepath.Ext(name))
	})
}

// errNotWanted is returned for a file that is not of the kind asked for.
var errNotWanted = errors.New("not the kind of file that is asked for")

// look reads a folder, or finds out that a path is a file that is asked for: its listing
// is then nil. What is hidden is left out.
func look(ctx context.Context, path string, r request) (*listing, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() || !r.wanted(info.Name()) {
			return nil, fmt.Errorf("%s: %w", path, errNotWanted)
		}
		return nil, nil
	}
	return readFolder(ctx, path, r)
}

func readFolder(ctx context.Context, path string, r request) (*listing, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	l := &listing{folder: path}
	for {
		entries, err := folder.ReadDir(500)
		for _, e := range entries {
			if row, ok := itemOf(path, e, r); ok {
				l.items = append(l.items, row)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.more = len(l.items) > most
		if errors.Is(err, io.EOF) || l.more {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(l.items, func(a, b item) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return i18n.CompareNames(a.name, b.name)
	})
	l.items = l.items[:min(len(l.items), most)]
	return l, nil
}

// itemOf is the row for an entry of a folder, and false where it is not offered.
func itemOf(folder string, e os.DirEntry, r request) (item, bool) {
	if strings.HasPrefix(e.Name(), ".") {
		return item{}, false
	}
	mode := e.Type()
	if mode&os.ModeSymlink != 0 {
		info, err := os.Stat(filepath.Join(folder, e.Name()))
		if err != nil {
			return item{}, false
		}
		mode = info.Mode()
	}
	return item{e.Name(), mode.IsDir()}, mode.IsDir() || mode.IsRegular() && r.wanted(e.Name())
}

// absolute is a path as it was typed: "~" is the person's own folder.
func absolute(path string) (string, error) {
	path = strings.Trim(strings.TrimSpace(path), `"`)
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	return filepath.Abs(path)
}

// place is a folder offered beside the list.
type place struct {
	key  i18n.Key // its name; "" when path is
	path string
}

// places are the folders where people keep what they choose, and the drives.
func places() []place {
	var all []place
	if home, err := os.UserHomeDir(); err == nil {
		all = append(all, place{"chooser.home", home})
		for key, name := range map[i18n.Key]string{"chooser.desktop": "Desktop", "chooser.documents": "Documents", "chooser.downloads": "Downloads"} {
			if info, err := os.Stat(filepath.Join(home, name)); err == nil && info.IsDir() {
				all = append(all, place{key, filepath.Join(home, name)})
			}
		}
		slices.SortStableFunc(all[1:], func(a, b place) int { return strings.Compare(a.path, b.path) })
	}
	for _, drive := range driveRoots() {
		all = append(all, place{"", drive})
	}
	return all
}

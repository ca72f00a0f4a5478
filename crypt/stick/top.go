package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"stowage/crypt/runnable"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/program"
	"stowage/crypt/stick/internal/stickpath"
)

// Planted is something at the top of a stick that is neither Stowage's nor what systems are known
// to leave there. Whoever had the stick put it there, knowingly or not.
type Planted struct {
	Name   string // as on the drive
	Folder bool
	Size   int64         // of a file, in bytes
	Kind   runnable.Kind // what a system would do with it; of a folder, with something in it
}

// Runs reports whether a system would run or load it, as far as can be told.
func (p Planted) Runs() bool { return p.Kind != runnable.Nothing }

// Top is what lies at the top of a stick beside what belongs there.
type Top struct {
	Planted []Planted // what a system would run first, then by name; at most [MaxPlanted]
	More    int       // how many more there are
}

// MaxPlanted bounds a list of what lies at the top of a stick.
const MaxPlanted = 200

// maxInspected bounds how many files and folders are looked into; beyond it the name alone decides, at the top,
// and what lies in a folder is not seen.
const maxInspected = 4096

// Running are those that a system would run or load.
func (t Top) Running() []Planted {
	return slices.DeleteFunc(slices.Clone(t.Planted), func(p Planted) bool { return !p.Runs() })
}

// Others are those that a system would show.
func (t Top) Others() []Planted {
	return slices.DeleteFunc(slices.Clone(t.Planted), Planted.Runs)
}

// InspectTop names what lies at the top of a drive beside what belongs there (FORMAT.md, "The top"). Files that are
// called as the programs are not its business but that of [CheckPrograms]. What a file is, it sees from the
// file's beginning as well as from its name, also in folders, as far as time allows. It changes nothing. The error
// is the context's, [ErrGone], or that the top cannot be read.
func InspectTop(ctx context.Context, fsys FS) (Top, error) {
	entries, err := fsys.ReadDir(".")
	if err != nil {
		return Top{}, fmt.Errorf("inspect the top of the stick: %w", err)
	}
	l := topInspector{ctx: ctx, fs: fsys, left: maxInspected}
	var all []Planted
	for _, e := range entries {
		p := Planted{Name: e.Name(), Folder: e.IsDir()}
		if ownTop(e, entries) {
			continue
		}
		if p.Kind, err = l.entry(e.Name(), e, 0); err != nil {
			return Top{}, fmt.Errorf("inspect %s: %w", e.Name(), err)
		}
		if isClutter(e) && !p.Runs() {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			p.Size = info.Size()
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Planted) int {
		if a.Runs() != b.Runs() {
			if a.Runs() {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	listed := all[:min(len(all), MaxPlanted)]
	return Top{Planted: listed, More: len(all) - len(listed)}, nil
}

// ownTop reports whether something at the top is Stowage's own, or for [CheckPrograms].
func ownTop(e fs.DirEntry, entries []fs.DirEntry) bool {
	switch {
	case program.SameName(layout.Base, e.Name(), entries):
		return e.IsDir()
	case program.SameName(layout.Found, e.Name(), entries) || program.IsName(e.Name()):
		return e.Type().IsRegular()
	}
	return false
}

// isClutter reports whether something at the top is what systems leave on every drive.
func isClutter(e fs.DirEntry) bool {
	name := strings.ToLower(e.Name())
	if !e.IsDir() {
		return e.Type().IsRegular() && (drive.Junk(name) || slices.Contains([]string{
			".metadata_never_index", ".localized", ".nomedia", ".apdisk", "ehthumbs.db", "bootex.log", "indexervolumeguid", "wpsettings.dat",
		}, name))
	}
	return isTrash(name) || slices.Contains([]string{
		"system volume information", ".spotlight-v100", ".fseventsd", ".temporaryitems", "lost+found", "lost.dir", "found.000",
	}, name)
}

// topInspector sees what files are.
type topInspector struct {
	ctx  context.Context
	fs   FS
	left int // how many files and folders may still be looked into
}

// maxTopDepth is how deep folders at the top are looked into.
const maxTopDepth = 8

// entry says what a system would do with a file, or with anything in a folder.
func (l *topInspector) entry(name string, e fs.DirEntry, depth int) (runnable.Kind, error) {
	if err := context.Cause(l.ctx); err != nil {
		return "", err
	}
	l.left--
	kind := runnable.ByName(e.Name())
	switch {
	case kind != runnable.Nothing: // a folder too: NAME.exe.local and NAME.app are more than folders
		return kind, nil
	case l.left < 0:
	case e.IsDir() && depth < maxTopDepth && !isTrash(e.Name()):
		return l.folder(name, depth)
	case e.Type().IsRegular():
		head, err := l.head(name)
		if errors.Is(err, ErrGone) {
			return "", err
		}
		if err == nil && strings.EqualFold(e.Name(), "desktop.ini") {
			return folderSettings(head), nil
		}
		return runnable.ByContent(head), nil
	}
	return runnable.Nothing, nil
}

func (l *topInspector) folder(name string, depth int) (runnable.Kind, error) {
	entries, err := l.fs.ReadDir(name)
	if errors.Is(err, ErrGone) {
		return "", err
	}
	for _, e := range entries {
		if l.left < 0 {
			break
		}
		if kind, err := l.entry(stickpath.Join(name, e.Name()), e, depth+1); err != nil || kind != runnable.Nothing {
			return kind, err
		}
	}
	return runnable.Nothing, nil
}

// head is how a file begins.
func (l *topInspector) head(name string) ([]byte, error) {
	f, err := l.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, runnable.HeadSize))
}

// folderSettings tells a desktop.ini that gives a folder a picture from one that has Windows load something, or
// ask another computer for it.
func folderSettings(head []byte) runnable.Kind {
	if kind := runnable.ByContent(head); kind != runnable.Nothing {
		return kind
	}
	text := strings.ToLower(strings.ReplaceAll(string(head), "\x00", ""))
	for _, mark := range []string{"clsid", `\\`, "//", ".dll", ".exe", ".ocx"} {
		if strings.Contains(text, mark) {
			return runnable.Settings
		}
	}
	return runnable.Nothing
}

package editing

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"stowage/crypt"
	"stowage/crypt/runnable"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
)

// ErrClosed: the folder was closed, and everything in it is gone.
var ErrClosed = errors.New("the private folder is closed")

// Folder is the private folder of one open stick.
type Folder struct {
	dir   string
	stick *stick.Stick
	lock  io.Closer
	fs    *stick.DirFS
	root  *os.Root // the folder: what is written and read stays in it, whatever is put there

	mu     sync.Mutex
	files  []*file
	made   int // folders made so far, for their names
	closed bool
}

// file is one file of the stick that lies decrypted in the folder.
type file struct {
	path   string // on the stick
	local  string // on this computer
	stored state  // what the stick has
	seen   state  // what was there at the last look
	sum    [sha256.Size]byte
	failed error // why it could not be stored at the last attempt
	extra  bool  // a program made it beside the file that was opened
}

// state tells versions of a local file apart without reading it.
type state struct {
	size    int64
	changed time.Time
}

// File is what can be told of one file in the folder.
type File struct {
	Path    string // on the stick
	Local   string // on this computer
	Changed bool   // a program has written it and it is not stored yet
	InUse   bool   // a program has it open, as far as can be seen
	Err     error  // why it could not be stored at the last attempt
}

const lockName = "in-use"

// New makes a private folder below base, which is made when missing, for the files
// of one stick. The caller closes it before the stick.
func New(base string, s *stick.Stick) (*Folder, error) {
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, fmt.Errorf("make the private folder: %w", err)
	}
	dir := filepath.Join(base, rand.Text())
	if err := safefile.MkdirPrivate(dir); err != nil {
		return nil, fmt.Errorf("make the private folder: %w", err)
	}
	fsys, err := stick.NewDirFS(dir)
	if err != nil {
		return nil, fmt.Errorf("make the private folder: %w", err)
	}
	lock, err := fsys.Lock(lockName, true)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the private folder: %w", err), fsys.Close(), os.RemoveAll(dir))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the private folder: %w", err), lock.Close(), fsys.Close(), os.RemoveAll(dir))
	}
	return &Folder{dir: dir, stick: s, lock: lock, fs: fsys, root: root}, nil
}

// within is where a file is in the folder, for the root.
func (f *Folder) within(local string) string {
	name, err := filepath.Rel(f.dir, local)
	if err != nil {
		return local // which the root refuses
	}
	return name
}

// Dir is where the folder is.
func (f *Folder) Dir() string { return f.dir }

// Open decrypts a file of the stick into the folder, for a program to open, and returns
// its path on this computer. A file that is there already is not decrypted again.
// The error is the context's, one of the stick, or of writing; then nothing is left.
func (f *Folder) Open(ctx context.Context, name string, p crypt.Progress) (local string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return "", ErrClosed
	}
	if i := slices.IndexFunc(f.files, func(o *file) bool { return o.path == name }); i >= 0 {
		if _, err := f.root.Stat(f.within(f.files[i].local)); err == nil {
			return f.files[i].local, nil
		}
		f.files = slices.Delete(f.files, i, i+1) // a program removed it
	}
	f.made++
	dir := filepath.Join(f.dir, strconv.Itoa(f.made))
	if err := f.root.Mkdir(f.within(dir), 0o700); err != nil {
		return "", fmt.Errorf("open %s: %w", name, err)
	}
	opened := &file{path: name, local: filepath.Join(dir, crypt.WindowsName(path.Base(name)))}
	if err := f.fetch(ctx, opened, p); err != nil {
		return "", errors.Join(fmt.Errorf("open %s: %w", name, err), wipeFolder(dir))
	}
	f.files = append(f.files, opened)
	return opened.local, nil
}

// fetch writes the content of a file, and notes what was written.
func (f *Folder) fetch(ctx context.Context, o *file, p crypt.Progress) error {
	entry, err := f.stick.Stat(o.path)
	if err != nil {
		return err
	}
	r, err := f.stick.OpenFile(o.path)
	if err != nil {
		return err
	}
	defer r.Close()
	p = crypt.OrNoProgress(p)
	p.Expect(r.Size())
	within := f.within(o.local)
	w, err := f.root.OpenFile(within, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, sum), crypt.Reader(ctx, r, p))
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	runnable.Mark(f.root, within)
	_ = f.root.Chtimes(within, time.Time{}, entry.ModTime) // programs show it
	if f.stick.ReadOnly() {                                // only here, as a read-only file takes no mark
		if err := f.root.Chmod(within, 0o400); err != nil {
			return err
		}
	}
	info, err := f.root.Stat(within)
	if err != nil {
		return err
	}
	o.stored = state{info.Size(), info.ModTime()}
	o.seen = o.stored
	sum.Sum(o.sum[:0])
	return nil
}

// Discard wipes a file that no program opened, and takes it out of the folder. One that was
// written meanwhile stays, and so does one beside which a program has put another.
func (f *Folder) Discard(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return ErrClosed
	}
	f.look()
	i := slices.IndexFunc(f.files, func(o *file) bool { return o.path == name && !o.extra })
	if i < 0 || f.files[i].seen != f.files[i].stored {
		return nil
	}
	dir := filepath.Dir(f.files[i].local)
	if slices.ContainsFunc(f.files, func(o *file) bool { return o.extra && filepath.Dir(o.local) == dir }) {
		return nil
	}
	f.files = slices.Delete(f.files, i, i+1)
	return wipeFolder(dir)
}

// Moved tells the folder that a file or folder of the stick has another path.
func (f *Folder) Moved(from, to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.files {
		if o.path == from {
			o.path = to
		} else if rest, below := strings.CutPrefix(o.path, from+"/"); below {
			o.path = to + "/" + rest
		}
	}
}

// Files lists the files in the folder in the order in which they were opened.
func (f *Folder) Files() []File {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	used := inUse(f.dir)
	list := make([]File, len(f.files))
	for i, o := range f.files {
		list[i] = File{Path: o.path, Local: o.local, Changed: o.seen != o.stored, Err: o.failed, InUse: used[o.local] || lockedBeside(o.local)}
	}
	return list
}

// Close overwrites and removes the folder. What is not stored is lost: call Save
// before. left are the files that could not be removed since a program holds them;
// WipeLeftovers removes them later. Closing again does nothing.
func (f *Folder) Close() (left []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, nil
	}
	f.closed = true
	err = errors.Join(f.lock.Close(), f.fs.Close(), f.root.Close())
	wipeErr := wipeFolder(f.dir)
	for _, o := range f.files {
		if _, err := os.Stat(o.local); err == nil {
			left = append(left, o.path)
		}
	}
	return left, errors.Join(err, wipeErr)
}

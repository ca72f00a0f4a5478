package editing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"stowage/crypt"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
)

// settle is how long a file must have been left alone before it is stored: programs
// write large files in pieces.
const settle = 2 * time.Second

// Changed reports whether there is something for Save to store. It only looks at
// sizes and times, so that it can be asked every second or two.
func (f *Folder) Changed(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	return !f.closed && slices.ContainsFunc(f.files, func(o *file) bool { return o.due(now) })
}

// due reports whether a file has been written and then left alone for a moment.
func (o *file) due(now time.Time) bool {
	return o.seen != o.stored && now.Sub(o.seen.changed).Abs() >= settle
}

// look notes what is in the folder now, new files included.
func (f *Folder) look() {
	if f.closed {
		return
	}
	known := map[string]bool{}
	for _, o := range f.files {
		known[o.local] = true
	}
	for _, o := range slices.Clone(f.files) {
		if info, err := f.root.Stat(f.within(o.local)); err == nil && info.Mode().IsRegular() {
			o.seen = state{info.Size(), info.ModTime()}
		}
		entries, err := fs.ReadDir(f.root.FS(), filepath.ToSlash(f.within(filepath.Dir(o.local))))
		if err != nil {
			continue
		}
		for _, e := range entries {
			local := filepath.Join(filepath.Dir(o.local), e.Name())
			if known[local] || !e.Type().IsRegular() || passing(e.Name()) {
				continue
			}
			info, err := e.Info()
			if err != nil || info.Size() == 0 {
				continue
			}
			known[local] = true
			beside := path.Join(path.Dir(o.path), norm.NFC.String(e.Name()))
			f.files = append(f.files, &file{path: beside, local: local, seen: state{info.Size(), info.ModTime()}, extra: true})
		}
	}
}

// passing reports whether a name is one that programs give to files that they mean
// to remove: locks, automatic backups and what they write before renaming.
func passing(name string) bool {
	lower := strings.ToLower(name)
	for _, begin := range []string{".", "~"} {
		if strings.HasPrefix(lower, begin) {
			return true
		}
	}
	for _, end := range []string{"~", ".tmp", ".temp", ".bak", ".swp", ".part", ".lock", ".lck", ".asd", ".wbk"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// Saved is what Save did.
type Saved struct {
	Stored []string // paths on the stick, in the order stored
	Failed []File   // what could not be stored, with the reason
}

// Save stores on the stick what programs have written. Unless all is set, it leaves out
// what was written only a moment ago, since more may follow. The error is the
// context's, or that of a stick that cannot be written to any more; that of a single
// file is in Saved and tried again the next time.
func (f *Folder) Save(ctx context.Context, now time.Time, all bool, p crypt.Progress) (Saved, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var saved Saved
	if f.closed {
		return saved, ErrClosed
	}
	f.look()
	for _, o := range f.files {
		if o.seen == o.stored || (!all && !o.due(now)) {
			continue
		}
		stored, err := f.store(ctx, o, p)
		if o.failed = err; err != nil {
			saved.Failed = append(saved.Failed, File{Path: o.path, Local: o.local, Changed: true, Err: err})
			if ctx.Err() != nil || errors.Is(err, stick.ErrGone) || errors.Is(err, stick.ErrReopen) || errors.Is(err, stick.ErrClosed) {
				return saved, err
			}
			continue
		}
		if stored {
			saved.Stored = append(saved.Stored, o.path)
		}
	}
	return saved, nil
}

// store puts one file on the stick, unless its content is what the stick has.
func (f *Folder) store(ctx context.Context, o *file, p crypt.Progress) (bool, error) {
	sum, seen, err := f.sumOf(o.local)
	if err != nil {
		return false, fmt.Errorf("save %s: %w", o.path, err)
	}
	if !o.extra && sum == o.sum {
		o.stored, o.seen = seen, seen // only its time changed
		return false, nil
	}
	item := stick.Item{
		Path: o.path, Kind: stick.KindFile, Size: seen.size, ModTime: seen.changed,
		Open: func() (stick.ItemReader, error) { return f.openLocal(o.local, seen) },
	}
	clash := stick.Replace
	if o.extra {
		clash = stick.KeepBoth
	}
	result, err := f.stick.PutItems(ctx, []stick.Item{item}, stick.PutOptions{Clash: clash, Progress: p})
	if err == nil && len(result.Skipped) > 0 {
		err = result.Skipped[0].Err
	}
	if err != nil {
		return false, fmt.Errorf("save %s: %w", o.path, err)
	}
	for _, s := range result.Stored {
		o.path = s.Path
	}
	o.stored, o.sum, o.extra = seen, sum, false
	return true, nil
}

// sumOf reads a file through, and says in what state it was read.
func (f *Folder) sumOf(local string) (sum [sha256.Size]byte, seen state, err error) {
	r, info, err := safefile.OpenIn(f.root, f.within(local), os.O_RDONLY)
	if err != nil {
		return sum, seen, err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return sum, seen, err
	}
	h.Sum(sum[:0])
	return sum, state{info.Size(), info.ModTime()}, nil
}

// localFile is a file of the private folder being read.
type localFile struct {
	*os.File
	planned state
}

func (f *Folder) openLocal(local string, planned state) (stick.ItemReader, error) {
	r, _, err := safefile.OpenIn(f.root, f.within(local), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return &localFile{r, planned}, nil
}

// Unchanged is part of stick.ItemReader.
func (l *localFile) Unchanged() error {
	info, err := l.Stat()
	if err != nil {
		return err
	}
	if now := (state{info.Size(), info.ModTime()}); now.size != l.planned.size || !now.changed.Equal(l.planned.changed) {
		return stick.ErrChanged
	}
	return nil
}

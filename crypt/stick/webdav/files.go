package webdav

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/webdav"
	"golang.org/x/text/unicode/norm"

	"stowage/crypt/stick"
)

// files is a stick as the WebDAV handler wants to see it.
type files struct {
	stick   *stick.Stick
	o       Options
	saver   *saver
	pending *pending
	props   *props
	clutter *clutter
	lost    *failures
	began   time.Time // when the drive was opened
	gone    chan struct{}
	goneNow sync.Once
}

func newFiles(ctx context.Context, s *stick.Stick, o Options) *files {
	f := &files{
		stick: s, o: o, pending: newPending(s), props: newProps(),
		clutter: newClutter(), lost: &failures{told: o.Failed, byPath: map[string]error{}}, began: o.Clock(), gone: make(chan struct{}),
	}
	f.saver = newSaver(ctx, s, f.pending)
	f.pending.after = o.After
	f.pending.wrote = func(list []writing, failed []error) { f.wrote(ctx, list, failed) }
	return f
}

// wrote takes in what became of what was pending.
func (f *files) wrote(ctx context.Context, list []writing, failed []error) {
	done := len(list) == 0
	for i, w := range list {
		if err := f.failed(ctx, failed[i]); err != nil {
			f.lost.add(w.item.Path, err)
			continue
		}
		done = true
		f.lost.forget(w.item.Path)
	}
	if done {
		f.o.Changed()
	}
}

// clean brings a name of the handler's into the form a stick has: "." is the top.
func clean(name string) string {
	name = norm.NFC.String(strings.TrimPrefix(path.Clean("/"+name), "/"))
	if name == "" {
		return "."
	}
	return name
}

// failed puts an error of the stick into the handler's terms, and remembers it for
// the answer.
func (f *files) failed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stick.ErrNotFound):
		return os.ErrNotExist
	case errors.Is(err, stick.ErrExists):
		return os.ErrExist
	case statusOf(err) == 0: // a client that broke off, for one
		return err
	case errors.Is(err, stick.ErrGone), errors.Is(err, stick.ErrClosed):
		f.goneNow.Do(func() { close(f.gone) })
	}
	return noted(ctx, err)
}

// changed is called after every change that succeeded.
func (f *files) changed(err error) error {
	if err == nil {
		f.o.Changed()
	}
	return err
}

// stat finds what is at a clean name, on the stick or among the clutter.
func (f *files) stat(name string) (info, error) {
	e, err := f.pending.stat(name)
	switch {
	case err == nil:
		return f.info(e), nil
	case errors.Is(err, stick.ErrNotFound):
		if c, ok := f.clutter.stat(name); ok {
			return c, nil
		}
	case errors.Is(err, stick.ErrName): // so there is none
		err = stick.ErrNotFound
	}
	return info{}, err
}

// Stat implements [webdav.FileSystem].
func (f *files) Stat(ctx context.Context, name string) (os.FileInfo, error) {
	i, err := f.stat(clean(name))
	if err != nil {
		return nil, f.failed(ctx, err)
	}
	return i, nil
}

// folderAbove fails unless the folder that a name lies in is there.
func (f *files) folderAbove(name string) error {
	above, err := f.pending.stat(path.Dir(name))
	if err == nil && !above.IsFolder() {
		err = stick.ErrNotFound
	}
	return err
}

// Mkdir implements [webdav.FileSystem].
func (f *files) Mkdir(ctx context.Context, name string, _ os.FileMode) error {
	name = clean(name)
	if isSystemFolder(path.Base(name)) {
		return noted(ctx, stick.ErrName)
	}
	if _, err := f.stat(name); err == nil {
		return os.ErrExist
	}
	if err := f.folderAbove(name); err != nil {
		return f.failed(ctx, err)
	}
	return f.failed(ctx, f.make(name, stick.KindFolder, f.o.Clock()))
}

// make makes a folder or an empty file, which are on the stick a moment later.
func (f *files) make(name string, kind stick.Kind, modTime time.Time) error {
	if f.stick.ReadOnly() {
		return stick.ErrReadOnly
	}
	if err := stick.CheckPath(name); err != nil {
		return err
	}
	if full := f.pending.make(name, kind, modTime); !full && !f.scarce() {
		return nil
	}
	err := f.saver.settle()
	if err != nil {
		f.pending.unmake(name)
		return err
	}
	_, err = f.pending.stat(name) // it may be what could not be written
	return err
}

// scarce says whether it is doubtful that something small finds room.
func (f *files) scarce() bool {
	if f.o.Space == nil {
		return false
	}
	free, _, err := f.o.Space()
	return err != nil || free < 2*spare
}

// inTime waits for what is pending to be written when that is too much.
func (f *files) inTime(full bool) error {
	if !full {
		return nil
	}
	return f.saver.settle()
}

// OpenFile implements [webdav.FileSystem]. The handler opens a file to read it, to
// note something about it, for which it opens it as if to write, or to write it anew.
func (f *files) OpenFile(ctx context.Context, name string, flag int, _ os.FileMode) (webdav.File, error) {
	name = clean(name)
	if flag&(os.O_CREATE|os.O_TRUNC) == 0 {
		if flag&(os.O_WRONLY|os.O_RDWR) != 0 && f.stick.ReadOnly() {
			return nil, noted(ctx, stick.ErrReadOnly)
		}
		i, err := f.stat(name)
		if err != nil {
			return nil, f.failed(ctx, err)
		}
		return f.open(ctx, name, i), nil
	}
	if err := f.mayWrite(name); err != nil {
		return nil, f.failed(ctx, err)
	}
	sent, _ := ctx.Value(timeKey{}).(time.Time)
	if sent.IsZero() {
		sent = f.pending.timeSent(name)
	}
	if sent.IsZero() {
		sent = f.o.Clock()
	}
	_, err := f.pending.stat(name)
	return &upload{files: f, ctx: ctx, name: name, modTime: sent, clutter: err != nil && isClutter(path.Base(name))}, nil
}

// mayWrite says why a file cannot be written, as far as is known beforehand.
func (f *files) mayWrite(name string) error {
	if f.stick.ReadOnly() {
		return stick.ErrReadOnly
	}
	if name == "." {
		return stick.ErrKind
	}
	if err := stick.CheckPath(name); err != nil {
		return err
	}
	if there, err := f.stat(name); err == nil && there.IsDir() {
		return stick.ErrKind
	}
	return f.folderAbove(name)
}

// RemoveAll implements [webdav.FileSystem].
func (f *files) RemoveAll(ctx context.Context, name string) error {
	name = clean(name)
	if name == "." {
		return noted(ctx, stick.ErrName)
	}
	if f.isReplaced(ctx, name) {
		return nil
	}
	if f.stick.ReadOnly() {
		return noted(ctx, stick.ErrReadOnly)
	}
	hadClutter := f.clutter.remove(name)
	_, err := f.pending.stat(name)
	if errors.Is(err, stick.ErrNotFound) && hadClutter {
		return nil
	}
	if err == nil {
		f.props.remove(name)
		err = f.inTime(f.pending.remove(name))
	}
	return f.failed(ctx, err)
}

// isReplaced says whether a file is removed only since another is about to be moved over
// it, which the stick does in one step: the handler asks for two.
func (f *files) isReplaced(ctx context.Context, name string) bool {
	from, _ := ctx.Value(movedKey{}).(string)
	if from == "" || clean(from) == name {
		return false
	}
	moved, err := f.pending.stat(clean(from))
	there, errThere := f.pending.stat(name)
	return err == nil && errThere == nil && !moved.IsFolder() && !there.IsFolder()
}

// Rename implements [webdav.FileSystem].
func (f *files) Rename(ctx context.Context, from, to string) error {
	from, to = clean(from), clean(to)
	if err := f.folderAbove(to); err != nil {
		return f.failed(ctx, err)
	}
	if _, err := f.pending.stat(from); errors.Is(err, stick.ErrNotFound) {
		return f.renameClutter(ctx, from, to)
	}
	err := f.saver.settle()
	if err == nil {
		err = f.stick.RenameOver(ctx, from, to)
	}
	if err == nil {
		f.props.remove(to)
		f.props.move(from, to)
		f.clutter.move(from, to)
	}
	return f.changed(f.failed(ctx, err))
}

// renameClutter gives clutter another name. One that is no clutter's is a file that
// somebody wants, and so goes to the stick.
func (f *files) renameClutter(ctx context.Context, from, to string) error {
	content, ok := f.clutter.content(from)
	if !ok {
		return os.ErrNotExist
	}
	if isClutter(path.Base(to)) {
		f.clutter.move(from, to)
		return nil
	}
	if err := f.store(ctx, to, content, f.o.Clock()); err != nil {
		return err
	}
	f.clutter.remove(from)
	return nil
}

// list returns what is in a folder, sorted by name.
func (f *files) list(name string) ([]os.FileInfo, error) {
	entries, err := f.pending.list(name)
	if err != nil {
		return nil, err
	}
	list := f.clutter.list(name)
	for _, e := range entries {
		list = append(list, f.info(e))
	}
	slices.SortFunc(list, func(a, b os.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// matches says whether a request is about the version of a file that the client
// knows (RFC 9110, 13.1), which the WebDAV handler does not ask.
func (f *files) matches(ctx context.Context, name string, h http.Header) bool {
	want, unless := h.Get("If-Match"), h.Get("If-None-Match")
	if want == "" && unless != "*" {
		return true // a GET with another If-None-Match is the handler's business
	}
	i, err := f.stat(clean(name))
	there := err == nil
	tag, _ := i.ETag(ctx)
	if unless == "*" {
		return !there
	}
	return there && (want == "*" || slices.ContainsFunc(strings.Split(want, ","), func(one string) bool {
		return strings.TrimSpace(one) == tag
	}))
}

// spare is what the stick keeps free beside the files.
const spare = 1 << 20

// fits says whether an upload can fit at all, so that it is refused before it is
// sent.
func (f *files) fits(size int64) bool {
	if size <= spare || f.o.Space == nil {
		return true
	}
	free, _, err := f.o.Space()
	return err != nil || size <= free || size <= free+f.stick.Yields()
}

// space is [Options].Space. On a drive that is nearly full, what past versions would be given up for a file counts as
// free: some clients do not even begin to send what does not fit.
func (f *files) space() (free, total int64, err error) {
	free, total, err = f.o.Space()
	if err == nil && free < total/8 {
		free = min(free+f.stick.Yields(), total)
	}
	return free, total, err
}

// info describes a file or folder. It implements what the handler asks of it.
type info struct {
	entry stick.Entry
	tag   string
}

func (f *files) info(e stick.Entry) info {
	if e.ModTime.IsZero() { // the top has no time, and clients show the year 1 as they can
		e.ModTime = f.began
	}
	return info{entry: e, tag: f.pending.tag(e)}
}

func (i info) Name() string { return path.Base(i.entry.Path) }

func (i info) Size() int64 { return i.entry.Size }

func (i info) ModTime() time.Time { return i.entry.ModTime }

func (i info) IsDir() bool { return i.entry.IsFolder() }

func (i info) Sys() any { return nil }

func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o700
	}
	return 0o600
}

// ETag implements [webdav.ETager].
func (i info) ETag(context.Context) (string, error) { return i.tag, nil }

// ContentType implements [webdav.ContentTyper]. It is told by the name alone: to
// look into every file of a folder that is listed would take long.
func (i info) ContentType(context.Context) (string, error) { return contentType(i.Name()), nil }

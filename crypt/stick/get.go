package stick

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/runnable"
	"stowage/crypt/safefile"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/stickpath"
)

// Get writes files and folders to a folder of the computer, each file whole or
// not at all, with its modification time and marked as coming from elsewhere;
// a folder comes with all it holds.
// No paths means everything. Nothing is ever written outside dest, and no
// existing file is replaced unless asked for; what could not be written or read
// is in the result. The error is the context's, [ErrNotFound] of an only path (with nothing
// written; of several, it is skipped), [ErrGone], [ErrFailing], or a [DestinationError].
func (s *Stick) Get(ctx context.Context, paths []string, dest string, o GetOptions) (GetResult, error) {
	g := &getter{stick: s, replace: o.Replace, p: crypt.OrNoProgress(o.Progress), mark: o.Mark}
	if g.mark == nil {
		g.mark = runnable.Mark
	}
	defer g.release()
	if len(paths) == 1 { // nothing is touched for a path that is not there
		if _, err := s.Stat(paths[0]); err != nil {
			return GetResult{}, err
		}
	}
	root, err := os.OpenRoot(dest)
	if err != nil {
		return GetResult{}, fmt.Errorf("open the destination: %w", err)
	}
	defer root.Close()
	g.root = root
	if err := g.plan(paths, heldNames(root, o.Names)); err != nil {
		return GetResult{}, err
	}
	defer g.leave()
	err = g.run(ctx)
	return g.result, err
}

// fetch is a file or folder to be written.
type fetch struct {
	path string // on the stick
	dest string
	data *layer.Record // nil for a folder
}

// fetchFolder is a folder to be made.
type fetchFolder struct {
	fetch
	time time.Time
}

// getter is one run of Get.
type getter struct {
	stick   *Stick
	root    *os.Root
	folder  *os.Root // the one written to, below root; nil if none is open
	is      fs.FileInfo
	replace bool
	p       crypt.Progress
	mark    runnable.Marker
	names   *destNamer
	folders []fetchFolder // parents first
	files   []fetch       // in the order in which they lie on the stick
	result  GetResult
}

// heldNames returns which names are to be kept at the destination.
func heldNames(root *os.Root, names Names) crypt.HeldNames {
	switch names {
	case NamesWindows:
		return crypt.HeldNames{Windows: true, Folds: true}
	case NamesExact:
		return crypt.HeldNames{}
	}
	return crypt.ProbeNames(root)
}

// plan decides what is fetched and under which names.
func (g *getter) plan(paths []string, held crypt.HeldNames) error {
	everything := len(paths) == 0
	if everything {
		paths = []string{"."}
	}
	namer := newDestNamer(held)
	g.names = namer
	for _, p := range paths {
		n, clean, err := g.stick.lookup(p)
		if err != nil && (len(paths) == 1 || errors.Is(err, ErrClosed)) {
			return err
		}
		if err != nil {
			g.result.Skipped = append(g.result.Skipped, Skipped{p, err})
			continue
		}
		dest := "."
		if clean != "." {
			dest = namer.name(".", n.Name())
			g.add(clean, dest, n)
		}
		g.addBelow(clean, dest, n, namer)
		g.stick.mu.Unlock()
	}
	slices.SortStableFunc(g.files, func(a, b fetch) int {
		if a.data.Layer != b.data.Layer {
			return cmp.Compare(a.data.Layer.ID.Seq, b.data.Layer.ID.Seq)
		}
		return cmp.Compare(a.data.Off, b.data.Off)
	})
	for _, f := range g.files {
		g.p.Expect(f.data.Size)
	}
	return nil
}

func (g *getter) add(p, dest string, n *layer.Node) {
	if dest == p {
		p = dest // one string, not two
	}
	f := fetch{path: p, dest: dest, data: n.Data}
	if !n.IsFolder() {
		g.stick.readers.Hold(n.Data.Layer) // tidying must not take it away meanwhile
		g.files = append(g.files, f)
		return
	}
	g.folders = append(g.folders, fetchFolder{f, entryOf(n, p).ModTime})
}

// release lets go of the layers that add holds.
func (g *getter) release() {
	for _, f := range g.files {
		g.stick.readers.LetGo(f.data.Layer)
	}
}

func (g *getter) addBelow(p, dest string, n *layer.Node, namer *destNamer) {
	for _, child := range n.ByName() {
		from, to := stickpath.Join(p, child.Name()), namer.name(dest, child.Name())
		g.add(from, to, child)
		g.addBelow(from, to, child, namer)
	}
}

func (g *getter) run(ctx context.Context) error {
	failed := map[string]error{} // why folders could not be made
	for i := range g.folders {
		f := &g.folders[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := failed[path.Dir(f.dest)]; err != nil {
			failed[f.dest] = err // it goes with the folder that is named
			continue
		}
		if err := g.makeFolder(&f.fetch); err != nil {
			failed[f.dest] = err
			if err := g.skip(&f.fetch, err); err != nil {
				return err
			}
			continue
		}
		g.result.Fetched = append(g.result.Fetched, Fetched{f.path, f.dest, KindFolder})
	}
	buf := make([]byte, 256<<10)
	for i := range g.files {
		f := &g.files[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := failed[path.Dir(f.dest)]; err != nil {
			g.result.Skipped = append(g.result.Skipped, Skipped{f.path, err})
			continue
		}
		err := g.writeFile(ctx, f, buf)
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if err != nil {
			if err := g.skip(f, err); err != nil {
				return err
			}
			continue
		}
		g.result.Fetched = append(g.result.Fetched, Fetched{f.path, f.dest, KindFile})
		g.result.Bytes += f.data.Size
	}
	g.leave()
	for _, f := range slices.Backward(g.folders) { // times last: writing into a folder changes its own
		if !f.time.IsZero() && failed[f.dest] == nil {
			_ = g.root.Chtimes(f.dest, f.time, f.time)
		}
	}
	return nil
}

// skip notes what could not be fetched, or returns the error when going on makes no sense.
func (g *getter) skip(f *fetch, err error) error {
	if _, ok := errors.AsType[*DestinationError](err); ok || errors.Is(err, ErrGone) || errors.Is(err, ErrClosed) {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	g.result.Skipped = append(g.result.Skipped, Skipped{f.path, err})
	return nil
}

// here makes an error of the destination one that says so, when it is not about one
// name but about all of them.
func (g *getter) here(err error) error {
	if err == nil {
		return nil
	}
	vanished := false
	if errors.Is(err, fs.ErrNotExist) {
		_, statErr := os.Stat(g.root.Name())
		vanished = errors.Is(statErr, fs.ErrNotExist)
	}
	if !vanished && fault.Of(err) == nil {
		return err
	}
	there := &DestinationError{Path: g.root.Name(), Free: -1, Err: fault.Classify(err)}
	for _, f := range g.files {
		there.Need += f.data.Size
	}
	there.Need -= g.result.Bytes
	if free, _, err := drive.FreeSpace(g.root, g.root.Name()); err == nil {
		there.Free = free
	}
	return there
}

// destFile is a file at the destination, whose errors say so.
type destFile struct {
	g *getter
	f *os.File
}

func (d destFile) Write(p []byte) (int, error) {
	n, err := d.f.Write(p)
	return n, d.g.here(err)
}

func (g *getter) makeFolder(f *fetch) error {
	return g.named(f, func(name string) error {
		name = path.Join(path.Dir(f.dest), name)
		err := g.root.Mkdir(name, 0o777)
		if errors.Is(err, fs.ErrExist) {
			info, statErr := g.root.Lstat(name)
			if statErr == nil && info.IsDir() {
				return nil
			}
			return fmt.Errorf("%w: %w", ErrKind, err)
		}
		return g.here(err)
	})
}

// named calls do with the name of a file or folder in its folder, and where the destination
// does not take that, with others that are like it, and keeps the one that it took.
func (g *getter) named(f *fetch, do func(name string) error) error {
	dir, name := path.Split(f.dest)
	err := do(name)
	for _, other := range crypt.FallbackNames(name) {
		if err == nil || !crypt.NameRefused(err) {
			break
		}
		dest := g.names.name(path.Clean(dir), other)
		if err = do(path.Base(dest)); err == nil {
			if f.data == nil {
				g.moved(f.dest, dest)
			}
			f.dest = dest
		}
	}
	return err
}

// moved gives what is to go into a folder its place in the one that has taken its name.
func (g *getter) moved(from, to string) {
	move := func(f *fetch) {
		if rest, ok := strings.CutPrefix(f.dest, from+"/"); ok {
			f.dest = to + "/" + rest
			g.names.take(f.dest)
		}
	}
	for i := range g.folders {
		move(&g.folders[i].fetch)
	}
	for i := range g.files {
		move(&g.files[i])
	}
}

// enter opens the folder that a file goes to. It stays open for those that follow, as long
// as it is the one of that name: to walk the path to it anew for every step of every file
// takes longer than all else.
func (g *getter) enter(folder string) error {
	there, err := g.root.Lstat(folder)
	if err == nil && g.folder != nil && os.SameFile(there, g.is) {
		return nil
	}
	g.leave()
	if err == nil {
		g.folder, err = g.root.OpenRoot(folder)
	}
	if err != nil {
		return g.here(err)
	}
	g.is, err = g.folder.Stat(".")
	return g.here(err)
}

// leave closes the folder that enter opened.
func (g *getter) leave() {
	if g.folder != nil {
		_ = g.folder.Close()
		g.folder = nil
	}
}

// drive.WriteFile writes one file beside its destination and then gives it its name.
func (g *getter) writeFile(ctx context.Context, f *fetch, buf []byte) error {
	if err := g.enter(path.Dir(f.dest)); err != nil {
		return err
	}
	if err := g.named(f, g.free); err != nil {
		return err
	}
	src, err := g.stick.openRecord(f.data)
	if err != nil {
		return err
	}
	defer src.Close()
	temporary := ".stowage-" + rand.Text() + ".part"
	out, err := g.folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return g.here(err)
	}
	_, err = io.CopyBuffer(destFile{g, out}, crypt.Reader(ctx, struct{ io.Reader }{src}, g.p), buf)
	if closeErr := out.Close(); err == nil {
		err = g.here(closeErr)
	}
	if err == nil {
		g.mark(g.folder, temporary)
		t := f.data.ModTime()
		err = g.here(g.folder.Chtimes(temporary, t, t))
	}
	if err == nil {
		err = g.named(f, func(name string) error {
			if err := g.free(name); err != nil {
				return err
			}
			return g.here(g.show(temporary, name))
		})
	}
	if err != nil {
		_ = g.folder.Remove(temporary)
	}
	return err
}

// free fails when a name cannot be written to.
func (g *getter) free(name string) error {
	info, err := g.folder.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return g.here(err)
	case info.IsDir():
		return ErrKind
	case !g.replace:
		return ErrExists
	}
	return nil
}

// show gives a complete file its name. A hard link fails when the name was
// taken meanwhile, as renaming does not; where there are none, looking again must do.
func (g *getter) show(temporary, name string) error {
	if g.replace {
		return safefile.RenameIn(g.folder, temporary, name)
	}
	err := g.folder.Link(temporary, name)
	switch {
	case err == nil:
		return g.folder.Remove(temporary)
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	}
	if err := g.free(name); err != nil {
		return err
	}
	return safefile.RenameIn(g.folder, temporary, name)
}

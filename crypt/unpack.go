package crypt

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"stowage/crypt/safefile"

	"filippo.io/age"

	"stowage/crypt/runnable"
)

// What an archive may ask for. Deeper folders could not be removed again with
// the file descriptors that a process has.
const (
	maxStoredName  = 4096 // bytes
	maxStoredDepth = 128  // folders
	maxSameName    = 100  // entries whose names this system cannot tell apart

	maxEntries = 1 << 20 // files and folders; [EncryptFolder] stores no more
)

// DecryptFolder decrypts the archive src made by [EncryptFolder], or any tar in
// an age file, into the new folder dst, which appears only when everything was
// authentic and is complete. An existing dst is always refused with [safefile.ErrExists].
// When everything in the archive lies in one folder, dst is that folder. Only its
// owner may read what is unpacked, and nobody may run it; each file is marked as coming from
// elsewhere (opts.Mark). It is not synced file by file, so src should be kept a while.
//
// An archive may be hostile. Anything in it that is not a file or a folder, or
// whose name would reach outside dst, ends the run with [ErrUnsafe], and a million
// of anything with [ErrTooMany]. A name that
// the folder's drive cannot hold is changed, and one that it cannot tell from an earlier
// one is numbered; opts.Renamed is called.
func DecryptFolder(ctx context.Context, src, dst string, opts FileOptions, identities ...age.Identity) error {
	in, _, err := openRegular(src, opts.Progress)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("create %s: %w", dst, safefile.ErrExists)
	}
	temporary := filepath.Join(filepath.Dir(dst), safefile.TemporaryName())
	if err := os.Mkdir(temporary, 0o700); err != nil {
		return fmt.Errorf("create %s: %w", dst, err)
	}
	defer os.RemoveAll(temporary)
	root, err := os.OpenRoot(temporary)
	if err != nil {
		return fmt.Errorf("create %s: %w", dst, err)
	}
	defer root.Close()
	r, err := NewDecryptReader(Reader(ctx, in, opts.Progress), identities...)
	if err != nil {
		return fmt.Errorf("%s: %w", src, err)
	}
	defer r.Close()
	if err := unpack(ctx, root, r, ProbeNames(root).Windows, opts); err != nil {
		return fmt.Errorf("%s: %w", src, err)
	}
	if err := giveFolderName(root, temporary, dst); err != nil {
		return fmt.Errorf("create %s: %w", dst, err)
	}
	return safefile.SyncFolder(filepath.Dir(dst))
}

// giveFolderName renames the folder that root is open at, or the only one in it, to dst.
//
// Whoever can write beside it may put a link in the folder's place at any moment, and
// what that leads to is not ours to rename. Only what was unpacked may get the name:
// anything else is given its own name back.
func giveFolderName(root *os.Root, folder, dst string) error {
	ours, err := root.Stat(".")
	if err != nil {
		return err
	}
	if only, err := fs.ReadDir(root.FS(), "."); err == nil && len(only) == 1 && only[0].IsDir() {
		if ours, err = root.Lstat(only[0].Name()); err != nil {
			return err
		}
		folder = filepath.Join(folder, only[0].Name())
	}
	exchanged := fmt.Errorf("%w: the folder was exchanged meanwhile", ErrUnsafe)
	if now, err := os.Lstat(folder); err != nil || !os.SameFile(ours, now) {
		return exchanged
	}
	_ = root.Close() // Windows renames no folder that is open
	err = safefile.RenameNew(folder, dst)
	if errors.Is(err, fs.ErrExist) {
		return safefile.ErrExists
	} else if err != nil {
		err = os.Rename(folder, dst) // which replaces neither a file nor a folder that holds anything
	}
	if err != nil {
		return err
	}
	if now, err := os.Lstat(dst); err != nil || !os.SameFile(ours, now) {
		_ = safefile.RenameNew(dst, folder)
		return exchanged
	}
	return nil
}

// unpack extracts the tar archive src into the empty folder that root is open at.
func unpack(ctx context.Context, root *os.Root, src io.Reader, windows bool, opts FileOptions) error {
	u := &unpacker{root: root, windows: windows, renamed: opts.Renamed, mark: opts.marker(), buf: make([]byte, copySize)}
	u.folders = map[string]*folder{".": {name: "."}}
	archive := tar.NewReader(src)
	for n := 0; ; n++ {
		h, err := archive.Next()
		if err == nil {
			err = context.Cause(ctx)
		}
		if err == nil && n == maxEntries {
			err = ErrTooMany
		}
		if err == io.EOF {
			break
		} else if err != nil {
			return archiveError(err)
		}
		if err := u.entry(h, archive); err != nil {
			return fmt.Errorf("%s: %w", brief(strconv.Quote(h.Name)), err)
		}
	}
	for _, f := range u.folders { // last, since files in a folder change its time
		_ = root.Chtimes(filepath.FromSlash(f.name), time.Time{}, f.modified)
	}
	// The padding after the archive's end must be authentic too.
	_, err := io.Copy(io.Discard, src)
	return err
}

// archiveError names a broken archive inside an authentic stream as damage.
func archiveError(err error) error {
	if errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &causedError{ErrDamaged, err}
	}
	return err
}

// unpacker makes the entries of one archive.
type unpacker struct {
	root    *os.Root
	windows bool // names must be ones that Windows can hold
	renamed func(stored, unpacked string)
	mark    runnable.Marker
	folders map[string]*folder // those that were made, by the name that is stored
	buf     []byte
}

// folder is where a folder of an archive went.
type folder struct {
	name     string
	modified time.Time // zero if the archive does not say
}

// entry makes one file or folder.
func (u *unpacker) entry(h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	stored, err := safeName(h.Name)
	if err != nil {
		return err
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return fmt.Errorf("%w: a sparse file", ErrUnsafe) // a few bytes could fill the disk
		}
	}
	var name string
	switch h.Typeflag {
	case tar.TypeDir:
		var made *folder
		if made, err = u.folder(stored); err == nil {
			made.modified, name = h.ModTime, made.name
		}
	case tar.TypeReg:
		name, err = u.file(stored, content, h.ModTime)
	default:
		err = fmt.Errorf("%w: neither a file nor a folder", ErrUnsafe)
	}
	if err == nil && name != path.Clean(h.Name) && u.renamed != nil {
		u.renamed(h.Name, name)
	}
	return err
}

// safeName refuses a name that would reach outside, or absurdly deep inside.
func safeName(name string) (string, error) {
	clean := path.Clean(strings.ToValidUTF8(name, "_"))
	switch {
	case !fs.ValidPath(clean):
		return "", fmt.Errorf("%w: a name that reaches outside", ErrUnsafe)
	case len(clean) > maxStoredName || strings.Count(clean, "/") > maxStoredDepth:
		return "", fmt.Errorf("%w: a name that is too long or too deep", ErrUnsafe)
	}
	return clean, nil
}

// folder makes the folder and those above it, where they are missing.
func (u *unpacker) folder(stored string) (*folder, error) {
	if made, ok := u.folders[stored]; ok {
		return made, nil
	}
	name, err := u.make(stored, func(name string) error {
		err := u.root.Mkdir(name, 0o700)
		if errors.Is(err, fs.ErrExist) {
			if info, statErr := u.root.Lstat(name); statErr == nil && info.IsDir() {
				return nil
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	made := &folder{name: name}
	u.folders[stored] = made
	return made, nil
}

func (u *unpacker) file(stored string, content io.Reader, modified time.Time) (string, error) {
	var f *os.File
	name, err := u.make(stored, func(name string) (err error) {
		f, err = u.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		return err
	})
	if err != nil {
		return "", err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{f}, content, u.buf); err != nil {
		f.Close()
		return "", archiveError(err)
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	u.mark(u.root, filepath.FromSlash(name))
	_ = u.root.Chtimes(filepath.FromSlash(name), time.Time{}, modified) // some times are none on some file systems
	return name, nil
}

// make calls create with a name, in the folder that the stored one is in, that
// this system can hold and that is not taken, and returns it.
func (u *unpacker) make(stored string, create func(name string) error) (string, error) {
	above, err := u.folder(path.Dir(stored))
	if err != nil {
		return "", err
	}
	own := path.Base(stored)
	if u.windows {
		own = WindowsName(own)
	}
	name, err := makeNumbered(above.name, own, create)
	for _, other := range FallbackNames(own) {
		if err == nil || !NameRefused(err) {
			break
		}
		name, err = makeNumbered(above.name, other, create)
	}
	return name, err
}

// makeNumbered calls create with a name in a folder, numbered where it is taken.
func makeNumbered(folder, own string, create func(name string) error) (string, error) {
	name := path.Join(folder, own)
	err := create(filepath.FromSlash(name))
	for n := 2; errors.Is(err, fs.ErrExist) && n <= maxSameName; n++ {
		name = path.Join(folder, numbered(own, n))
		err = create(filepath.FromSlash(name))
	}
	return name, err
}

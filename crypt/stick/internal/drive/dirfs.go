package drive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"stowage/crypt/fault"
	"stowage/crypt/safefile"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/stickpath"
)

// DirFS is the [FS] of a mounted drive or any other folder. It never leaves
// that folder, whatever links it finds there (os.Root).
type DirFS struct {
	root *os.Root
	path string
}

// NewDirFS opens the folder. The caller closes it.
func NewDirFS(path string) (*DirFS, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, Classify(err)
	}
	return NewDirFSIn(root, path), nil
}

// NewDirFSIn is the DirFS of a folder that is open, and closes it with itself.
func NewDirFSIn(root *os.Root, path string) *DirFS { return &DirFS{root, path} }

// Close frees the folder.
func (d *DirFS) Close() error { return d.root.Close() }

// Name returns the path that the DirFS was opened with.
func (d *DirFS) Name() string { return d.path }

// Open implements [FS]. What is no regular file is refused with [ErrSpecial]: whoever had the
// stick may have put a pipe there, on which opening would wait for ever, or a device.
func (d *DirFS) Open(name string) (File, error) {
	f, err := d.openRegular(name, os.O_RDONLY)
	return NewFile(f, err)
}

func (d *DirFS) openRegular(name string, flag int) (*os.File, error) {
	f, _, err := safefile.OpenIn(d.root, name, flag)
	if errors.Is(err, safefile.ErrNotRegular) {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrSpecial}
	}
	return f, err
}

// Create implements [FS].
func (d *DirFS) Create(name string) (File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return NewFile(f, err)
}

// Mkdir implements [FS].
func (d *DirFS) Mkdir(name string) error {
	return Classify(d.root.Mkdir(name, 0o700))
}

// ReadDir implements [FS].
func (d *DirFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if stickpath.Below(name, layout.Base) {
		if err := d.fewIn(name); err != nil {
			return nil, err
		}
	}
	entries, err := fs.ReadDir(d.root.FS(), name)
	return entries, Classify(err)
}

// maxInFolder is how many files a folder of the stick's own may hold to be looked at.
const maxInFolder = 400_000

// fewIn fails with [ErrTooMuch] when a folder holds more than any of the stick's own does.
func (d *DirFS) fewIn(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return Classify(err)
	}
	defer f.Close()
	for n := 0; n <= maxInFolder; {
		names, err := f.Readdirnames(4096)
		if n += len(names); errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return Classify(err)
		}
	}
	return fmt.Errorf("%s: %w", name, ErrTooMuch)
}

// Stat implements [FS].
func (d *DirFS) Stat(name string) (fs.FileInfo, error) {
	info, err := d.root.Lstat(name)
	return info, Classify(err)
}

// Remove implements [FS].
func (d *DirFS) Remove(name string) error { return Classify(d.root.Remove(name)) }

// Overwrite implements [FS].
func (d *DirFS) Overwrite(name string, data []byte) error {
	f, err := NewFile(d.openRegular(name, os.O_WRONLY))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// SyncDir implements [FS].
func (d *DirFS) SyncDir(name string) error { return Classify(syncDir(d.root, name)) }

// Free implements [FS].
func (d *DirFS) Free() (free, total int64, err error) {
	free, total, err = FreeSpace(d.root, d.path)
	return free, total, Classify(err)
}

// Lock implements [FS] with the operating system's lock on the open file.
func (d *DirFS) Lock(name string, exclusive bool) (io.Closer, error) {
	flag := os.O_RDONLY
	if exclusive {
		flag = os.O_RDWR | os.O_CREATE
	}
	f, err := d.openRegular(name, flag)
	if err != nil {
		return nil, Classify(err)
	}
	if err := lockFile(f, exclusive); err != nil {
		_ = f.Close()
		return nil, Classify(fmt.Errorf("lock %s: %w", name, err))
	}
	return f, nil
}

// driveFile is a file whose errors wrap this package's sentinels.
type driveFile struct{ *os.File }

// NewFile is a file that was opened, or why it was not.
func NewFile(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, Classify(err)
	}
	return driveFile{f}, nil
}

func (f driveFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	return n, Classify(err)
}

func (f driveFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	return n, Classify(err)
}

func (f driveFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	return n, Classify(err)
}

func (f driveFile) Sync() error { return Classify(f.File.Sync()) }

func (f driveFile) Close() error { return Classify(f.File.Close()) }

// Classify adds the sentinel of this package that an error of the operating
// system means, if there is one.
func Classify(err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // io.EOF must stay itself for io.Reader
		return err
	}
	is := DriveErrors[fault.Of(err)]
	isOne := func(of error) bool { return errors.Is(err, of) }
	switch {
	case is != nil:
	case slices.ContainsFunc(TooLarge, isOne):
		is = ErrTooLarge
	case slices.ContainsFunc(Locked, isOne):
		is = ErrInUse
	}
	if is == nil || errors.Is(err, is) {
		return err
	}
	return fmt.Errorf("%w: %w", is, err)
}

// DriveErrors are this package's words for what a drive says.
var DriveErrors = map[error]error{
	fault.ErrFull: ErrFull, fault.ErrReadOnly: ErrReadOnly, fault.ErrGone: ErrGone, fault.ErrFailing: ErrFailing,
}

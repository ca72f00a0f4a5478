package webdav

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/net/webdav"

	"stowage/crypt/stick"
)

// upload is a file that is being written. It becomes one on the stick when it is
// closed, if all of it arrived.
type upload struct {
	files   *files
	ctx     context.Context // of the request
	name    string
	modTime time.Time
	clutter bool // it is kept in memory

	spooled *stick.Spooled
	err     error // why it is not to be stored
}

// ReadFrom implements [io.ReaderFrom]. The handler writes files by it alone, so that
// what ends too early is known not to be the file.
func (u *upload) ReadFrom(r io.Reader) (int64, error) {
	if u.clutter {
		r = io.LimitReader(r, maxClutterFile+1)
	}
	u.drop()
	u.spooled, u.err = stick.Spool(u.ctx, r)
	if u.err != nil {
		u.err = ofComputer(u.err)
		return 0, u.files.failed(u.ctx, u.err)
	}
	return u.spooled.Size(), nil
}

// Write implements [io.Writer], for a small file that comes in one piece.
func (u *upload) Write(p []byte) (int, error) {
	n, err := u.ReadFrom(bytes.NewReader(p))
	return int(n), err
}

// drop forgets what has arrived.
func (u *upload) drop() {
	if u.spooled != nil {
		u.spooled.Close()
		u.spooled = nil
	}
}

// Close implements [io.Closer]. When it returns nil, the file is safe on the stick.
func (u *upload) Close() error {
	defer u.drop()
	if u.err != nil {
		return u.err
	}
	if u.spooled == nil { // an empty file, made by a lock
		if _, err := u.Write(nil); err != nil {
			return err
		}
	}
	item := u.spooled.Item(u.name, u.modTime)
	if u.clutter && item.Size <= maxClutterFile {
		return u.files.failed(u.ctx, u.files.clutter.keep(item))
	}
	if u.clutter {
		return u.files.failed(u.ctx, stick.ErrTooLarge)
	}
	if item.Size == 0 { // most are about to be written, and it is nobody's content
		return u.files.failed(u.ctx, u.files.make(u.name, stick.KindFile, u.modTime))
	}
	err := u.files.saver.save(item)
	if err != nil && statusOf(err) == 0 { // such as of what has waited on this computer's disk
		return noted(u.ctx, ofComputer(err))
	}
	return u.files.changed(u.files.failed(u.ctx, err))
}

// store stores a small file.
func (f *files) store(ctx context.Context, name string, content []byte, modTime time.Time) error {
	u := upload{files: f, ctx: ctx, name: name, modTime: modTime}
	if _, err := u.Write(content); err != nil {
		return err
	}
	return u.Close()
}

// Stat implements [webdav.File].
func (u *upload) Stat() (os.FileInfo, error) {
	var size int64
	if u.spooled != nil {
		size = u.spooled.Size()
	}
	return arriving{info{entry: stick.Entry{Path: u.name, Kind: stick.KindFile, Size: size, ModTime: u.modTime}}, u}, nil
}

// arriving describes an upload. The handler asks for its tag when it is stored.
type arriving struct {
	info
	upload *upload
}

// ETag implements [webdav.ETager].
func (a arriving) ETag(ctx context.Context) (string, error) {
	i, err := a.upload.files.stat(a.upload.name)
	if err != nil {
		return "", err
	}
	return i.ETag(ctx)
}

// Read implements [io.Reader]: there is nothing yet.
func (u *upload) Read([]byte) (int, error) { return 0, io.EOF }

// Seek implements [io.Seeker].
func (u *upload) Seek(int64, int) (int64, error) { return 0, nil }

// Readdir implements [webdav.File].
func (u *upload) Readdir(int) ([]os.FileInfo, error) { return nil, os.ErrInvalid }

// DeadProps implements [webdav.DeadPropsHolder].
func (u *upload) DeadProps() (map[propName]webdav.Property, error) {
	return u.files.props.of(u.name, nil), nil
}

// Patch implements [webdav.DeadPropsHolder]; the handler copies properties by it.
func (u *upload) Patch(patches []webdav.Proppatch) ([]webdav.Propstat, error) {
	return u.files.props.patch(u.name, patches), nil
}

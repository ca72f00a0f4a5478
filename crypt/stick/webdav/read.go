package webdav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"

	"golang.org/x/net/webdav"

	"stowage/crypt/stick"
)

// errWrite: the handler wrote to a file that it opened for reading.
var errWrite = errors.New("opened for reading only")

// contentType is the media type that a name speaks of.
func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// content is what an opened file is read from.
type content interface {
	io.ReadSeekCloser
	Size() int64
}

// opened is a file or folder that is open for reading. The stick is not read before
// somebody reads: the handler opens everything that it lists.
type opened struct {
	files   *files
	ctx     context.Context // of the request
	name    string
	info    info
	content content // nil before the first read
	offset  int64
}

func (f *files) open(ctx context.Context, name string, i info) *opened {
	return &opened{files: f, ctx: ctx, name: name, info: i}
}

// Stat implements [webdav.File].
func (o *opened) Stat() (os.FileInfo, error) { return o.info, nil }

// Readdir implements [webdav.File]. It returns everything, whatever the count.
func (o *opened) Readdir(int) ([]os.FileInfo, error) {
	list, err := o.files.list(o.name)
	return list, o.files.failed(o.ctx, err)
}

// Read implements [io.Reader].
func (o *opened) Read(p []byte) (int, error) {
	if o.content == nil {
		if err := o.begin(); err != nil {
			return 0, o.files.failed(o.ctx, err)
		}
	}
	n, err := o.content.Read(p)
	o.offset += int64(n)
	if err != nil && err != io.EOF {
		return n, o.files.failed(o.ctx, err)
	}
	return n, err
}

// begin opens the content where reading is to begin.
func (o *opened) begin() error {
	if kept, ok := o.files.clutter.content(o.name); ok {
		o.content = inMemory{bytes.NewReader(kept)}
	} else if o.files.pending.isEmpty(o.name) {
		o.content = inMemory{bytes.NewReader(nil)}
	} else {
		r, err := o.files.stick.OpenFile(o.name)
		if err != nil {
			return err
		}
		o.content = r
	}
	if o.content.Size() != o.info.Size() {
		return fmt.Errorf("%s: %w", o.name, stick.ErrChanged)
	}
	_, err := o.content.Seek(o.offset, io.SeekStart)
	return err
}

// Seek implements [io.Seeker].
func (o *opened) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.info.Size()
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	o.offset = offset
	if o.content != nil {
		return o.content.Seek(offset, io.SeekStart)
	}
	return offset, nil
}

// Write implements [io.Writer].
func (o *opened) Write([]byte) (int, error) { return 0, errWrite }

// Close implements [io.Closer].
func (o *opened) Close() error {
	if o.content == nil {
		return nil
	}
	return o.content.Close()
}

// DeadProps implements [webdav.DeadPropsHolder].
func (o *opened) DeadProps() (map[propName]webdav.Property, error) {
	if o.files.o.Space == nil {
		return o.files.props.of(o.name, nil), nil
	}
	return o.files.props.of(o.name, o.files.space), nil
}

// Patch implements [webdav.DeadPropsHolder]. A modification time that Windows sends
// after a file becomes the file's.
func (o *opened) Patch(patches []webdav.Proppatch) ([]webdav.Propstat, error) {
	stats := o.files.props.patch(o.name, patches)
	if t := windowsTime(patches); !t.IsZero() && stats[0].Status == http.StatusOK {
		return stats, o.files.failed(o.ctx, o.files.setTime(o.name, t))
	}
	return stats, nil
}

// inMemory is the content of clutter.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

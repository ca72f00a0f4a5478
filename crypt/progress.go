package crypt

import (
	"context"
	"io"
)

// Progress receives updates of a long operation. Its methods may be called from
// any goroutine, and must not block for long.
type Progress interface {
	// Expect says that so many more bytes of work have become known.
	Expect(bytes int64)
	// Done says that so many more bytes of work have been done.
	Done(bytes int64)
}

// NoProgress is a Progress that nobody watches.
type NoProgress struct{}

// Expect does nothing.
func (NoProgress) Expect(int64) {}

// Done does nothing.
func (NoProgress) Done(int64) {}

// OrNoProgress returns p, or NoProgress when p is nil, so that public
// functions may be called with nil.
func OrNoProgress(p Progress) Progress {
	if p == nil {
		return NoProgress{}
	}
	return p
}

// Reader returns a reader of src that ends with the context's error once ctx is
// done and reports what it has read to p, which may be nil.
func Reader(ctx context.Context, src io.Reader, p Progress) io.Reader {
	return &watchedReader{ctx, src, OrNoProgress(p)}
}

type watchedReader struct {
	ctx context.Context
	src io.Reader
	p   Progress
}

func (r *watchedReader) Read(b []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	n, err := r.src.Read(b)
	r.p.Done(int64(n))
	return n, err
}

// watchedWriter does for a destination what Reader does for a source.
type watchedWriter struct {
	ctx context.Context
	dst io.Writer
	p   Progress
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	if err := context.Cause(w.ctx); err != nil {
		return 0, err
	}
	n, err := w.dst.Write(b)
	w.p.Done(int64(n))
	return n, err
}

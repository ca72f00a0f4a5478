package main

import (
	"context"
	"io"
	"io/fs"
)

// input is standard input, which ends with the context's error once ctx is
// done, even while nobody types.
func (a *app) input(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { r.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.Copy(w, a.stdin)
		w.CloseWithError(err)
	}()
	return r
}

// present reports whether err says that something is there.
func present(_ fs.FileInfo, err error) bool { return err == nil }

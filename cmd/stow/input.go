package main

import (
	"context"
	"io"
)

// inputBuffer is how much of standard input is read at once, in bytes.
const inputBuffer = 1 << 20

// input is standard input, which ends with the context's error once ctx is
// done, even while nobody types.
func (a *app) input(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.CopyBuffer(w, struct{ io.Reader }{a.stdin}, make([]byte, inputBuffer))
		w.CloseWithError(err)
	}()
	return r
}

package cli

import (
	"context"
	"io"
	"os"
	"time"
)

// inputBuffer is how much of standard input is read at once, in bytes.
const inputBuffer = 1 << 20

// Input is src, standard input, which ends with the context's error once ctx is
// done, even while nobody types.
func Input(ctx context.Context, src io.Reader) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.CopyBuffer(w, struct{ io.Reader }{src}, make([]byte, inputBuffer))
		w.CloseWithError(err)
	}()
	return r
}

// Moment reads a time that somebody typed, in local time; "" is the zero time.
func Moment(now time.Time, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			if t.After(now) {
				return time.Time{}, Usagef("%s has not come yet", text)
			}
			return t.UTC(), nil
		}
	}
	return time.Time{}, Usagef("%q is not a time such as '2026-09-24 08:10'", text)
}

// CheckFolder says that a folder to write to is missing, before a file that is
// to be written there gets the blame.
func CheckFolder(dir string) error {
	if dir == "" {
		return nil
	}
	_, err := os.Stat(dir)
	return On(dir, err)
}

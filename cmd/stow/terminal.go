package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// errNoTerminal: a passphrase is wanted and there is nobody to ask.
var errNoTerminal = errors.New("no terminal to ask on")

// terminal is where people are asked, even when standard input is a pipe.
type terminal struct {
	in, out *os.File
}

// openTerminal opens the terminal that the program was started from.
func openTerminal() (*terminal, error) {
	inName, outName := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		inName, outName = "CONIN$", "CONOUT$"
	}
	in, err := os.OpenFile(inName, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTerminal, err)
	}
	out, err := os.OpenFile(outName, os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("%w: %w", errNoTerminal, err)
	}
	return &terminal{in, out}, nil
}

func (t *terminal) Close() error {
	return errors.Join(t.in.Close(), t.out.Close())
}

// readSecret asks for one line that is not echoed. When ctx ends first, the
// terminal is put back as it was.
func (t *terminal) readSecret(ctx context.Context, prompt string) (secret []byte, err error) {
	fd := int(t.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTerminal, err)
	}
	// Before the question shows, so that a fast answer does not.
	if err := noEcho(fd); err != nil {
		return nil, fmt.Errorf("ask on the terminal: %w", err)
	}
	defer func() { err = errors.Join(err, term.Restore(fd, before)) }()
	if _, err := fmt.Fprint(t.out, prompt); err != nil {
		return nil, fmt.Errorf("ask on the terminal: %w", err)
	}
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.out)
		return nil, context.Cause(ctx)
	case got := <-answers:
		fmt.Fprintln(t.out)
		if ctx.Err() != nil {
			clear(got.line)
			return nil, context.Cause(ctx)
		}
		if errors.Is(got.err, io.EOF) {
			return nil, errCancelled
		}
		return got.line, got.err
	}
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

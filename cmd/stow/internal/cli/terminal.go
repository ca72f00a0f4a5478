package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// ErrNoTerminal: a passphrase is wanted and there is nobody to ask.
var ErrNoTerminal = errors.New("no terminal to ask on")

// maxTyped is the longest line that a terminal hands over, in bytes.
const maxTyped = 4096

// Terminal is where people are asked, even when standard input is a pipe.
type Terminal struct {
	in, Out *os.File
}

// openTerminal opens the terminal that the program was started from.
func openTerminal() (*Terminal, error) {
	inName, outName := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		inName, outName = "CONIN$", "CONOUT$"
	}
	in, err := os.OpenFile(inName, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	out, err := os.OpenFile(outName, os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	return &Terminal{in, out}, nil
}

// Close leaves the terminal as it is.
func (t *Terminal) Close() error {
	return errors.Join(t.in.Close(), t.Out.Close())
}

// ReadSecret asks for one line that is not echoed. When ctx ends first, the
// terminal is put back as it was.
func (t *Terminal) ReadSecret(ctx context.Context, prompt string) (secret []byte, err error) {
	fd := int(t.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	// Before the question shows, so that a fast answer does not.
	if err := noEcho(fd); err != nil {
		return nil, fmt.Errorf("ask on the terminal: %w", err)
	}
	defer func() { err = errors.Join(err, term.Restore(fd, before)) }()
	if _, err := fmt.Fprint(t.Out, prompt); err != nil {
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
		fmt.Fprintln(t.Out)
		return nil, context.Cause(ctx)
	case got := <-answers:
		fmt.Fprintln(t.Out)
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

// ReadLine asks for one line, which shows as it is typed. The end of input is
// [errCancelled].
func (t *Terminal) ReadLine(ctx context.Context, prompt string) (string, error) {
	if _, err := fmt.Fprint(t.Out, prompt); err != nil {
		return "", fmt.Errorf("ask on the terminal: %w", err)
	}
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		// The terminal hands over a line at a time, and no more than it takes.
		buf := make([]byte, maxTyped)
		n, err := t.in.Read(buf)
		answers <- answer{strings.TrimSpace(string(buf[:n])), err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.Out)
		return "", context.Cause(ctx)
	case got := <-answers:
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if errors.Is(got.err, io.EOF) {
			return "", errCancelled
		}
		return got.line, got.err
	}
}

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

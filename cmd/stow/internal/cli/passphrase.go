package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"stowage/devices/school/passphrases"
)

// maxPassphrase bounds what is read as a passphrase.
const maxPassphrase = 1024

// Attempts is how often a person may get a new passphrase wrong before the
// program gives up.
const Attempts = 3

var (
	errEmptyPassphrase = errors.New("the passphrase is empty")
	errLongPassphrase  = errors.New("the passphrase is longer than 1024 bytes")
	// errNotText: it is in no encoding that is known; the zero bytes of UTF-16 without a
	// mark, above all, must not become a passphrase that nobody can type.
	errNotText    = errors.New("the passphrase is not in UTF-8")
	ErrNotTheSame = errors.New("the two passphrases are not the same")
)

// PassphraseFlag is a place where one passphrase of a command may come from: a
// file, or the terminal when the flag is not given.
type PassphraseFlag struct {
	File string // "" is the terminal, "-" the next line of standard input
}

// Add gives cmd the flag under the given name.
func (p *PassphraseFlag) Add(cmd *cobra.Command, name, usage string) {
	cmd.Flags().StringVar(&p.File, name, "", usage+" (`FILE`, or - for standard input; otherwise it is asked for)")
	_ = cmd.MarkFlagFilename(name)
}

// AddAuthority gives cmd the flag of the authority's passphrase. Where it is
// the only passphrase of a command, the short name works too.
func (p *PassphraseFlag) AddAuthority(cmd *cobra.Command, only bool) {
	p.Add(cmd, "authority-passphrase-file", "read the authority's passphrase from a file")
	if only {
		p.Add(cmd, "passphrase-file", "the same as --authority-passphrase-file")
		cmd.MarkFlagsMutuallyExclusive("authority-passphrase-file", "passphrase-file")
	}
}

// AddHolder gives cmd the flag of the holder's passphrase.
func (p *PassphraseFlag) AddHolder(cmd *cobra.Command) {
	p.Add(cmd, "passphrase-file", "read the key's passphrase from a file")
}

// AddNew gives cmd the flag of a new passphrase.
func (p *PassphraseFlag) AddNew(cmd *cobra.Command) {
	p.Add(cmd, "new-passphrase-file", "read the new passphrase from a file")
}

// Passphrase returns a passphrase that exists already. The caller clears it.
func (a *App) Passphrase(ctx context.Context, from PassphraseFlag, of string) ([]byte, error) {
	if from.File != "" {
		return a.PassphraseFile(from.File)
	}
	t, err := a.OpenTerminal()
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase of %s: %w", of, err)
	}
	defer t.Close()
	line, err := t.ReadSecret(ctx, fmt.Sprintf("Passphrase for %s: ", of))
	if err != nil {
		return nil, err
	}
	return checkPassphrase(line)
}

// NewPassphrase returns a passphrase to be set: asked for twice on a terminal,
// and refused with the reason when judge refuses it. The caller clears it.
func (a *App) NewPassphrase(ctx context.Context, from PassphraseFlag, of string, judge func([]byte) error) ([]byte, error) {
	if from.File != "" {
		line, err := a.PassphraseFile(from.File)
		if err != nil {
			return nil, err
		}
		if err := judge(line); err != nil {
			clear(line)
			return nil, err
		}
		return line, nil
	}
	t, err := a.OpenTerminal()
	if err != nil {
		return nil, fmt.Errorf("ask for a new passphrase for %s: %w", of, err)
	}
	defer t.Close()
	for range Attempts - 1 {
		line, err := askNew(ctx, t, of, judge)
		if err == nil || ctx.Err() != nil || errors.Is(err, errCancelled) {
			return line, err
		}
		_, message := a.Explain(err)
		fmt.Fprintln(t.Out, message)
	}
	return askNew(ctx, t, of, judge)
}

// GiveBack returns the memory to the system that checking a passphrase took: 256
// MiB by design, and of no further use.
func GiveBack() { debug.FreeOSMemory() }

// Choose is NewPassphrase for package passphrases, which says when.
func (a *App) Choose(ctx context.Context, from PassphraseFlag, of string) passphrases.Choose {
	return func(judge func([]byte) error) ([]byte, error) { return a.NewPassphrase(ctx, from, of, judge) }
}

// askNew asks for a new passphrase once, twice over.
func askNew(ctx context.Context, t *Terminal, of string, judge func([]byte) error) ([]byte, error) {
	first, err := t.ReadSecret(ctx, fmt.Sprintf("New passphrase for %s: ", of))
	if err != nil {
		return nil, err
	}
	if first, err = checkPassphrase(first); err != nil {
		return nil, err
	}
	if err := judge(first); err != nil {
		clear(first)
		return nil, err
	}
	second, err := t.ReadSecret(ctx, "The same once more: ")
	defer clear(second)
	if err != nil {
		clear(first)
		return nil, err
	}
	if !bytes.Equal(first, second) {
		clear(first)
		return nil, ErrNotTheSame
	}
	return first, nil
}

// PassphraseFile reads the first line of a file, or the next line of standard
// input. Someone who can read the file can use the key, so it says so when
// others may.
func (a *App) PassphraseFile(name string) ([]byte, error) {
	if name == "-" {
		a.lines.src = a.Stdin
		return a.lines.line()
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the passphrase: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && readableByOthers(info) {
		a.Warn("The passphrase file %s can be read by other users of this computer; chmod 600 it.", name)
	}
	line, err := (&secretLines{src: bufio.NewReaderSize(f, maxPassphrase+2)}).line()
	if err != nil {
		return nil, fmt.Errorf("read the passphrase from %s: %w", name, err)
	}
	return line, nil
}

// readableByOthers reports whether the permissions let a group or the world read
// a regular file. Windows does not tell that way.
func readableByOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0
}

func checkPassphrase(line []byte) ([]byte, error) {
	switch {
	case len(line) == 0:
		return nil, errEmptyPassphrase
	case len(line) > maxPassphrase:
		clear(line)
		return nil, errLongPassphrase
	case !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0:
		clear(line)
		return nil, errNotText
	}
	return line, nil
}

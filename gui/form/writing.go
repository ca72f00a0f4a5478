package form

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"stowage/crypt/safefile"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// FreshName is a path in a folder with the time in its name, so that it is not there
// yet: "devices 2026-09-03 0830.csv".
func FreshName(folder, name string, at time.Time, extension string) string {
	return filepath.Join(folder, fmt.Sprintf("%s %s%s", name, at.Format("2006-01-02 150405"), extension))
}

// LeftOutError says that a paper was written without some of what it is about.
type LeftOutError struct{ Lines []string }

// Error is part of error.
func (e *LeftOutError) Error() string { return strings.Join(e.Lines, "\n") }

// TellWritten says where something was written, or why it was not.
func TellWritten(s *gui.Session, key i18n.Key) func(string, error) {
	return func(path string, err error) {
		if left, ok := errors.AsType[*LeftOutError](err); ok {
			lines := append([]string{path}, left.Lines...)
			s.Tell(widgets.Message{Kind: widgets.Warn, Happened: s.Words.N("paper.leftout", len(left.Lines)), Files: s.Words.T(key + ".files"), Details: strings.Join(lines, "\n")})
			return
		}
		if err != nil {
			s.Fail(err)
			return
		}
		s.Tell(widgets.Message{Kind: widgets.Good, Happened: s.Words.T(key), Files: s.Words.T(key + ".files"), Details: path})
	}
}

// WriteInto writes a new file into a folder, which appears when it is complete. A
// number tells it from files with its name. It returns its path.
func WriteInto(folder, name string, write func(io.Writer) error) (string, error) {
	extension := filepath.Ext(name)
	path := filepath.Join(folder, name)
	for n := 2; n < 1000; n++ {
		out, err := safefile.Create(path, false)
		if err == nil {
			defer out.Discard()
			if err = write(out); err != nil {
				return "", err
			}
			return path, out.Commit()
		}
		if !isExists(err) {
			return "", err
		}
		path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, extension), n, extension))
	}
	return "", safefile.ErrExists
}

func isExists(err error) bool { return errors.Is(err, safefile.ErrExists) }

// WriteWhole writes a new file, which appears when it is complete.
func WriteWhole(path string, write func(io.Writer) error) error {
	out, err := safefile.Create(path, false)
	if err != nil {
		return err
	}
	defer out.Discard()
	buffered := bufio.NewWriter(out)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return out.Commit()
}

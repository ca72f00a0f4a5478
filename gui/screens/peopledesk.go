package screens

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"stowage/cmd/school"
	"stowage/crypt"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// Desk is the school at which ICT works.
type Desk interface {
	// School is the open school, locked or not. It may take a moment; jobs call it.
	School(ctx context.Context) (*school.School, error)
	// Authority calls then once the authority is unlocked, for which it may ask for
	// the passphrase, or never when the person thinks better of it.
	Authority(then func())
}

// atDesk runs work at the school as a job, and calls done with what came of it.
func atDesk[T any](s *gui.Session, d Desk, name words.Key, work func(context.Context, *school.School, jobs.Progress) (T, error), done func(T, error)) *jobs.Job {
	return jobs.Run(s.Jobs, s.Words.T(name), func(ctx context.Context, p jobs.Progress) (T, error) {
		sch, err := d.School(ctx)
		if err != nil {
			var none T
			return none, err
		}
		return work(ctx, sch, p)
	}, done)
}

// list is rows of a table that are all in memory.
type list[T any] struct {
	rows []T
	key  func(T) string
	cell func(row T, column int) parts.Cell
}

func (l list[T]) Len() int                        { return len(l.rows) }
func (l list[T]) Key(row int) string              { return l.key(l.rows[row]) }
func (l list[T]) Cell(row, column int) parts.Cell { return l.cell(l.rows[row], column) }

// chooseFolder asks for a folder to write into, and calls then with its path.
type chooseFolder func(then func(path string))

// systemFolder is chooseFolder with the window's own dialog.
func systemFolder(s *gui.Session) chooseFolder {
	return func(then func(string)) {
		dialog.ShowFolderOpen(func(folder fyne.ListableURI, err error) {
			if err != nil {
				s.Fail(err)
				return
			}
			if folder != nil {
				then(folder.Path())
			}
		}, s.Window)
	}
}

// writeInto writes a new file into a folder, which appears when it is complete. A
// number tells it from files with its name. It returns its path.
func writeInto(folder, name string, write func(io.Writer) error) (string, error) {
	extension := filepath.Ext(name)
	path := filepath.Join(folder, name)
	for n := 2; n < 1000; n++ {
		out, err := crypt.CreateOutput(path, false)
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
	return "", crypt.ErrExists
}

func isExists(err error) bool { return errors.Is(err, crypt.ErrExists) }

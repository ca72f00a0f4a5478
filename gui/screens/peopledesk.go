package screens

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/safefile"
	"stowage/gui"
	"stowage/gui/widgets"
)

// deskRoutes are the pages on which ICT hands out, counts and takes back.
func deskRoutes(p *Place) []gui.Route {
	return []gui.Route{
		{ID: "issue", Side: gui.ICT, Name: "route.issue", Icon: widgets.IconIssue, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newIssueWizard(s, p) })},
		{ID: checkInRoute, Side: gui.ICT, Name: "route.checkin", Icon: "return", New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newCheckIns(s, p) })},
		{ID: "audit", Side: gui.ICT, Name: "route.audit", Icon: widgets.IconAudit, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newAudit(s, p) })},
		{ID: "leavers", Side: gui.ICT, Name: "route.leavers", Icon: widgets.IconLeavers, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newLeavers(s, p) })},
		{ID: "people", Side: gui.ICT, Name: "route.people", Icon: widgets.IconPeople, New: p.route(func(s *gui.Session, p *Place) gui.Screen { return newPeopleScreen(s, p) })},
	}
}

// scrolled is content that scrolls, with room for the edges of what is on it.
func scrolled(content fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.NewPadded(content))
}

// list is rows of a table that are all in memory.
type list[T any] struct {
	rows []T
	key  func(T) string
	cell func(row T, column int) widgets.Cell
}

func (l list[T]) Len() int                          { return len(l.rows) }
func (l list[T]) Key(row int) string                { return l.key(l.rows[row]) }
func (l list[T]) Cell(row, column int) widgets.Cell { return l.cell(l.rows[row], column) }

// writeInto writes a new file into a folder, which appears when it is complete. A
// number tells it from files with its name. It returns its path.
func writeInto(folder, name string, write func(io.Writer) error) (string, error) {
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

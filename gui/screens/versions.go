package screens

import (
	"context"
	"errors"
	"path"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// versionList shows the previous versions of a file, or the deleted files of the stick:
// either way what can be had back.
type versionList struct {
	s     *gui.Session
	b     *browser
	file  string // whose versions; "" for the deleted files
	list  []stick.Version
	table *widgets.Table
	busy  *widgets.Busy
}

// versions shows the previous versions of the selected file.
func (b *browser) versions() {
	if e, ok := b.selectedFile(); ok {
		b.s.Push(&versionList{s: b.s, b: b, file: e.Path})
	}
}

// deleted shows the files that were deleted and can be brought back.
func (b *browser) deleted() { b.s.Push(&versionList{s: b.s, b: b}) }

// of is part of ofStick.
func (v *versionList) of() *stickSession { return v.b.o }

// Title is part of gui.Screen.
func (v *versionList) Title() string {
	if v.file == "" {
		return v.s.Words.T("deleted.title")
	}
	return v.s.Words.T("versions.title", "name", shortName(path.Base(v.file)))
}

// Content is part of gui.Screen.
func (v *versionList) Content() fyne.CanvasObject {
	w := v.s.Words
	columns := []widgets.TableColumn{
		{Title: w.T("versions.stored"), Width: 230, Fixed: true, Grow: true},
		{Title: w.T("browser.changed"), Width: 170, Fixed: true},
		{Title: w.T("browser.size"), Width: 110, Fixed: true, Right: true},
		{Title: w.T("versions.what"), Width: 220, Fixed: true, Grow: true},
	}
	intro, empty := w.T("versions.intro"), ""
	if v.file == "" {
		columns[0].Title, columns[3].Title = w.T("browser.name"), w.T("browser.where")
		intro, empty = w.T("deleted.intro"), w.T("deleted.none")
	}
	v.table = widgets.NewTable(w, widgets.TableOptions{
		Label: v.Title(), Columns: columns, Empty: empty, Multi: v.file == "",
		Selected: v.s.Refresh, Open: func(row int) { v.view(v.list[row]) }, Menu: v.Commands, Key: v.s.Typed, Now: v.s.Now,
	})
	buttons := widgets.Row(1)
	for _, c := range v.Commands() {
		buttons.Add(widgets.NewButton(c.Name, c.Icon, func() {
			if c.Can() {
				c.Run()
			}
		}))
	}
	v.load()
	v.busy = widgets.NewBusy(w, container.NewBorder(widgets.Column(2, widgets.Muted(intro), buttons), nil, nil, nil, v.table.View))
	return v.busy.View
}

// Focus is part of gui.Focuser.
func (v *versionList) Focus() fyne.Focusable { return v.table.Focus() }

// load asks the stick for the list.
func (v *versionList) load() {
	var err error
	if v.file == "" {
		v.list, err = v.b.o.stick.Deleted(".")
	} else {
		v.list, err = v.b.o.stick.Versions(v.file)
	}
	if err != nil && !errors.Is(err, stick.ErrNotFound) {
		v.s.Fail(err)
	}
	v.table.SetRows(v)
	if len(v.list) > 0 {
		v.table.Select(v.Key(0))
	}
}

// Len is part of widgets.Rows.
func (v *versionList) Len() int { return len(v.list) }

// Key is part of widgets.Rows.
func (v *versionList) Key(row int) string {
	if v.file == "" {
		return v.list[row].Path
	}
	return strconv.Itoa(row)
}

// Cell is part of widgets.Rows.
func (v *versionList) Cell(row, column int) widgets.Cell {
	w, version := v.s.Words, v.list[row]
	switch column {
	case 0:
		if v.file == "" {
			return widgets.Cell{Text: path.Base(version.Path), Icon: iconOf(version.Entry)}
		}
		return widgets.Cell{Text: w.When(version.Stored, v.s.Now()), Icon: "history", Bold: version.Current}
	case 1:
		return widgets.Cell{Text: w.ShortDateTime(version.ModTime), Color: widgets.ColorMuted}
	case 2:
		return widgets.Cell{Text: w.Size(version.Size), Color: widgets.ColorMuted}
	}
	return widgets.Cell{Text: v.remark(version), Color: widgets.ColorMuted}
}

// remark is what the last column says.
func (v *versionList) remark(version stick.Version) string {
	w := v.s.Words
	switch {
	case v.file == "" && path.Dir(version.Path) == ".":
		return w.T("browser.top")
	case v.file == "":
		return path.Dir(version.Path)
	case version.Current:
		return w.T("versions.now")
	case !version.Deleted.IsZero():
		return w.T("versions.deleted", "when", w.When(version.Deleted, v.s.Now()))
	case version.Path != v.file:
		return w.T("versions.called", "name", path.Base(version.Path))
	}
	return ""
}

// Commands is part of gui.Commander.
func (v *versionList) Commands() []widgets.Command {
	w := v.s.Words
	restore := widgets.Command{Name: w.T("versions.restore"), Icon: widgets.Icon("undo").Resource(), Key: fyne.KeyR, Modifier: widgets.Ctrl, Run: v.restore, Disabled: func() bool {
		chosen := v.chosen()
		return v.b.o.stick.ReadOnly() || len(chosen) == 0 || chosen[0].Current
	}}
	if v.file == "" {
		restore.Name = w.T("deleted.restore")
	}
	one := func() bool { return len(v.chosen()) != 1 }
	return []widgets.Command{
		{Name: w.T("browser.view"), Icon: widgets.Icon("show").Resource(), Key: fyne.KeyF3, Run: func() { v.view(v.chosen()[0]) }, Disabled: one},
		restore,
		{Name: w.T("browser.copy"), Icon: widgets.Icon("download").Resource(), Key: fyne.KeyS, Modifier: widgets.Ctrl, Run: v.saveCopy, Disabled: one},
	}
}

// chosen are the versions that are selected.
func (v *versionList) chosen() []stick.Version {
	if v.table == nil {
		return nil
	}
	var list []stick.Version
	for _, row := range v.table.SelectedRows() {
		if row < len(v.list) {
			list = append(list, v.list[row])
		}
	}
	return list
}

// view shows a version in the window.
func (v *versionList) view(version stick.Version) {
	title := path.Base(version.Path)
	if v.file != "" {
		title = v.s.Words.T("versions.of", "name", title, "when", v.s.Words.When(version.Stored, v.s.Now()))
	}
	v.s.Push(newViewer(v.b, version.Entry, title, func() (*stick.Reader, error) { return v.b.o.stick.OpenVersion(version) }))
}

// restore makes a version the one of today, or brings deleted files back. What is there
// now becomes a previous version.
func (v *versionList) restore() {
	w := v.s.Words
	chosen := v.chosen()
	o := v.b.o
	v.busy.Follow(jobs.Run(v.s.Jobs, w.T("browser.restoring"), func(ctx context.Context, p jobs.Progress) (stick.PutResult, error) {
		if v.file != "" {
			return o.stick.Restore(ctx, chosen[0], v.file, stick.PutOptions{Clash: stick.Replace, Progress: p})
		}
		paths := make([]string, len(chosen))
		for i, c := range chosen {
			paths[i] = c.Path
		}
		return o.stick.Undelete(ctx, paths, stick.PutOptions{Clash: stick.KeepBoth, Progress: p})
	}, func(r stick.PutResult, err error) {
		o.noteStored(len(r.Stored))
		switch {
		case errors.Is(err, stick.ErrGone):
			o.pulled()
			return
		case err != nil:
			v.s.Fail(err)
		case len(r.Skipped) > 0:
			tellSkipped(v.s, w.N("versions.restored", len(r.Stored)), w.N("browser.leftout", len(r.Skipped)), r.Skipped)
		default:
			v.s.Toast(w.N("versions.restored", len(r.Stored)), nil)
		}
		v.load()
	}))
}

// saveCopy writes a version to a folder of the computer.
func (v *versionList) saveCopy() {
	version, w := v.chosen()[0], v.s.Words
	v.b.s.Choose.Folder(w.T("browser.copy.to"), func(to string) {
		form.AskPlain(v.s, []string{to}, func() { v.copyTo(version, to) })
	})
}

func (v *versionList) copyTo(version stick.Version, to string) {
	w := v.s.Words
	v.busy.Follow(jobs.Run(v.s.Jobs, w.T("browser.copying"), func(ctx context.Context, p jobs.Progress) (string, error) {
		r, err := v.b.o.stick.OpenVersion(version)
		if err != nil {
			return "", err
		}
		defer r.Close()
		p.Expect(r.Size())
		return writeCopy(ctx, r, to, path.Base(version.Path), version.ModTime, p)
	}, func(name string, err error) {
		if err != nil {
			v.s.Fail(err)
			return
		}
		v.s.Toast(w.T("versions.copied", "name", name), nil)
	}))
}

package screens

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// fileTable is the table of the browser: files and folders, sorted as the person likes,
// folders always first.
type fileTable struct {
	b      *browser
	view   *fyne.Container
	table  *widgets.Table
	rows   []stick.Entry
	thumbs *thumbnails
	where  bool // the column with the folder says something: in a search
}

// The columns of the table.
const (
	columnName = iota
	columnSize
	columnChanged
	columnWhere
)

func newFileTable(b *browser) *fileTable {
	f := &fileTable{b: b, view: container.NewStack(), thumbs: newThumbnails(b)}
	f.build(columnName, false)
	return f
}

// build makes the table anew, with the columns that say something now.
func (f *fileTable) build(column int, down bool) {
	b, w := f.b, f.b.s.Words
	columns := []widgets.TableColumn{
		{Title: w.T("browser.name"), Width: 330, Grow: true, Search: true},
		{Title: w.T("browser.size"), Width: 110, Right: true},
		{Title: w.T("browser.changed"), Width: 165},
	}
	if f.where {
		columns[columnName].Width = 250
		columns = append(columns, widgets.TableColumn{Title: w.T("browser.where"), Width: 150, Grow: true})
	}
	f.table = widgets.NewTable(w, widgets.TableOptions{
		Label:    w.T("browser.files"),
		Columns:  columns,
		Multi:    true,
		Sort:     func(int, bool) { f.sort(); f.table.Refresh() },
		Selected: func() { b.s.Used(); b.updated() },
		Open:     func(row int) { b.activate(f.rows[row]) },
		Menu:     b.context,
		Key:      b.s.Typed,
		Now:      b.s.Now,
	})
	f.table.SetSort(min(column, len(columns)-1), down)
	f.view.Objects = []fyne.CanvasObject{f.table.View}
	f.view.Refresh()
}

// View is what to put on the page.
func (f *fileTable) View() *fyne.Container { return f.view }

// Focus returns what takes the focus.
func (f *fileTable) Focus() fyne.Focusable { return f.table.Focus() }

// SetEntries shows other files and folders. In a search, where says in which folder
// each lies.
func (f *fileTable) SetEntries(entries []stick.Entry, where bool) {
	if where != f.where {
		f.where = where
		f.build(f.table.SortBy())
	}
	f.rows = entries
	f.sort()
	f.table.SetRows(f)
}

// Selected are the files and folders that are selected, in their order.
func (f *fileTable) Selected() []stick.Entry {
	rows := f.table.SelectedRows()
	list := make([]stick.Entry, 0, len(rows))
	for _, row := range rows {
		if row < len(f.rows) {
			list = append(list, f.rows[row])
		}
	}
	return list
}

// Select selects the first of some paths that is there.
func (f *fileTable) Select(paths ...string) {
	for _, p := range paths {
		if f.table.Select(p) {
			return
		}
	}
}

// Unselect selects nothing.
func (f *fileTable) Unselect() { f.table.Select("") }

// SelectAll selects everything that is shown.
func (f *fileTable) SelectAll() { f.table.SelectAll() }

// Len is part of widgets.Rows.
func (f *fileTable) Len() int { return len(f.rows) }

// Key is part of widgets.Rows.
func (f *fileTable) Key(row int) string { return f.rows[row].Path }

// Cell is part of widgets.Rows.
func (f *fileTable) Cell(row, column int) widgets.Cell {
	e, w := f.rows[row], f.b.s.Words
	switch column {
	case columnName:
		return widgets.Cell{Text: path.Base(e.Path), Icon: iconOf(e), Picture: f.thumbs.of(e)}
	case columnSize:
		if e.IsFolder() {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: w.Size(e.Size), Color: widgets.ColorMuted}
	case columnChanged:
		return widgets.Cell{Text: w.ShortDateTime(e.ModTime), Color: widgets.ColorMuted}
	}
	text := path.Dir(e.Path)
	if text == "." {
		text = w.T("browser.top")
	}
	return widgets.Cell{Text: text, Color: widgets.ColorMuted}
}

// iconOf is the picture of a kind of file.
func iconOf(e stick.Entry) widgets.Icon {
	if e.IsFolder() {
		return widgets.IconFolder
	}
	switch strings.ToLower(path.Ext(e.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".svg":
		return "image"
	case ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v":
		return "video"
	case ".mp3", ".wav", ".ogg", ".flac", ".m4a":
		return "sound"
	case ".pdf":
		return "pdf"
	case ".zip", ".7z", ".tar", ".gz", ".rar":
		return "archive"
	case ".xlsx", ".xls", ".ods", ".csv":
		return "table"
	case ".txt", ".md", ".docx", ".doc", ".odt", ".rtf":
		return "text"
	}
	return widgets.IconFile
}

// sort puts the rows into the order that the headings show.
func (f *fileTable) sort() {
	column, down := f.table.SortBy()
	slices.SortStableFunc(f.rows, func(a, b stick.Entry) int {
		if a.IsFolder() != b.IsFolder() {
			if a.IsFolder() {
				return -1
			}
			return 1
		}
		order := 0
		switch column {
		case columnSize:
			order = cmp.Compare(a.Size, b.Size)
		case columnChanged:
			order = a.ModTime.Compare(b.ModTime)
		case columnWhere:
			order = i18n.CompareNames(path.Dir(a.Path), path.Dir(b.Path))
		}
		if order == 0 {
			order = cmp.Or(i18n.CompareNames(path.Base(a.Path), path.Base(b.Path)), cmp.Compare(a.Path, b.Path))
		}
		if down {
			return -order
		}
		return order
	})
}

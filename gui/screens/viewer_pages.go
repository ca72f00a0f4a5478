package screens

import (
	"image"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/gui/i18n"
	"stowage/gui/viewer/office"
	"stowage/gui/widgets"
)

// pages is what is shown of a file, and where one is in it.
type pages struct {
	all  []page
	at   int
	zoom int // an index of zooms

	caption *fyne.Container
	back    *widgets.Button
	forward *widgets.Button
}

// page is a picture, or lines of text.
type page struct {
	picture image.Image
	lines   []string
	name    string // of a sheet or slide, "" for the only page
	note    string // what is to be said of it: that more is not shown
}

// zooms are the sizes in which a page is shown, of which the one in the middle is usual.
var zooms = [...]float32{0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4}

const usualZoom = 2

// widestCell is how many letters of a cell stand on a line.
const widestCell = 40

// mostLaid is how many bytes the tables of a document take when they are laid out, at most.
const mostLaid = 32 << 20

// mostSpoken is how many bytes of a page a screen reader is given.
const mostSpoken = 20 << 10

// pagesOf lays out what was read.
func pagesOf(w *i18n.Words, got seen) pages {
	p := pages{zoom: usualZoom}
	note := ""
	if got.part {
		note = w.T("viewer.part", "size", w.Size(mostText))
	}
	switch {
	case got.picture != nil:
		p.all = []page{{picture: got.picture}}
	case got.document != nil:
		if got.document.Cut {
			note = w.T("viewer.cut")
		}
		room := mostLaid
		for n, part := range got.document.Parts {
			lines := linesOf(part, got.document.Kind, &room)
			if room < 0 {
				note = w.T("viewer.cut")
			}
			p.all = append(p.all, page{lines: lines, name: nameOf(w, got.document, n), note: note})
		}
	default:
		if got.text == "" {
			note = w.T("viewer.empty")
		}
		p.all = []page{{lines: strings.Split(got.text, "\n"), note: note}}
	}
	for i := range p.all {
		if p.all[i].picture == nil && p.all[i].note == "" && len(strings.Join(p.all[i].lines, "")) == 0 {
			p.all[i].note = w.T("viewer.nothing")
		}
	}
	return p
}

// nameOf is what a sheet or slide is called.
func nameOf(w *i18n.Words, d *office.Document, n int) string {
	part, count := d.Parts[n], []any{"n", strconv.Itoa(n + 1), "of", strconv.Itoa(len(d.Parts))}
	name := ""
	switch {
	case d.Kind == office.Sheets:
		name = w.T("viewer.sheet", append(count, "name", part.Name)...)
	case d.Kind == office.Slides:
		name = w.T("viewer.slide", count...)
	}
	if part.Hidden {
		name += " · " + w.T("viewer.hidden")
	}
	return name
}

// linesOf lays out a part of a document in lines: tables in columns, and an empty line after
// each paragraph that is none of a list. Tables take their bytes from room, and end where it is used up.
func linesOf(part office.Part, kind office.Kind, room *int) []string {
	var lines []string
	for i := 0; i < len(part.Rows); i++ {
		row := part.Rows[i]
		if !row.Table {
			for _, text := range row.Cells {
				lines = append(lines, strings.Split(wrap(text, lineLength), "\n")...)
			}
			listed := len(row.Cells) == 1 && strings.HasPrefix(row.Cells[0], "•")
			if next := i + 1; listed && next < len(part.Rows) && !part.Rows[next].Table && strings.HasPrefix(part.Rows[next].Cells[0], "•") {
				continue
			}
			if len(lines) > 0 && lines[len(lines)-1] != "" {
				lines = append(lines, "")
			}
			continue
		}
		end := i
		for end < len(part.Rows) && part.Rows[end].Table {
			end++
		}
		lines = append(append(lines, tableLines(part.Rows[i:end], kind == office.Sheets, room)...), "")
		i = end - 1
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// tableLines lays out the rows of a table in columns; a sheet has the letters of its columns
// above and the numbers of its rows at the left, as spreadsheets show them.
func tableLines(rows []office.Row, sheet bool, room *int) []string {
	var cells [][]string
	columns := 0
	for _, r := range rows {
		columns = max(columns, len(r.Cells))
	}
	if sheet {
		letters := []string{""}
		for n := range columns {
			letters = append(letters, columnLetters(n))
		}
		cells = append(cells, letters)
	}
	for _, r := range rows {
		if sheet {
			cells = append(cells, slices.Concat([]string{strconv.Itoa(r.Number)}, r.Cells))
			continue
		}
		cells = append(cells, r.Cells)
	}
	wide := make([]int, columns+1)
	broken := make([][][]string, len(cells))
	for i, row := range cells {
		for column, text := range row {
			parts := strings.Split(wrap(text, widestCell), "\n")
			for _, part := range parts {
				wide[column] = max(wide[column], utf8.RuneCountInString(strings.TrimRight(part, " ")))
			}
			broken[i] = append(broken[i], parts)
		}
	}
	var lines []string
	for _, row := range broken {
		height := 1
		for _, parts := range row {
			height = max(height, len(parts))
		}
		for n := range height {
			var line strings.Builder
			blanks := 0
			for column, parts := range row {
				text := ""
				if n < len(parts) {
					text = strings.TrimRight(parts[n], " ")
				}
				if text != "" {
					line.WriteString(strings.Repeat(" ", blanks) + text)
					blanks = 0
				}
				blanks += wide[column] - utf8.RuneCountInString(text) + 2
			}
			if *room -= line.Len() + len(row); *room < 0 {
				return lines
			}
			lines = append(lines, line.String())
		}
	}
	return lines
}

// columnLetters are the letters of a column of a sheet, counted from 0.
func columnLetters(n int) string {
	if n >= 26 {
		return columnLetters(n/26-1) + string(rune('A'+n%26))
	}
	return string(rune('A' + n))
}

// layOut puts the pages into the window, with what turns them.
func (v *viewer) layOut() {
	w := v.s.Words
	v.pages.caption = container.NewStack()
	row := []fyne.CanvasObject{v.pages.caption, widgets.Spring()}
	if len(v.pages.all) > 1 {
		v.pages.back = widgets.NewQuiet(w.T("viewer.previous"), widgets.Icon("back").Resource(), func() { v.turn(-1) })
		v.pages.forward = widgets.NewQuiet(w.T("viewer.next"), widgets.Icon("forward").Resource(), func() { v.turn(1) })
		row = append(row, v.pages.back, v.pages.forward)
	}
	bar := widgets.Row(1, row...)
	v.page.Objects = []fyne.CanvasObject{widgets.Card(container.NewBorder(bar, nil, nil, nil, v.paper))}
	v.showPage()
	v.s.Refresh()
	v.s.Window.Canvas().Focus(v.paper)
}

// turn shows another page.
func (v *viewer) turn(by int) {
	to := v.pages.at + by
	if to < 0 || to >= len(v.pages.all) {
		return
	}
	v.pages.at = to
	v.showPage()
	v.s.Refresh()
}

// showPage shows the page where one is.
func (v *viewer) showPage() {
	p := v.pages.all[v.pages.at]
	if p.picture != nil {
		v.paper.ShowPicture(p.picture, true)
	} else {
		v.paper.ShowLines(p.lines)
	}
	caption := strings.Join(slices.DeleteFunc([]string{p.name, p.note}, func(s string) bool { return s == "" }), " · ")
	v.pages.caption.Objects = []fyne.CanvasObject{widgets.Muted(caption)}
	v.pages.caption.Hidden = caption == ""
	v.pages.caption.Refresh()
	if v.pages.back != nil {
		v.pages.back.SetEnabled(v.pages.at > 0)
		v.pages.forward.SetEnabled(v.pages.at < len(v.pages.all)-1)
	}
	v.paper.SetLabel(spoken(v.title, caption, p.lines))
}

// spoken is what a screen reader reads of a page.
func spoken(title, caption string, lines []string) string {
	text := strings.Join(slices.DeleteFunc([]string{title, caption, strings.Join(lines, "\n")}, func(s string) bool { return s == "" }), "\n")
	if len(text) > mostSpoken {
		text = strings.ToValidUTF8(text[:mostSpoken], "")
	}
	return text
}

// zoomBy shows the page larger or smaller.
func (v *viewer) zoomBy(steps int) {
	v.pages.zoom = min(max(v.pages.zoom+steps, 0), len(zooms)-1)
	v.paper.SetZoom(zooms[v.pages.zoom])
	v.s.Refresh()
}

// Commands is part of gui.Commander.
func (v *viewer) Commands() []widgets.Command {
	w := v.s.Words
	none := func() bool { return len(v.pages.all) == 0 }
	return []widgets.Command{
		{Name: w.T("browser.openin"), Key: fyne.KeyE, Modifier: widgets.Ctrl, Run: v.edit, Disabled: func() bool { return !v.current }},
		{Name: w.T("viewer.larger"), Key: fyne.KeyEqual, Modifier: widgets.Ctrl, Divide: true, Run: func() { v.zoomBy(1) }, Disabled: none},
		{Name: w.T("viewer.smaller"), Key: fyne.KeyMinus, Modifier: widgets.Ctrl, Run: func() { v.zoomBy(-1) }, Disabled: none},
		{Name: w.T("viewer.usual"), Run: func() { v.zoomBy(usualZoom - v.pages.zoom) }, Disabled: none},
		{Name: w.T("viewer.next"), Divide: true, Run: func() { v.turn(1) }, Disabled: func() bool { return v.pages.at >= len(v.pages.all)-1 }},
		{Name: w.T("viewer.previous"), Run: func() { v.turn(-1) }, Disabled: func() bool { return v.pages.at == 0 }},
		{Name: w.T("viewer.close"), Key: fyne.KeyEscape, Divide: true, Run: v.s.Back},
	}
}

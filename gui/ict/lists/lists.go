// Package lists shows what the columns of a list from another system are taken for, and lets ICT change it before anything
// is imported.
//
// # Promised
//
// Every column of the list is shown with what is in it, those that are taken first. What is handed on can be read: one
// column at least tells devices apart, and none is taken twice. Leaving the dialog changes nothing.
//
// # Not promised
//
// It reads no file and changes no register; whoever opens it imports, and remembers what was accepted.
package lists

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/lists"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// tallest is how high the columns are before they scroll.
const tallest = 340

// mapper is the dialog.
type mapper struct {
	s     *gui.Session
	table *lists.Table
	done  func(lists.Mapping)

	banner      *widgets.Banner
	dialog      *widgets.Dialog
	columns     []*widget.Select // as in the header
	kind, dates *widget.Select
	source      *widgets.Entry
	proposed    lists.Mapping
}

// Show shows what the columns of a list, which is called name, are taken for: m, unless it is changed. done is called
// with what was accepted, after the dialog has closed; it is not called when that is cancelled.
func Show(s *gui.Session, name string, t *lists.Table, m lists.Mapping, done func(lists.Mapping)) {
	w := s.Words
	d := &mapper{s: s, table: t, done: done, proposed: m, banner: widgets.NewBanner(widgets.Message{})}
	kinds := []string{w.T("lists.kind.none")}
	for _, k := range devices.Kinds() {
		kinds = append(kinds, w.T(i18n.Key("device.kind."+compact(string(k)))))
	}
	d.kind = widget.NewSelect(kinds, nil)
	d.kind.SetSelectedIndex(slices.Index(devices.Kinds(), devices.Kind(m.Kind)) + 1)
	d.dates = widget.NewSelect([]string{w.T("lists.dates.day"), w.T("lists.dates.month")}, nil)
	d.dates.SetSelectedIndex(0)
	if m.MonthFirst {
		d.dates.SetSelectedIndex(1)
	}
	d.source = widgets.NewEntry(w.T("lists.source.hint"), nil)
	d.source.SetText(m.Source)

	rows := append([]fyne.CanvasObject{widgets.Body(w.T("lists.text", "encoding", t.Encoding))}, d.fields()...)
	rows = append(rows,
		widgets.NewField(w.T("lists.kind"), d.kind, w.T("lists.kind.hint")).View,
		widgets.NewField(w.T("lists.source"), d.source, w.T("lists.source.why")).View,
		widgets.NewField(w.T("lists.dates"), d.dates, "").View)
	scroll := container.NewVScroll(container.NewPadded(widgets.Column(2, rows...)))
	scroll.SetMinSize(fyne.NewSize(0, tallest))
	yes := widgets.NewPrimary(w.T("lists.yes"), nil, d.accept)
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("widgets.cancel"), nil, func() { d.dialog.Close() }), yes)
	d.dialog = widgets.ShowDialog(s.Window.Canvas(), w.T("lists.title", "file", name), widgets.Column(2, d.banner.View, scroll, buttons), nil)
	s.Window.Canvas().Focus(yes)
}

// fields are the columns with what they are taken for, those that are left out last.
func (d *mapper) fields() []fyne.CanvasObject {
	w := d.s.Words
	names := []string{w.T("lists.column.none")}
	for _, c := range lists.All() {
		names = append(names, columnName(w, c))
	}
	at, _ := d.proposed.Resolve(d.table.Header)
	taken := map[int]lists.Column{}
	for column, i := range at {
		taken[i] = column
	}
	samples := samples(d.table)
	var used, rest []fyne.CanvasObject
	for i, header := range d.table.Header {
		choice := widget.NewSelect(names, nil)
		choice.SetSelectedIndex(slices.Index(lists.All(), taken[i]) + 1)
		d.columns = append(d.columns, choice)
		hint := ""
		if samples[i] != "" {
			hint = w.T("lists.sample", "text", samples[i])
		}
		if slices.ContainsFunc(d.table.Header[:i], func(name string) bool { return lists.Key(name) == lists.Key(header) }) {
			choice.Disable()
			hint = w.T("lists.again")
		}
		field := widgets.NewField(header, choice, hint).View
		if taken[i] != "" {
			used = append(used, field)
		} else {
			rest = append(rest, field)
		}
	}
	return append(used, rest...)
}

// How many rows are looked at for what is in a column, and how much of it is shown.
const (
	sampled    = 50
	sampleSize = 40
)

// samples returns something that is in each column, "" where the first rows have nothing.
func samples(t *lists.Table) []string {
	found := make([]string, len(t.Header))
	rows, enough := 0, errors.New("enough")
	_ = t.Rows(context.Background(), func(_ int, cells []string) error {
		for i, cell := range cells {
			if found[i] == "" && !lists.Blank(cell) {
				first, _, _ := strings.Cut(cell, "\n")
				found[i] = first
				if letters := []rune(first); len(letters) > sampleSize {
					found[i] = string(letters[:sampleSize]) + "…"
				}
			}
		}
		if rows++; rows == sampled {
			return enough
		}
		return nil
	}, func(lists.Fault) {})
	return found
}

// accept hands on what was chosen, if it can be read.
func (d *mapper) accept() {
	d.s.Used()
	w := d.s.Words
	m := lists.Mapping{
		Columns: map[string]lists.Column{}, Source: strings.TrimSpace(d.source.Text), MonthFirst: d.dates.SelectedIndex() == 1, EveryKind: d.proposed.EveryKind,
	}
	if i := d.kind.SelectedIndex(); i > 0 {
		m.Kind = string(devices.Kinds()[i-1])
	}
	by := map[lists.Column]string{}
	for i, choice := range d.columns {
		if choice.SelectedIndex() < 1 {
			continue
		}
		column, name := lists.All()[choice.SelectedIndex()-1], d.table.Header[i]
		if other, twice := by[column]; twice {
			d.refuse(w.T("lists.twice", "one", other, "other", name, "column", columnName(w, column)))
			return
		}
		by[column] = name
		m.Columns[lists.Key(name)] = column
	}
	if by[lists.Label] == "" && by[lists.Serial] == "" {
		d.refuse(w.T("lists.identifier"))
		return
	}
	d.dialog.Close()
	d.done(m)
}

func (d *mapper) refuse(text string) {
	d.banner.Set(widgets.Message{Kind: widgets.Warn, Happened: text})
	d.dialog.Refresh()
}

// columnName is a column of the register as people read it.
func columnName(w *i18n.Words, c lists.Column) string {
	return w.T(i18n.Key("lists.column." + compact(string(c))))
}

func compact(name string) string { return strings.ReplaceAll(name, " ", "") }

package screens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// find searches the whole stick as the person types; "" shows the folder again.
func (b *browser) find(query string) {
	if query != b.query {
		b.s.Used()
	}
	if b.search != nil {
		b.search.Cancel()
		b.search = nil
	}
	before := b.query
	b.query = query
	if query == "" {
		if before != "" {
			b.refresh()
		}
		return
	}
	var this *jobs.Job
	this = jobs.Run(b.s.Jobs, b.s.Words.T("browser.searching"), func(ctx context.Context, _ jobs.Progress) ([]stick.Entry, error) {
		return b.o.stick.Search(ctx, query, mostFound+1)
	}, func(found []stick.Entry, err error) {
		if b.search != this || b.o.ended {
			return
		}
		b.search = nil
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				b.unsaved(b.s.Explain(err))
			}
			return
		}
		b.more = len(found) > mostFound
		b.show(found[:min(len(found), mostFound)])
	})
	b.search = this
}

// stopSearch shows the folder again.
func (b *browser) stopSearch() {
	if b.query != "" {
		b.searchBox.Set("")
		b.find("")
	}
}

// fullness shows how full the stick is: a bar with words, and when it was last backed
// up where the school's folder is in reach.
type fullness struct {
	s      *gui.Session
	view   *fyne.Container
	bar    *widget.ProgressBar
	text   *widget.RichText
	backup *widget.RichText
}

func newFullness(s *gui.Session) *fullness {
	f := &fullness{s: s, bar: widget.NewProgressBar(), text: widgets.Caption(""), backup: widgets.Caption("")}
	f.bar.TextFormatter = func() string { return "" }
	bar := container.New(thinBar{}, f.bar)
	f.view = container.NewBorder(nil, nil, widgets.Row(1, bar, f.text), f.backup)
	return f
}

// ask looks how full the drive is, on a goroutine of its own.
func (f *fullness) ask(o *stickSession) {
	go func() {
		free, total, err := o.fs.Free()
		if err != nil || total <= 0 {
			return // whether the drive is there is looked at elsewhere
		}
		f.s.Do(func() { f.show(o, free, total) })
	}()
}

func (f *fullness) show(o *stickSession, free, total int64) {
	w := f.s.Words
	share := float64(total-free) / float64(total)
	f.bar.SetValue(share)
	key := i18n.Key("full.free")
	if share > 0.95 {
		key = "full.nearly"
	}
	widgets.SetText(f.text, w.T(key, "free", w.Size(free), "total", w.Size(total), "percent", w.Percent(share)))
	f.tell(o)
}

// tell says when the stick was last backed up.
func (f *fullness) tell(o *stickSession) {
	widgets.SetText(f.backup, o.backupWords())
	f.view.Refresh()
}

// thinBar is the size of the bar.
type thinBar struct{}

func (thinBar) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(10*theme.TextSize(), theme.TextSize()*0.7)
}

func (thinBar) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

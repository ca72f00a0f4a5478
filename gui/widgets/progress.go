package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
	"stowage/gui/jobs"
)

// Progress shows how one job goes: its name, a bar, how much is done, the speed, the
// time left, and a button that cancels it. It is hidden while there is no job, and
// goes away by itself when the job has ended.
type Progress struct {
	View   *fyne.Container // what to put on the page
	words  *i18n.Words
	name   *widget.Label
	bar    *widget.ProgressBar
	busy   *widget.ProgressBarInfinite
	detail *widget.RichText
	cancel *Button
	job    *jobs.Job
	ended  func()
}

// NewProgress returns a panel that follows no job yet.
func NewProgress(w *i18n.Words) *Progress {
	p := &Progress{words: w, name: Body(""), bar: widget.NewProgressBar(), busy: widget.NewProgressBarInfinite(), detail: Muted("")}
	p.name.TextStyle.Bold = true
	p.bar.TextFormatter = func() string { return w.Percent(p.bar.Value) }
	p.cancel = NewButton(w.T("widgets.cancel"), IconClose.Resource(), func() {
		if p.job != nil {
			p.job.Cancel()
		}
	})
	p.busy.Stop()
	bars := container.NewStack(p.bar, p.busy)
	text := Column(1, p.name, bars, p.detail)
	p.View = container.NewStack(
		NewGround(ColorSurface, ColorBorder, theme.SizeNameCardRadius),
		container.NewPadded(container.NewPadded(container.NewBorder(nil, nil, nil, container.NewCenter(container.NewPadded(p.cancel)), text))),
	)
	p.View.Hide()
	return p
}

// Follow shows a job until it ends. A job followed before is forgotten, and goes on.
func (p *Progress) Follow(j *jobs.Job) {
	p.job = j
	p.cancel.Enable()
	p.cancel.SetText(p.words.T("widgets.cancel"))
	p.View.Show()
	j.OnStatus(func(s jobs.Status) {
		if p.job == j {
			p.show(s)
		}
	})
	j.OnEnd(func() {
		if p.job == j {
			p.end()
		}
	})
}

// Job is the job that is shown, nil when there is none.
func (p *Progress) Job() *jobs.Job { return p.job }

func (p *Progress) end() {
	p.job = nil
	p.busy.Stop()
	p.View.Hide()
	if p.ended != nil {
		p.ended()
	}
}

func (p *Progress) show(s jobs.Status) {
	p.name.SetText(s.Name)
	share, known := s.Share()
	p.bar.Hidden, p.busy.Hidden = !known, known
	if known {
		p.busy.Stop()
		p.bar.SetValue(share)
	} else {
		p.busy.Start()
	}
	SetText(p.detail, p.told(s))
	if s.Cancelled {
		p.cancel.SetText(p.words.T("widgets.progress.cancelling"))
		p.cancel.Disable()
	}
	p.View.Refresh()
}

// told is the line below the bar.
func (p *Progress) told(s jobs.Status) string {
	w := p.words
	if s.Cancelled {
		return w.T("widgets.progress.cleaning")
	}
	var pieces []string
	if s.Expected > 0 {
		pieces = append(pieces, w.T("widgets.progress.of", "done", w.Size(min(s.Done, s.Expected)), "all", w.Size(s.Expected)))
	}
	if s.Speed >= 1 {
		pieces = append(pieces, w.Speed(s.Speed))
	}
	if s.Left >= 0 {
		pieces = append(pieces, w.Left(s.Left))
	}
	if len(pieces) == 0 {
		return w.T("widgets.progress.wait")
	}
	text := pieces[0]
	for _, more := range pieces[1:] {
		text += "  ·  " + more
	}
	return text
}

// Busy puts a progress panel in the place of content while a job runs, so that
// neither pointer nor keyboard reaches what is being changed.
type Busy struct {
	View     *fyne.Container // what to put on the page
	Progress *Progress
	content  fyne.CanvasObject
	middle   *fyne.Container
}

// NewBusy returns content that a job can cover.
func NewBusy(w *i18n.Words, content fyne.CanvasObject) *Busy {
	b := &Busy{Progress: NewProgress(w), content: content}
	b.middle = container.New(centred{}, Narrow(2, b.Progress.View))
	b.middle.Hide()
	b.View = container.NewStack(content, b.middle)
	b.Progress.ended = func() {
		b.middle.Hide()
		b.content.Show()
		b.View.Refresh()
	}
	return b
}

// Follow covers the content until the job ends.
func (b *Busy) Follow(j *jobs.Job) {
	b.content.Hide()
	b.middle.Show()
	b.Progress.Follow(j)
	b.View.Refresh()
}

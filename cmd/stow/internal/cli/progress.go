package cli

import (
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// patience is how long work may take before a bar is worth showing.
const patience = 700 * time.Millisecond

// Progress shows how far long work is, its speed and the time left, on a
// terminal. It implements crypt.Progress; its methods may be called from any
// goroutine.
type Progress struct {
	out   *patientWriter
	label string
	Other bool // it counts something else than bytes
	mu    sync.Mutex
	total int64
	done  int64
	bar   *progressbar.ProgressBar
	shown bool // someone can see it, and the work has not ended
}

// patientWriter lets nothing through before the work has taken a while. The bar
// behind it measures from the start all the same.
type patientWriter struct {
	io.Writer
	now   func() time.Time
	begun time.Time
}

func (w *patientWriter) Write(p []byte) (int, error) {
	if w.now().Sub(w.begun) < patience {
		return len(p), nil
	}
	return w.Writer.Write(p)
}

// Progress returns a progress for work with this label, or one that shows
// nothing when standard error is not a terminal. The caller ends it.
func (a *App) Progress(label string) *Progress {
	return newProgress(a.Stderr, a.Now, label, !a.Quiet && IsTerminal(a.Stderr))
}

func newProgress(out io.Writer, now func() time.Time, label string, shown bool) *Progress {
	return &Progress{out: &patientWriter{out, now, now()}, label: label, shown: shown}
}

// Expect says that so many more bytes have to be done.
func (p *Progress) Expect(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += bytes
	if p.shown {
		p.visible().ChangeMax64(max(p.total, p.done))
	}
}

// Done says that so many more bytes have been done.
func (p *Progress) Done(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += bytes
	if !p.shown {
		return
	}
	if p.total > 0 && p.done > p.total {
		p.visible().ChangeMax64(p.done)
	}
	_ = p.visible().Set64(p.done) // that a terminal cannot be written to is no error of the work
}

// End takes the bar off the terminal.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && p.bar != nil {
		_ = p.bar.Clear()
	}
	p.shown = false
}

// visible is the bar, which is made when the first bytes are known.
func (p *Progress) visible() *progressbar.ProgressBar {
	if p.bar != nil {
		return p.bar
	}
	size := p.total
	if size <= 0 {
		size = -1 // not known, as when reading standard input
	}
	p.bar = progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetDescription(p.label),
		progressbar.OptionShowBytes(!p.Other),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth(),
	)
	return p.bar
}

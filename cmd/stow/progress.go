package main

import (
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// patience is how long work may take before a bar is worth showing.
const patience = 700 * time.Millisecond

// progress shows how far long work is, its speed and the time left, on a
// terminal. It implements crypt.Progress; its methods may be called from any
// goroutine.
type progress struct {
	out    io.Writer
	now    func() time.Time
	label  string
	begun  time.Time
	mu     sync.Mutex
	total  int64
	done   int64
	bar    *progressbar.ProgressBar
	closed bool
}

// progress returns a progress for work with this label, or one that shows
// nothing when standard error is not a terminal. The caller ends it.
func (a *app) progress(label string) *progress {
	p := &progress{now: a.now, label: label, begun: a.now(), closed: true}
	if !a.quiet && isTerminal(a.stderr) {
		p.out, p.closed = a.stderr, false
	}
	return p
}

// Expect says that so many more bytes have to be done.
func (p *progress) Expect(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += bytes
	if p.bar != nil {
		p.bar.ChangeMax64(max(p.total, p.done))
	}
}

// Done says that so many more bytes have been done.
func (p *progress) Done(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += bytes
	if p.closed || p.now().Sub(p.begun) < patience {
		return
	}
	if p.bar == nil {
		p.bar = p.newBar()
	}
	if p.done > p.total {
		p.bar.ChangeMax64(p.done)
	}
	_ = p.bar.Set64(p.done)
}

// end takes the bar off the terminal.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && !p.closed {
		_ = p.bar.Clear()
	}
	p.closed = true
}

func (p *progress) newBar() *progressbar.ProgressBar {
	size := p.total
	if size <= 0 {
		size = -1 // not known, as when reading standard input
	}
	return progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetDescription(p.label),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish(),
	)
}

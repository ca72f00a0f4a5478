// Package guitest runs the window in tests, on Fyne's software driver: without cgo,
// without a display, and without waiting for anything that is not being done.
//
//	func TestLostFormNeedsADate(t *testing.T) {
//		w := guitest.New(t, gui.Options{Routes: screens.Routes()})
//		w.Session.Go("lost")
//		w.Press("Send to ICT")         // the button or action with that text
//		w.MustSee("Say when you last saw the stick.")
//	}
//
//	func TestPictures(t *testing.T) {
//		guitest.Pictures(t, "lost", gui.Options{Routes: screens.Routes()}, func(w *guitest.Window) { w.Session.Go("lost") })
//	}
//
// # Promised
//
// Whatever comes back from other goroutines runs on the test's own, inside Settle,
// which every method here calls; so tests are free of races by construction. The
// clock stands still until Advance.
//
// # Not promised
//
// Fyne's test driver has one app at a time: such tests must not run in parallel.
package guitest

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"stowage/gui"
	"stowage/gui/choose"
)

// Start is the time at which every test begins: a Thursday morning in British
// summer time.
var start = time.Date(2026, time.September, 3, 8, 30, 0, 0, time.UTC)

// Window is a window under test. Its methods belong to the test's goroutine.
type Window struct {
	Session *gui.Session
	t       testing.TB

	mu    sync.Mutex
	queue []func()
	wake  chan struct{}

	now    time.Time
	timers []*timer
}

// timer is something that After has put off.
type timer struct {
	at   time.Time
	f    func()
	gone bool
}

// New opens a window of 1024x700 in English and light colours. Options.App, Do, Now,
// After and Zone are the test's own; Services.Config is a new folder unless given, and
// files are chosen with dialogs drawn in the window.
func New(t testing.TB, o gui.Options) *Window {
	t.Helper()
	w := &Window{t: t, wake: make(chan struct{}, 1), now: start}
	o.App = test.NewApp()
	o.Do, o.Now, o.After, o.Zone = w.do, w.Now, w.after, time.UTC
	if o.Choose == nil {
		o.Choose = choose.Drawn
	}
	if o.Services.Config == "" {
		o.Services.Config = t.TempDir()
	}
	if o.Services.Private == "" {
		o.Services.Private = filepath.Join(t.TempDir(), "opened")
	}
	w.Session = gui.New(o)
	look := w.Session.Look
	if look.Mode == gui.System {
		look.Mode = gui.Light
		w.Session.SetLook(look)
	}
	w.Session.Window.Show()
	w.resize()
	w.Settle()
	t.Cleanup(func() {
		w.Session.Jobs.CancelAll()
		w.Settle()
		w.Session.LetGo() // what its screens hold, they let go
		w.Settle()
		test.NewApp() // forget the theme
	})
	return w
}

// resize gives the content what a window of 1024x700 leaves for it beside the menus.
func (w *Window) resize() {
	w.Session.Window.Resize(fyne.NewSize(gui.Width, gui.Height-MenuHeight(w.Session)))
}

// do is the session's Do: it queues.
func (w *Window) do(f func()) {
	w.mu.Lock()
	w.queue = append(w.queue, f)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Now is the window's time, which stands still until Advance.
func (w *Window) Now() time.Time { return w.now }

func (w *Window) after(d time.Duration, f func()) (cancel func()) {
	t := &timer{at: w.now.Add(d), f: f}
	w.timers = append(w.timers, t)
	return func() { t.gone = true }
}

// Advance moves the window's time on, and runs what was put off until then, in
// its order.
func (w *Window) Advance(d time.Duration) {
	end := w.now.Add(d)
	for {
		var next *timer
		for _, t := range w.timers {
			if !t.gone && !t.at.After(end) && (next == nil || t.at.Before(next.at)) {
				next = t
			}
		}
		if next == nil {
			break
		}
		next.gone = true
		if next.at.After(w.now) {
			w.now = next.at
		}
		next.f()
		w.Settle()
	}
	w.now = end
	w.Settle()
}

// Sleep moves the window's time on as a computer does that was put to sleep: what was
// put off until then runs late, when it wakes.
func (w *Window) Sleep(d time.Duration) {
	w.now = w.now.Add(d)
	w.Advance(0)
}

// Jump sets the window's time as somebody does who sets the computer's clock: what was put
// off comes as soon as it would have.
func (w *Window) Jump(d time.Duration) {
	w.now = w.now.Add(d)
	for _, t := range w.timers {
		t.at = t.at.Add(d)
	}
}

// Drain runs what has come back so far, and does not wait for jobs: to look at a
// window that is busy.
func (w *Window) Drain() {
	for {
		w.mu.Lock()
		queue := w.queue
		w.queue = nil
		w.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, f := range queue {
			f()
		}
	}
}

// Settle runs what comes back until no job runs any more. A job that does not end
// within 30 seconds fails the test.
func (w *Window) Settle() {
	w.t.Helper()
	w.wait("the jobs to end", func() bool { return len(w.Session.Jobs.Running()) == 0 })
}

// Until runs what comes back until a condition holds, which is looked at on the
// test's goroutine: for what is not a job, such as drives being watched.
func (w *Window) Until(what string, ok func() bool) {
	w.t.Helper()
	w.wait(what, ok)
}

// longest is how long a test waits for what takes a moment, also on a busy machine and under the race detector.
const longest = 3 * time.Minute

func (w *Window) wait(what string, ok func() bool) {
	w.t.Helper()
	limit := time.NewTimer(longest)
	defer limit.Stop()
	for {
		w.Drain()
		if ok() {
			return
		}
		select {
		case <-w.wake:
		case <-limit.C:
			w.t.Fatalf("waited %v for %s", longest, what)
		}
	}
}

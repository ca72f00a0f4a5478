package widgets_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// page is a screen that shows one thing.
type page struct{ content fyne.CanvasObject }

func (p page) Title() string              { return "Page" }
func (p page) Content() fyne.CanvasObject { return p.content }

// open shows content in a window.
func open(t testing.TB, build func(s *gui.Session) fyne.CanvasObject) *guitest.Window {
	w := guitest.New(t, gui.Options{Routes: []gui.Route{{ID: "page", Name: "route.open", Hint: "route.open.hint", New: func(s *gui.Session) gui.Screen {
		return page{build(s)}
	}}}})
	w.Session.Go("page")
	w.Settle()
	return w
}

func TestProgressFollowsAJobAndGoesAway(t *testing.T) {
	var p *widgets.Progress
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		p = widgets.NewProgress(s.Words)
		return widgets.Column(1, p.View)
	})
	told, free := make(chan bool), make(chan bool)
	job := jobs.Run(w.Session.Jobs, "Storing 3 files", func(_ context.Context, p jobs.Progress) (int, error) {
		p.Expect(4_000_000)
		p.Done(1_000_000)
		close(told)
		<-free
		return 0, nil
	}, nil)
	<-told
	p.Follow(job)
	for _, text := range []string{"Storing 3 files", "1\u00a0MB of 4\u00a0MB", "Cancel"} {
		if !sees(w, text) {
			t.Errorf("%q is not shown: %s", text, shown(w))
		}
	}
	close(free)
	w.Settle()
	w.MustNotSee("Storing 3 files", "Cancel")
	if p.Job() != nil {
		t.Error("the job is still followed after its end")
	}
}

func TestProgressCancels(t *testing.T) {
	var p *widgets.Progress
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		p = widgets.NewProgress(s.Words)
		return widgets.Column(1, p.View)
	})
	var got error
	cleaned := make(chan bool)
	p.Follow(jobs.Run(w.Session.Jobs, "Storing", func(ctx context.Context, _ jobs.Progress) (int, error) {
		<-ctx.Done()
		<-cleaned
		return 0, ctx.Err()
	}, func(_ int, err error) { got = err }))
	if !sees(w, "One moment…") {
		t.Errorf("with nothing known yet it says %s", shown(w))
	}
	press(t, w, "Cancel")
	w.Drain()
	if !sees(w, "Stopping. Nothing half-done is left behind.") {
		t.Errorf("while it cleans up it says %s", shown(w))
	}
	close(cleaned)
	w.Settle()
	if !errors.Is(got, context.Canceled) {
		t.Errorf("the job ended with %v", got)
	}
	w.MustNotSee("Stopping")
}

func TestProgressFollowsOnlyTheLatest(t *testing.T) {
	var p *widgets.Progress
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		p = widgets.NewProgress(s.Words)
		return widgets.Column(1, p.View)
	})
	wait := func(free chan bool) func(context.Context, jobs.Progress) (int, error) {
		return func(context.Context, jobs.Progress) (int, error) { <-free; return 0, nil }
	}
	first, second := make(chan bool), make(chan bool)
	one := jobs.Run(w.Session.Jobs, "First", wait(first), nil)
	p.Follow(one)
	p.Follow(jobs.Run(w.Session.Jobs, "Second", wait(second), nil))
	close(first)
	w.Until("the first to end", func() bool { return len(w.Session.Jobs.Running()) == 1 })
	if !sees(w, "Second") {
		t.Error("the end of the first job took the second away")
	}
	close(second)
	w.Settle()
}

func TestBusyHidesWhatIsBeingChanged(t *testing.T) {
	var b *widgets.Busy
	w := open(t, func(s *gui.Session) fyne.CanvasObject {
		b = widgets.NewBusy(s.Words, widgets.Column(1, widgets.NewButton("Change it", nil, nil)))
		return b.View
	})
	w.MustSee("Change it")
	free := make(chan bool)
	b.Follow(jobs.Run(w.Session.Jobs, "Reading the stick", func(context.Context, jobs.Progress) (int, error) { <-free; return 0, nil }, nil))
	if sees(w, "Change it") || !sees(w, "Reading the stick") {
		t.Errorf("while busy: %s", shown(w))
	}
	close(free)
	w.Settle()
	w.MustSee("Change it")
	w.MustNotSee("Reading the stick")
	w.Advance(time.Second)
}

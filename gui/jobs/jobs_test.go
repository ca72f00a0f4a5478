package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"stowage/gui/jobs"
)

// dispatcher runs functions one after the other on the test's goroutine.
type dispatcher struct{ queue chan func() }

func newDispatcher() *dispatcher { return &dispatcher{make(chan func(), 1000)} }

func (d *dispatcher) do(f func()) { d.queue <- f }

// until runs what comes until a condition holds.
func (d *dispatcher) until(t *testing.T, ok func() bool) {
	t.Helper()
	limit := time.After(3 * time.Minute) // on a busy machine, under the race detector
	for !ok() {
		select {
		case f := <-d.queue:
			f()
		case <-limit:
			t.Fatal("waited in vain")
		}
	}
}

func TestResultIsToldOnceThroughTheDispatcher(t *testing.T) {
	d := newDispatcher()
	r := jobs.New(d.do)
	results := 0
	ended := false
	j := jobs.Run(r, "Adding", func(context.Context, jobs.Progress) (int, error) { return 42, nil }, func(n int, err error) {
		results++
		if n != 42 || err != nil || !ended {
			t.Errorf("got %d, %v; told the end before: %v", n, err, ended)
		}
	})
	j.OnEnd(func() { ended = true })
	d.until(t, func() bool { return results == 1 && len(r.Running()) == 0 })
	later := false
	j.OnEnd(func() { later = true })
	if !later {
		t.Error("OnEnd after the end is not told")
	}
	select {
	case <-r.Idle():
	default:
		t.Error("not idle")
	}
}

func TestCancelWaitsForTheCleanUpAndShutsTheGate(t *testing.T) {
	d := newDispatcher()
	r := jobs.New(d.do)
	cleaned := make(chan bool)
	var got error
	told, after := 0, 0
	cancelled, finished := false, false
	j := jobs.Run(r, "Storing", func(ctx context.Context, p jobs.Progress) (int, error) {
		<-ctx.Done()
		p.Expect(100)
		p.Done(50)
		<-cleaned
		return 0, ctx.Err()
	}, func(_ int, err error) { got, finished = err, true })
	j.OnStatus(func(s jobs.Status) {
		told++
		if cancelled && s.Cancelled {
			after++
		}
		if cancelled && !s.Cancelled {
			t.Error("progress was told after Cancel")
		}
		if s.Expected != 0 || s.Done != 0 {
			t.Errorf("progress made after Cancel is told: %+v", s)
		}
	})
	cancelled = true
	j.Cancel()
	j.Cancel()
	d.until(t, func() bool { return after == 1 })
	if finished || len(r.Running()) != 1 {
		t.Error("the job ended before its clean-up")
	}
	close(cleaned)
	d.until(t, func() bool { return len(r.Running()) == 0 })
	if !errors.Is(got, context.Canceled) || after != 1 {
		t.Errorf("ended with %v, told %d times of Cancel", got, after)
	}
	n := told
	j.Cancel()
	for len(d.queue) > 0 {
		(<-d.queue)()
	}
	if told != n {
		t.Error("something is told after the result")
	}
}

func TestPanicIsAnError(t *testing.T) {
	d := newDispatcher()
	r := jobs.New(d.do)
	var got error
	jobs.Run(r, "Breaking", func(context.Context, jobs.Progress) (int, error) { panic("oh") }, func(_ int, err error) { got = err })
	d.until(t, func() bool { return got != nil })
	p, ok := errors.AsType[*jobs.PanicError](got)
	if !ok || p.Value != "oh" || len(p.Stack) == 0 {
		t.Errorf("got %v", got)
	}
}

func TestProgressIsMeasured(t *testing.T) {
	d := newDispatcher()
	r := jobs.New(d.do)
	free := make(chan bool)
	var last jobs.Status
	j := jobs.Run(r, "Copying", func(_ context.Context, p jobs.Progress) (int, error) {
		p.Expect(1000)
		p.Done(250)
		<-free
		return 0, nil
	}, nil)
	j.OnStatus(func(s jobs.Status) { last = s })
	d.until(t, func() bool { return last.Done == 250 })
	if share, ok := last.Share(); !ok || share != 0.25 || last.Name != "Copying" {
		t.Errorf("status %+v", last)
	}
	close(free)
	d.until(t, func() bool { return len(r.Running()) == 0 })
}

func TestChangesAreTold(t *testing.T) {
	d := newDispatcher()
	r := jobs.New(d.do)
	most, now := 0, -1
	r.OnChange(func(n int) { most, now = max(most, n), n })
	free := make(chan bool)
	for range 3 {
		jobs.Run(r, "Waiting", func(ctx context.Context, _ jobs.Progress) (int, error) {
			select {
			case <-free:
			case <-ctx.Done():
			}
			return 0, nil
		}, nil)
	}
	d.until(t, func() bool { return most == 3 })
	r.CancelAll()
	d.until(t, func() bool { return now == 0 })
}

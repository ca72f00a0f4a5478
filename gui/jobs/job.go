package jobs

import (
	"context"
	"sync"
	"time"
)

// Status is how a job goes at a moment. It is a copy that never changes.
type Status struct {
	Name      string
	Expected  int64         // bytes known so far; 0 while nothing is known
	Done      int64         // bytes done
	Speed     float64       // bytes a second lately; 0 while unknown
	Left      time.Duration // how long it will still take; negative while unknown
	Elapsed   time.Duration // since the start
	Cancelled bool          // Cancel was called, and the clean-up goes on
}

// Share is how much is done, between 0 and 1, and false while it is unknown.
func (s Status) Share() (float64, bool) {
	if s.Expected <= 0 {
		return 0, false
	}
	return min(float64(s.Done)/float64(s.Expected), 1), true
}

// Job is one piece of work that runs. It is safe for concurrent use.
type Job struct {
	name   string
	runner *Runner
	cancel context.CancelFunc
	ended  chan struct{}

	mu        sync.Mutex
	meter     *meter
	cancelled bool
	finished  bool
	watchers  []func(Status)
	ends      []func()
}

// Name is what Run was given.
func (j *Job) Name() string { return j.name }

// Cancel asks the work to stop and returns at once. The work still cleans up, and
// its result is told as ever: context.Canceled, when it heeded. Progress is
// told no more, but for one last status that says Cancelled.
func (j *Job) Cancel() {
	j.mu.Lock()
	again := j.cancelled || j.finished
	j.cancelled = true
	j.mu.Unlock()
	if again {
		return
	}
	j.cancel()
	j.runner.do(func() { j.tell(true) })
}

// Ended returns a channel that is closed just before the result is told.
func (j *Job) Ended() <-chan struct{} { return j.ended }

// OnStatus adds a function that is told, through the dispatcher, how the job goes:
// now, some times a second while it runs, and when it is cancelled. Call it on
// the dispatcher's goroutine.
func (j *Job) OnStatus(f func(Status)) {
	j.mu.Lock()
	j.watchers = append(j.watchers, f)
	j.mu.Unlock()
	f(j.Status())
}

// OnEnd adds a function that is called once, through the dispatcher, when the job has
// ended, just before its result is told; at once when it has ended already. Call it
// on the dispatcher's goroutine.
func (j *Job) OnEnd(f func()) {
	j.mu.Lock()
	finished := j.finished
	if !finished {
		j.ends = append(j.ends, f)
	}
	j.mu.Unlock()
	if finished {
		f()
	}
}

// Status returns how the job goes now.
func (j *Job) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.meter.status(time.Now())
	s.Name, s.Cancelled = j.name, j.cancelled
	return s
}

// Expect is part of Progress.
func (j *Job) Expect(bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.cancelled {
		j.meter.expected += bytes
	}
}

// Done is part of Progress.
func (j *Job) Done(bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.cancelled {
		j.meter.done += bytes
	}
}

// tick tells the status again and again until the returned function is called.
func (j *Job) tick() (stop func()) {
	quit := make(chan struct{})
	var gone sync.WaitGroup
	gone.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case now := <-ticker.C:
				j.mu.Lock()
				j.meter.sample(now)
				j.mu.Unlock()
				j.runner.do(func() { j.tell(false) })
			}
		}
	})
	return func() {
		close(quit)
		gone.Wait()
	}
}

// tell gives the watchers the status, unless the gate is closed: after the result
// nothing is told, and after Cancel only that it was cancelled. It runs on the
// dispatcher's goroutine.
func (j *Job) tell(cancelled bool) {
	j.mu.Lock()
	shut := j.finished || j.cancelled != cancelled
	watchers := j.watchers
	j.mu.Unlock()
	if shut {
		return
	}
	s := j.Status()
	for _, f := range watchers {
		f(s)
	}
}

// close shuts the gate for good. It runs on the dispatcher's goroutine.
func (j *Job) close() {
	j.mu.Lock()
	j.finished = true
	ends := j.ends
	j.mu.Unlock()
	close(j.ended)
	for _, f := range ends {
		f()
	}
}

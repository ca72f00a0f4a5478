// Package jobs runs long work off the goroutine that draws the window.
//
// # Promised
//
//   - Run returns at once. The work gets a context and a Progress, and runs on a
//     goroutine of its own; several may run at a time.
//   - The result arrives once, through the dispatcher (on the window's own
//     goroutine), after the work has returned and so after its clean-up.
//   - Cancel ends the context and lets the work clean up. No progress is told
//     from that moment on: what was still on its way is dropped. Nothing is
//     told after the result.
//   - A panic in the work becomes a *PanicError.
//
// # Not promised
//
// Work that does not heed its context goes on until it is done; Runner.Wait waits
// for it. What work was able to finish in spite of Cancel is told as
// finished, since it is.
package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Progress is told how a job goes. It has the shape of crypt.Progress, so that a
// job's progress can be handed on to whatever takes one of those.
type Progress interface {
	// Expect says that so many more bytes of work have become known.
	Expect(bytes int64)
	// Done says that so many more bytes of work have been done.
	Done(bytes int64)
}

// every is how often a job's status is told while it runs.
const every = 100 * time.Millisecond

// Runner starts jobs and knows those that run. It is safe for concurrent use.
type Runner struct {
	do func(func())

	mu       sync.Mutex
	running  []*Job
	idle     chan struct{} // closed when no job runs and every result is told
	onChange []func(running int)
}

// New returns a runner that tells results and progress through do, which runs
// functions one after the other on the goroutine that owns the widgets:
// fyne.Do, or a test's queue.
func New(do func(func())) *Runner {
	idle := make(chan struct{})
	close(idle)
	return &Runner{do: do, idle: idle}
}

// PanicError is the error of work that panicked.
type PanicError struct {
	Value any
	Stack []byte // where, for a log; not for the screen
}

func (e *PanicError) Error() string { return fmt.Sprintf("the work failed unexpectedly: %v", e.Value) }

// Run starts work under a name that is shown to people, and returns at once. When
// the work has returned, done is called with what it returned, through the
// runner's dispatcher.
//
//	job := jobs.Run(s.Jobs, s.Words.T("files.storing"), func(ctx context.Context, p jobs.Progress) (stick.PutResult, error) {
//		return opened.Put(ctx, sources, stick.PutOptions{Progress: p})
//	}, func(r stick.PutResult, err error) { … })
//	panel.Follow(job)
func Run[T any](r *Runner, name string, work func(ctx context.Context, p Progress) (T, error), done func(T, error)) *Job {
	ctx, cancel := context.WithCancel(context.Background())
	j := &Job{name: name, runner: r, cancel: cancel, ended: make(chan struct{}), meter: newMeter(time.Now())}
	r.add(j)
	go func() {
		defer cancel()
		stop := j.tick()
		result, err := protect(ctx, j, work)
		stop()
		r.do(func() {
			j.close()
			if done != nil {
				done(result, err)
			}
			r.remove(j)
		})
	}()
	return j
}

// protect calls work and turns a panic into an error.
func protect[T any](ctx context.Context, p Progress, work func(context.Context, Progress) (T, error)) (result T, err error) {
	defer func() {
		if v := recover(); v != nil {
			var none T
			result, err = none, &PanicError{v, debug.Stack()}
		}
	}()
	return work(ctx, p)
}

// Running returns the jobs whose result has not been told yet, oldest first.
func (r *Runner) Running() []*Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.running)
}

// CancelAll cancels every job that runs.
func (r *Runner) CancelAll() {
	for _, j := range r.Running() {
		j.Cancel()
	}
}

// Idle returns a channel that is closed once no job runs and every result has
// been told. It must not be waited for on the dispatcher's goroutine.
func (r *Runner) Idle() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.idle
}

// OnChange adds a function that is told, through the dispatcher, how many jobs
// run, whenever that changes.
func (r *Runner) OnChange(f func(running int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onChange = append(r.onChange, f)
}

func (r *Runner) add(j *Job) {
	r.mu.Lock()
	if len(r.running) == 0 {
		r.idle = make(chan struct{})
	}
	r.running = append(r.running, j)
	r.mu.Unlock()
	r.do(r.changed)
}

// remove is called through the dispatcher.
func (r *Runner) remove(j *Job) {
	r.mu.Lock()
	r.running = slices.DeleteFunc(r.running, func(o *Job) bool { return o == j })
	r.mu.Unlock()
	r.changed()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.running) == 0 {
		close(r.idle)
	}
}

// changed is called through the dispatcher.
func (r *Runner) changed() {
	r.mu.Lock()
	n, told := len(r.running), slices.Clone(r.onChange)
	r.mu.Unlock()
	for _, f := range told {
		f(n)
	}
}

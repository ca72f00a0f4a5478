package drives

import (
	"context"
	"slices"
	"time"
)

// shortest is the least time between two looks, so that a zero or negative
// interval neither panics nor keeps a processor busy.
const shortest = 50 * time.Millisecond

// Seen is what [Watch] found: the drives as [List] gives them, or why they
// cannot be listed now.
type Seen struct {
	Drives []Drive
	Err    error
}

// Watch sends the drives once at the start and again whenever one comes, goes
// or changes; a change of free space alone is not told. It looks every so
// often (a second or two is good; at least 50 ms) at a cheap sign of change and
// lists the drives only when that moved or the last listing failed. A receiver
// that is slow gets the newest state, not every one between. The channel is
// closed when the context is done.
func Watch(ctx context.Context, every time.Duration) <-chan Seen {
	return watch(ctx, every, fingerprint, List)
}

// watch is Watch with what it looks at and lists with.
func watch(ctx context.Context, every time.Duration,
	look func() (string, error), list func(context.Context) ([]Drive, error),
) <-chan Seen {
	out := make(chan Seen)
	go func() {
		defer close(out)
		tick := time.NewTicker(max(every, shortest))
		defer tick.Stop()
		w := watcher{look: look, list: list}
		for {
			w.update(ctx)
			for ticked := false; !ticked; {
				send := out
				if !w.news {
					send = nil // a nil channel is never ready
				}
				select {
				case <-ctx.Done():
					return
				case send <- w.seen:
					w.news = false
				case <-tick.C:
					ticked = true
				}
			}
		}
	}()
	return out
}

// watcher remembers what was seen last.
type watcher struct {
	look func() (string, error)
	list func(context.Context) ([]Drive, error)

	started bool
	mark    string // the sign of change when seen was listed
	seen    Seen
	news    bool // seen has not been sent
}

// update lists the drives when something may have changed.
func (w *watcher) update(ctx context.Context) {
	mark, err := w.look()
	if w.started && err == nil && mark == w.mark && w.seen.Err == nil {
		return
	}
	var now Seen
	now.Drives, now.Err = w.list(ctx)
	if ctx.Err() != nil {
		return
	}
	if !w.started || !same(now, w.seen) {
		w.news = true
	}
	w.started, w.mark, w.seen = true, mark, now
}

// same tells whether two sightings differ in nothing but free space.
func same(a, b Seen) bool {
	if (a.Err == nil) != (b.Err == nil) || a.Err != nil && a.Err.Error() != b.Err.Error() {
		return false
	}
	return slices.EqualFunc(a.Drives, b.Drives, func(x, y Drive) bool {
		x.Free = y.Free
		return x == y
	})
}

package drives

import (
	"context"
	"time"
)

// Seen is what [Watch] found: the drives as [List] gives them, or why they
// cannot be listed now.
type Seen struct {
	Drives []Drive
	Err    error
}

// Watch sends the drives once at the start and again whenever one comes, goes
// or changes; a change of free space alone is not told. It looks every so
// often at a cheap sign of change and lists the drives only when that moved.
// A receiver that is slow gets the newest state, not every one between. The
// channel is closed when the context is done.
func Watch(ctx context.Context, every time.Duration) <-chan Seen {
	return watch(ctx, every, fingerprint, List)
}

package webdav

import (
	"context"
	"path"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/webdav"
)

// locks are the WebDAV handler's locks in memory, which besides know what a client
// says about the version of a file in an If header (RFC 4918, 10.4).
type locks struct {
	webdav.LockSystem
	files *files
	held  *held
}

// held remembers what clients have locked: programs lock what they are going to write.
type held struct {
	mu      sync.Mutex
	byToken map[string]heldLock
}

type heldLock struct {
	name    string
	expires time.Time // zero for never
}

// Create implements [webdav.LockSystem].
func (l locks) Create(now time.Time, details webdav.LockDetails) (token string, err error) {
	if token, err = l.LockSystem.Create(now, details); err == nil {
		l.held.set(token, details.Root, now, details.Duration)
	}
	return token, err
}

// Refresh implements [webdav.LockSystem].
func (l locks) Refresh(now time.Time, token string, duration time.Duration) (webdav.LockDetails, error) {
	details, err := l.LockSystem.Refresh(now, token, duration)
	if err == nil {
		l.held.set(token, details.Root, now, duration)
	}
	return details, err
}

// Unlock implements [webdav.LockSystem].
func (l locks) Unlock(now time.Time, token string) error {
	err := l.LockSystem.Unlock(now, token)
	if err == nil {
		l.held.mu.Lock()
		delete(l.held.byToken, token)
		l.held.mu.Unlock()
	}
	return err
}

func (h *held) set(token, name string, now time.Time, d time.Duration) {
	lock := heldLock{name: clean(name)}
	if d >= 0 {
		lock.expires = now.Add(d)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byToken[token] = lock
}

// names are what is locked at now, sorted. Locks that have run out are forgotten.
func (h *held) names(now time.Time) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for token, lock := range h.byToken {
		switch {
		case !lock.expires.IsZero() && !now.Before(lock.expires):
			delete(h.byToken, token)
		case !isClutter(path.Base(lock.name)):
			names = append(names, lock.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Confirm implements [webdav.LockSystem].
func (l locks) Confirm(now time.Time, name0, name1 string, conditions ...webdav.Condition) (func(), error) {
	var tokens []webdav.Condition
	for _, c := range conditions {
		if c.ETag == "" {
			tokens = append(tokens, c)
			continue
		}
		if l.isVersion(name0, c.ETag) == c.Not {
			return nil, webdav.ErrConfirmationFailed
		}
	}
	if len(tokens) == 0 && len(conditions) > 0 {
		return l.hold(now, name0, name1) // the version was all that was asked
	}
	release, err := l.LockSystem.Confirm(now, name0, name1, tokens...)
	if err == nil || name1 == "" || name1 == name0 {
		return release, err
	}
	return l.confirmFirst(now, name0, name1, tokens)
}

// confirmFirst is for a file that is moved or copied by whoever has it locked, onto a
// name that nobody has (RFC 4918, 7.5.1); the handler's locks want a token for both.
func (l locks) confirmFirst(now time.Time, from, to string, tokens []webdav.Condition) (func(), error) {
	releaseFrom, err := l.LockSystem.Confirm(now, from, "", tokens...)
	if err != nil {
		return nil, err
	}
	releaseTo, err := l.hold(now, to)
	if err != nil {
		releaseFrom()
		return nil, err
	}
	return func() { releaseTo(); releaseFrom() }, nil
}

// isVersion says whether a name stands for that version of a file.
func (l locks) isVersion(name, tag string) bool {
	i, err := l.files.stat(clean(name))
	if err != nil {
		return false
	}
	now, _ := i.ETag(context.Background())
	return now == tag
}

// hold locks names for the time of one request.
func (l locks) hold(now time.Time, names ...string) (func(), error) {
	var held []string
	release := func() {
		for _, token := range held {
			_ = l.Unlock(now, token)
		}
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		token, err := l.Create(now, webdav.LockDetails{Root: name, Duration: -1, ZeroDepth: true})
		if err != nil {
			release()
			return nil, webdav.ErrConfirmationFailed
		}
		held = append(held, token)
	}
	return release, nil
}

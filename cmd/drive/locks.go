package drive

import (
	"context"
	"time"

	"golang.org/x/net/webdav"
)

// locks are the WebDAV handler's locks in memory, which besides know what a client
// says about the version of a file in an If header (RFC 4918, 10.4).
type locks struct {
	webdav.LockSystem
	files *files
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
	if len(tokens) > 0 || len(conditions) == 0 {
		return l.LockSystem.Confirm(now, name0, name1, tokens...)
	}
	return l.hold(now, name0, name1) // the version was all that was asked
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

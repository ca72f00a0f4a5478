package main

import (
	"io"
	"strings"
	"sync"
)

// trouble reads the log, in which Fyne says that it could not open a window, and
// otherwise goes on or just ends. It is safe for concurrent use.
type trouble struct {
	log     io.Writer           // where the lines go as well
	fail    func(reason string) // called once, with what the driver said
	started func() bool         // after the first window nothing is trouble any more

	mu     sync.Mutex
	reason string
}

// signs are what Fyne's drivers log when there is no window to be had.
var signs = []string{"failed to initialise GLFW", "window creation error", "failed to initialise OpenGL"}

// Write reads one line, as package log writes them.
func (t *trouble) Write(line []byte) (int, error) {
	if reason, bad := t.read(string(line)); bad && !t.started() {
		t.fail(reason)
	}
	return t.log.Write(line)
}

// read looks for a sign, and for the cause that the next line gives.
func (t *trouble) read(line string) (reason string, bad bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reason != "" {
		reason = t.reason
		t.reason = ""
		if _, cause, ok := strings.Cut(line, "Cause:"); ok {
			reason += ": " + strings.TrimSpace(cause)
		}
		return reason, true
	}
	for _, sign := range signs {
		if strings.Contains(line, sign) {
			t.reason = sign
		}
	}
	return "", false
}

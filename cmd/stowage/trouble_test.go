package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestTroubleIsReadFromTheLog(t *testing.T) {
	for _, c := range []struct {
		name, log, want string
		started         bool
	}{
		{"no display", "2026/09/03 08:30:00 Fyne error:  failed to initialise GLFW\n2026/09/03 08:30:00   Cause: X11: Failed to open display\n2026/09/03 08:30:00   At: loop.go:33\n", "failed to initialise GLFW: X11: Failed to open display", false},
		{"no OpenGL", "Fyne error:  window creation error\n  Cause: APIUnavailable: WGL: The driver does not appear to support OpenGL\n", "window creation error: APIUnavailable: WGL: The driver does not appear to support OpenGL", false},
		{"without a cause", "Fyne error:  failed to initialise OpenGL\n  At: gl.go:75\n", "failed to initialise OpenGL", false},
		{"something else", "Fyne error:  Image failed to load\n  Cause: no such file\n", "", false},
		{"once a window is there", "Fyne error:  window creation error\n  Cause: out of memory\n", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			got := ""
			tr := &trouble{log: &log, fail: func(reason string) { got += reason }, started: func() bool { return c.started }}
			for _, line := range strings.SplitAfter(c.log, "\n") {
				if _, err := tr.Write([]byte(line)); err != nil {
					t.Fatal(err)
				}
			}
			if got != c.want {
				t.Errorf("read %q, want %q", got, c.want)
			}
			if log.String() != c.log {
				t.Errorf("the log lost something: %q", log.String())
			}
		})
	}
}

func TestNoWindowNamesStow(t *testing.T) {
	for _, want := range []string{"stow --help", "Your files are safe", "no display"} {
		if text := noWindow("no display"); !strings.Contains(text, want) {
			t.Errorf("%q is not said in %s", want, text)
		}
	}
}

func TestArgumentsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"open"}, {"--nonsense"}} {
		var said bytes.Buffer
		if code := run(args, &said, time.Now()); code != 2 || !strings.Contains(said.String(), "stow") {
			t.Errorf("%q: exit code %d, said %q", args, code, said.String())
		}
	}
}

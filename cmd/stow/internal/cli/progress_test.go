package cli

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgress shows how far work is, its speed and the time left, once it has
// taken a while, and takes it all off the terminal again. Its time is made up.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, time.Now, "storing", true)
		p.Expect(100e6)
		time.Sleep(patience / 2)
		p.Done(10e6)
		if out.Len() > 0 {
			t.Errorf("short work shows %q", out.String())
		}
		time.Sleep(10*time.Second - patience/2)
		p.Done(40e6)
		shown := out.String()
		for _, want := range []string{"storing", "50%", "50/100 MB", "5.0 MB/s", "[10s:10s]"} {
			if !strings.Contains(shown, want) {
				t.Errorf("half-way it shows %q, without %q", shown, want)
			}
		}
		p.Expect(100e6) // more became known
		time.Sleep(time.Second)
		p.Done(50e6)
		if !strings.Contains(out.String(), "100/200 MB") {
			t.Errorf("with more to do it shows %q", out.String())
		}
		p.End()
		before := out.Len()
		time.Sleep(time.Second)
		p.Done(100e6)
		if out.Len() != before {
			t.Error("it shows more after its end")
		}
		if !strings.HasSuffix(strings.TrimRight(out.String(), " "), "\r") {
			t.Errorf("it ends in %q", out.String()[max(0, out.Len()-20):])
		}
	})
}

// TestProgressEvents counts something else than bytes.
func TestProgressEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, time.Now, "verifying events", true)
		p.Other = true
		p.Expect(2_000_000)
		time.Sleep(2 * time.Second)
		p.Done(500_000)
		if shown := out.String(); !strings.Contains(shown, "500000/2000000") || strings.Contains(shown, "MB") {
			t.Errorf("it shows %q", shown)
		}
		p.End()
	})
}

// TestProgressUnseen shows nothing where standard error is no terminal.
func TestProgressUnseen(t *testing.T) {
	var out bytes.Buffer
	now := time.Now()
	a := &App{Stderr: &out, Now: func() time.Time { return now }}
	p := a.Progress("storing")
	p.Expect(10)
	now = now.Add(time.Hour)
	p.Done(10)
	p.End()
	if out.Len() > 0 {
		t.Errorf("it shows %q", out.String())
	}
}

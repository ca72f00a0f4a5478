package screens

import (
	"strings"
	"testing"
	"time"

	"stowage/gui/app"
	"stowage/gui/i18n"
)

// TestClockJumps sets the computer's clock back and on while a stick is open: the stick
// locks, rather than never again, and opens as ever.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-300 * 24 * time.Hour, 300 * 24 * time.Hour} {
		r := openRig(t)
		r.Advance(10 * time.Second)
		r.browser()
		r.Jump(jump)
		r.Advance(2 * tickEvery)
		if len(r.k.open) > 0 {
			t.Errorf("after a jump by %s it is open", jump)
		}
		r.plugIn()
		r.unlockAgain()
		r.Advance(10 * time.Second)
		if r.content("Register.txt") != someFiles["Register.txt"] {
			t.Error("it is not what it was")
		}
	}
}

// TestBackedUpInTheFuture: when the clock was set back, a backup was not made just now.
func TestBackedUpInTheFuture(t *testing.T) {
	w := i18n.New(i18n.English, time.UTC)
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{
		{0, "Backed up just now"},
		{-30 * time.Second, "Backed up just now"}, // two computers
		{5 * time.Minute, "Backed up 5 minutes ago"},
		{-365 * 24 * time.Hour, "Backed up 3 September 2027, 08:30"},
		{365 * 24 * time.Hour, "Backed up 3 September 2025, 08:30"},
	} {
		now := time.Date(2026, 9, 3, 8, 30, 0, 0, time.UTC)
		if got := strings.ReplaceAll(app.BackedUpWords(w, now.Add(-c.ago), now), "\u00a0", " "); got != c.want {
			t.Errorf("%s ago: %q, want %q", c.ago, got, c.want)
		}
	}
}

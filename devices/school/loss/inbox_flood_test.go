package loss_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/devices/school"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// flood seals so many reports with the longest answers there can be, all about one device, and
// returns the processor time in seconds that reading them takes.
func flood(t *testing.T, s *school.School, inbox string, from, until int) float64 {
	t.Helper()
	long := strings.Repeat("x", loss.MaxReportText)
	for i := from; i < until; i++ {
		r := lossReport("Mallory", "HRP-0042", schooltest.Day().Add(-time.Duration(i)*time.Second))
		r.Circumstances, r.Place, r.Contents, r.Whose, r.Told, r.Help = long, long, long, long, long, long
		deliver(t, s, inbox, r)
	}
	in := inboxOf(t, s, inbox)
	before := processorSeconds(t)
	if got := reports(t, in); len(got) != until {
		t.Fatalf("%d of %d reports are listed", len(got), until)
	}
	return processorSeconds(t) - before
}

// TestAttackSealedFlood fills the inbox with reports that are sealed as real ones are, which nothing tells from
// those: all are listed, in memory that is bounded, and in time that grows with their number.
func TestAttackSealedFlood(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	few, many := 200, 800
	one := flood(t, s, inbox, 0, few)
	all := flood(t, s, inbox, few, many)
	if perReport := (all / float64(many)) / (one / float64(few)); one > 0 && perReport > 4 {
		t.Errorf("%d reports take %.1f times the processor time each that %d take", many, perReport, few)
	}
	real := lossReport("Alice Jones", "HRP-0099", schooltest.Day().Add(-24*time.Hour)) // older than all the others
	real.Circumstances = strings.Repeat("On the bus. ", 300) + "Seat 9"
	deliver(t, s, inbox, real)

	in := inboxOf(t, s, inbox)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := reports(t, in)
	runtime.GC()
	runtime.ReadMemStats(&after)
	const answers = 800 * 6 * loss.MaxReportText // 19 MB
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > answers*2/3 {
		t.Errorf("%d reports take %d bytes", len(got), grown)
	}
	last := got[len(got)-1]
	if last.ID != real.ID || !last.Short || last.Reporter.Name != "Alice Jones" || got[0].Short {
		t.Fatalf("the real one is listed as %+v", last)
	}
	for _, r := range got {
		if len(r.Same) > 20 {
			t.Fatalf("%d are named that are like one", len(r.Same))
		}
	}
	whole, err := in.Whole(t.Context(), last)
	if err != nil || whole.Circumstances != real.Circumstances {
		t.Errorf("read again: %+v, %v", whole, err)
	}
	i, _, _, err := loss.Accept(t.Context(), s, last)
	if err != nil || !strings.Contains(i.Circumstances, "Seat 9") {
		t.Errorf("the incident says %q, %v", i.Circumstances, err)
	}
	if _, err := in.Whole(t.Context(), last); !errors.Is(err, loss.ErrHandled) {
		t.Errorf("dealt with: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Join(inbox, "done")); err != nil || len(entries) != 1 {
		t.Error(fmt.Sprint(entries, err))
	}
	runtime.KeepAlive(got)
}

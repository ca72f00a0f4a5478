//go:build unix

package loss_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// alone runs a test in a process of its own, and reports whether it did so just now. A limit
// on files would otherwise fall on the log that the go command has a test keep of what it opens.
func alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv("STOWAGE_TEST_ALONE") != "" {
		return false
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "STOWAGE_TEST_ALONE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return true
}

// full makes every file that grows beyond some bytes fail, as on a full drive,
// while do runs.
func full(t *testing.T, do func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Skip(err)
	}
	tight := before
	tight.Cur = 512
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight); err != nil {
		t.Skip(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	}()
	do()
}

// A drive that fills up in the middle of a delivery, or while a report is put
// away, leaves no half of one, and the report where it was.
func TestFullDriveKeepsReportsWhole(t *testing.T) {
	if alone(t) {
		return
	}
	s, inbox := schooltest.Ticking(t), t.TempDir()
	file := deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	sealed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	waiting := reports(t, inboxOf(t, s, inbox))[0]
	var delivered, handled error
	full(t, func() {
		_, delivered = loss.Deliver(inbox, "loss-2"+loss.ReportExtension, sealed)
		handled = waiting.Handled()
	})
	if !errors.Is(delivered, syscall.EFBIG) || !errors.Is(handled, syscall.EFBIG) {
		t.Fatalf("delivered: %v; handled: %v", delivered, handled)
	}
	if got := schooltest.Names(t, inbox); !slices.Equal(got, []string{"done", filepath.Base(file)}) {
		t.Errorf("inbox: %v", got)
	}
	if got := schooltest.Names(t, filepath.Join(inbox, "done")); len(got) != 0 {
		t.Errorf("done: %v", got)
	}
	if again := reports(t, inboxOf(t, s, inbox)); len(again) != 1 || again[0].Err != nil {
		t.Errorf("then: %+v", again)
	}
}

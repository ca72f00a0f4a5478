package nodump_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"stowage/crypt/nodump"
)

// The tests run this program again: it forbids dumps, or not, and then crashes.
const what = "NODUMP_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(what) {
	case "":
		os.Exit(m.Run())
	case "forbidden":
		nodump.Set()
		var limit unix.Rlimit
		dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		if unix.Getrlimit(unix.RLIMIT_CORE, &limit) != nil || limit != (unix.Rlimit{}) || err != nil || dumpable != 0 {
			os.Exit(3)
		}
	}
	_ = unix.Kill(os.Getpid(), unix.SIGABRT) // which Go's runtime answers by aborting, GOTRACEBACK=crash
	select {}
}

// crash runs the program until it has crashed and says whether it dumped its
// memory: the kernel's own word, wherever it writes dumps.
func crash(t *testing.T, mode string) (dumped bool) {
	t.Helper()
	// The parent raises its own limit as far as it may, so that a dump is possible.
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: limit.Max, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &limit) }()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), what+"="+mode, "GOTRACEBACK=crash")
	cmd.Dir = t.TempDir()
	exit, ok := errors.AsType[*exec.ExitError](cmd.Run())
	if !ok {
		t.Fatal("it did not crash")
	}
	status := exit.Sys().(syscall.WaitStatus)
	if !status.Signaled() {
		t.Fatalf("it ended with %d instead of crashing", status.ExitStatus())
	}
	if files, _ := filepath.Glob(filepath.Join(cmd.Dir, "*")); len(files) > 0 && mode == "forbidden" {
		t.Errorf("the crash left %q", files)
	}
	return status.CoreDump()
}

func TestNoCoreDump(t *testing.T) {
	if crash(t, "forbidden") {
		t.Error("a crash dumped memory")
	}
	if !crash(t, "allowed") {
		t.Log("this machine dumps nobody's memory: only the limits were seen")
	}
}

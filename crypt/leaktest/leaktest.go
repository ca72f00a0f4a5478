// Package leaktest fails a package's tests when they leave goroutines running
// or files open, as goleak does for goroutines alone. It is for tests only.
// Open files are counted where the system lists them: on Linux.
package leaktest

import (
	"fmt"
	"os"
	"strings"

	"go.uber.org/goleak"
)

// Tests is what a test binary runs: a *testing.M.
type Tests interface{ Run() int }

// Main runs the tests, looks for what they left, and ends the program. It is
// called from TestMain.
func Main(m Tests, options ...goleak.Option) { os.Exit(Wrap(m, options...).Run()) }

// Wrap is for what runs the tests itself: its Run does what Main does, but for ending
// the program.
func Wrap(m Tests, options ...goleak.Option) Tests { return checked{m, options} }

// checked are tests that fail when they left something.
type checked struct {
	Tests
	options []goleak.Option
}

func (c checked) Run() int {
	before := openFiles()
	code := c.Tests.Run()
	if code == 0 {
		if err := goleak.Find(c.options...); err != nil {
			fmt.Fprintf(os.Stderr, "leaktest: goroutines: %v\n", err)
			code = 1
		}
		for name := range openFiles() {
			if !before[name] {
				fmt.Fprintf(os.Stderr, "leaktest: left open: %s\n", name)
				code = 1
			}
		}
	}
	return code
}

// openFiles are the files that the process has open, each as its descriptor and
// name. What is no file is left out: the runtime opens pipes and its poller when
// it first needs them. So are devices and the system's own tables.
func openFiles() map[string]bool {
	const list = "/proc/self/fd"
	open := map[string]bool{}
	entries, _ := os.ReadDir(list) // there is none on other systems
	for _, e := range entries {
		name, err := os.Readlink(list + "/" + e.Name())
		if err != nil || !strings.HasPrefix(name, "/") ||
			strings.HasPrefix(name, "/proc/") || strings.HasPrefix(name, "/dev/") || strings.HasPrefix(name, "/sys/") {
			continue
		}
		open[e.Name()+" "+name] = true
	}
	return open
}

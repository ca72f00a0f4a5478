package main

import (
	"bufio"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stowage/crypt/keys"
	"stowage/crypt/stick/portable"
	"stowage/gui/explain"
)

// app is one run of the program: where it reads and writes, what its global
// flags say, and what tests put in place of the real thing.
type app struct {
	stdin          *bufio.Reader // also what "-" means for passphrase files
	lines          secretLines   // what "-" reads of it
	stdout, stderr io.Writer
	now            func() time.Time
	openTerminal   func() (*terminal, error)
	openDrive      func(path string) (driveFS, error)

	// workFactor takes the place of the default policy's scrypt work factor;
	// 0 leaves it. Only tests set it, and nothing outside the program can.
	workFactor keys.WorkFactor

	own string // the top of the stick that the program was started from, or empty

	schoolDir string // --school
	by        string // --by
	json      bool   // --json
	quiet     bool   // --quiet

	rows []explain.Row // the errors that only this program has

	started  bool           // flags and arguments were in order
	command  *cobra.Command // the one that started
	toldAge  bool           // that the directory is old was said
	toldMore bool           // that the config file says more than is known was said
	saidICT  bool           // something told the person to turn to ICT

	stickContact string // how ICT is reached as the note of a stick says, unchecked
}

// newApp is the program as it was started. The rows are the errors that the commands have
// besides those of [explain.Find].
func newApp(rows ...explain.Row) *app {
	own, _ := portable.Stick()
	return &app{
		own:          own,
		rows:         slices.Concat(coreRows, rows),
		stdin:        bufio.NewReader(os.Stdin),
		stdout:       os.Stdout,
		stderr:       os.Stderr,
		now:          time.Now,
		openTerminal: openTerminal,
		openDrive:    openDrive,
	}
}

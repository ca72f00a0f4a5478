// Package cli is what the commands of stow share: one run of the program ([App]) with its
// global flags, the school, keys and drives that commands open, passphrases and questions,
// progress, results as text or JSON, and errors with their exit codes and sentences.
//
// It promises that no name in what it prints steers a terminal, that an error which it does
// not know ends in exit code 1, and that a passphrase is never an argument. An [App] is for
// one command line.
package cli

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

// App is one run of the program: where it reads and writes, what its global
// flags say, and what tests put in place of the real thing.
type App struct {
	Stdin          *bufio.Reader // also what "-" means for passphrase files
	lines          secretLines   // what "-" reads of it
	Stdout, Stderr io.Writer
	Now            func() time.Time
	OpenTerminal   func() (*Terminal, error)
	OpenDrive      func(path string) (DriveFS, error)

	// WorkFactor takes the place of the default policy's scrypt work factor;
	// 0 leaves it. Only tests set it, and nothing outside the program can.
	WorkFactor keys.WorkFactor

	Own string // the top of the stick that the program was started from, or empty

	SchoolDir string // --school
	By        string // --by
	JSON      bool   // --json
	Quiet     bool   // --quiet

	rows []explain.Row // the errors that only this program has

	Started  bool           // flags and arguments were in order
	Command  *cobra.Command // the one that started
	toldAge  bool           // that the directory is old was said
	toldMore bool           // that the config file says more than is known was said
	saidICT  bool           // something told the person to turn to ICT

	StickContact string // how ICT is reached as the note of a stick says, unchecked
}

// NewApp is the program as it was started. The rows are the errors that the commands have
// besides those of [explain.Find].
func NewApp(rows ...explain.Row) *App {
	own, _ := portable.Stick()
	return &App{
		Own:          own,
		rows:         slices.Concat(coreRows, rows),
		Stdin:        bufio.NewReader(os.Stdin),
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		Now:          time.Now,
		OpenTerminal: openTerminal,
		OpenDrive:    OpenDrive,
	}
}

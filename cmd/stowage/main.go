// Command stowage is the desktop app: the window of package gui with the screens of
// gui/screens, the drives of this computer, and its settings. What the window
// does is in those packages; here is only how it starts.
//
// Where no window can be opened (a remote desktop, an old PC, no display), the
// program says so in words, names stow, which needs none, and ends with 1.
//
// The window needs cgo and Fyne's drivers, which only window.go imports. Without cgo
// the program builds too, and says that it has no window.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"stowage/crypt/nodump"
	"stowage/crypt/stick/portable"
	"stowage/crypt/stick/release"
	"stowage/crypt/syslibs"
	"stowage/gui"
	"stowage/gui/screens"
)

func main() {
	began := time.Now()
	if err := syslibs.Only(); err != nil {
		say("Stowage cannot start safely on this computer. Nothing was changed. For ICT: " + err.Error())
		os.Exit(1)
	}
	os.Exit(run(os.Args[1:], os.Stderr, began))
}

// run reads the flags and opens the window.
func run(args []string, stderr io.Writer, began time.Time) int {
	flags := flag.NewFlagSet("stowage", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "stowage opens the window. It takes no arguments; for the command line there is stow.")
	}
	about := flags.Bool("version", false, "say which version this is")
	measure := flags.Bool("measure", false, "say how long the window took to appear")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		flags.Usage()
		return 2
	}
	if *about {
		fmt.Fprintln(stderr, "stowage version "+release.Version())
		return 0
	}
	nodump.Set()
	report := func() {}
	if *measure {
		report = func() { fmt.Fprintf(stderr, "first window after %d ms\n", time.Since(began).Milliseconds()) }
	}
	o, code, err := begin(args, stderr)
	if err != nil {
		say("Stowage cannot make or find a folder that it needs. Nothing was changed. For ICT: " + err.Error())
		return 1
	}
	if o == nil {
		return code
	}
	go func() { _, _ = screens.WipeLeftovers(o.Services) }() // what cannot be removed yet is, at the next start
	return window(*o, report)
}

// begin finds out whether the program was started from a stick. It returns what the window is
// made of, or nil and the exit code of the process that had the window.
func begin(args []string, stderr io.Writer) (o *gui.Options, code int, err error) {
	top, ok := portable.Stick()
	if !ok {
		made, err := options()
		return &made, 0, err
	}
	if home, ok := portable.Joined(runtime.GOOS); ok {
		made := onStick(top, home)
		return &made, 0, nil
	}
	code, err = inHome(args, stderr)
	return nil, code, err
}

// noWindow is said when no window can be opened, with the reason as the driver
// gives it.
func noWindow(reason string) string {
	return "Stowage cannot open its window on this computer: its graphics driver does not offer what the window needs (OpenGL 2.1). " +
		"This happens over a remote desktop and on some old computers. Your files are safe, nothing was changed.\n\n" +
		"What you can do: start Stowage at the computer itself, or use the program stow, which does the same in a terminal and needs no graphics: " +
		"\"stow --help\" says how.\n\nFor ICT: " + reason
}

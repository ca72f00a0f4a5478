package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/crypt/stick/portable"
)

// withOwnStick has the commands that take a STICK use the one that the program was started
// from when none is given.
func withOwnStick(a *cli.App, root *cobra.Command) {
	if a.Own == "" {
		return
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return greet(a) }
	root.Args = cobra.NoArgs
	addOwnStick(a, root)
}

func addOwnStick(a *cli.App, cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		addOwnStick(a, sub)
	}
	fields := strings.Fields(cmd.Use)
	switch {
	case len(fields) > 1 && fields[1] == "STICK":
		check, run := cmd.Args, cmd.RunE
		cmd.Args = func(cmd *cobra.Command, args []string) error { return check(cmd, orOwn(a, args)) }
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			all := orOwn(a, args)
			if len(all) > len(args) {
				sayOwn(a)
			}
			return run(cmd, all)
		}
	case fields[0] == "decrypt":
		check := cmd.Args
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			given := func(name string) bool { return cmd.Flags().Changed(name) }
			if !slices.ContainsFunc([]string{"key", "on", "recovery"}, given) {
				if err := cmd.Flags().Set("on", a.Own); err != nil {
					return err
				}
				sayOwn(a)
			}
			return check(cmd, args)
		}
	}
}

// orOwn puts the program's own stick before the arguments, unless the first is a stick.
func orOwn(a *cli.App, args []string) []string {
	if len(args) > 0 && portable.IsStick(args[0]) {
		return args
	}
	return append([]string{a.Own}, args...)
}

// sayOwn says which stick is meant.
func sayOwn(a *cli.App) {
	if !a.Quiet && !a.JSON {
		fmt.Fprintf(a.Stderr, "Using %s.\n", cli.Printable(ownName(a)))
	}
}

// ownName says which stick the program was started from, as it says of itself.
func ownName(a *cli.App) string {
	name := "the stick at " + a.Own
	_ = a.WithDrive(a.Own, func(drive cli.DriveFS) error {
		summary, err := stick.Inspect(drive, "")
		if err == nil {
			name = fmt.Sprintf("the stick %s of %s, which this program was started from", summary.Note.Label, summary.Note.School)
		}
		return err
	})
	return cli.Printable(name)
}

// greet is what a program says that was started from a stick and told nothing.
func greet(a *cli.App) error {
	out := struct {
		Stick string `json:"stick"`
	}{a.Own}
	return a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "This is stow, for %s.\n\n", cli.Printable(ownName(a)))
		fmt.Fprintln(w, "  stick ls                 what is on it")
		fmt.Fprintln(w, "  stick get --to FOLDER    get its files")
		fmt.Fprintln(w, "  stick put FILE…          put files on it")
		fmt.Fprintln(w, "  stick mount              use it as a drive; Ctrl-C takes the drive away")
		fmt.Fprintln(w, "  --help                   everything else")
	})
}

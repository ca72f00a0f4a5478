package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stowage/crypt/stick"
	"stowage/crypt/stick/portable"
)

// withOwnStick has the commands that take a STICK use the one that the program was started
// from when none is given.
func (a *app) withOwnStick(root *cobra.Command) {
	if a.own == "" {
		return
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return a.greet() }
	root.Args = cobra.NoArgs
	a.addOwnStick(root)
}

func (a *app) addOwnStick(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		a.addOwnStick(sub)
	}
	fields := strings.Fields(cmd.Use)
	switch {
	case len(fields) > 1 && fields[1] == "STICK":
		check, run := cmd.Args, cmd.RunE
		cmd.Args = func(cmd *cobra.Command, args []string) error { return check(cmd, a.orOwn(args)) }
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			all := a.orOwn(args)
			if len(all) > len(args) {
				a.sayOwn()
			}
			return run(cmd, all)
		}
	case fields[0] == "decrypt":
		check := cmd.Args
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			given := func(name string) bool { return cmd.Flags().Changed(name) }
			if !slices.ContainsFunc([]string{"key", "on", "recovery"}, given) {
				if err := cmd.Flags().Set("on", a.own); err != nil {
					return err
				}
				a.sayOwn()
			}
			return check(cmd, args)
		}
	}
}

// orOwn puts the program's own stick before the arguments, unless the first is a stick.
func (a *app) orOwn(args []string) []string {
	if len(args) > 0 && portable.IsStick(args[0]) {
		return args
	}
	return append([]string{a.own}, args...)
}

// sayOwn says which stick is meant.
func (a *app) sayOwn() {
	if !a.quiet && !a.json {
		fmt.Fprintf(a.stderr, "Using %s.\n", printable(a.ownName()))
	}
}

// ownName says which stick the program was started from, as it says of itself.
func (a *app) ownName() string {
	name := "the stick at " + a.own
	_ = a.withDrive(a.own, func(drive driveFS) error {
		summary, err := stick.Inspect(drive, "")
		if err == nil {
			name = fmt.Sprintf("the stick %s of %s, which this program was started from", summary.Note.Label, summary.Note.School)
		}
		return err
	})
	return printable(name)
}

// greet is what a program says that was started from a stick and told nothing.
func (a *app) greet() error {
	out := struct {
		Stick string `json:"stick"`
	}{a.own}
	return a.show(out, func(w io.Writer) {
		fmt.Fprintf(w, "This is stow, for %s.\n\n", printable(a.ownName()))
		fmt.Fprintln(w, "  stick ls                 what is on it")
		fmt.Fprintln(w, "  stick get --to FOLDER    get its files")
		fmt.Fprintln(w, "  stick put FILE…          put files on it")
		fmt.Fprintln(w, "  stick mount              use it as a drive; Ctrl-C takes the drive away")
		fmt.Fprintln(w, "  --help                   everything else")
	})
}

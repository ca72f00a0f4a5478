package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"stowage/crypt/stick/release"
	"stowage/gui/explain"
)

const aboutStow = `stow keeps a school's memory sticks and files encrypted, and the register of who
holds what.

ICT sets a school up once, issues each person a key and each stick to a person;
people then put files on their stick, get them back, and send each other
encrypted files. Everything stow makes is a plain age file, tar or signed note,
so stock tools can always recover it.`

// rootCommand builds the whole command line.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "stow",
		Short: "Encrypt a school's memory sticks and files, and keep their register",
		Long:  aboutStow,
		Example: examples(
			"stow school init ~/school --name 'Hill Road Primary' --set-default",
			"stow holder add --name 'Alice Jones' --email alice@hillroad.example",
			"stow key issue alice@hillroad.example",
			"stow stick issue /media/STICK --to alice@hillroad.example --label HRP-0042",
			"stow stick put /media/STICK reports/",
		),
		Version:       release.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.schoolDir, "school", "", "the school's `DIR`; otherwise what the config file says")
	flags.StringVar(&a.by, "by", "", "the `NAME` of who does it, for the register; otherwise your user name")
	flags.BoolVar(&a.json, "json", false, "print results and errors as JSON")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print results only")
	_ = root.MarkPersistentFlagDirname("school")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)

	root.AddGroup(
		&cobra.Group{ID: "files", Title: "Files and sticks:"},
		&cobra.Group{ID: "ict", Title: "For ICT:"},
	)
	root.AddCommand(a.encryptCommand(), a.decryptCommand(), a.inspectCommand(), a.drivesCommand(), a.stickGroup(), a.reportGroup())
	root.AddCommand(a.schoolGroup(), a.holderGroup(), a.keyGroup(), a.directoryGroup(), a.deviceGroup(), a.registerGroup(), a.incidentGroup(), a.paperGroup())
	root.AddCommand(&cobra.Command{
		Use:   "exit-codes",
		Short: "The numbers stow ends with",
		Long:  "What the exit status of stow means:\n\n" + explain.Codes(),
	})
	a.withOwnStick(root)
	a.noteStart(root)
	return root
}

// noteStart has every command say that it began, so that what was wrong before
// is known to be the command line.
func (a *app) noteStart(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			a.started, a.command = true, cmd
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		a.noteStart(sub)
	}
}

// run carries out one command line and returns the exit status. The first
// Ctrl-C cancels the command, which then cleans up; the second ends the program
// at once.
func (a *app) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := a.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if !a.started { // the flags may not have been read as far as this one
		a.json = a.json || slices.Contains(args, "--json")
	}
	return a.report(err)
}

// program is stow as it was started, with the errors of all its commands.
func program() *app {
	return newApp(ownErrors()...)
}

// ownErrors are those of all commands.
func ownErrors() []explain.Row {
	return slices.Concat(stickRows(), reportRows(), registerRows())
}

package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/filecmd"
	"stowage/cmd/stow/internal/registercmd"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/cmd/stow/internal/schoolcmd"
	"stowage/cmd/stow/internal/stickcmd"
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
func rootCommand(a *cli.App) *cobra.Command {
	root := &cobra.Command{
		Use:   "stow",
		Short: "Encrypt a school's memory sticks and files, and keep their register",
		Long:  aboutStow,
		Example: cli.Examples(
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
	flags.StringVar(&a.SchoolDir, "school", "", "the school's `DIR`; otherwise what the config file says")
	flags.StringVar(&a.By, "by", "", "the `NAME` of who does it, for the register; otherwise your user name")
	flags.BoolVar(&a.JSON, "json", false, "print results and errors as JSON")
	flags.BoolVarP(&a.Quiet, "quiet", "q", false, "print results only")
	_ = root.MarkPersistentFlagDirname("school")
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)

	root.AddGroup(
		&cobra.Group{ID: "files", Title: "Files and sticks:"},
		&cobra.Group{ID: "ict", Title: "For ICT:"},
	)
	root.AddCommand(filecmd.EncryptCommand(a), filecmd.DecryptCommand(a), filecmd.InspectCommand(a), filecmd.DrivesCommand(a), stickcmd.Group(a), reportcmd.Group(a))
	root.AddCommand(schoolcmd.SchoolGroup(a), registercmd.HolderGroup(a), schoolcmd.KeyGroup(a), schoolcmd.DirectoryGroup(a), registercmd.DeviceGroup(a), registercmd.RegisterGroup(a), registercmd.IncidentGroup(a), registercmd.PaperGroup(a))
	root.AddCommand(&cobra.Command{
		Use:   "exit-codes",
		Short: "The numbers stow ends with",
		Long:  "What the exit status of stow means:\n\n" + explain.Codes(),
	})
	withOwnStick(a, root)
	noteStart(a, root)
	return root
}

// noteStart has every command say that it began, so that what was wrong before
// is known to be the command line.
func noteStart(a *cli.App, cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			a.Started, a.Command = true, cmd
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		noteStart(a, sub)
	}
}

// run carries out one command line and returns the exit status. The first
// Ctrl-C cancels the command, which then cleans up; the second ends the program
// at once.
func run(a *cli.App, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := rootCommand(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if !a.Started { // the flags may not have been read as far as this one
		a.JSON = a.JSON || slices.Contains(args, "--json")
	}
	return a.Report(err)
}

// program is stow as it was started, with the errors of all its commands.
func program() *cli.App {
	return cli.NewApp(ownErrors()...)
}

// ownErrors are those of all commands.
func ownErrors() []explain.Row {
	return slices.Concat(stickcmd.Errors(), reportcmd.Errors(), registercmd.Errors())
}

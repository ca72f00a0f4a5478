package schoolcmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/school"
)

// jsonShared is the shared folder as it shows itself.
type jsonShared struct {
	Dir       string `json:"dir"`
	Reachable bool   `json:"reachable"`
}

func schoolShared(a *cli.App) *cobra.Command {
	var own bool
	cmd := &cobra.Command{
		Use:   "shared [DIR]",
		Short: "Show or move the folder that the computers of staff reach",
		Long: `Show where the folder is that the computers of staff reach, or move it to DIR, for
example to a server. It holds the directory, the inbox for loss reports and the
backups of sticks, and nothing secret. Unless it was moved, it is the folder "shared" in
the school's own. What is in the old one stays there.

On the computers of staff, "stow school use DIR" with this folder is all there is to
set up: they never see the school's own folder.`,
		Example: cli.Examples("stow school shared", "stow school shared /mnt/server/stowage", "stow school shared --own"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case own && len(args) > 0:
				return cli.Usagef("give a folder or --own, not both")
			case own:
				args = []string{""}
			case len(args) == 0:
				shared, err := cli.Shared(a)
				if err != nil {
					return err
				}
				return showShared(a, shared)
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				shared, err := s.SetShared(args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				return showShared(a, shared)
			})
		},
	}
	cmd.Flags().BoolVar(&own, "own", false, "move it back into the school's own folder")
	return cmd
}

func showShared(a *cli.App, shared school.Shared) error {
	out := jsonShared{shared.Dir, shared.Reachable() == nil}
	return a.Show(out, func(w io.Writer) {
		fmt.Fprintln(w, cli.Printable(out.Dir))
		if !out.Reachable {
			fmt.Fprintln(w, "It cannot be reached now.")
		}
	})
}

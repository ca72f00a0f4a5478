package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/devices/school"
)

// jsonShared is the shared folder as it shows itself.
type jsonShared struct {
	Dir       string `json:"dir"`
	Reachable bool   `json:"reachable"`
}

func (a *app) schoolShared() *cobra.Command {
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
		Example: examples("stow school shared", "stow school shared /mnt/server/stowage", "stow school shared --own"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case own && len(args) > 0:
				return usagef("give a folder or --own, not both")
			case own:
				args = []string{""}
			case len(args) == 0:
				shared, err := a.shared()
				if err != nil {
					return err
				}
				return a.showShared(shared)
			}
			return a.withSchool(cmd.Context(), func(s *school.School) error {
				shared, err := s.SetShared(args[0])
				if err != nil {
					return on(args[0], err)
				}
				return a.showShared(shared)
			})
		},
	}
	cmd.Flags().BoolVar(&own, "own", false, "move it back into the school's own folder")
	return cmd
}

func (a *app) showShared(shared school.Shared) error {
	out := jsonShared{shared.Dir, shared.Reachable() == nil}
	return a.show(out, func(w io.Writer) {
		fmt.Fprintln(w, printable(out.Dir))
		if !out.Reachable {
			fmt.Fprintln(w, "It cannot be reached now.")
		}
	})
}

package schoolcmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/stickcmd"
	"stowage/devices/school"
	"stowage/devices/school/programs"
)

func schoolPrograms(a *cli.App) *cobra.Command {
	cmd := cli.Group("programs", "The programs that are put on sticks", "", schoolProgramsAdd(a), schoolProgramsRemove(a))
	cmd.Long = `The programs that are put on sticks, so that their holders can start Stowage from the
stick, without installing anything: for Windows and Linux the window, for macOS stow. Only a
program that you add here is put on a stick (stow stick issue --programs), and a stick that comes
to school with an older one gets this one.`
	cmd.Example = cli.Examples(
		"stow school programs",
		"stow school programs add stowage.exe stowage stow-1.2.0-macos/stow",
		"stow school programs remove linux",
	)
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.WithSchool(cmd.Context(), func(s *school.School) error { return showPrograms(a, s) })
	}
	return cmd
}

func showPrograms(a *cli.App, s *school.School) error {
	list, err := programs.List(s)
	if err != nil {
		return cli.On("the school's list of programs", err)
	}
	out := struct {
		Programs []stickcmd.JSONProgram `json:"programs"`
	}{[]stickcmd.JSONProgram{}}
	for _, p := range list {
		out.Programs = append(out.Programs, stickcmd.ProgramJSON(p))
	}
	return a.Show(out, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "There are none; add them with: stow school programs add FILE…")
			return
		}
		rows := [][]string{}
		for _, p := range list {
			rows = append(rows, []string{p.Name, p.Version, cli.SizeText(p.Size), p.SHA256})
		}
		cli.Table(w, []string{"name", "version", "size", "sha256"}, rows)
	})
}

func schoolProgramsAdd(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "add FILE…",
		Short: "Approve released programs for sticks",
		Long: `Approve released programs for sticks, in the place of those for the same system. What each is
is read from the file. Check before that it is the released one, by its checksum or signature: what
you add here is what people will start at home.`,
		Example: cli.Examples("stow school programs add stowage.exe stowage stow-1.2.0-macos/stow"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithAuthority(cmd.Context(), ict, func(s *school.School) error {
				skipped, err := a.Each(cmd.Context(), args, func(path string) error {
					p := a.Progress("adding")
					added, err := programs.Add(cmd.Context(), s, path, p)
					p.End()
					if err != nil {
						return cli.On(path, err)
					}
					a.Say("Added %s %s.", added.Name, added.Version)
					return nil
				})
				return cli.FirstError(err, showPrograms(a, s), a.Skipped(skipped, len(args)-len(skipped)))
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

func schoolProgramsRemove(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:       "remove SYSTEM",
		Short:     "Put a program on no more sticks",
		Long:      "Put a program on no more sticks. Those that carry it keep it; see stow stick checkin --programs.",
		Example:   cli.Examples("stow school programs remove linux"),
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"windows", "linux", "macos"},
		RunE: func(cmd *cobra.Command, args []string) error {
			f := stickcmd.ProgramsFlag{Systems: args}
			names, err := f.Names()
			if err == nil && len(names) == 0 {
				err = cli.Usagef("say which: windows, linux or macos")
			}
			if err != nil {
				return err
			}
			return a.WithAuthority(cmd.Context(), ict, func(s *school.School) error {
				if err := programs.Remove(s, names[0]); err != nil {
					return cli.On(names[0], err)
				}
				return showPrograms(a, s)
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/devices/school"
	"stowage/devices/school/programs"
)

func (a *app) schoolPrograms() *cobra.Command {
	cmd := group("programs", "The programs that are put on sticks", "", a.schoolProgramsAdd(), a.schoolProgramsRemove())
	cmd.Long = `The programs that are put on sticks, so that their holders can start Stowage from the
stick, without installing anything: for Windows and Linux the window, for macOS stow. Only a
program that you add here is put on a stick (stow stick issue --programs), and a stick that comes
to school with an older one gets this one.`
	cmd.Example = examples(
		"stow school programs",
		"stow school programs add stowage.exe stowage stow-1.2.0-macos/stow",
		"stow school programs remove linux",
	)
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.withSchool(cmd.Context(), a.showPrograms)
	}
	return cmd
}

func (a *app) showPrograms(s *school.School) error {
	list, err := programs.List(s)
	if err != nil {
		return on("the school's list of programs", err)
	}
	out := struct {
		Programs []jsonProgram `json:"programs"`
	}{[]jsonProgram{}}
	for _, p := range list {
		out.Programs = append(out.Programs, programJSON(p))
	}
	return a.show(out, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "There are none; add them with: stow school programs add FILE…")
			return
		}
		rows := [][]string{}
		for _, p := range list {
			rows = append(rows, []string{p.Name, p.Version, sizeText(p.Size), p.SHA256})
		}
		table(w, []string{"name", "version", "size", "sha256"}, rows)
	})
}

func (a *app) schoolProgramsAdd() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:   "add FILE…",
		Short: "Approve released programs for sticks",
		Long: `Approve released programs for sticks, in the place of those for the same system. What each is
is read from the file. Check before that it is the released one, by its checksum or signature: what
you add here is what people will start at home.`,
		Example: examples("stow school programs add stowage.exe stowage stow-1.2.0-macos/stow"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withAuthority(cmd.Context(), ict, func(s *school.School) error {
				skipped, err := a.each(cmd.Context(), args, func(path string) error {
					p := a.progress("adding")
					added, err := programs.Add(cmd.Context(), s, path, p)
					p.end()
					if err != nil {
						return on(path, err)
					}
					a.say("Added %s %s.", added.Name, added.Version)
					return nil
				})
				return firstError(err, a.showPrograms(s), a.skipped(skipped, len(args)-len(skipped)))
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

func (a *app) schoolProgramsRemove() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:       "remove SYSTEM",
		Short:     "Put a program on no more sticks",
		Long:      "Put a program on no more sticks. Those that carry it keep it; see stow stick checkin --programs.",
		Example:   examples("stow school programs remove linux"),
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"windows", "linux", "macos"},
		RunE: func(cmd *cobra.Command, args []string) error {
			f := programsFlag{systems: args}
			names, err := f.names()
			if err == nil && len(names) == 0 {
				err = usagef("say which: windows, linux or macos")
			}
			if err != nil {
				return err
			}
			return a.withAuthority(cmd.Context(), ict, func(s *school.School) error {
				if err := programs.Remove(s, names[0]); err != nil {
					return on(names[0], err)
				}
				return a.showPrograms(s)
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

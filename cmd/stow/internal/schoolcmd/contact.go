package schoolcmd

import (
	"cmp"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/devices/school"
)

func schoolContact(a *cli.App) *cobra.Command {
	var none bool
	var secret cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "contact [HOW]",
		Short: "Show or set how ICT is reached",
		Long: `Show or set how ICT is reached: telephone, e-mail, room; \n begins a new line. It is
part of the directory, which is published again, and is told wherever somebody is to
ring ICT: by the program, on slips, and on sticks that are issued from then on, for
whoever finds one. So it names nobody.`,
		Example: cli.Examples("stow school contact", `stow school contact '01792 000000\nict@hillroad.example\nRoom 12'`, "stow school contact --none"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if none && len(args) > 0 {
				return cli.Usagef("say how ICT is reached or --none, not both")
			}
			if !none && len(args) == 0 {
				d, err := a.Directory("")
				if err != nil {
					return err
				}
				return showContact(a, d)
			}
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				d, err := s.SetContact(cmd.Context(), cli.NewLines(strings.Join(args, "")))
				if err != nil {
					return cli.On("the text", err)
				}
				return showContact(a, d)
			})
		},
	}
	secret.AddAuthority(cmd, true)
	cmd.Flags().BoolVar(&none, "none", false, "say nothing of how ICT is reached again")
	return cmd
}

func showContact(a *cli.App, d *keys.Directory) error {
	return a.Show(struct {
		Contact string `json:"contact"`
	}{d.Contact}, func(w io.Writer) {
		printLines(w, cmp.Or(d.Contact, "Nothing says how ICT is reached. To set it: stow school contact HOW"))
	})
}

package schoolcmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/school"
)

func schoolReturn(a *cli.App) *cobra.Command {
	var none bool
	cmd := &cobra.Command{
		Use:   "return [WHERE]",
		Short: "Show or set where a finder brings a device",
		Long: `Show or set where a finder brings a device, for sticks, slips and labels; \n begins a
new line. It is the school's name unless it is set.`,
		Example: cli.Examples("stow school return", `stow school return 'Hill Road Primary\nHill Road, Swansea'`, "stow school return --none"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if none && len(args) > 0 {
				return cli.Usagef("give an address or --none, not both")
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				var err error
				switch {
				case none:
					err = s.SetReturnAddress("")
				case len(args) > 0:
					err = s.SetReturnAddress(cli.NewLines(args[0]))
				}
				if err != nil {
					return cli.On("the address", err)
				}
				address, err := s.ReturnAddress()
				if err != nil {
					return cli.On("the address", err)
				}
				return a.Show(struct {
					Return string `json:"return"`
				}{address}, func(w io.Writer) { printLines(w, address) })
			})
		},
	}
	cmd.Flags().BoolVar(&none, "none", false, "the school's name alone again")
	return cmd
}

// printLines prints a text of a few lines.
func printLines(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintln(w, cli.Printable(strings.TrimSpace(line)))
	}
}

package reportcmd

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/loss"
)

// TellFound tells ICT of a lost stick that was plugged into this computer. That
// it cannot is only a warning.
func TellFound(a *cli.App, shared school.Shared, d *keys.Directory, n stick.Note) {
	lost, ok := loss.LostStick(d, n)
	if !ok {
		return
	}
	a.Warn("This stick (%s) was reported lost on %s; please take it to ICT.", n.Label, cli.DayText(lost.Since))
	place, _ := os.Hostname()
	if err := loss.ReportFound(shared, d, n, cmp.Or(place, "a computer of staff"), a.Now()); err != nil {
		a.Warn("ICT could not be told by this computer (%v).", err)
		return
	}
	a.Warn("ICT was told that it turned up here.")
}

// jsonFound is a lost stick that was seen.
type jsonFound struct {
	Label string    `json:"label"`
	Stick string    `json:"stick"`
	Seen  time.Time `json:"seen"`
	Place string    `json:"place"`
	State string    `json:"state"`
}

func reportFound(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "found",
		Short: "Record where lost sticks were plugged in, as computers of staff told ICT",
		Long: `Record in the register where lost sticks were plugged in, as the computers of staff
told ICT through the inbox, and list them. The devices stay lost until somebody has them
in hand: stow stick checkin, stow device found.`,
		Example: cli.Examples("stow report found", "stow report found --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithAuthority(cmd.Context(), ict, func(s *school.School) error {
				list, newer := loss.FoundSticks(cmd.Context(), s)
				if newer != nil && !errors.Is(newer, keys.ErrNewer) {
					return newer
				}
				out := struct {
					Found   []jsonFound   `json:"found"`
					Skipped []cli.Skipped `json:"skipped,omitempty"`
				}{Found: []jsonFound{}}
				for _, f := range list {
					d, err := loss.RecordFound(cmd.Context(), s, f)
					if err != nil {
						out.Skipped = append(out.Skipped, cli.Skipped{Path: f.Label, Reason: a.ReasonText(cli.On(f.Label, err))})
						continue
					}
					out.Found = append(out.Found, jsonFound{d.Name(), f.Stick, f.Seen, f.Place, string(d.State)})
				}
				err := a.Show(out, func(w io.Writer) {
					if len(list) == 0 && newer == nil {
						fmt.Fprintln(w, "No lost stick was seen.")
					}
					for _, f := range out.Found {
						fmt.Fprintf(w, "%s was plugged in on %s at %s; the register has it as %s.\n", cli.Printable(f.Label), cli.TimeText(f.Seen), cli.Printable(f.Place), f.State)
					}
				})
				return cli.FirstError(err, cli.On("a message about a lost stick", newer), a.LeftOut(out.Skipped, len(out.Found), cli.Noun{One: "message", Many: "messages"}))
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

// ReturnText says how a lost stick that turned up comes back, step by step.
func ReturnText(w io.Writer, label string) {
	fmt.Fprintf(w, `It was reported lost or stolen, and here it is. Its return:
  record that it turned up:      stow device found %[1]s
  take it back:                  stow device return %[1]s
  close the incident:            stow incident decide %[1]s …, then stow incident close %[1]s --lessons …
  issue it again, or end it:     stow stick issue … --replace, stow device retire %[1]s,
                                 or stow device destroy %[1]s --method … --witness … --certificate FILE.pdf
`, label)
}

// ChangesText says what changed on a found stick since it was backed up.
func ChangesText(w io.Writer, c backup.Changes) {
	since := "it was backed up on " + cli.TimeText(c.Since)
	if c.From == backup.FromCheckIn {
		since = "its check-in of " + cli.TimeText(c.Since)
	}
	if c.None() {
		fmt.Fprintf(w, "Nothing on it has changed since %s.\n", since)
		return
	}
	fmt.Fprintf(w, "Since %s:\n", since)
	for _, kind := range []struct {
		word  string
		names []string
	}{{"added", c.Added}, {"changed", c.Changed}, {"gone", c.Gone}} {
		for _, name := range kind.names {
			fmt.Fprintf(w, "  %s: %s\n", kind.word, cli.Printable(name))
		}
	}
}

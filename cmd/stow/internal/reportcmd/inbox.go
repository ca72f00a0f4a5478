package reportcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/school"
	"stowage/devices/school/loss"
)

// jsonReport is a loss report as it lies in the inbox.
type jsonReport struct {
	*loss.LossReport
	File     string    `json:"file"`
	Received time.Time `json:"received"`
	Same     []string  `json:"same,omitempty"`
	Short    bool      `json:"short,omitempty"` // its answers are cut here, since there are so many: "report read" shows them
	Error    string    `json:"error,omitempty"`
	Unread   int       `json:"unread,omitempty"` // how many are like this one, and itself
}

// jsonReports is the list of reports.
type jsonReports struct {
	Reports []jsonReport `json:"reports"`
}

func reportJSON(a *cli.App, r loss.Report) jsonReport {
	j := jsonReport{LossReport: &r.LossReport, File: filepath.Base(r.File), Received: r.Received, Same: r.Same, Short: r.Short, Unread: r.Unread}
	if r.Err != nil {
		_, text := a.Explain(cli.On(j.File, r.Err))
		j.LossReport, j.Error = nil, text
	}
	return j
}

// WithInbox runs do with the school's inbox, opened with its authority.
func WithInbox(ctx context.Context, a *cli.App, ict cli.PassphraseFlag, do func(*school.School, *loss.Inbox) error) error {
	return a.WithAuthority(ctx, ict, func(s *school.School) error {
		shared, err := s.Shared()
		if err != nil {
			return err
		}
		in, err := loss.OpenInbox(s, shared.Inbox())
		if err != nil {
			return cli.On(shared.Inbox(), err)
		}
		return do(s, in)
	})
}

func reportInbox(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	var handled bool
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "List the loss reports that wait for ICT",
		Long: `List the loss reports in the school's inbox, newest first, with those that seem to
be about the same loss. Those that cannot be read are counted in one line at the end.`,
		Example: cli.Examples("stow report inbox", "stow report inbox --handled --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithInbox(cmd.Context(), a, ict, func(_ *school.School, in *loss.Inbox) error {
				read := in.Reports
				if handled {
					read = in.HandledReports
				}
				reports, err := read(cmd.Context())
				if err != nil {
					return err
				}
				return showReports(a, reports)
			})
		},
	}
	ict.AddAuthority(cmd, true)
	cmd.Flags().BoolVar(&handled, "handled", false, "those that were dealt with")
	return cmd
}

func showReports(a *cli.App, reports []loss.Report) error {
	out := jsonReports{Reports: []jsonReport{}}
	var rows [][]string
	for _, r := range reports {
		out.Reports = append(out.Reports, reportJSON(a, r))
		if r.Err != nil {
			rows = append(rows, []string{filepath.Base(r.File), cli.TimeText(r.Received), "", "cannot be read", unreadText(r.Unread)})
			continue
		}
		note := string(r.Kind)
		if len(r.Same) > 0 {
			note += ", perhaps reported before"
		}
		rows = append(rows, []string{ShortID(r.ID), cli.TimeText(r.Made), r.Reporter.Name, deviceText(r.Device), note})
	}
	return a.Show(out, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintln(w, "No loss reports.")
			return
		}
		cli.Table(w, []string{"report", "made", "by", "device", "what"}, rows)
	})
}

// unreadText says how many files are like one that cannot be read.
func unreadText(n int) string {
	if n < 2 {
		return ""
	}
	return "and " + cli.Counted(n-1, "other file", "other files")
}

// ShortID is what people need to type of a report's id.
func ShortID(id string) string { return id[:8] }

func deviceText(d loss.LostThing) string {
	if d.Label != "" {
		return d.Label
	}
	first, _, more := strings.Cut(d.Description, "\n")
	if more {
		first += " …"
	}
	return first
}

func reportRead(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:     "read REPORT",
		Short:   "Show a loss report",
		Example: cli.Examples("stow report read 3f2a9c11", "stow report read 3f2a9c11 --json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithInbox(cmd.Context(), a, ict, func(s *school.School, in *loss.Inbox) error {
				r, err := FindReport(cmd.Context(), in, args[0], true)
				if err != nil {
					return err
				}
				return showReport(a, r)
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

// FindReport finds a report by its id, the beginning of it, or its file's name.
func FindReport(ctx context.Context, in *loss.Inbox, which string, handled bool) (loss.Report, error) {
	reports, err := in.Reports(ctx)
	if err != nil {
		return loss.Report{}, err
	}
	if handled {
		done, err := in.HandledReports(ctx)
		if err != nil {
			return loss.Report{}, err
		}
		reports = append(reports, done...)
	}
	i := slices.IndexFunc(reports, func(r loss.Report) bool {
		return filepath.Base(r.File) == which || len(which) >= 4 && r.ID != "" && strings.HasPrefix(r.ID, strings.ToLower(which))
	})
	if i < 0 {
		return loss.Report{}, cli.On(which, errNoReport)
	}
	return in.Whole(ctx, reports[i])
}

// errNoReport: there is no such loss report.
var errNoReport = errors.New("no such report")

func showReport(a *cli.App, r loss.Report) error {
	if r.Err != nil {
		return cli.On(filepath.Base(r.File), r.Err)
	}
	return a.Show(reportJSON(a, r), func(w io.Writer) {
		who := r.Reporter.Name
		if r.Reporter.Proof == loss.ProofKey {
			who += " (says a key that was unlocked for the report; no signature)"
		}
		rows := lossRows(r.LossReport)
		rows[slices.Index(rows, "By")+1] = who
		cli.Fields(w, append(rows, "Same as", strings.Join(r.Same, " "), "File", filepath.Base(r.File))...)
	})
}

func reportReceive(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:     "receive FILE…",
		Short:   "Take reports that were handed over or e-mailed into the inbox",
		Example: cli.Examples("stow report receive ~/Downloads/loss-20260924-abcd1234.stowage-report.age"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithInbox(cmd.Context(), a, ict, func(_ *school.School, in *loss.Inbox) error {
				var got []loss.Report
				skipped, err := a.Each(cmd.Context(), args, func(path string) error {
					r, err := in.Receive(cmd.Context(), path)
					if err == nil {
						got = append(got, r)
					}
					return cli.On(path, err)
				})
				return cli.FirstError(received(a, got), err, a.Skipped(skipped, len(got)))
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

func received(a *cli.App, got []loss.Report) error {
	if len(got) == 0 {
		return nil
	}
	return showReports(a, got)
}

func reportHandled(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "handled REPORT…",
		Short: "Put reports that were dealt with out of the way",
		Long: `Put reports that were dealt with out of the way. They stay in the inbox's folder
"done", encrypted as they came.`,
		Example: cli.Examples("stow report handled 3f2a9c11"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithInbox(cmd.Context(), a, ict, func(_ *school.School, in *loss.Inbox) error {
				return a.EachDone(cmd.Context(), "handled", cli.Noun{One: "report", Many: "reports"}, args, "Put away.", func(which string) error {
					r, err := FindReport(cmd.Context(), in, which, false)
					if err == nil {
						err = r.Handled()
					}
					return err
				})
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

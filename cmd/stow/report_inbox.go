package main

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

func (a *app) reportJSON(r loss.Report) jsonReport {
	j := jsonReport{LossReport: &r.LossReport, File: filepath.Base(r.File), Received: r.Received, Same: r.Same, Short: r.Short, Unread: r.Unread}
	if r.Err != nil {
		_, text := a.explain(on(j.File, r.Err))
		j.LossReport, j.Error = nil, text
	}
	return j
}

// withInbox runs do with the school's inbox, opened with its authority.
func (a *app) withInbox(ctx context.Context, ict passphraseFlag, do func(*school.School, *loss.Inbox) error) error {
	return a.withAuthority(ctx, ict, func(s *school.School) error {
		shared, err := s.Shared()
		if err != nil {
			return err
		}
		in, err := loss.OpenInbox(s, shared.Inbox())
		if err != nil {
			return on(shared.Inbox(), err)
		}
		return do(s, in)
	})
}

func (a *app) reportInbox() *cobra.Command {
	var ict passphraseFlag
	var handled bool
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "List the loss reports that wait for ICT",
		Long: `List the loss reports in the school's inbox, newest first, with those that seem to
be about the same loss. Those that cannot be read are counted in one line at the end.`,
		Example: examples("stow report inbox", "stow report inbox --handled --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withInbox(cmd.Context(), ict, func(_ *school.School, in *loss.Inbox) error {
				read := in.Reports
				if handled {
					read = in.HandledReports
				}
				reports, err := read(cmd.Context())
				if err != nil {
					return err
				}
				return a.showReports(reports)
			})
		},
	}
	ict.addAuthority(cmd, true)
	cmd.Flags().BoolVar(&handled, "handled", false, "those that were dealt with")
	return cmd
}

func (a *app) showReports(reports []loss.Report) error {
	out := jsonReports{Reports: []jsonReport{}}
	var rows [][]string
	for _, r := range reports {
		out.Reports = append(out.Reports, a.reportJSON(r))
		if r.Err != nil {
			rows = append(rows, []string{filepath.Base(r.File), timeText(r.Received), "", "cannot be read", unreadText(r.Unread)})
			continue
		}
		note := string(r.Kind)
		if len(r.Same) > 0 {
			note += ", perhaps reported before"
		}
		rows = append(rows, []string{shortID(r.ID), timeText(r.Made), r.Reporter.Name, deviceText(r.Device), note})
	}
	return a.show(out, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintln(w, "No loss reports.")
			return
		}
		table(w, []string{"report", "made", "by", "device", "what"}, rows)
	})
}

// unreadText says how many files are like one that cannot be read.
func unreadText(n int) string {
	if n < 2 {
		return ""
	}
	return "and " + counted(n-1, "other file", "other files")
}

// shortID is what people need to type of a report's id.
func shortID(id string) string { return id[:8] }

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

func (a *app) reportRead() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:     "read REPORT",
		Short:   "Show a loss report",
		Example: examples("stow report read 3f2a9c11", "stow report read 3f2a9c11 --json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withInbox(cmd.Context(), ict, func(s *school.School, in *loss.Inbox) error {
				r, err := findReport(cmd.Context(), in, args[0], true)
				if err != nil {
					return err
				}
				return a.showReport(r)
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

// findReport finds a report by its id, the beginning of it, or its file's name.
func findReport(ctx context.Context, in *loss.Inbox, which string, handled bool) (loss.Report, error) {
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
		return loss.Report{}, on(which, errNoReport)
	}
	return in.Whole(ctx, reports[i])
}

// errNoReport: there is no such loss report.
var errNoReport = errors.New("no such report")

func (a *app) showReport(r loss.Report) error {
	if r.Err != nil {
		return on(filepath.Base(r.File), r.Err)
	}
	return a.show(a.reportJSON(r), func(w io.Writer) {
		who := r.Reporter.Name
		if r.Reporter.Proof == loss.ProofKey {
			who += " (says a key that was unlocked for the report; no signature)"
		}
		rows := lossRows(r.LossReport)
		rows[slices.Index(rows, "By")+1] = who
		fields(w, append(rows, "Same as", strings.Join(r.Same, " "), "File", filepath.Base(r.File))...)
	})
}

func (a *app) reportReceive() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:     "receive FILE…",
		Short:   "Take reports that were handed over or e-mailed into the inbox",
		Example: examples("stow report receive ~/Downloads/loss-20260924-abcd1234.stowage-report.age"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withInbox(cmd.Context(), ict, func(_ *school.School, in *loss.Inbox) error {
				var got []loss.Report
				skipped, err := a.each(cmd.Context(), args, func(path string) error {
					r, err := in.Receive(cmd.Context(), path)
					if err == nil {
						got = append(got, r)
					}
					return on(path, err)
				})
				return firstError(a.received(got), err, a.skipped(skipped, len(got)))
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

func (a *app) received(got []loss.Report) error {
	if len(got) == 0 {
		return nil
	}
	return a.showReports(got)
}

func (a *app) reportHandled() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:   "handled REPORT…",
		Short: "Put reports that were dealt with out of the way",
		Long: `Put reports that were dealt with out of the way. They stay in the inbox's folder
"done", encrypted as they came.`,
		Example: examples("stow report handled 3f2a9c11"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withInbox(cmd.Context(), ict, func(_ *school.School, in *loss.Inbox) error {
				return a.eachDone(cmd.Context(), "handled", noun{"report", "reports"}, args, "Put away.", func(which string) error {
					r, err := findReport(cmd.Context(), in, which, false)
					if err == nil {
						err = r.Handled()
					}
					return err
				})
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

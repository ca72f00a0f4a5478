package registercmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/papers"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
)

// sheetTable lists the sheets of labels for the help.
func sheetTable() string {
	var b strings.Builder
	for _, s := range papers.Sheets() {
		fmt.Fprintf(&b, "  %s  %3d a page, %g × %g mm: %s\n", s.Name, s.Count(), s.Width, s.Height, s.Use)
	}
	return b.String()
}

func paperLabels(a *cli.App) *cobra.Command {
	var out outFlag
	var sheet, returnTo string
	var start int
	var inQR, unregistered bool
	cmd := &cobra.Command{
		Use:   "labels LABEL… --out FILE.pdf",
		Short: "Sheets of labels with QR codes",
		Long: `Write asset labels for sheets of labels: the label, its QR code, and where a finder
brings it. Nothing on them is personal. Print at actual size, without scaling. Sheets,
by Avery's numbers:

` + sheetTable(),
		Example: cli.Examples(
			"stow paper labels HRP-0042 HRP-0043 --sheet L7651 --return 'Hill Road Primary, Hill Road, Swansea' --out labels.pdf",
			"stow paper labels HRP-0042 --start 5 --out labels.pdf",
		),
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if start < 1 {
				return cli.Usagef("the labels of a sheet are counted from 1")
			}
			format, err := papers.FindSheet(sheet)
			if err != nil {
				return cli.On(sheet, err)
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				labels, skipped, err := labels(cmd.Context(), a, s, args, unregistered)
				if err != nil || len(labels) == 0 {
					return cli.FirstError(err, a.LeftOut(skipped, 0, cli.Noun{One: "label", Many: "labels"}))
				}
				err = writePaper(a, s, out.path, func(w io.Writer, h papers.Head) error {
					back := returnTo
					if back == "" {
						if back, err = s.ReturnAddress(); err != nil {
							return err
						}
					}
					facts := papers.LabelFacts{Sheet: format, Start: start, Labels: labels, Return: strings.ReplaceAll(back, `\n`, "\n"), ReturnInQR: inQR}
					err := papers.Labels(w, h, facts)
					var label *papers.LabelError
					switch {
					case errors.Is(err, papers.ErrStart):
						return cli.On("the sheet "+format.Name, err)
					case errors.Is(err, papers.ErrLabels):
						return cli.On("what was given", err)
					case errors.As(err, &label):
						return cli.On("the label "+label.Label, err)
					}
					return err
				})
				return cli.FirstError(err, a.LeftOut(skipped, len(labels), cli.Noun{One: "label", Many: "labels"}))
			})
		},
	}
	out.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&sheet, "sheet", papers.DefaultSheet, "the `SHEET`, by Avery's number")
	flags.IntVar(&start, "start", 1, "the `NUMBER` of the first label that is still on the sheet, along the rows")
	flags.StringVar(&returnTo, "return", "", "`WHERE` a finder brings it; otherwise as the school keeps it")
	flags.BoolVar(&inQR, "qr-return", false, "put where to return it into the QR code too")
	flags.BoolVar(&unregistered, "unregistered", false, "print labels that the register does not have yet")
	_ = cmd.RegisterFlagCompletionFunc("sheet", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, s := range papers.Sheets() {
			names = append(names, s.Name+"\t"+s.Use)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// labels are those of the devices named, and what is not in the register. Labels that the
// register does not have yet are printed as they are.
func labels(ctx context.Context, a *cli.App, s *school.School, names []string, unregistered bool) (labels []string, skipped []cli.Skipped, err error) {
	if unregistered {
		return names, nil, nil
	}
	skipped, err = a.Each(ctx, names, func(name string) error {
		label, err := fill.Label(ctx, s, name)
		if err == nil {
			labels = append(labels, label)
		}
		return cli.On(name, err)
	})
	return labels, skipped, err
}

func paperAudit(a *cli.App) *cobra.Command {
	var out outFlag
	var csv, from, to, site string
	cmd := &cobra.Command{
		Use:   "audit --from DATE --to DATE --out FILE.pdf",
		Short: "The report of a span of time for an auditor",
		Long: `Write the report of a span of time: devices by state, what was issued, returned, lost,
found and destroyed, what is overdue, not seen or not verified as encrypted, incidents
with what was decided, and the checkpoints. Both dates are within the span; states are
those of now. --csv writes it for a spreadsheet, instead of the PDF or beside it.`,
		Example: cli.Examples(
			"stow paper audit --from 2026-09-01 --to 2026-12-31 --out autumn.pdf",
			"stow paper audit --from 2026-09-01 --site 'Upper school' --csv autumn.csv",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out.path == "" && csv == "" {
				return cli.Usagef("say which file to write with --out or --csv")
			}
			plan := fill.AuditPlan{Site: site, Now: a.Now()}
			var err error
			if plan.From, err = dateOf(from); err != nil {
				return err
			}
			if plan.Until, err = dateOf(to); err != nil {
				return err
			}
			if !plan.Until.IsZero() {
				plan.Until = plan.Until.Local().AddDate(0, 0, 1).UTC()
				if !plan.From.Before(plan.Until) {
					return cli.Usagef("--to is before --from")
				}
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				return writeAudit(a, cmd, s, plan, out.path, csv)
			})
		},
	}
	out.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&csv, "csv", "", "the `FILE.csv` to write")
	flags.StringVar(&from, "from", "", "the first `DATE`, such as 2026-09-01; otherwise from the beginning")
	flags.StringVar(&to, "to", "", "the last `DATE`; otherwise until now")
	flags.StringVar(&site, "site", "", "only the devices of this `SITE`")
	_ = cmd.MarkFlagFilename("csv", "csv")
	return cmd
}

// writeAudit writes the report as PDF, as CSV or as both.
func writeAudit(a *cli.App, cmd *cobra.Command, s *school.School, plan fill.AuditPlan, pdf, csv string) error {
	facts, err := fill.Audit(cmd.Context(), s, plan)
	if err != nil {
		return err
	}
	var written []string
	for _, file := range []struct {
		path  string
		write func(io.Writer, papers.Head, papers.AuditFacts) error
	}{{pdf, papers.Audit}, {csv, papers.AuditCSV}} {
		if file.path == "" {
			continue
		}
		if err := makePaper(a, s, file.path, func(w io.Writer, h papers.Head) error { return file.write(w, h, facts) }); err != nil {
			return err
		}
		written = append(written, file.path)
	}
	return a.Done("written", written, "Written to "+cli.JoinAnd(written)+".")
}

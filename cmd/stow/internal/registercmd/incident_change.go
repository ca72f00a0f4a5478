package registercmd

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/known"
	"stowage/devices/school/loss"
)

func incidentOpen(a *cli.App) *cobra.Command {
	var f detailFlags
	var act actFlags
	var holder string
	cmd := &cobra.Command{
		Use:   "open [DEVICE] --kind KIND",
		Short: "Open an incident, such as for somebody on the telephone",
		Long: `Open an incident: what is known now, the rest later with "stow incident edit". A
device that the register knows is recorded as lost or stolen, and it and the keys on
it are blocked in the directory, for which the authority's passphrase is needed. The
incident is open before that is asked for.`,
		Example: cli.Examples(
			"stow incident open HRP-0042 --kind stolen --noticed '2026-09-24 17:30' --last-seen 'the 42 bus'",
			"stow incident open --what 'an unlabelled blue stick' --holder alice@hill.example --kind lost",
		),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			n := loss.NewIncident{Holder: holder, Details: devices.IncidentDetails{Kind: devices.Unclear}}
			if len(args) > 0 {
				n.Device = args[0]
			}
			if err := f.change(a, cmd, &n.Details); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				i, behind, err := loss.OpenIncident(cmd.Context(), s, n)
				if err != nil {
					return cli.On(n.Device, err)
				}
				text := "The incident is open."
				if behind {
					text += publishAfter(a, cmd, s, act)
					if i, err = s.Register().Incident(cmd.Context(), i.ID); err != nil { // unlocking lists what was on it
						return err
					}
				}
				return showIncident(cmd.Context(), a, s, i, text)
			})
		},
	}
	f.add(a, cmd)
	cmd.Flags().StringVar(&holder, "holder", "", "the `PERSON` who had it")
	act.ict.AddAuthority(cmd, true)
	cmd.Flags().BoolVar(&act.later, "later", false, "publish the directory later, without a passphrase now")
	return cmd
}

func incidentReport(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	var into string
	cmd := &cobra.Command{
		Use:   "report REPORT",
		Short: "Accept a loss report from the inbox: open an incident, or add it to one",
		Long: `Accept a loss report from the inbox. It opens an incident, or is added to the one
that is open about the same device, or to the one given with --into; then the report
is put among those dealt with.`,
		Example: cli.Examples("stow incident report 3f2a9c11", "stow incident report 3f2a9c11 --into HRP-0042"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return reportcmd.WithInbox(cmd.Context(), a, ict, func(s *school.School, in *loss.Inbox) error {
				r, err := reportcmd.FindReport(cmd.Context(), in, args[0], false)
				if err != nil {
					return err
				}
				if into != "" {
					i, err := findIncident(cmd.Context(), s, into)
					if err == nil {
						i, err = loss.Merge(cmd.Context(), s, r, i.ID)
					}
					if err != nil {
						return cli.On(into, err)
					}
					return showIncident(cmd.Context(), a, s, i, "The report is added to the incident.")
				}
				i, merged, _, err := loss.Accept(cmd.Context(), s, r)
				if p := cli.PublishError(err); p != nil {
					a.Warn("The directory could not be published yet; do so with: stow directory publish (%v)", p.Err)
				} else if err != nil {
					return cli.On(args[0], err)
				}
				text := "The report opened an incident."
				if merged {
					text = "The report is added to the incident that was open about the same."
				}
				return showIncident(cmd.Context(), a, s, i, text)
			})
		},
	}
	ict.AddAuthority(cmd, true)
	cmd.Flags().StringVar(&into, "into", "", "add it to this `INCIDENT`")
	return cmd
}

func incidentEdit(a *cli.App) *cobra.Command {
	var f detailFlags
	cmd := &cobra.Command{
		Use:     "edit INCIDENT",
		Short:   "Write more down about an incident, or correct it",
		Example: cli.Examples("stow incident edit HRP-0042 --people 31 --special health --police CR/1234 --told 'the head'"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				if err := f.change(a, cmd, &i.IncidentDetails); err != nil {
					return err
				}
				edited, err := s.Register().EditIncident(cmd.Context(), a.Actor(), i.ID, i.Version, i.IncidentDetails)
				if err != nil {
					return cli.On("the incident", err)
				}
				return showIncident(cmd.Context(), a, s, edited, "Written down.")
			})
		},
	}
	f.add(a, cmd)
	return cmd
}

func incidentDecide(a *cli.App) *cobra.Command {
	var notify, tell, notified string
	d := devices.Decision{}
	cmd := &cobra.Command{
		Use:   "decide INCIDENT --notify yes|no --why WORDS --decided-by PERSON",
		Short: "Record whether the regulator is told, who decided it and why",
		Long: `Record what a person decided: whether the regulator is told of the breach, and why;
and whether the people whose data it is are told. Give --notified when the regulator
has been told. The program keeps the decision and makes none.`,
		Example: cli.Examples("stow incident decide HRP-0042 --notify yes --why 'health data of children' --decided-by 'Mrs Pugh, DPO' --notified '2026-09-25 09:00'"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for text, to := range map[*string]*devices.Answer{&notify: &d.Notify, &tell: &d.TellPeople} {
				answer, err := reportcmd.AnswerOf(*text)
				if err != nil {
					return err
				}
				*to = devices.Answer(answer)
			}
			var err error
			if d.Notified, err = cli.Moment(a.Now(), notified); err != nil {
				return err
			}
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				decided, err := s.Register().Decide(cmd.Context(), a.Actor(), i.ID, i.Version, d)
				if err != nil {
					return cli.On("the incident", err)
				}
				return showIncident(cmd.Context(), a, s, decided, "The decision is recorded.")
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&notify, "notify", "", "tell the regulator: `ANSWER` yes or no")
	flags.StringVar(&d.Why, "why", "", "why, in `WORDS`")
	flags.StringVar(&d.By, "decided-by", "", "the `PERSON` who decided")
	flags.StringVar(&tell, "tell-people", "", "tell the people concerned: `ANSWER` yes or no")
	flags.StringVar(&d.TellWhy, "tell-why", "", "why they are told or not, in `WORDS`")
	flags.StringVar(&notified, "notified", "", "`TIME` when the regulator was told")
	flags.StringVar(&d.Reference, "reference", "", "the regulator's `REFERENCE`")
	return cmd
}

func incidentClose(a *cli.App) *cobra.Command {
	var lessons string
	cmd := incidentStep(a, "close INCIDENT", "Close an incident that has been decided on", "stow incident close HRP-0042 --lessons 'sticks go on lanyards'", "The incident is closed.",
		func(cmd *cobra.Command, s *school.School, i devices.Incident) (devices.Incident, error) {
			return s.Register().CloseIncident(cmd.Context(), a.Actor(), i.ID, i.Version, lessons)
		})
	cmd.Flags().StringVar(&lessons, "lessons", "", "how to prevent it next time, in `WORDS`")
	return cmd
}

func incidentReopen(a *cli.App) *cobra.Command {
	var why string
	cmd := incidentStep(a, "reopen INCIDENT --why WORDS", "Open a closed incident again", "stow incident reopen HRP-0042 --why 'the bus company rang'", "The incident is open again.",
		func(cmd *cobra.Command, s *school.School, i devices.Incident) (devices.Incident, error) {
			return s.Register().ReopenIncident(cmd.Context(), a.Actor(), i.ID, i.Version, why)
		})
	cmd.Flags().StringVar(&why, "why", "", "why, in `WORDS`")
	return cmd
}

func incidentMerge(a *cli.App) *cobra.Command {
	var into string
	cmd := incidentStep(a, "merge INCIDENT --into INCIDENT", "End an incident that is about the same loss as another", "stow incident merge 3f2a9c11 --into HRP-0042", "They are one incident now.",
		func(cmd *cobra.Command, s *school.School, i devices.Incident) (devices.Incident, error) {
			other, err := findIncident(cmd.Context(), s, into)
			if err != nil {
				return i, err
			}
			return s.Register().MergeIncident(cmd.Context(), a.Actor(), i.ID, other.ID)
		})
	cmd.Flags().StringVar(&into, "into", "", "the `INCIDENT` that goes on")
	return cmd
}

// incidentStep is a command that changes an incident and shows it.
func incidentStep(a *cli.App, use, short, example, text string, do func(*cobra.Command, *school.School, devices.Incident) (devices.Incident, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: cli.Examples(example), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				changed, err := do(cmd, s, i)
				if err != nil {
					return cli.On("the incident", err)
				}
				return showIncident(cmd.Context(), a, s, changed, text)
			})
		},
	}
}

func incidentContents(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	var why cli.ReasonFlag
	cmd := &cobra.Command{
		Use:   "contents INCIDENT",
		Short: "List what was on the device, as far as the school knows",
		Long: `List what was on the device, from the list that is kept encrypted with the incident.
It is made from the stick's backup, or from its last check-in when there is no backup or
when that is newer. Only the school's recovery key reads it. Why is recorded before, and the
person's stick tells them.`,
		Example: cli.Examples("stow incident contents HRP-0042 --reason 'whom to tell'"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reason, err := a.ReasonUnless(cmd.Context(), false, why)
			if err != nil {
				return err
			}
			return a.WithAuthority(cmd.Context(), ict, func(s *school.School) error {
				i, err := findIncident(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				if i.Listing == "" && i.Device != "" && i.State == devices.IncidentOpen {
					if i, err = loss.ListIncident(cmd.Context(), s, i); errors.Is(err, stick.ErrNoBackup) || errors.Is(err, known.ErrUnknownStick) || errors.Is(err, school.ErrNoShared) {
						err = nil
					}
				}
				var l backup.Listing
				if err == nil {
					l, err = loss.IncidentListing(cmd.Context(), s, i.ID, reason)
				}
				if errors.Is(err, devices.ErrNotFound) {
					err = errNoListing
				}
				if err != nil {
					return cli.On("the incident", err)
				}
				return a.Show(l, func(w io.Writer) {
					var rows [][]string
					for _, file := range l.Files {
						rows = append(rows, []string{file.Path, cli.SizeText(file.Size), cli.DayText(file.Saved)})
					}
					cli.Table(w, []string{"file", "size", "saved"}, rows)
					listingText(w, l)
				})
			})
		},
	}
	why.Add(cmd, "")
	ict.AddAuthority(cmd, true)
	return cmd
}

// listingText says from where and when a list of contents is, below it.
func listingText(w io.Writer, l backup.Listing) {
	fmt.Fprintf(w, "%s, from the %s.\n", cli.Counted(len(l.Files), "file", "files"), ListedWhen(l))
	if l.More > 0 {
		fmt.Fprintf(w, "%s more were on it; a list has room for no more.\n", cli.Counted(l.More, "file", "files"))
	}
}

// ListedWhen says from where and when a list of contents is.
func ListedWhen(l backup.Listing) string {
	if l.At.IsZero() {
		return l.From + ", which was never complete"
	}
	return l.From + " of " + cli.TimeText(l.At)
}

// errNoListing: nobody listed what was on the device.
var errNoListing = errors.New("no list of contents")

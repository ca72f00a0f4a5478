package registercmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/devices"
	"stowage/devices/breachform"
	"stowage/devices/school"
	"stowage/devices/school/loss"
)

// errNoIncident: there is no such incident.
var errNoIncident = errors.New("no such incident")

// IncidentGroup is stow incident.
func IncidentGroup(a *cli.App) *cobra.Command {
	return cli.Group("incident", "Case files of what was lost, with the 72-hour clock", "ict",
		incidentOpen(a), incidentReport(a), incidentList(a), incidentShow(a), incidentEdit(a), incidentContents(a), incidentMerge(a),
		incidentDecide(a), incidentClose(a), incidentReopen(a), incidentSummary(a), incidentCalendar(a))
}

// findIncident finds an incident by its id, the beginning of it, or the label of
// the device, of whose incidents the newest open one is meant.
func findIncident(ctx context.Context, s *school.School, which string) (devices.Incident, error) {
	all, err := s.Register().Incidents(ctx, devices.IncidentQuery{
		States: devices.IncidentStates(), Limit: -1,
	})
	if err != nil {
		return devices.Incident{}, err
	}
	for _, i := range all {
		if len(which) >= 4 && strings.HasPrefix(i.ID, strings.ToLower(which)) {
			return i, nil
		}
	}
	d, err := s.Register().FindDevice(ctx, which)
	if err == nil {
		for _, i := range all {
			if i.Device == d.ID {
				return i, nil
			}
		}
	}
	if err != nil && !errors.Is(err, devices.ErrNotFound) {
		return devices.Incident{}, err
	}
	return devices.Incident{}, cli.On(which, errNoIncident)
}

// withIncident runs do with an incident of the school. The authority stays locked.
func withIncident(ctx context.Context, a *cli.App, which string, do func(*school.School, devices.Incident) error) error {
	return a.WithSchool(ctx, func(s *school.School) error {
		i, err := findIncident(ctx, s, which)
		if err != nil {
			return err
		}
		return do(s, i)
	})
}

// jsonIncident is an incident with its names and its clock.
type jsonIncident struct {
	devices.Incident
	DeviceName string    `json:"device_name,omitempty"`
	HolderName string    `json:"holder_name,omitempty"`
	Deadline   time.Time `json:"deadline"`
	HoursLeft  float64   `json:"hours_left"` // negative when they are over
	Running    bool      `json:"clock_runs"`
}

func incidentJSON(ctx context.Context, a *cli.App, s *school.School, i devices.Incident) (jsonIncident, error) {
	j := jsonIncident{Incident: i, Deadline: i.Deadline(), HoursLeft: float64(int(i.Left(a.Now()).Hours()*10)) / 10, Running: i.ClockRuns()}
	if i.Device != "" {
		d, err := s.Register().Device(ctx, i.Device)
		if err != nil {
			return j, err
		}
		j.DeviceName = d.Name()
	}
	if i.Holder != "" {
		h, err := s.Register().Holder(ctx, i.Holder)
		if err != nil {
			return j, err
		}
		j.HolderName = h.Name
	}
	return j, nil
}

// clockText says in words how the clock stands.
func clockText(a *cli.App, i devices.Incident) string {
	switch {
	case i.State != devices.IncidentOpen:
		return string(i.State)
	case i.Decision.Notify == devices.No:
		return "decided not to notify"
	case !i.Decision.Notified.IsZero():
		return "notified on " + cli.TimeText(i.Decision.Notified)
	}
	left := i.Left(a.Now())
	if left < 0 {
		return fmt.Sprintf("OVER since %s", cli.TimeText(i.Deadline()))
	}
	if i.ClockOdd(a.Now()) {
		return fmt.Sprintf("until %s, and it began after what this computer's clock says: one is wrong, so count the 72 hours yourself", cli.TimeText(i.Deadline()))
	}
	return fmt.Sprintf("%s %d min left, until %s", cli.Counted(int(left.Hours()), "hour", "hours"), int(left.Minutes())%60, cli.TimeText(i.Deadline()))
}

func incidentList(a *cli.App) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the open incidents and how long is left of 72 hours",
		Example: cli.Examples("stow incident list", "stow incident list --all --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				q := devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}, Limit: -1}
				if all {
					q.States = append(q.States, devices.IncidentClosed, devices.IncidentMerged)
				}
				found, err := s.Register().Incidents(cmd.Context(), q)
				if err != nil {
					return err
				}
				list := []jsonIncident{}
				var rows [][]string
				for _, i := range found {
					j, err := incidentJSON(cmd.Context(), a, s, i)
					if err != nil {
						return err
					}
					list = append(list, j)
					rows = append(rows, []string{reportcmd.ShortID(i.ID), cmp.Or(j.DeviceName, i.What), j.HolderName, string(i.Kind), cli.TimeText(i.Aware), clockText(a, i)})
				}
				return a.Show(struct {
					Incidents []jsonIncident `json:"incidents"`
				}{list}, func(w io.Writer) {
					cli.Table(w, []string{"incident", "device", "holder", "what", "school aware", "clock"}, rows)
					fmt.Fprintf(w, "%s.\n", cli.Counted(len(list), "incident", "incidents"))
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "closed and merged ones too")
	return cmd
}

func incidentShow(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "show INCIDENT",
		Short:   "Show everything written down about an incident",
		Example: cli.Examples("stow incident show 3f2a9c11", "stow incident show HRP-0042 --json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				return showIncident(cmd.Context(), a, s, i, "")
			})
		},
	}
}

func showIncident(ctx context.Context, a *cli.App, s *school.School, i devices.Incident, text string) error {
	j, err := incidentJSON(ctx, a, s, i)
	if err != nil {
		return err
	}
	return a.Show(j, func(w io.Writer) {
		if text != "" {
			fmt.Fprintln(w, cli.Printable(text))
		}
		incidentFields(a, w, j)
	})
}

func incidentFields(a *cli.App, w io.Writer, j jsonIncident) {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	var told []string
	for _, t := range j.Told {
		told = append(told, strings.TrimSpace(t.Who+" "+cli.TimeText(t.At)))
	}
	special := strings.Join(j.Special, ", ")
	if j.SpecialNone {
		special = "none"
	}
	cli.Fields(w, "Incident", j.ID, "Device", cmp.Or(j.DeviceName, j.What), "Holder", j.HolderName, "What", string(j.Kind), "State", string(j.State),
		"Clock", clockText(a, j.Incident),
		"Happened from", cli.TimeText(j.HappenedFrom), "Happened to", cli.TimeText(j.HappenedTo), "Noticed", cli.TimeText(j.Noticed), "School aware", cli.TimeText(j.Aware),
		"Last seen", cli.OneLine(j.LastSeen), "Circumstances", cli.OneLine(j.Circumstances), "Discovered", cli.OneLine(j.Discovered), "Police", j.Police,
		"Told", strings.Join(told, "; "), "Passphrase with it", string(j.Passphrase), "Only copy", string(j.OnlyCopy), "Breached", strings.Join(j.Breached(), ", "),
		"On it", cli.OneLine(j.Contents), "List of files", cli.TimeText(j.Listed), "Whose data", cli.OneLine(j.Whose), "Categories", cli.OneLine(j.Categories),
		"People", number(j.People), "Records", number(j.Records), "Special", special, "Trained", string(j.Trained), "Trained on", cli.DayText(j.TrainedOn),
		"Consequences", cli.OneLine(j.Consequences), "How likely", cli.OneLine(j.Likelihood), "Measures before", cli.OneLine(j.Measures), "Done", cli.OneLine(j.Done), "Delay", cli.OneLine(j.Delay),
		"Contact", j.RegulatorContact, "Follow-up", cli.OneLine(j.FollowUp), "Lessons", cli.OneLine(j.Lessons), "People told on", cli.DayText(j.PeopleToldOn),
		"Reports", strings.Join(j.Reports, " "))
	if d := j.Decision; d.Notify != devices.Unanswered {
		cli.Fields(w, "Notify", string(d.Notify), "Why", cli.OneLine(d.Why), "Tell people", string(d.TellPeople), "Why so", cli.OneLine(d.TellWhy),
			"Decided by", d.By, "Decided at", cli.TimeText(d.At), "Notified", cli.TimeText(d.Notified), "Reference", d.Reference)
	}
}

func incidentSummary(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "summary INCIDENT",
		Short: "Write what is known in the order of the UK regulator's form, without names",
		Long: `Write what is known in the order of the questions of the UK Information
Commission's form for reporting a personal data breach, to be copied into it: the
form cannot be saved half-way, and must not name the people whose data it is. The
holder is not named; read what people typed in their own words before you send it.
Whether to report is for a person to decide.`,
		Example: cli.Examples("stow incident summary HRP-0042 > summary.txt"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				f, err := loss.ReadBreachFacts(cmd.Context(), s, i)
				if err != nil {
					return err
				}
				facts := breachform.Facts{School: f.School, Device: f.Device, Names: f.Names, Now: a.Now()}
				items := []jsonQuestion{}
				for _, item := range breachform.Items(i, facts) {
					items = append(items, jsonQuestion(item))
				}
				return a.Show(struct {
					Items []jsonQuestion `json:"items"`
				}{items}, func(w io.Writer) { fmt.Fprint(w, breachform.Text(i, facts)) })
			})
		},
	}
}

// jsonQuestion is one question of the form.
type jsonQuestion struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

func incidentCalendar(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "ics INCIDENT FILE.ics",
		Short:   "Write the end of the 72 hours as a calendar file, with alarms 24 and 4 hours before",
		Example: cli.Examples("stow incident ics HRP-0042 deadline.ics"),
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIncident(cmd.Context(), a, args[0], func(s *school.School, i devices.Incident) error {
				summary := "72 hours end: incident " + reportcmd.ShortID(i.ID)
				text := "Until then the school tells the regulator of the breach, if it is to be told. A person decides; see the incident in Stowage."
				err := writeOut(args[1], func(w io.Writer) error {
					_, err := w.Write(loss.Calendar(i, summary, text, a.Now()))
					return err
				})
				if err != nil {
					return cli.On(args[1], err)
				}
				return a.Done("written", args[1:], fmt.Sprintf("The 72 hours end %s; the calendar file is %s.", cli.TimeText(i.Deadline()), args[1]))
			})
		},
	}
}

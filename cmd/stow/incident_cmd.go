package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stowage/devices"
	"stowage/devices/breachform"
	"stowage/devices/school"
	"stowage/devices/school/loss"
)

// errNoIncident: there is no such incident.
var errNoIncident = errors.New("no such incident")

func (a *app) incidentGroup() *cobra.Command {
	return group("incident", "Case files of what was lost, with the 72-hour clock", "ict",
		a.incidentOpen(), a.incidentReport(), a.incidentList(), a.incidentShow(), a.incidentEdit(), a.incidentContents(), a.incidentMerge(),
		a.incidentDecide(), a.incidentClose(), a.incidentReopen(), a.incidentSummary(), a.incidentCalendar())
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
	return devices.Incident{}, on(which, errNoIncident)
}

// withIncident runs do with an incident of the school. The authority stays locked.
func (a *app) withIncident(ctx context.Context, which string, do func(*school.School, devices.Incident) error) error {
	return a.withSchool(ctx, func(s *school.School) error {
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

func (a *app) incidentJSON(ctx context.Context, s *school.School, i devices.Incident) (jsonIncident, error) {
	j := jsonIncident{Incident: i, Deadline: i.Deadline(), HoursLeft: float64(int(i.Left(a.now()).Hours()*10)) / 10, Running: i.ClockRuns()}
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
func (a *app) clockText(i devices.Incident) string {
	switch {
	case i.State != devices.IncidentOpen:
		return string(i.State)
	case i.Decision.Notify == devices.No:
		return "decided not to notify"
	case !i.Decision.Notified.IsZero():
		return "notified on " + timeText(i.Decision.Notified)
	}
	left := i.Left(a.now())
	if left < 0 {
		return fmt.Sprintf("OVER since %s", timeText(i.Deadline()))
	}
	if i.ClockOdd(a.now()) {
		return fmt.Sprintf("until %s, and it began after what this computer's clock says: one is wrong, so count the 72 hours yourself", timeText(i.Deadline()))
	}
	return fmt.Sprintf("%s %d min left, until %s", counted(int(left.Hours()), "hour", "hours"), int(left.Minutes())%60, timeText(i.Deadline()))
}

func (a *app) incidentList() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the open incidents and how long is left of 72 hours",
		Example: examples("stow incident list", "stow incident list --all --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withSchool(cmd.Context(), func(s *school.School) error {
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
					j, err := a.incidentJSON(cmd.Context(), s, i)
					if err != nil {
						return err
					}
					list = append(list, j)
					rows = append(rows, []string{shortID(i.ID), cmp.Or(j.DeviceName, i.What), j.HolderName, string(i.Kind), timeText(i.Aware), a.clockText(i)})
				}
				return a.show(struct {
					Incidents []jsonIncident `json:"incidents"`
				}{list}, func(w io.Writer) {
					table(w, []string{"incident", "device", "holder", "what", "school aware", "clock"}, rows)
					fmt.Fprintf(w, "%s.\n", counted(len(list), "incident", "incidents"))
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "closed and merged ones too")
	return cmd
}

func (a *app) incidentShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show INCIDENT",
		Short:   "Show everything written down about an incident",
		Example: examples("stow incident show 3f2a9c11", "stow incident show HRP-0042 --json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withIncident(cmd.Context(), args[0], func(s *school.School, i devices.Incident) error {
				return a.showIncident(cmd.Context(), s, i, "")
			})
		},
	}
}

func (a *app) showIncident(ctx context.Context, s *school.School, i devices.Incident, text string) error {
	j, err := a.incidentJSON(ctx, s, i)
	if err != nil {
		return err
	}
	return a.show(j, func(w io.Writer) {
		if text != "" {
			fmt.Fprintln(w, printable(text))
		}
		a.incidentFields(w, j)
	})
}

func (a *app) incidentFields(w io.Writer, j jsonIncident) {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	var told []string
	for _, t := range j.Told {
		told = append(told, strings.TrimSpace(t.Who+" "+timeText(t.At)))
	}
	special := strings.Join(j.Special, ", ")
	if j.SpecialNone {
		special = "none"
	}
	fields(w, "Incident", j.ID, "Device", cmp.Or(j.DeviceName, j.What), "Holder", j.HolderName, "What", string(j.Kind), "State", string(j.State),
		"Clock", a.clockText(j.Incident),
		"Happened from", timeText(j.HappenedFrom), "Happened to", timeText(j.HappenedTo), "Noticed", timeText(j.Noticed), "School aware", timeText(j.Aware),
		"Last seen", oneLine(j.LastSeen), "Circumstances", oneLine(j.Circumstances), "Discovered", oneLine(j.Discovered), "Police", j.Police,
		"Told", strings.Join(told, "; "), "Passphrase with it", string(j.Passphrase), "Only copy", string(j.OnlyCopy), "Breached", strings.Join(j.Breached(), ", "),
		"On it", oneLine(j.Contents), "List of files", timeText(j.Listed), "Whose data", oneLine(j.Whose), "Categories", oneLine(j.Categories),
		"People", number(j.People), "Records", number(j.Records), "Special", special, "Trained", string(j.Trained), "Trained on", dayText(j.TrainedOn),
		"Consequences", oneLine(j.Consequences), "How likely", oneLine(j.Likelihood), "Measures before", oneLine(j.Measures), "Done", oneLine(j.Done), "Delay", oneLine(j.Delay),
		"Contact", j.RegulatorContact, "Follow-up", oneLine(j.FollowUp), "Lessons", oneLine(j.Lessons), "People told on", dayText(j.PeopleToldOn),
		"Reports", strings.Join(j.Reports, " "))
	if d := j.Decision; d.Notify != devices.Unanswered {
		fields(w, "Notify", string(d.Notify), "Why", oneLine(d.Why), "Tell people", string(d.TellPeople), "Why so", oneLine(d.TellWhy),
			"Decided by", d.By, "Decided at", timeText(d.At), "Notified", timeText(d.Notified), "Reference", d.Reference)
	}
}

func (a *app) incidentSummary() *cobra.Command {
	return &cobra.Command{
		Use:   "summary INCIDENT",
		Short: "Write what is known in the order of the UK regulator's form, without names",
		Long: `Write what is known in the order of the questions of the UK Information
Commission's form for reporting a personal data breach, to be copied into it: the
form cannot be saved half-way, and must not name the people whose data it is. The
holder is not named; read what people typed in their own words before you send it.
Whether to report is for a person to decide.`,
		Example: examples("stow incident summary HRP-0042 > summary.txt"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withIncident(cmd.Context(), args[0], func(s *school.School, i devices.Incident) error {
				f, err := loss.ReadBreachFacts(cmd.Context(), s, i)
				if err != nil {
					return err
				}
				facts := breachform.Facts{School: f.School, Device: f.Device, Names: f.Names, Now: a.now()}
				items := []jsonQuestion{}
				for _, item := range breachform.Items(i, facts) {
					items = append(items, jsonQuestion(item))
				}
				return a.show(struct {
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

func (a *app) incidentCalendar() *cobra.Command {
	return &cobra.Command{
		Use:     "ics INCIDENT FILE.ics",
		Short:   "Write the end of the 72 hours as a calendar file, with alarms 24 and 4 hours before",
		Example: examples("stow incident ics HRP-0042 deadline.ics"),
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withIncident(cmd.Context(), args[0], func(s *school.School, i devices.Incident) error {
				summary := "72 hours end: incident " + shortID(i.ID)
				text := "Until then the school tells the regulator of the breach, if it is to be told. A person decides; see the incident in Stowage."
				err := writeOut(args[1], func(w io.Writer) error {
					_, err := w.Write(loss.Calendar(i, summary, text, a.now()))
					return err
				})
				if err != nil {
					return on(args[1], err)
				}
				return a.done("written", args[1:], fmt.Sprintf("The 72 hours end %s; the calendar file is %s.", timeText(i.Deadline()), args[1]))
			})
		},
	}
}

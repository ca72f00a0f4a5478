package registercmd

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/devices"
)

// detailFlags are what is written down about an incident, as flags: those given
// are changed, and "" empties a field.
type detailFlags struct {
	set map[string]*string
}

// detail is one field of an incident's details.
type detail struct {
	name, usage string
	take        func(d *devices.IncidentDetails, text string) error
}

func details(a *cli.App) []detail {
	text := func(field func(*devices.IncidentDetails) *string) func(*devices.IncidentDetails, string) error {
		return func(d *devices.IncidentDetails, text string) error { *field(d) = text; return nil }
	}
	when := func(field func(*devices.IncidentDetails) *time.Time) func(*devices.IncidentDetails, string) error {
		return func(d *devices.IncidentDetails, text string) (err error) {
			*field(d), err = cli.Moment(a.Now(), text)
			return err
		}
	}
	answer := func(field func(*devices.IncidentDetails) *devices.Answer) func(*devices.IncidentDetails, string) error {
		return func(d *devices.IncidentDetails, text string) error {
			answer, err := reportcmd.AnswerOf(text)
			*field(d) = devices.Answer(answer)
			return err
		}
	}
	number := func(field func(*devices.IncidentDetails) *int64) func(*devices.IncidentDetails, string) error {
		return func(d *devices.IncidentDetails, text string) (err error) {
			if *field(d), err = strconv.ParseInt("0"+text, 10, 64); err != nil {
				return cli.Usagef("%q is not a number", text)
			}
			return nil
		}
	}
	return []detail{
		{"kind", "`KIND`: lost, stolen or not sure", func(d *devices.IncidentDetails, text string) error {
			d.Kind = devices.LossKind(strings.ReplaceAll(text, "-", " "))
			return nil
		}},
		{"what", "the `THING`, if the register does not know it", text(func(d *devices.IncidentDetails) *string { return &d.What })},
		{"happened-from", "`TIME` before which it did not happen", when(func(d *devices.IncidentDetails) *time.Time { return &d.HappenedFrom })},
		{"happened-to", "`TIME` after which it did not happen", when(func(d *devices.IncidentDetails) *time.Time { return &d.HappenedTo })},
		{"noticed", "`TIME` when it was noticed", when(func(d *devices.IncidentDetails) *time.Time { return &d.Noticed })},
		{"aware", "`TIME` when the school became aware, which starts the 72 hours; now if not given", when(func(d *devices.IncidentDetails) *time.Time { return &d.Aware })},
		{"last-seen", "`PLACE` where it was last seen", text(func(d *devices.IncidentDetails) *string { return &d.LastSeen })},
		{"circumstances", "how it happened, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Circumstances })},
		{"discovered", "how it came to light, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Discovered })},
		{"police", "the police's `REFERENCE`", text(func(d *devices.IncidentDetails) *string { return &d.Police })},
		{"passphrase", "could the passphrase be with it: `ANSWER` yes, no or unsure", answer(func(d *devices.IncidentDetails) *devices.Answer { return &d.Passphrase })},
		{"only-copy", "was it the only copy: `ANSWER` yes, no or unsure", answer(func(d *devices.IncidentDetails) *devices.Answer { return &d.OnlyCopy })},
		{"contents", "what kind of data was on it, without names, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Contents })},
		{"whose", "whose data: pupils, parents, staff, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Whose })},
		{"categories", "categories of data: names, reports, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Categories })},
		{"people", "about how many people: `NUMBER`", number(func(d *devices.IncidentDetails) *int64 { return &d.People })},
		{"records", "about how many records: `NUMBER`", number(func(d *devices.IncidentDetails) *int64 { return &d.Records })},
		{"special", "special categories of data, separated by semicolons, or none: `LIST`", takeSpecial},
		{"trained", "data protection training in the last two years: `ANSWER`", answer(func(d *devices.IncidentDetails) *devices.Answer { return &d.Trained })},
		{"trained-on", "`DATE` of the last training", takeTrained},
		{"consequences", "likely consequences for people, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Consequences })},
		{"likelihood", "how likely it is that these are significant, and why, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Likelihood })},
		{"measures", "what was in place to prevent it, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Measures })},
		{"did", "what was done since, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Done })},
		{"delay", "why it is notified late, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Delay })},
		{"contact", "whom the regulator may ask: `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.RegulatorContact })},
		{"follow-up", "what is still to do, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.FollowUp })},
		{"lessons", "how to prevent it next time, in `WORDS`", text(func(d *devices.IncidentDetails) *string { return &d.Lessons })},
		{"told", "add that this `PERSON` was told now", func(d *devices.IncidentDetails, text string) error { return takeTold(a, d, text) }},
		{"people-told-on", "`TIME` when the people concerned were told", when(func(d *devices.IncidentDetails) *time.Time { return &d.PeopleToldOn })},
	}
}

func takeSpecial(d *devices.IncidentDetails, text string) error {
	d.Special, d.SpecialNone = nil, strings.TrimSpace(text) == "none"
	if d.SpecialNone {
		return nil
	}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			d.Special = append(d.Special, part)
		}
	}
	return nil
}

func takeTrained(d *devices.IncidentDetails, text string) (err error) {
	d.TrainedOn, err = dateOf(text)
	return err
}

func takeTold(a *cli.App, d *devices.IncidentDetails, text string) error {
	d.Told = append(d.Told, devices.Told{Who: text, At: a.Now()})
	return nil
}

func (f *detailFlags) add(a *cli.App, cmd *cobra.Command) {
	f.set = map[string]*string{}
	for _, d := range details(a) {
		f.set[d.name] = cmd.Flags().String(d.name, "", d.usage)
	}
}

// change writes what the flags say over d.
func (f *detailFlags) change(a *cli.App, cmd *cobra.Command, d *devices.IncidentDetails) error {
	for _, field := range details(a) {
		if !cmd.Flags().Changed(field.name) {
			continue
		}
		if err := field.take(d, *f.set[field.name]); err != nil {
			return err
		}
	}
	return nil
}

package fill

import (
	"fmt"
	"strings"

	"stowage/devices"
	"stowage/devices/papers"
)

// incident is a case file as a paper shows it.
func incident(i devices.Incident) *papers.Incident {
	p := &papers.Incident{
		Number: i.ID[:min(8, len(i.ID))], Kind: string(i.Kind), Happened: i.HappenedFrom, Until: i.HappenedTo, Noticed: i.Noticed, Aware: i.Aware,
		LastSeen: i.LastSeen, Police: i.Police, Account: i.Circumstances, WithIt: answer(i.Passphrase),
		People: people(i), Special: strings.Join(i.Special, ", "), OnlyCopy: answer(i.OnlyCopy), Training: training(i),
		Effects: joined("\n", i.Consequences, i.Likelihood), Done: i.Done, Decision: decision(i.Decision), Lessons: i.Lessons, Closed: i.Closed,
	}
	if i.SpecialNone {
		p.Special = "none"
	}
	if i.OnlyCopy == devices.Yes {
		p.OnlyCopy = "yes, so that the availability of the data is breached too"
	}
	for _, t := range i.Told {
		p.Told = append(p.Told, joined(", ", t.Who, moment(t.At)))
	}
	if !i.PeopleToldOn.IsZero() {
		p.Told = append(p.Told, "the people whose data it is, "+day(i.PeopleToldOn))
	}
	return p
}

func answer(a devices.Answer) string {
	if a == devices.Unanswered {
		return "not answered yet"
	}
	return string(a)
}

// people says whose data it is, of what kind, and how many they are.
func people(i devices.Incident) string {
	var number string
	if i.People > 0 {
		number = fmt.Sprintf("about %d people", i.People)
	}
	var records string
	if i.Records > 0 {
		records = fmt.Sprintf("about %d records", i.Records)
	}
	return joined("\n", joined(", ", i.Whose, number), joined(", ", i.Categories, records), i.Contents)
}

func training(i devices.Incident) string {
	if i.Trained == devices.Unanswered {
		return ""
	}
	return joined(", the last time on ", string(i.Trained), day(i.TrainedOn))
}

// decision is what a person decided about telling the regulator and people.
func decision(d devices.Decision) papers.Decision {
	p := papers.Decision{Why: joined("\n", d.Why, d.TellWhy), By: d.By, At: d.At, Sent: d.Notified, Ref: d.Reference}
	switch d.Notify {
	case devices.Yes:
		p.What = "to notify the regulator"
	case devices.No:
		p.What = "not to notify the regulator"
	default:
		return papers.Decision{}
	}
	switch d.TellPeople {
	case devices.Yes:
		p.What += " and to tell the people concerned"
	case devices.No:
		p.What += " and not to tell the people concerned"
	}
	return p
}

// joined joins what is not empty.
func joined(by string, parts ...string) string {
	var list []string
	for _, part := range parts {
		if part != "" {
			list = append(list, part)
		}
	}
	return strings.Join(list, by)
}

package fill

import (
	"context"
	"slices"
	"time"

	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/school"
)

// AuditPlan says what an audit report is about.
type AuditPlan struct {
	From, Until time.Time // From <= time < Until; zero leaves that side open
	Site        string    // only the devices of this one; "" is all
	Now         time.Time // by which overdue and not seen are judged
}

// Audit gathers what a report for an auditor says. Devices and their states are
// those of now; what happened is of the span of time.
func Audit(ctx context.Context, s *school.School, p AuditPlan) (papers.AuditFacts, error) {
	a := &auditing{school: s, plan: p, devices: map[string]devices.Device{}, people: map[string]string{}}
	a.From, a.Until, a.Site, a.UnseenDays = p.From, p.Until, p.Site, s.Policy().UnseenDays
	for _, step := range []func(context.Context) error{a.readDevices, a.readMoves, a.readIncidents, a.readProof} {
		if err := step(ctx); err != nil {
			return papers.AuditFacts{}, err
		}
	}
	return a.AuditFacts, nil
}

// auditing is a report in the making.
type auditing struct {
	papers.AuditFacts
	school  *school.School
	plan    AuditPlan
	devices map[string]devices.Device // by id; only those of the site
	people  map[string]string         // names by id
}

func (a *auditing) readDevices(ctx context.Context) error {
	q := devices.DeviceQuery{Limit: devices.MaxPage}
	if a.plan.Site != "" {
		q.Sites = []string{a.plan.Site}
	}
	counts := map[devices.State]int{}
	for {
		page, err := a.school.Register().Devices(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Devices {
			a.devices[d.ID] = d
			counts[d.State]++
			a.judge(d)
		}
		if page.Next == "" {
			break
		}
		q.After = page.Next
	}
	for _, state := range devices.States() {
		a.States = append(a.States, papers.Count{State: string(state), Count: counts[state]})
	}
	return nil
}

// judge puts a device on the lists that it belongs to.
func (a *auditing) judge(d devices.Device) {
	held := papers.Held{Device: d.Name(), Kind: string(d.Kind), Person: d.HolderName, State: string(d.State)}
	add := func(to *[]papers.Held, when time.Time, more string) {
		held.When, held.More = when, more
		*to = append(*to, held)
	}
	if d.Overdue(a.plan.Now) {
		add(&a.Overdue, devices.DueDay(d.Due, time.Local), "")
	}
	if d.State == devices.Issued && d.Seen.At.Before(a.plan.Now.AddDate(0, 0, -a.UnseenDays)) {
		add(&a.NotSeen, d.Seen.At, "")
	}
	switch {
	case d.State == devices.Retired || d.State == devices.Destroyed:
	case d.Encryption.Encrypted:
		a.Encrypted++
	case d.Encryption.At.IsZero():
		add(&a.Unverified, time.Time{}, "")
	default:
		add(&a.Unverified, d.Encryption.At, joined(": ", d.Encryption.Method, "NOT encrypted"))
	}
}

func (a *auditing) readMoves(ctx context.Context) error {
	kinds := []devices.EventKind{
		devices.DeviceIssued, devices.DeviceReturned, devices.DeviceLost, devices.DeviceStolen,
		devices.DeviceFound, devices.DeviceDamaged, devices.DeviceRetired, devices.DeviceDestroyed,
	}
	found, err := events(ctx, a.school, devices.EventQuery{Kinds: kinds, From: a.plan.From, Until: a.plan.Until, Oldest: true})
	if err != nil {
		return err
	}
	for _, e := range found {
		d, ok := a.devices[e.Device]
		if !ok {
			continue // of another site
		}
		person, err := a.person(ctx, e.Holder)
		if err != nil {
			return err
		}
		a.Moves = append(a.Moves, papers.Move{Entry: entry(e), Device: d.Name(), Person: person})
	}
	return nil
}

// person is the name of a holder.
func (a *auditing) person(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	if name, ok := a.people[id]; ok {
		return name, nil
	}
	h, err := a.school.Register().Holder(ctx, id)
	if err != nil {
		return "", err
	}
	a.people[id] = h.Name
	return h.Name, nil
}

func (a *auditing) readIncidents(ctx context.Context) error {
	all, err := a.school.Register().Incidents(ctx, devices.IncidentQuery{Limit: -1})
	if err != nil {
		return err
	}
	for _, i := range all {
		d, ours := a.devices[i.Device]
		switch {
		case i.State == devices.IncidentMerged, !ours && (i.Device != "" || a.plan.Site != ""):
			continue
		case i.State != devices.IncidentOpen && !a.within(i.Aware):
			continue
		}
		name := d.Name()
		if i.Device == "" {
			name = i.What
		}
		decided := decision(i.Decision)
		a.Incidents = append(a.Incidents, papers.Case{Number: i.ID[:min(8, len(i.ID))], Device: name, Kind: string(i.Kind), Aware: i.Aware, Decision: decided.What, By: decided.By, Closed: i.Closed})
	}
	slices.SortStableFunc(a.Incidents, func(x, y papers.Case) int { return x.Aware.Compare(y.Aware) })
	return nil
}

func (a *auditing) within(t time.Time) bool {
	return !t.Before(a.plan.From) && (a.plan.Until.IsZero() || t.Before(a.plan.Until))
}

// readProof finds the first and the last event, and the checkpoints.
func (a *auditing) readProof(ctx context.Context) error {
	span := devices.EventQuery{From: a.plan.From, Until: a.plan.Until, Limit: 1}
	last, err := a.school.Register().Events(ctx, span)
	if err != nil {
		return err
	}
	span.Oldest = true
	first, err := a.school.Register().Events(ctx, span)
	if err != nil {
		return err
	}
	if len(first) > 0 && len(last) > 0 {
		a.First, a.Last = first[0].Number, last[0].Number
	}
	witnesses, err := a.school.Register().Witnesses(ctx)
	if err != nil {
		return err
	}
	for _, w := range witnesses {
		if a.within(w.Seen) {
			a.Checkpoints = append(a.Checkpoints, papers.Checkpoint{Events: w.Size, Root: rootOf(w.Note), At: w.Seen})
		}
	}
	c, err := checkpoint(ctx, a.school)
	if err == nil && c.Events > 0 {
		a.Checkpoints = append(a.Checkpoints, c)
	}
	return err
}

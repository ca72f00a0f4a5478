// Package loss is how a loss gets from whoever noticed it to the regulator's form: reports of staff, sealed to ICT and
// delivered to the inbox, sightings of lost sticks, and incidents with the list of what was on the device.
//
// A loss report is encrypted and not signed, since age keys cannot sign. Whoever has the directory can write one in
// anybody's name, also one that says that a key was unlocked for it ([ProofKey]). So a report changes
// nothing by itself: ICT decides, after ringing back at a number that the report does not bring.
package loss

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/known"
)

// School is what is needed of a school: its register, and what was on its sticks. A *school.School is one.
type School interface {
	backup.School
	Unlocked() bool
	PublishChange(context.Context) error
}

// NewIncident says what an incident that somebody tells of is about.
type NewIncident struct {
	Device  string // label, serial or id; empty if the register does not know the thing
	Holder  string // id, name or e-mail address of who had it; empty for the device's holder
	Details devices.IncidentDetails
}

// OpenIncident opens an incident, such as for somebody on the telephone, and
// records the device as lost or stolen if it is not yet, so that the next
// directory blocks it and the keys on it. behind says that the directory still
// has to be published, for which the authority is needed. A [*school.PublishError]
// leaves the incident open.
func OpenIncident(ctx context.Context, s School, n NewIncident) (i devices.Incident, behind bool, err error) {
	return openIncident(ctx, s, n, nil)
}

func openIncident(ctx context.Context, s School, n NewIncident, reports []string) (i devices.Incident, behind bool, err error) {
	changed := false
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		device, holder, err := whoAndWhat(ctx, r, n)
		if err != nil {
			return err
		}
		if changed, err = goneMissing(ctx, s, r, device, n.Details); err != nil {
			return err
		}
		i, err = r.OpenIncident(ctx, s.Actor(), device, holder, n.Details, reports...)
		return err
	})
	if err != nil {
		return i, false, err
	}
	i = ListNow(ctx, s, i)
	if !changed {
		return i, false, nil
	}
	if !s.Unlocked() {
		return i, true, nil
	}
	return i, false, s.PublishChange(ctx)
}

// whoAndWhat finds the ids of the device and the holder.
func whoAndWhat(ctx context.Context, r *devices.Register, n NewIncident) (device, holder string, err error) {
	if n.Device != "" {
		d, err := r.FindDevice(ctx, n.Device)
		if err != nil {
			return "", "", fmt.Errorf("open an incident: %w", err)
		}
		device = d.ID
	}
	if n.Holder != "" {
		h, err := r.FindHolder(ctx, n.Holder)
		if err != nil {
			return "", "", school.AboutPerson(n.Holder, err)
		}
		holder = h.ID
	}
	return device, holder, nil
}

// goneMissing records a device as lost or stolen, if its state allows it and
// does not say so already.
func goneMissing(ctx context.Context, s School, r *devices.Register, device string, d devices.IncidentDetails) (changed bool, err error) {
	if device == "" {
		return false, nil
	}
	before, err := r.Device(ctx, device)
	if err != nil {
		return false, err
	}
	action := devices.Lose
	if d.Kind == devices.WasStolen {
		action = devices.Steal
	}
	if _, can := devices.Next(before.State, action); !can || before.State.Missing() {
		return false, nil
	}
	happened := cmp.Or(unixOf(d.HappenedTo), unixOf(d.Noticed), unixOf(d.HappenedFrom))
	facts := devices.Facts{Note: d.LastSeen}
	if happened != 0 {
		facts.Happened = time.Unix(happened, 0).UTC()
	}
	_, err = r.Act(ctx, s.Actor(), device, action, facts)
	return err == nil, err
}

func unixOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// OpenFor opens an incident about a device that was just recorded as lost or
// stolen, unless there is an open one: then it is the zero value.
func OpenFor(ctx context.Context, s School, r *devices.Register, d devices.Device, f devices.Facts) (devices.Incident, error) {
	open, err := r.Incidents(ctx, devices.IncidentQuery{Device: d.ID, States: []devices.IncidentState{devices.IncidentOpen}})
	if err != nil || len(open) > 0 {
		return devices.Incident{}, err
	}
	details := devices.IncidentDetails{Kind: devices.WasLost, HappenedTo: f.Happened, Circumstances: f.Note}
	if d.State == devices.Stolen {
		details.Kind = devices.WasStolen
	}
	return r.OpenIncident(ctx, s.Actor(), d.ID, d.Holder, details)
}

// Accept opens an incident from a loss report in the inbox, or adds it to
// the one that is open about the same device, and puts the report away. The
// school became aware when the report was received, unless it was made later by
// its own clock. merged says that there was one already.
func Accept(ctx context.Context, s School, r Report) (i devices.Incident, merged, behind bool, err error) {
	if r.Err != nil {
		return i, false, false, r.Err
	}
	if r, err = whole(ctx, s, r); err != nil {
		return i, false, false, err
	}
	n, err := fromReport(ctx, s, r)
	if err != nil {
		return i, false, false, err
	}
	if known, ok, err := openAbout(ctx, s, r, n.Device); err != nil || ok {
		if err != nil {
			return i, false, false, err
		}
		i, err = Merge(ctx, s, r, known.ID)
		return i, true, false, err
	}
	i, behind, err = openIncident(ctx, s, n, []string{r.ID})
	var publish *school.PublishError
	if err != nil && !errors.As(err, &publish) {
		return i, false, false, err
	}
	return i, false, behind, errors.Join(err, putAway(r))
}

// putAway puts a report that is in the register among those dealt with. That
// another desk has done so is as good.
func putAway(r Report) error {
	if err := r.Handled(); err != nil && !errors.Is(err, ErrHandled) {
		return err
	}
	return nil
}

// Merge adds a loss report to an open incident: it fills in what is not
// written down yet, keeps what the report says in the circumstances, and puts the
// report away. The clock goes by the earlier of the two.
func Merge(ctx context.Context, s School, r Report, incident string) (devices.Incident, error) {
	if r.Err != nil {
		return devices.Incident{}, r.Err
	}
	r, err := whole(ctx, s, r)
	if err != nil {
		return devices.Incident{}, err
	}
	i, err := s.Register().Incident(ctx, incident)
	if err != nil {
		return devices.Incident{}, err
	}
	if !slices.Contains(i.Reports, r.ID) {
		merged := mergeDetails(i.IncidentDetails, detailsOf(s, r))
		if i, err = s.Register().AddReport(ctx, s.Actor(), i.ID, i.Version, r.ID, merged); err != nil {
			return devices.Incident{}, err
		}
	}
	return i, putAway(r)
}

// openAbout is the open incident that a report belongs to, if there is one: the
// report is in it already, or it is about the same device.
func openAbout(ctx context.Context, s School, r Report, device string) (devices.Incident, bool, error) {
	open, err := s.Register().Incidents(ctx, devices.IncidentQuery{States: []devices.IncidentState{devices.IncidentOpen}, Limit: -1})
	if err != nil {
		return devices.Incident{}, false, err
	}
	for _, i := range open {
		same := device != "" && i.Device == device || slices.Contains(i.Reports, r.ID)
		for _, id := range r.Same {
			same = same || slices.Contains(i.Reports, id)
		}
		if same {
			return i, true, nil
		}
	}
	return devices.Incident{}, false, nil
}

// fromReport is the incident that a report makes. Device and holder are ids, or
// empty where the report names none that the register knows.
func fromReport(ctx context.Context, s School, r Report) (NewIncident, error) {
	n := NewIncident{Details: detailsOf(s, r)}
	d, ok, err := known.Find(ctx, s.Register(), r.Device.Label)
	if err != nil {
		return n, err
	}
	if ok {
		n.Device = d.ID
	}
	if r.Reporter.Holder != "" {
		if _, err := s.Register().Holder(ctx, r.Reporter.Holder); err == nil {
			n.Holder = r.Reporter.Holder
		} else if !errors.Is(err, devices.ErrNotFound) {
			return n, err
		}
	}
	if n.Device != "" && d.Holder != "" {
		n.Holder = "" // the register knows who had it
	}
	if n.Device == "" {
		n.Details.What = cut(strings.Join(strings.Fields(cmp.Or(r.Device.Label, r.Device.Description, "memory stick "+r.Device.Stick)), " "), 200)
	}
	return n, nil
}

// detailsOf is what a report says, as an incident has it. Computers at home may
// have a wrong clock: what is in the future counts as not known.
func detailsOf(s School, r Report) devices.IncidentDetails {
	now := s.Now()
	past := func(t time.Time) time.Time {
		if t.After(now) {
			return time.Time{}
		}
		return t
	}
	d := devices.IncidentDetails{
		Kind:         devices.LossKind(r.Kind),
		HappenedFrom: past(r.HappenedFrom), HappenedTo: past(r.HappenedTo), Noticed: past(r.Noticed),
		Aware:    past(r.Received.UTC().Truncate(time.Second)),
		LastSeen: r.Place, Police: cut(r.Police, 200), Discovered: "reported by the holder",
		Passphrase: devices.Answer(r.Passphrase), OnlyCopy: devices.Answer(r.OnlyCopy),
		Contents: r.Contents, Whose: r.Whose,
	}
	// Who it was stays out of what may be passed on.
	d.FollowUp = cut(strings.TrimSpace("Reported by "+r.Reporter.Name+"\n"+r.Reporter.Contact+"\n"+r.Help), 4000)
	lines := []string{r.Circumstances}
	for _, f := range []struct{ name, text string }{
		{"About how many people", r.HowMany},
		{"Already told", r.Told},
	} {
		if f.text != "" {
			lines = append(lines, f.name+": "+f.text)
		}
	}
	d.Circumstances = cut(strings.TrimSpace(strings.Join(lines, "\n")), 4000)
	return d
}

// cut shortens text to so many characters.
func cut(text string, most int) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}

// mergeDetails fills in what first does not say from then. What both say of the
// circumstances stays.
func mergeDetails(first, then devices.IncidentDetails) devices.IncidentDetails {
	d := first
	for _, f := range []struct{ to, from *string }{
		{&d.LastSeen, &then.LastSeen},
		{&d.Police, &then.Police},
		{&d.Discovered, &then.Discovered},
		{&d.Contents, &then.Contents},
		{&d.Whose, &then.Whose},
		{&d.FollowUp, &then.FollowUp},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	for _, f := range []struct{ to, from *time.Time }{{&d.HappenedFrom, &then.HappenedFrom}, {&d.HappenedTo, &then.HappenedTo}, {&d.Noticed, &then.Noticed}} {
		if f.to.IsZero() {
			*f.to = *f.from
		}
	}
	if d.HappenedFrom.After(d.HappenedTo) && !d.HappenedTo.IsZero() {
		d.HappenedFrom, d.HappenedTo = first.HappenedFrom, first.HappenedTo
	}
	if then.Aware.Before(d.Aware) && !then.Aware.IsZero() {
		d.Aware = then.Aware
	}
	d.Kind = cmp.Or(d.Kind, then.Kind)
	d.Passphrase, d.OnlyCopy = cmp.Or(d.Passphrase, then.Passphrase), cmp.Or(d.OnlyCopy, then.OnlyCopy)
	if then.Circumstances != "" && !strings.Contains(d.Circumstances, then.Circumstances) {
		d.Circumstances = cut(strings.TrimSpace(d.Circumstances+"\n\n"+then.Circumstances), 4000)
	}
	return d
}

package devices

import (
	"slices"
	"time"
)

// NotifyWithin is how long a school has to tell the regulator of a personal data
// breach that is to be notified, from when it became aware (UK GDPR, article
// 33(1)).
const NotifyWithin = 72 * time.Hour

// Answer is what somebody says to a question that they may not be able to answer.
type Answer string

// The answers. The zero value is that the question was not answered yet.
const (
	Unanswered Answer = ""
	Yes        Answer = "yes"
	No         Answer = "no"
	NotSure    Answer = "not sure"
)

// LossKind is how a device went.
type LossKind string

// The kinds of loss.
const (
	WasLost   LossKind = "lost"
	WasStolen LossKind = "stolen"
	Unclear   LossKind = "not sure"
)

// SpecialCategories are the kinds of personal data that the law protects most
// (UK GDPR, articles 9 and 10), in the order of the regulator's form.
func SpecialCategories() []string {
	return []string{
		"racial or ethnic origin", "political opinions", "religious or philosophical beliefs", "trade union membership",
		"sex life", "sexual orientation", "gender reassignment", "health", "genetic or biometric", "criminal convictions or offences",
	}
}

// IncidentDetails is what is written down about an incident and may be corrected
// while it is open. Nobody need know all of it at once. Times are UTC; the zero
// time is not known.
type IncidentDetails struct {
	Kind LossKind `json:"kind"`
	What string   `json:"what,omitempty"` // the thing, if it is not a device in the register

	// When. They are kept apart since only one of them starts the clock.
	HappenedFrom time.Time `json:"happened_from,omitzero"` // the span in which it happened
	HappenedTo   time.Time `json:"happened_to,omitzero"`
	Noticed      time.Time `json:"noticed,omitzero"` // by whoever had it
	Aware        time.Time `json:"aware"`            // when the school became aware: the clock's start

	LastSeen      string   `json:"last_seen,omitempty"` // where
	Circumstances string   `json:"circumstances,omitempty"`
	Discovered    string   `json:"discovered,omitempty"` // how it came to light
	Police        string   `json:"police,omitempty"`     // reference
	Told          []Told   `json:"told,omitempty"`       // who was told, in order
	Passphrase    Answer   `json:"passphrase,omitempty"` // could the passphrase be with it?
	OnlyCopy      Answer   `json:"only_copy,omitempty"`  // yes: availability is breached too
	Contents      string   `json:"contents,omitempty"`   // what kind of data, without names of people
	Whose         string   `json:"whose,omitempty"`      // categories of people: pupils, parents, …
	Categories    string   `json:"categories,omitempty"` // of data: names, addresses, reports, …
	People        int64    `json:"people,omitempty"`     // about how many; 0 if not known
	Records       int64    `json:"records,omitempty"`    // about how many; 0 if not known
	Special       []string `json:"special,omitempty"`    // of SpecialCategories, sorted
	SpecialNone   bool     `json:"special_none,omitempty"`

	Trained          Answer    `json:"trained,omitempty"`       // the holder, in data protection, in the two years before
	TrainedOn        time.Time `json:"trained_on,omitzero"`     // the last time
	Consequences     string    `json:"consequences,omitempty"`  // likely, for the people whose data it is
	Likelihood       string    `json:"likelihood,omitempty"`    // that these are significant, and why
	Measures         string    `json:"measures,omitempty"`      // in place before, to prevent it
	Done             string    `json:"done,omitempty"`          // since, to contain it and to help people
	Delay            string    `json:"delay,omitempty"`         // why it was or will be notified late
	RegulatorContact string    `json:"contact,omitempty"`       // whom the regulator may ask at the school
	FollowUp         string    `json:"follow_up,omitempty"`     // what is still to do
	Lessons          string    `json:"lessons,omitempty"`       // to prevent it next time
	PeopleToldOn     time.Time `json:"people_told_on,omitzero"` // when the people concerned were told
}

// Told is somebody who was told of an incident.
type Told struct {
	Who string    `json:"who"`
	At  time.Time `json:"at,omitzero"`
}

// Decision is what a person decided, and why. The register only keeps it.
type Decision struct {
	Notify     Answer    `json:"notify"` // the regulator: yes or no
	Why        string    `json:"why"`
	TellPeople Answer    `json:"tell_people,omitempty"` // those whose data it is
	TellWhy    string    `json:"tell_why,omitempty"`
	By         string    `json:"by"` // who decided
	At         time.Time `json:"at"`
	Notified   time.Time `json:"notified,omitzero"`   // when the regulator was told
	Reference  string    `json:"reference,omitempty"` // the regulator's
}

// IncidentState says where an incident stands.
type IncidentState string

// The states of an incident.
const (
	IncidentOpen   IncidentState = "open"
	IncidentClosed IncidentState = "closed"
	IncidentMerged IncidentState = "merged" // into another, which goes on
)

// IncidentStates are all the states of an incident.
func IncidentStates() []IncidentState {
	return []IncidentState{IncidentOpen, IncidentClosed, IncidentMerged}
}

// An Incident is the register's case file for a loss.
type Incident struct {
	ID      string `json:"id"`      // UUID
	Version int64  `json:"version"` // the number of the last event that changed it
	IncidentDetails
	State  IncidentState `json:"state"`
	Opened time.Time     `json:"opened"`
	By     string        `json:"by"` // who opened it

	Device string `json:"device,omitempty"` // its id, if the register knows it
	Holder string `json:"holder,omitempty"` // the id of who had it

	Reports  []string  `json:"reports,omitempty"`  // ids of the loss reports that were accepted
	Listing  string    `json:"listing,omitempty"`  // digest of the list of what was on it, which is ciphertext
	Listed   time.Time `json:"listed,omitzero"`    // when that list was made
	Decision Decision  `json:"decision,omitzero"`  // the latest; zero if nobody has decided
	Closed   time.Time `json:"closed,omitzero"`    // when it was closed or merged
	Into     string    `json:"into,omitempty"`     // the incident that it was merged into
	Merged   []string  `json:"merged,omitempty"`   // the incidents that were merged into it
	Reopened int       `json:"reopened,omitempty"` // how often
}

// Deadline is when the time to notify the regulator ends.
func (i Incident) Deadline() time.Time { return i.Aware.Add(NotifyWithin) }

// Left is how much of the time to notify is left at now; negative when it is over. It is
// never more than there ever was, whatever a clock says: see [Incident.ClockOdd].
func (i Incident) Left(now time.Time) time.Duration { return min(i.Deadline().Sub(now), NotifyWithin) }

// ClockOdd says whether the school became aware only after now: then the clock that says
// so, or the one by which the incident was opened, is wrong, and people must count.
func (i Incident) ClockOdd(now time.Time) bool { return i.Aware.Sub(now) > time.Hour }

// ClockRuns says whether the time to notify still matters: nobody has decided,
// or it was decided to notify and that has not been done.
func (i Incident) ClockRuns() bool {
	return i.State == IncidentOpen && (i.Decision.Notify == Unanswered || i.Decision.Notify == Yes && i.Decision.Notified.IsZero())
}

// Breached names what of the security of the data the incident touches:
// "confidentiality" always may be, "availability" where it was the only copy.
func (i Incident) Breached() []string {
	breached := []string{"confidentiality"}
	if i.OnlyCopy == Yes {
		breached = append(breached, "availability")
	}
	return breached
}

// IncidentQuery says which incidents are wanted; they come open ones first, and
// then those whose clock started last. The zero value is all but merged ones.
type IncidentQuery struct {
	States []IncidentState
	Device string
	Holder string
	Limit  int // at most so many; 0 is [MaxPage], less is all
}

// clean checks what is written down at now and brings it into the form in which
// it is stored.
func (d *IncidentDetails) clean(now time.Time) error {
	var c cleaner
	d.cleanTexts(&c)
	for _, f := range []struct {
		name string
		time *time.Time
	}{
		{"happened", &d.HappenedFrom},
		{"happened to", &d.HappenedTo},
		{"noticed", &d.Noticed},
		{"aware", &d.Aware},
		{"trained on", &d.TrainedOn},
		{"people told on", &d.PeopleToldOn},
	} {
		c.moment(f.name, f.time, now)
	}
	if d.Aware.IsZero() {
		d.Aware = now
	}
	if !d.HappenedTo.IsZero() && d.HappenedFrom.After(d.HappenedTo) {
		c.fail(&InvalidError{Field: "happened to", Value: d.HappenedTo.Format(time.RFC3339), Problem: "is before it can have happened"})
	}
	if !slices.Contains([]LossKind{WasLost, WasStolen, Unclear}, d.Kind) {
		c.fail(&InvalidError{Field: "kind", Value: shorten(string(d.Kind)), Problem: "is none of lost, stolen, not sure"})
	}
	for name, answer := range map[string]Answer{"passphrase": d.Passphrase, "only copy": d.OnlyCopy, "trained": d.Trained} {
		c.answer(name, answer)
	}
	const most = 1_000_000_000
	for name, n := range map[string]int64{"people": d.People, "records": d.Records} {
		if n < 0 || n > most {
			c.fail(&InvalidError{Field: name, Problem: "is not a likely number"})
		}
	}
	d.cleanSpecial(&c)
	d.cleanTold(&c, now)
	return c.err
}

func (d *IncidentDetails) cleanTexts(c *cleaner) {
	c.line("what", &d.What)
	c.line("police", &d.Police)
	c.line("contact", &d.RegulatorContact)
	for _, f := range []struct {
		name string
		text *string
	}{
		{"last seen", &d.LastSeen},
		{"circumstances", &d.Circumstances},
		{"discovered", &d.Discovered},
		{"contents", &d.Contents},
		{"whose", &d.Whose},
		{"categories", &d.Categories},
		{"consequences", &d.Consequences},
		{"likelihood", &d.Likelihood},
		{"measures", &d.Measures},
		{"done", &d.Done},
		{"delay", &d.Delay},
		{"follow-up", &d.FollowUp},
		{"lessons", &d.Lessons},
	} {
		c.note(f.name, f.text)
	}
}

func (d *IncidentDetails) cleanSpecial(c *cleaner) {
	var special []string
	for _, known := range SpecialCategories() {
		if slices.Contains(d.Special, known) {
			special = append(special, known)
		}
	}
	for _, s := range d.Special {
		if !slices.Contains(special, s) {
			c.fail(&InvalidError{Field: "special categories", Value: shorten(s), Problem: "is none of them"})
		}
	}
	if d.SpecialNone && len(special) > 0 {
		c.fail(&InvalidError{Field: "special categories", Problem: "are given and said to be none"})
	}
	d.Special = special
}

// maxTold is how many people an incident names as told.
const maxTold = 100

func (d *IncidentDetails) cleanTold(c *cleaner, now time.Time) {
	var told []Told
	for _, t := range d.Told {
		c.line("told", &t.Who)
		c.moment("told at", &t.At, now)
		if t.Who != "" {
			told = append(told, t)
		}
	}
	if len(told) > maxTold {
		c.fail(&InvalidError{Field: "told", Problem: "are too many"})
	}
	d.Told = told
}

// answer refuses what is no answer.
func (c *cleaner) answer(field string, a Answer) {
	if !slices.Contains([]Answer{Unanswered, Yes, No, NotSure}, a) {
		c.fail(&InvalidError{Field: field, Value: shorten(string(a)), Problem: "is none of yes, no, not sure"})
	}
}

func (d *Decision) clean(now time.Time) error {
	var c cleaner
	c.note("why", &d.Why)
	c.note("why people are told", &d.TellWhy)
	c.line("decided by", &d.By)
	c.line("reference", &d.Reference)
	c.moment("decided at", &d.At, now)
	c.moment("notified", &d.Notified, now)
	c.required("why", d.Why)
	c.required("decided by", d.By)
	if d.At.IsZero() {
		d.At = now
	}
	if d.Notify != Yes && d.Notify != No {
		c.fail(&InvalidError{Field: "notify", Value: shorten(string(d.Notify)), Problem: "is neither yes nor no"})
	}
	c.answer("tell people", d.TellPeople)
	if !d.Notified.IsZero() && d.Notify == No {
		c.fail(&InvalidError{Field: "notified", Problem: "was done, but decided against"})
	}
	return c.err
}

package papers

import (
	"io"
	"time"
)

// AuditFacts is what an audit report says. States are as of the making of the
// report; what happened is of its span of time.
type AuditFacts struct {
	From, Until time.Time // From <= time < Until
	Site        string    // only this one; "" is all
	States      []Count   // devices by state, in the order to be shown
	// Moves are what happened to devices in the span, oldest first.
	Moves      []Move
	Overdue    []Held
	NotSeen    []Held // not seen for longer than the policy's days
	UnseenDays int
	Unverified []Held // never verified as encrypted, or found not encrypted
	Encrypted  int    // devices in use that were verified as encrypted
	// Incidents are those of which the school became aware in the span, or that
	// are still open.
	Incidents   []Case
	Checkpoints []Checkpoint
	First, Last int64 // the numbers of the register's entries in the span; 0 if there are none
}

// Count is a number of devices in one state.
type Count struct {
	State string
	Count int
}

// Move is something that happened to a device.
type Move struct {
	Entry
	Device string
	Person string
}

// Held is a device that somebody should look after.
type Held struct {
	Device string
	Kind   string
	Person string
	State  string
	When   time.Time // due back, last seen or last checked; zero is never
	More   string
}

// Case is an incident in one line.
type Case struct {
	Number   string
	Device   string
	Kind     string // lost or stolen
	Aware    time.Time
	Decision string // empty: none yet
	By       string
	Closed   time.Time
}

// total is how many devices there are.
func (a AuditFacts) total() int64 {
	n := 0
	for _, c := range a.States {
		n += c.Count
	}
	return int64(n)
}

// groups are the kinds of move that a report shows, by the register's words.
func groups() []struct{ what, title string } {
	return []struct{ what, title string }{
		{"device issued", "Issued"},
		{"device returned", "Returned"},
		{"device lost", "Lost"},
		{"device stolen", "Stolen"},
		{"device found", "Found"},
		{"device damaged", "Damaged"},
		{"device retired", "Retired"},
		{"device destroyed", "Destroyed"},
	}
}

// moved are the moves of one kind.
func (a AuditFacts) moved(what string) []Move {
	var list []Move
	for _, m := range a.Moves {
		if m.What == what {
			list = append(list, m)
		}
	}
	return list
}

// period is the span in words; until is the day after the last.
func (a AuditFacts) period(h Head) string {
	switch last := a.Until.Add(-time.Second); {
	case a.From.IsZero() && a.Until.IsZero():
		return "from the beginning until now"
	case a.From.IsZero():
		return "until " + h.day(last)
	case a.Until.IsZero():
		return "from " + h.day(a.From) + " until now"
	case h.day(a.From) == h.day(last):
		return h.day(a.From)
	default:
		return h.day(a.From) + " to " + h.day(last)
	}
}

// Audit writes the report of a span of time for an auditor.
func Audit(w io.Writer, h Head, a AuditFacts) error {
	return write(w, h, "Audit report", joined(", ", a.period(h), a.Site), func(p *page) {
		p.first()
		p.figures([]figure{
			{number(a.total()), "devices in the register"},
			{number(int64(a.Encrypted)), "verified as encrypted"},
			{number(int64(len(a.Overdue))), "overdue"},
			{number(int64(len(a.Incidents))), "incidents"},
		})
		p.auditStates(a)
		p.auditMoves(a)
		p.held("Overdue", "Nothing is overdue.", "Due back", a.Overdue)
		p.held("Not seen at school for "+plural(int64(a.UnseenDays), "day"), "Everything in use was seen.", "Last seen", a.NotSeen)
		p.held("Not verified as encrypted", "Everything in use was verified.", "Last checked", a.Unverified)
		p.auditIncidents(a.Incidents)
		p.auditProof(a)
	})
}

func (p *page) auditStates(a AuditFacts) {
	p.heading("Devices by state, when this report was made")
	var rows [][]string
	for _, c := range a.States {
		rows = append(rows, []string{c.State, number(int64(c.Count))})
	}
	p.table([]column{{title: "State", share: 5}, {title: "Devices", share: 2, right: true}}, append(rows, []string{"all", number(a.total())}))
}

func (p *page) auditMoves(a AuditFacts) {
	p.heading("What happened, " + a.period(p.head))
	var rows [][]string
	for _, g := range groups() {
		rows = append(rows, []string{g.title, number(int64(len(a.moved(g.what))))})
	}
	p.table([]column{{title: "What", share: 5}, {title: "Times", share: 2, right: true}}, rows)
	for _, g := range groups() {
		moves := a.moved(g.what)
		if len(moves) == 0 {
			continue
		}
		p.heading(g.title)
		rows := [][]string{}
		for _, m := range moves {
			rows = append(rows, []string{p.head.brief(m.At), m.Device, m.Person, m.By, m.More})
		}
		p.table([]column{{title: "When", share: 3}, {title: "Device", share: 3}, {title: "Person", share: 3}, {title: "By", share: 2.6}, {title: "Details", share: 4}}, rows)
	}
}

func (p *page) held(title, none, when string, list []Held) {
	p.heading(title)
	if len(list) == 0 {
		p.paragraph(none)
		return
	}
	var rows [][]string
	for _, d := range list {
		rows = append(rows, []string{d.Device, d.Kind, d.State, d.Person, or(p.head.briefDay(d.When), "never"), d.More})
	}
	p.table([]column{{title: "Device", share: 3}, {title: "Kind", share: 2.4}, {title: "State", share: 2}, {title: "Person", share: 3}, {title: when, share: 2.4}, {title: "Note", share: 3}}, rows)
}

func (p *page) auditIncidents(list []Case) {
	p.heading("Incidents")
	if len(list) == 0 {
		p.paragraph("There were none in this time, and none from before is open.")
		return
	}
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.Number, c.Device, c.Kind, p.head.brief(c.Aware), or(joined(", by ", c.Decision, c.By), "none yet"), or(p.head.briefDay(c.Closed), "open")})
	}
	p.table([]column{{title: "No.", share: 1.6}, {title: "Device", share: 2.6}, {title: "Kind", share: 1.6}, {title: "Aware", share: 3}, {title: "Decision on notifying", share: 4.4}, {title: "Closed", share: 2.4}}, rows)
}

func (p *page) auditProof(a AuditFacts) {
	p.heading("The register's record")
	if a.Last == 0 {
		p.paragraph("The register has no entry from this time.")
	} else {
		p.paragraph("The entries of this time are number " + number(a.First) + " to number " + number(a.Last) + ".")
	}
	if len(a.Checkpoints) == 0 {
		return
	}
	p.paragraph("The school signed these checkpoints of the tamper-evident log. An entry that was changed, removed or put in another order after one of them no longer fits it.")
	var rows [][]string
	for _, c := range a.Checkpoints {
		rows = append(rows, []string{or(p.head.brief(c.At), "the newest"), number(c.Events), c.Root})
	}
	p.table([]column{{title: "Seen at school", share: 3}, {title: "Entries", share: 1.6, right: true}, {title: "Root hash", share: 8, mono: true}}, rows)
}

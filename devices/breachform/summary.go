// Package breachform writes what is known of an incident in the order of the
// personal data breach report form of the UK's Information Commission: the
// form cannot be saved half-way and must not name the people whose data it is.
// The order is that of the form's published questions: about the report, about the
// breach, taking action, about the organisation.
//
// What is promised: every fact that the incident has and the form asks for is
// there, what is not known is named as not known, and neither the holder, nor
// whoever was told, nor file names appear by the program's doing. What people
// typed in their own words is repeated, with the holder's name taken out: read it
// before it is sent.
//
// What is not promised: advice. The text gives facts and never says whether the
// regulator has to be told.
package breachform

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"stowage/devices"
)

// Facts is what the form asks for beside the incident itself.
type Facts struct {
	School string         // its name
	Device devices.Device // zero if the register does not know it
	Names  []string       // people to be called "the holder" wherever they are typed
	Now    time.Time
	Zone   *time.Location // of the times shown; nil is local time
}

// Item is one question of the form and what is known.
type Item struct {
	Question string
	Answer   string
}

// unknown is what stands where nothing is known yet.
const unknown = "Not known yet."

// Items is the form, question by question.
func Items(i devices.Incident, f Facts) []Item {
	w := writer{i: i, f: f}
	all := []Item{
		{"First report or follow-up", w.report()},
		{"Reason for the report", w.reason()},
		{"Size of the organisation", "For whoever reports to say: fewer than 250 staff, or 250 and more."},
		{"What happened", w.happened()},
		{"How it happened", w.words(i.Circumstances)},
		{"How it was discovered", w.words(i.Discovered)},
		{"Measures in place before", w.measures()},
		{"Was it a cyber incident", "No: a device was lost or stolen."},
		{"When it happened", w.when()},
		{"When it was discovered", w.discovered()},
		{"Categories of personal data", w.words(join(i.Categories, i.Contents))},
		{"Special categories", w.special()},
		{"Number of personal data records", w.number(i.Records)},
		{"Number of people who could be affected", w.number(i.People)},
		{"Categories of people", w.words(i.Whose)},
		{"Potential consequences", w.words(i.Consequences)},
		{"Likelihood of significant consequences for them", w.words(i.Likelihood)},
		{"Data protection training of the member of staff in the last two years", w.training()},
		{"Delay in reporting", w.delay()},
		{"Action taken", w.words(i.Done)},
		{"Preventing it from happening again", w.words(i.Lessons)},
		{"Have the people concerned been told", w.peopleTold()},
		{"Have others been told", w.othersTold()},
		{"Whom to contact", w.words(join(f.School, i.RegulatorContact))},
	}
	for n := range all {
		all[n].Answer = w.without(all[n].Answer)
	}
	return all
}

// Text is the form as text, to be copied.
func Text(i devices.Incident, f Facts) string {
	var b strings.Builder
	for _, item := range Items(i, f) {
		fmt.Fprintf(&b, "%s\n%s\n\n", item.Question, item.Answer)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// writer puts one incident into words.
type writer struct {
	i devices.Incident
	f Facts
}

func join(parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, "\n")
}

func (w writer) words(text string) string { return cmp.Or(text, unknown) }

func (w writer) moment(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	zone := w.f.Zone
	if zone == nil {
		zone = time.Local
	}
	return t.In(zone).Format("2 January 2006, 15:04 MST")
}

func (w writer) number(n int64) string {
	if n == 0 {
		return unknown
	}
	return fmt.Sprintf("About %d.", n)
}

// report says whether the regulator has heard of it.
func (w writer) report() string {
	if w.i.Decision.Notified.IsZero() {
		return "A first report."
	}
	text := "A follow-up: first reported " + w.moment(w.i.Decision.Notified) + "."
	if w.i.Decision.Reference != "" {
		text += " Reference " + w.i.Decision.Reference + "."
	}
	return text
}

// reason is what a person decided, and not by whom.
func (w writer) reason() string {
	switch w.i.Decision.Notify {
	case devices.Yes:
		return join("It was decided to report it.", w.i.Decision.Why)
	case devices.No:
		return join("It was decided not to report it.", w.i.Decision.Why)
	}
	return "Nobody has decided yet."
}

func (w writer) happened() string {
	kind := map[devices.LossKind]string{devices.WasLost: "was lost", devices.WasStolen: "was stolen", devices.Unclear: "is missing; whether it was lost or stolen is not clear"}[w.i.Kind]
	what := "A device"
	if k := w.f.Device.Kind; k != "" {
		what = "A " + string(k)
	}
	text := what + " of the school " + cmp.Or(kind, "is missing") + "."
	if w.i.LastSeen != "" {
		text += " Last seen: " + w.i.LastSeen + "."
	}
	text += " What is affected: " + strings.Join(w.i.Breached(), " and ") + "."
	switch w.i.OnlyCopy {
	case devices.Yes:
		text += " The school has no other copy of the data."
	case devices.No:
		text += " The school has another copy of the data."
	}
	return text
}

func (w writer) when() string {
	from, to := w.i.HappenedFrom, w.i.HappenedTo
	switch {
	case from.IsZero() && to.IsZero():
		return unknown
	case from.IsZero():
		return "Not after " + w.moment(to) + "."
	case to.IsZero():
		return "Not before " + w.moment(from) + "."
	}
	return "Between " + w.moment(from) + " and " + w.moment(to) + "."
}

func (w writer) discovered() string {
	return fmt.Sprintf("Noticed by whoever had it: %s. The school became aware: %s.", w.moment(w.i.Noticed), w.moment(w.i.Aware))
}

// measures says how the device was protected, as it was verified; what that
// means for the duty to notify is for a person to judge.
func (w writer) measures() string {
	e := w.f.Device.Encryption
	protection := "Whether the device was encrypted was never verified."
	switch {
	case e.At.IsZero():
	case e.Encrypted:
		protection = fmt.Sprintf("The device was found to be encrypted (%s), last verified %s.", e.Method, w.moment(e.At))
	default:
		protection = fmt.Sprintf("The device was found NOT to be encrypted when last looked at, %s.", w.moment(e.At))
	}
	passphrase := map[devices.Answer]string{
		devices.Yes: "The passphrase could have been with it.", devices.No: "The passphrase was not with it.",
		devices.NotSure: "Whether the passphrase was with it is not certain.",
	}[w.i.Passphrase]
	return join(protection, passphrase, w.i.Measures)
}

func (w writer) special() string {
	switch {
	case len(w.i.Special) > 0:
		return strings.Join(w.i.Special, ", ") + "."
	case w.i.SpecialNone:
		return "None."
	}
	return unknown
}

func (w writer) delay() string {
	when := w.f.Now
	if !w.i.Decision.Notified.IsZero() {
		when = w.i.Decision.Notified
	}
	if !when.After(w.i.Deadline()) {
		return join("None: within 72 hours of the school becoming aware.", w.i.Delay)
	}
	return fmt.Sprintf("More than 72 hours after the school became aware (they ended %s). Reason: %s", w.moment(w.i.Deadline()), w.words(w.i.Delay))
}

func (w writer) training() string {
	text := map[devices.Answer]string{devices.Yes: "Yes", devices.No: "No", devices.NotSure: "Not certain"}[w.i.Trained]
	if text == "" && w.i.TrainedOn.IsZero() {
		return unknown
	}
	if !w.i.TrainedOn.IsZero() {
		text = strings.TrimPrefix(text+". Last trained ", ". ") + w.day(w.i.TrainedOn)
	}
	return text + "."
}

func (w writer) day(t time.Time) string {
	day, _, _ := strings.Cut(w.moment(t), ",")
	return day
}

func (w writer) peopleTold() string {
	switch {
	case !w.i.PeopleToldOn.IsZero():
		return "Yes, on " + w.day(w.i.PeopleToldOn) + "."
	case w.i.Decision.TellPeople == devices.Yes:
		return join("Not yet; it was decided to tell them.", w.i.Decision.TellWhy)
	case w.i.Decision.TellPeople == devices.No:
		return join("No.", w.i.Decision.TellWhy)
	}
	return "Not decided yet."
}

// othersTold says that others were told and not who, whose names need not be here.
func (w writer) othersTold() string {
	text := "Nobody outside is on record."
	if w.i.Police != "" {
		text = "The police; reference " + w.i.Police + "."
	}
	if n := len(w.i.Told); n > 0 {
		text = join(text, fmt.Sprintf("People told, as the school's record names them: %d.", n))
	}
	return text
}

// without puts "the holder" in place of names.
func (w writer) without(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	for _, name := range w.f.Names {
		if strings.TrimSpace(name) == "" {
			continue
		}
		parts := strings.Fields(strings.ToValidUTF8(name, "\uFFFD"))
		for _, part := range append([]string{strings.Join(parts, " ")}, parts...) {
			if len([]rune(part)) < 3 {
				continue
			}
			text = regexp.MustCompile(`(?i)(^|[^\pL\pN])`+regexp.QuoteMeta(part)+`($|[^\pL\pN])`).ReplaceAllString(text, "${1}the holder${2}")
		}
	}
	return strings.ReplaceAll(text, "the holder the holder", "the holder")
}

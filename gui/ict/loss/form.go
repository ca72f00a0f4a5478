package loss

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// incidentForm is everything that is written down about an incident, in sections.
type incidentForm struct {
	s     *gui.Session
	texts map[string]*widget.Entry // by the word's key after "incident.field."
	times map[string]*momentEntry

	kind                          *form.Choices[devices.LossKind]
	passphrase, onlyCopy, trained *form.Choices[devices.Answer]
	special                       *widget.CheckGroup
	told                          []devices.Told
	before                        devices.IncidentDetails
}

// specialNone is the last box of the special categories.
const specialNone = "incident.special.none"

func newIncidentForm(s *gui.Session, d devices.IncidentDetails) *incidentForm {
	w := s.Words
	answers := func() *form.Choices[devices.Answer] {
		return form.NewChoices(w, true, form.Reply[devices.Answer]{Text: "lost.yes", Is: devices.Yes}, form.Reply[devices.Answer]{Text: "lost.no", Is: devices.No}, form.Reply[devices.Answer]{Text: "lost.unsure", Is: devices.NotSure})
	}
	f := &incidentForm{
		s: s, texts: map[string]*widget.Entry{}, times: map[string]*momentEntry{}, before: d,
		kind:       form.NewChoices(w, true, form.Reply[devices.LossKind]{Text: "lost.kind.lost", Is: devices.WasLost}, form.Reply[devices.LossKind]{Text: "lost.kind.stolen", Is: devices.WasStolen}, form.Reply[devices.LossKind]{Text: "lost.unsure", Is: devices.Unclear}),
		passphrase: answers(), onlyCopy: answers(), trained: answers(),
	}
	var boxes []string
	for _, c := range devices.SpecialCategories() {
		boxes = append(boxes, w.T("incident.special."+i18n.Key(wording.Compact(c))))
	}
	f.special = widget.NewCheckGroup(append(boxes, w.T(specialNone)), nil)
	for name, field := range f.fields(&d) {
		if field.rows > 1 {
			f.texts[name] = form.Lines(field.rows)
		} else {
			f.texts[name] = form.Line()
		}
		f.texts[name].SetText(*field.text)
	}
	for name, t := range f.moments(&d) {
		f.times[name] = newMomentEntry(s, *t)
	}
	f.fill(d)
	return f
}

// formText is a text of the details and how many lines its entry has.
type formText struct {
	text *string
	rows int
}

func (f *incidentForm) fields(d *devices.IncidentDetails) map[string]formText {
	return map[string]formText{
		"what": {&d.What, 1}, "lastseen": {&d.LastSeen, 2}, "circumstances": {&d.Circumstances, 4}, "discovered": {&d.Discovered, 1},
		"police": {&d.Police, 1}, "contents": {&d.Contents, 3}, "whose": {&d.Whose, 1}, "categories": {&d.Categories, 2},
		"consequences": {&d.Consequences, 3}, "likelihood": {&d.Likelihood, 2}, "measures": {&d.Measures, 2}, "done": {&d.Done, 3}, "delay": {&d.Delay, 2},
		"contact": {&d.RegulatorContact, 1}, "followup": {&d.FollowUp, 3}, "lessons": {&d.Lessons, 3},
	}
}

func (f *incidentForm) moments(d *devices.IncidentDetails) map[string]*time.Time {
	return map[string]*time.Time{
		"from": &d.HappenedFrom, "to": &d.HappenedTo, "noticed": &d.Noticed, "aware": &d.Aware,
		"trainedon": &d.TrainedOn, "toldon": &d.PeopleToldOn,
	}
}

// fill sets what is chosen rather than typed.
func (f *incidentForm) fill(d devices.IncidentDetails) {
	w := f.s.Words
	f.kind.Set(d.Kind)
	f.passphrase.Set(d.Passphrase)
	f.onlyCopy.Set(d.OnlyCopy)
	f.trained.Set(d.Trained)
	var on []string
	for _, c := range d.Special {
		on = append(on, w.T("incident.special."+i18n.Key(wording.Compact(c))))
	}
	if d.SpecialNone {
		on = append(on, w.T(specialNone))
	}
	f.special.SetSelected(on)
	for name, n := range map[string]int64{"people": d.People, "records": d.Records} {
		f.texts[name] = form.Line()
		if n > 0 {
			f.texts[name].SetText(strconv.FormatInt(n, 10))
		}
	}
	f.texts["told"] = form.Line()
	f.told = d.Told
}

// details is what the form says, and what in it makes no sense: "" for nothing.
func (f *incidentForm) details() (d devices.IncidentDetails, wrong string) {
	d = f.before
	for name, field := range f.fields(&d) {
		*field.text = f.texts[name].Text
	}
	for name, t := range f.moments(&d) {
		at, ok := f.times[name].get()
		if !ok {
			return d, f.s.Words.T("incident.wrong.time", "field", f.s.Words.T(i18n.Key("incident.field."+name)))
		}
		*t = at
	}
	for name, n := range map[string]*int64{"people": &d.People, "records": &d.Records} {
		text := strings.NewReplacer(",", "", " ", "").Replace(f.texts[name].Text)
		if text == "" {
			*n = 0
			continue
		}
		var err error
		if *n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return d, f.s.Words.T("incident.wrong.number", "field", f.s.Words.T(i18n.Key("incident.field."+name)))
		}
	}
	d.Kind, _ = f.kind.Get()
	d.Passphrase, _ = f.passphrase.Get()
	d.OnlyCopy, _ = f.onlyCopy.Get()
	d.Trained, _ = f.trained.Get()
	d.Special, d.SpecialNone = nil, false
	for i, c := range devices.SpecialCategories() {
		for _, on := range f.special.Selected {
			if on == f.special.Options[i] {
				d.Special = append(d.Special, c)
			}
		}
	}
	for _, on := range f.special.Selected {
		d.SpecialNone = d.SpecialNone || on == f.special.Options[len(f.special.Options)-1]
	}
	d.Told = f.told
	if who := strings.TrimSpace(f.texts["told"].Text); who != "" {
		d.Told = append(append([]devices.Told{}, f.told...), devices.Told{Who: who, At: f.s.Now()})
	}
	return d, ""
}

// changed reports whether the form says something else than at first.
func (f *incidentForm) changed() bool {
	d, wrong := f.details()
	return wrong != "" || !sameAnswers(d, f.before)
}

func (f *incidentForm) field(name string, input fyne.CanvasObject, hint i18n.Key) fyne.CanvasObject {
	text := ""
	if hint != "" {
		text = f.s.Words.T(hint)
	}
	return widgets.NewField(f.s.Words.T(i18n.Key("incident.field."+name)), input, text).View
}

func (f *incidentForm) text(name string) fyne.CanvasObject {
	hint := i18n.Key("incident.hint." + name)
	if !f.s.Words.Has(hint) {
		hint = ""
	}
	return f.field(name, f.texts[name], hint)
}

func (f *incidentForm) moment(name string) fyne.CanvasObject {
	return f.field(name, f.times[name].entry, "")
}

// happened is the section about what happened.
func (f *incidentForm) happened() []fyne.CanvasObject {
	w := f.s.Words
	told := []string{}
	for _, t := range f.told {
		told = append(told, strings.TrimSpace(t.Who+" ("+w.DateTime(t.At)+")"))
	}
	list := []fyne.CanvasObject{
		f.field("kind", f.kind.Group, ""), widgets.Muted(w.T("incident.times")),
		f.moment("from"), f.moment("to"), f.moment("noticed"), f.field("aware", f.times["aware"].entry, "incident.hint.aware"),
		f.text("lastseen"), f.text("circumstances"), f.text("discovered"), f.text("police"),
	}
	if f.before.What != "" {
		list = append([]fyne.CanvasObject{f.text("what")}, list...)
	}
	if len(told) > 0 {
		list = append(list, widgets.Body(w.T("incident.told.already", "names", strings.Join(told, "; "))))
	}
	return append(list, f.text("told"))
}

// affected is the section about the data and the people whose it is.
func (f *incidentForm) affected() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		f.field("passphrase", f.passphrase.Group, ""), f.field("only", f.onlyCopy.Group, "incident.hint.only"),
		f.text("contents"), f.text("categories"), f.field("special", f.special, "incident.hint.special"),
		f.text("whose"), f.text("people"), f.text("records"), f.text("consequences"), f.text("likelihood"),
	}
}

// actions is the section about what was and is done.
func (f *incidentForm) actions() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		f.text("measures"), f.text("done"), f.field("trained", f.trained.Group, ""), f.moment("trainedon"),
		f.moment("toldon"), f.text("delay"), f.text("contact"), f.text("followup"), f.text("lessons"),
	}
}

// momentEntry is an entry for a day and an hour, typed as 03/09/2026 08:30; the hour
// may be left out.
type momentEntry struct {
	entry *widget.Entry
	s     *gui.Session
	first time.Time
	text  string // of first
}

func newMomentEntry(s *gui.Session, t time.Time) *momentEntry {
	m := &momentEntry{entry: form.Line(), s: s, first: t}
	m.entry.SetPlaceHolder(s.Words.T("incident.moment"))
	if !t.IsZero() {
		m.text = s.Words.ShortDateTime(t)
		m.entry.SetText(m.text)
	}
	return m
}

// get is the moment entered, the zero time for none, and false when it is none.
func (m *momentEntry) get() (time.Time, bool) {
	text := strings.TrimSpace(m.entry.Text)
	switch {
	case text == "":
		return time.Time{}, true
	case text == m.text:
		return m.first, true // with its seconds
	}
	zone := m.s.Now().Location()
	day, hour := text, ""
	if i := strings.LastIndex(text, " "); i > 0 && strings.Contains(text[i:], ":") {
		day, hour = strings.TrimSpace(text[:i]), text[i+1:]
	}
	at, ok := widgets.ReadDate(day, zone)
	if !ok || hour == "" {
		return at, ok
	}
	clock, err := time.Parse("15:04", hour)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(at.Year(), at.Month(), at.Day(), clock.Hour(), clock.Minute(), 0, 0, zone), true
}

package people

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/keyfiles"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// person is the page of one person: what is known of them, their keys and where these
// lie, and what they hold.
type person struct {
	s  *gui.Session
	p  *app.Place
	id string

	known knownPerson
	body  *fyne.Container
	view  *widgets.Busy
	stop  func()
}

// knownPerson is all that the page shows.
type knownPerson struct {
	holdings devices.Holdings
	keys     []devices.Key     // all that the person ever had
	places   map[string]string // names of the devices that keys lie on, by id
	inFolder map[string]bool   // keys of which the school's folder has a copy
}

func newPerson(s *gui.Session, p *app.Place, id string) *person {
	return &person{s: s, p: p, id: id, stop: func() {}}
}

// Title is part of gui.Screen.
func (n *person) Title() string {
	if n.known.holdings.Holder.Name == "" {
		return n.s.Words.T("person.title")
	}
	return n.known.holdings.Holder.Name
}

// Content is part of gui.Screen.
func (n *person) Content() fyne.CanvasObject {
	n.body = widgets.Column(3)
	n.view = widgets.NewBusy(n.s.Words, container.NewVScroll(container.NewPadded(n.body)))
	return n.view.View
}

// Shown is part of gui.Shower.
func (n *person) Shown() {
	n.stop = n.p.OnChange(n.s, n.read)
	n.read()
}

// Hidden is part of gui.Hider.
func (n *person) Hidden() { n.stop() }

// Actions is part of gui.Actor.
func (n *person) Actions() []fyne.CanvasObject {
	return []fyne.CanvasObject{widgets.NewQuiet(n.s.Words.T("people.edit"), widgets.Icon("edit").Resource(), n.edit)}
}

// Commands is part of gui.Commander.
func (n *person) Commands() []widgets.Command {
	noKey := func() bool { _, ok := n.current(); return !ok }
	return []widgets.Command{
		{Name: n.s.Words.T("people.edit"), Key: fyne.KeyF2, Run: n.edit},
		{Name: n.s.Words.T("person.issue"), Run: n.issueKey, Disabled: func() bool { return !noKey() }, Divide: true},
		{Name: n.s.Words.T("person.recover"), Run: n.recover, Disabled: noKey},
		{Name: n.s.Words.T("person.rotate"), Run: n.rotate, Disabled: noKey},
		{Name: n.s.Words.T("person.revoke"), Run: n.revoke, Disabled: noKey},
	}
}

func (n *person) read() {
	app.Work(n.p, n.s, n.s.Words.T("people.reading"), func(ctx context.Context, s *school.School, _ jobs.Progress) (knownPerson, error) {
		return knowPerson(ctx, s, n.id)
	}, func(known knownPerson, err error) {
		if err != nil {
			n.s.Fail(err)
			return
		}
		n.known = known
		n.show()
		n.s.Refresh()
	})
}

func knowPerson(ctx context.Context, s *school.School, id string) (known knownPerson, err error) {
	if known.holdings, err = s.Register().Holdings(ctx, id); err != nil {
		return known, err
	}
	if known.keys, err = s.Register().Keys(ctx, devices.KeyQuery{Holder: id}); err != nil {
		return known, err
	}
	known.places, known.inFolder = map[string]string{}, map[string]bool{}
	for _, k := range known.keys {
		_, err := keyfiles.Path(s, k)
		known.inFolder[k.ID] = err == nil
		for _, device := range k.Devices {
			d, err := s.Register().Device(ctx, device)
			if err != nil {
				return known, err
			}
			known.places[device] = d.Name()
		}
	}
	return known, nil
}

// current is the key in force.
func (n *person) current() (devices.Key, bool) {
	keys := n.known.holdings.Keys
	if len(keys) == 0 {
		return devices.Key{}, false
	}
	return keys[len(keys)-1], true
}

func (n *person) show() {
	w, h := n.s.Words, n.known.holdings.Holder
	details := []widgets.Detail{{Name: w.T("people.email"), Value: h.Email}, {Name: w.T("people.site"), Value: h.Site}, {Name: w.T("person.notes"), Value: h.Notes}}
	if !h.Left.IsZero() {
		details = append(details, widgets.Detail{Name: w.T("people.left"), Value: w.Date(h.Left)})
	}
	n.body.Objects = []fyne.CanvasObject{
		widgets.Details(details...),
		widgets.Card(widgets.Column(2, widgets.Heading(w.T("person.key")), n.keyPart())),
		widgets.Card(widgets.Column(2, widgets.Heading(w.N("person.devices", len(n.known.holdings.Devices))), n.devicesPart())),
	}
	if len(n.known.keys) > len(n.known.holdings.Keys) {
		n.body.Add(widgets.Card(widgets.Column(2, widgets.Heading(w.T("person.earlier")), n.earlier())))
	}
	n.body.Refresh()
}

// keyPart says which key is in force, where its copies lie, and what can be done.
func (n *person) keyPart() fyne.CanvasObject {
	w := n.s.Words
	key, ok := n.current()
	if !ok {
		issue := widgets.NewPrimary(w.T("person.issue"), widgets.IconKey.Resource(), n.issueKey)
		if !n.known.holdings.Holder.Left.IsZero() {
			return widgets.Body(w.T("person.key.left"))
		}
		return widgets.Column(2, widgets.Body(w.T("person.key.none")), widgets.Row(2, issue))
	}
	return widgets.Column(2,
		widgets.Details(
			widgets.Detail{Name: w.T("person.key.issued"), Value: w.Date(key.Issued)},
			widgets.Detail{Name: w.T("person.key.copies"), Value: n.copies(key)},
		),
		container.New(layout.NewRowWrapLayout(),
			widgets.NewButton(w.T("person.recover"), widgets.Icon("question").Resource(), n.recover),
			widgets.NewButton(w.T("person.rotate"), widgets.IconKey.Resource(), n.rotate),
			widgets.NewButton(w.T("person.revoke"), nil, n.revoke),
		))
}

// copies lists where a key lies.
func (n *person) copies(k devices.Key) string {
	var all []string
	if n.known.inFolder[k.ID] {
		all = append(all, n.s.Words.T("person.key.folder"))
	}
	for _, device := range k.Devices {
		all = append(all, n.known.places[device])
	}
	if len(all) == 0 {
		return n.s.Words.T("person.key.nowhere")
	}
	return n.s.Words.List(all)
}

func (n *person) devicesPart() fyne.CanvasObject {
	if len(n.known.holdings.Devices) == 0 {
		return widgets.Muted(n.s.Words.T("person.devices.none"))
	}
	rows := widgets.Column(1)
	for _, d := range n.known.holdings.Devices {
		line := HeldLine(n.s, d)
		if _, can := devices.Next(d.State, devices.Return); can {
			back := widgets.NewButton(n.s.Words.T("return.button"), widgets.Icon("return").Resource(), func() { n.takeBack(d) })
			line = container.NewBorder(nil, nil, nil, container.NewCenter(back), line)
		}
		rows.Add(line)
	}
	return rows
}

// HeldLine is one line about a device that somebody has.
func HeldLine(s *gui.Session, d devices.Device) fyne.CanvasObject {
	w := s.Words
	text := w.T("held.line", "name", d.Name(), "kind", wording.KindWithin(w, d.Kind))
	hint := w.T("held.noend")
	switch {
	case d.State == devices.Lost || d.State == devices.Stolen:
		hint = w.T("held.lost", "date", w.Date(d.Since))
	case d.Overdue(s.Now()):
		hint = w.T("held.overdue", "date", w.Date(devices.DueDay(d.Due, w.Zone())))
	case !d.Due.IsZero():
		hint = w.T("held.due", "date", w.Date(devices.DueDay(d.Due, w.Zone())))
	}
	return widgets.Column(-2, widgets.Body(text), widgets.Muted(hint))
}

// earlier lists the keys that are not in force any more.
func (n *person) earlier() fyne.CanvasObject {
	rows := widgets.Column(1)
	for _, k := range n.known.keys {
		if k.Status == devices.KeyIssued {
			continue
		}
		key := i18n.Key("person.key.replaced")
		if k.Status == devices.KeyRevoked {
			key = "person.key.revoked"
		}
		text := n.s.Words.T(key, "issued", n.s.Words.Date(k.Issued), "ended", n.s.Words.Date(k.Ended))
		if len(k.Devices) > 0 {
			text += " " + n.s.Words.T("person.key.still", "places", n.copies(k))
		}
		rows.Add(widgets.Column(-2, widgets.Body(text), widgets.Muted(k.Reason)))
	}
	return rows
}

func (n *person) edit() {
	EditPerson(n.s, n.p, n.known.holdings.Holder, func(devices.Holder) { n.read() })
}

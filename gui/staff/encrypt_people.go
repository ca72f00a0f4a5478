package staff

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/gui"
	"stowage/gui/widgets"
)

// maxMatches is how many people are shown at a time; more are found by typing more.
const maxMatches = 30

// recipients is where the people are chosen that files are encrypted for. The person
// at the computer and ICT are always among them.
type recipients struct {
	s       *gui.Session
	staff   *staff
	changed func()
	chosen  []keys.Person

	view   *fyne.Container
	fixed  *fyne.Container // myself, ICT and those chosen
	search *widget.Entry
	found  *fyne.Container
	whoami bool // the person is choosing who they are
}

func newPeople(s *gui.Session, k *staff, changed func()) *recipients {
	p := &recipients{s: s, staff: k, changed: changed, fixed: widgets.Column(1), found: widgets.Column(1), search: widget.NewEntry()}
	p.search.OnChanged = func(string) { p.list() }
	p.search.OnSubmitted = func(string) { p.first() }
	scroll := container.NewVScroll(widgets.Column(2, p.fixed, p.found))
	p.view = container.NewBorder(p.search, nil, nil, nil, scroll)
	p.refresh()
	return p
}

// ids are those whom the files are for: the person at the computer, and those chosen.
func (p *recipients) ids() []string {
	var ids []string
	if me, ok := p.staff.self(); ok {
		ids = append(ids, me.ID)
	}
	for _, c := range p.chosen {
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func (p *recipients) clear() {
	p.chosen = nil
	p.search.SetText("")
	p.refresh()
}

// refresh shows who is chosen, after the list of people may have changed. Those whose
// key is not in force any more are taken off, with a word.
func (p *recipients) refresh() {
	w := p.s.Words
	if d := p.staff.known.Directory; d != nil {
		p.chosen = slices.DeleteFunc(p.chosen, func(c keys.Person) bool {
			now, err := d.Find(c.ID)
			if err == nil {
				_, err = now.Current()
			}
			if err != nil {
				p.s.Toast(w.T("encrypt.gone", "name", c.Name), nil)
			}
			return err != nil
		})
	}
	me, known := p.staff.self()
	p.whoami = !known
	p.fixed.Objects = nil
	if known {
		p.fixed.Add(p.member(widgets.IconPerson, w.T("encrypt.me", "name", me.Name), w.T("encrypt.always"), widgets.NewQuiet(w.T("encrypt.notme"), nil, p.notMe)))
	} else {
		p.fixed.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: w.T("encrypt.who"), Next: w.T("encrypt.who.next")}).View)
	}
	p.fixed.Add(p.member(widgets.IconShield, w.T("encrypt.ict"), w.T("encrypt.always"), nil))
	for _, c := range p.chosen {
		p.fixed.Add(p.member(widgets.IconPerson, c.Name, c.Email, widgets.NewQuiet(w.T("encrypt.remove"), widgets.IconClose.Resource(), func() { p.drop(c.ID) })))
	}
	p.search.SetPlaceHolder(w.T("encrypt.search"))
	if p.whoami {
		p.search.SetPlaceHolder(w.T("encrypt.search.me"))
	}
	p.fixed.Refresh()
	p.list()
}

// member is one of those whom the files are for.
func (p *recipients) member(icon widgets.Icon, name, hint string, button fyne.CanvasObject) fyne.CanvasObject {
	row := container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon.Colored(widgets.ColorOnTint))), button, twoLines(name, hint))
	return container.NewStack(widgets.NewGround(widgets.ColorSelected, "", "buttonRadius"), container.NewPadded(row))
}

// list shows the people whom the search finds. Before anything is typed there are
// none, unless the school is small.
func (p *recipients) list() {
	w := p.s.Words
	p.found.Objects = nil
	matches, more := p.matches(p.search.Text)
	for _, m := range matches {
		p.found.Add(p.match(m))
	}
	switch {
	case p.staff.known.Directory == nil:
	case len(matches) == 0 && p.search.Text != "":
		p.found.Add(widgets.Muted(w.T("encrypt.nobody", "typed", p.search.Text)))
	case more > 0:
		p.found.Add(widgets.Muted(w.N("encrypt.more", more)))
	}
	p.found.Refresh()
}

// matches are the people whose name or e-mail address holds each of the words typed.
func (p *recipients) matches(typed string) (found []keys.Person, more int) {
	if p.staff.known.Directory == nil {
		return nil, 0
	}
	wanted := strings.Fields(devices.Fold(typed))
	chosen := p.ids()
	for _, one := range p.staff.known.People {
		text := devices.Fold(one.Name + " " + one.Email)
		if slices.Contains(chosen, one.ID) || slices.ContainsFunc(wanted, func(word string) bool { return !strings.Contains(text, word) }) {
			continue
		}
		if len(found) < maxMatches {
			found = append(found, one)
		} else {
			more++
		}
	}
	return found, more
}

// match is one person who can be chosen, or not, with why.
func (p *recipients) match(one keys.Person) fyne.CanvasObject {
	why := p.refusal(one)
	hint := one.Email
	icon := widgets.IconPerson.Resource()
	if why != "" {
		icon = widgets.Icon("bad").Colored(widgets.ColorMuted)
	}
	left := container.NewCenter(widget.NewIcon(icon))
	if why != "" {
		return container.NewPadded(container.NewBorder(nil, nil, left, nil, widgets.Column(-2, clipped(one.Name), widgets.Muted(why))))
	}
	row := container.NewBorder(nil, nil, left, nil, twoLines(one.Name, hint))
	return widgets.NewPressable(one.Name+". "+hint, container.NewPadded(row), widgets.ColorSurface, "", func() { p.choose(one) })
}

// refusal says why nothing may be encrypted for somebody, "" when it may.
func (p *recipients) refusal(one keys.Person) string {
	w := p.s.Words
	_, err := one.Current()
	if blocked, ok := errors.AsType[*keys.BlockedError](err); ok {
		return w.T("encrypt.blocked", "since", w.Date(blocked.Since))
	}
	if err != nil {
		return w.T("encrypt.nokey")
	}
	return ""
}

// choose takes somebody among those whom the files are for, or learns who the person
// at the computer is.
func (p *recipients) choose(one keys.Person) {
	if p.whoami {
		if err := p.staff.setMe(one.ID); err != nil {
			p.s.Fail(err)
			return
		}
	} else {
		p.chosen = append(p.chosen, one)
	}
	p.search.SetText("")
	p.refresh()
	p.changed()
	p.s.Window.Canvas().Focus(p.search)
}

// first chooses the person that is found first: Enter in the search.
func (p *recipients) first() {
	if strings.TrimSpace(p.search.Text) == "" {
		return
	}
	found, _ := p.matches(p.search.Text)
	for _, one := range found {
		if p.refusal(one) == "" {
			p.choose(one)
			return
		}
	}
}

func (p *recipients) drop(id string) {
	p.chosen = slices.DeleteFunc(p.chosen, func(c keys.Person) bool { return c.ID == id })
	p.refresh()
	p.changed()
}

// notMe forgets who the person is: somebody else sits at the computer.
func (p *recipients) notMe() {
	if err := p.staff.setMe(""); err != nil {
		p.s.Fail(err)
		return
	}
	p.refresh()
	p.changed()
	p.s.Window.Canvas().Focus(p.search)
}

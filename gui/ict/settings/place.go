package settings

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"stowage/devices/store"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// register is about where the register is kept, and who may use it there.
func (t *settings) register(st published) fyne.CanvasObject {
	w := t.s.Words
	column := widgets.Column(2, widgets.Heading(w.T("place.title")))
	if st.register == "" {
		column.Add(widgets.Body(w.T("place.file")))
		column.Add(widgets.Row(2, widgets.NewButton(w.T("place.move"), nil, t.moveOut), widgets.NewButton(w.T("place.setup"), nil, t.prepare)))
		column.Add(widgets.Row(2, widgets.NewButton(w.T("place.allow"), nil, func() { t.allow("") })))
		return column
	}
	column.Add(widgets.Body(w.T("place.server")))
	column.Add(widgets.Details(widgets.Detail{Name: w.T("place.where"), Value: st.register}))
	column.Add(widgets.Row(2, widgets.NewButton(w.T("place.back"), nil, t.moveBack), widgets.NewButton(w.T("place.allow"), nil, func() { t.allow(st.register) })))
	return column
}

// connection is a field for a connection string.
func (t *settings) connection(label, value string) form.TextField {
	return form.NewTextField(label, t.s.Words.T("place.url.hint"), value)
}

// checked says in its field what is wrong with a connection string.
func (t *settings) checked(f *form.Form, field form.TextField) (url string, ok bool) {
	url = strings.TrimSpace(field.Entry.Text)
	field.Refuse("")
	if store.CheckURL(url) != nil {
		f.Wrong(field.Field, t.s.Words.T("place.url.wrong"))
		return "", false
	}
	return url, true
}

// moveOut moves the register to a database.
func (t *settings) moveOut() {
	w := t.s.Words
	url := t.connection(w.T("place.url"), "")
	form.Show(t.s, form.Says{Title: w.T("place.move"), Text: w.T("place.move.text"), Yes: w.T("place.move.do")}, []fyne.CanvasObject{url.View}, url.Entry, func(f *form.Form) {
		if to, ok := t.checked(f, url); ok {
			t.move(f, to)
		}
	})
}

// moveBack moves the register into the school's folder.
func (t *settings) moveBack() {
	w := t.s.Words
	form.Show(t.s, form.Says{Title: w.T("place.back"), Text: w.T("place.move.text"), Yes: w.T("place.move.do")}, nil, nil, func(f *form.Form) { t.move(f, "") })
}

func (t *settings) move(f *form.Form, to string) {
	w := t.s.Words
	f.Follow(jobs.Run(t.s.Jobs, w.T("place.moving"), func(ctx context.Context, p jobs.Progress) (app.Moved, error) {
		return t.p.MoveRegister(ctx, to, func(int64) { p.Done(1) })
	}, func(m app.Moved, err error) {
		if err != nil {
			f.Refuse(err)
			return
		}
		f.Dialog.Close()
		said := widgets.Message{Kind: widgets.Good, Happened: w.N("place.moved", int(m.Events))}
		if m.Old != "" {
			said.Next = w.T("place.moved.old", "file", filepath.Base(m.Old))
		}
		t.s.Tell(said)
		t.load()
	}))
}

// prepare makes a database ready for a register.
func (t *settings) prepare() {
	w := t.s.Words
	url := t.connection(w.T("place.owner"), "")
	form.Show(t.s, form.Says{Title: w.T("place.setup"), Text: w.T("place.setup.text"), Yes: w.T("place.setup.do")}, []fyne.CanvasObject{url.View}, url.Entry, func(f *form.Form) {
		at, ok := t.checked(f, url)
		if !ok {
			return
		}
		t.onDatabase(f, "place.setup.running", func(ctx context.Context, password []byte) error { return store.SetUpPostgres(ctx, at, password) }, widgets.Message{
			Kind: widgets.Good, Happened: w.T("place.setup.done"), Next: w.T("place.setup.done.next"),
		})
	})
}

// onDatabase does something as the database's owner, and says what when it is done.
func (t *settings) onDatabase(f *form.Form, name i18n.Key, do func(context.Context, []byte) error, done widgets.Message) {
	f.Follow(jobs.Run(t.s.Jobs, t.s.Words.T(name), func(ctx context.Context, _ jobs.Progress) (int, error) {
		return 0, t.p.WithDatabasePassword(ctx, func(password []byte) error { return do(ctx, password) })
	}, func(_ int, err error) {
		if err != nil {
			f.Refuse(err)
			return
		}
		f.Dialog.Close()
		t.s.Tell(done)
	}))
}

// duty is a duty with its name.
type duty struct {
	is   store.Duty
	name i18n.Key
}

var duties = []duty{
	{store.TrustDuty, "place.duty.trust"},
	{store.SiteDuty, "place.duty.site"},
	{store.AuditorDuty, "place.duty.auditor"},
	{"", "place.duty.nobody"},
}

// allow gives a login its duty.
func (t *settings) allow(at string) {
	w := t.s.Words
	url := t.connection(w.T("place.owner"), at)
	login := form.NewTextField(w.T("place.login"), "", "")
	var options []widgets.Option[duty]
	for _, d := range duties {
		options = append(options, widgets.Option[duty]{Name: w.T(d.name), Value: d})
	}
	choice := widgets.NewChoice(t.s.Used, options...)
	sites := form.NewNotes("")
	sitesField := widgets.NewField(w.T("place.sites"), sites, w.T("place.sites.hint"))
	fields := []fyne.CanvasObject{url.View, login.View, widgets.FieldLabel(w.T("place.duty")), choice.View, sitesField.View}
	form.Show(t.s, form.Says{Title: w.T("place.allow"), Text: w.T("place.allow.text"), Yes: w.T("place.allow.do")}, fields, url.Entry, func(f *form.Form) {
		to, ok := t.checked(f, url)
		if !ok {
			return
		}
		login.Refuse("")
		sitesField.Refuse("")
		who, chosen, named := strings.TrimSpace(login.Entry.Text), choice.Value(), filledLines(sites.Text)
		switch {
		case who == "":
			f.Wrong(login.Field, w.T("place.login.wrong"))
			return
		case (chosen.is == store.SiteDuty) != (len(named) > 0):
			f.Wrong(sitesField, w.T("place.sites.wrong"))
			return
		}
		t.onDatabase(f, "place.allow.running", func(ctx context.Context, password []byte) error {
			return store.Allow(ctx, to, password, who, chosen.is, named)
		}, widgets.Message{Kind: widgets.Good, Happened: w.T("place.allow.done", "login", who, "duty", w.T(chosen.name))})
	})
}

// filledLines are the lines of a text that say something.
func filledLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

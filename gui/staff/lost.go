package staff

import (
	"context"
	"path/filepath"
	"strings"

	"stowage/gui/wording"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/safefile"
	"stowage/devices/school/loss"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// lost is the form by which a person tells ICT of a lost stick: two short pages, and
// one that says what happens now.
type lost struct {
	s     *gui.Session
	staff *staff
	form  *lostForm

	step   int // 0 and 1 are the form's pages, 2 is sent
	pages  [3]fyne.CanvasObject
	feet   [3]fyne.CanvasObject // their buttons, always in view
	body   *fyne.Container
	foot   *fyne.Container
	scroll *container.Scroll
	banner *widgets.Banner
	busy   *widgets.Busy
	done   *lostDone
	ring   *widget.Label   // how ICT is reached, while that is known
	plain  *widgets.Button // saves the report as text, where nobody tells who ICT is
}

func newLost(s *gui.Session, k *staff) gui.Screen { return &lost{s: s, staff: k} }

// Title is part of gui.Screen.
func (l *lost) Title() string { return l.s.Words.T("route.lost") }

// Content is part of gui.Screen.
func (l *lost) Content() fyne.CanvasObject {
	w := l.s.Words
	l.form = newLostForm(l.s, l.relayout)
	l.banner = widgets.NewBanner(widgets.Message{})
	l.done = newLostDone(l)
	l.ring = widgets.Body("")
	l.ring.Hide()
	l.plain = widgets.NewButton(w.T("lost.plain"), widgets.Icon("save").Resource(), l.savePlain)
	l.plain.Hide()
	l.pages = [3]fyne.CanvasObject{l.form.first(), l.form.second(), l.done.view}
	l.feet = [3]fyne.CanvasObject{
		widgets.Row(2, widgets.Spring(), widgets.NewPrimary(w.T("lost.next"), nil, l.next)),
		widgets.Row(2, widgets.NewButton(w.T("lost.previous"), nil, func() { l.turn(0) }), widgets.Spring(), l.plain, widgets.NewPrimary(w.T("lost.send"), nil, l.send)),
		widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("lost.home"), widgets.IconHome.Resource(), l.s.Back)),
	}
	l.body, l.foot = container.NewStack(), container.NewStack()
	l.scroll = container.NewVScroll(widgets.Narrow(3, l.banner.View, l.ring, l.body))
	l.busy = widgets.NewBusy(w, container.NewBorder(nil, widgets.Narrow(0, l.foot), nil, nil, l.scroll))
	l.turn(0)
	return l.busy.View
}

// Shown is part of gui.Shower: who the person is, and whom to write to, may have
// become known.
func (l *lost) Shown() {
	if l.step == 2 {
		return
	}
	l.staff.read(func(err error) {
		if to, err := l.addressee(err); err == nil {
			l.reach(to)
		}
		if me, ok := l.staff.self(); ok {
			l.form.suggest(me.Name, me.Email)
		}
		if holder, _, ok := l.staff.signedIn(); ok {
			l.form.suggest(holder.Name, "")
		}
	})
}

// reach says how ICT is reached, as the school has signed it.
func (l *lost) reach(to loss.Addressee) {
	if to.Contact != "" {
		l.ring.SetText(wording.ReachICT(l.s.Words, to.Contact))
		l.ring.Show()
		l.relayout()
	}
}

// Focus is part of gui.Focuser.
func (l *lost) Focus() fyne.Focusable { return l.form.focus(l.step) }

// Leave is part of gui.Leaver: what was typed is not thrown away unasked.
func (l *lost) Leave(proceed func()) {
	if l.step == 2 || l.form.empty() {
		l.restart()
		proceed()
		return
	}
	w := l.s.Words
	l.s.Ask(widgets.Question{Title: w.T("lost.leave"), Text: w.T("lost.leave.text"), Yes: w.T("lost.leave.yes"), No: w.T("lost.leave.no"), Danger: true}, func(yes bool) {
		if yes {
			l.restart()
			proceed()
		}
	})
}

// restart empties the form, for the next loss.
func (l *lost) restart() {
	l.form.clear()
	l.banner.Clear()
	l.plain.Hide()
	l.turn(0)
}

// turn shows a page.
func (l *lost) turn(step int) {
	l.step = step
	l.body.Objects = []fyne.CanvasObject{l.pages[step]}
	l.foot.Objects = []fyne.CanvasObject{l.feet[step]}
	l.body.Refresh()
	l.foot.Refresh()
	l.scroll.ScrollToTop()
	if c := l.s.Window.Canvas(); l.s.Current() == gui.Screen(l) {
		if f := l.Focus(); f != nil {
			c.Focus(f)
		}
	}
}

// relayout makes room for what has appeared on the page.
func (l *lost) relayout() {
	l.scroll.Content.Refresh()
	l.scroll.Refresh()
}

func (l *lost) next() {
	f := l.form.checkFirst()
	l.relayout()
	if f != nil {
		l.s.Window.Canvas().Focus(f)
		return
	}
	l.turn(1)
}

// send makes the report and puts it into ICT's inbox, or has it saved as a file.
func (l *lost) send() {
	f := l.form.checkSecond()
	l.relayout()
	if f != nil {
		l.s.Window.Canvas().Focus(f)
		return
	}
	l.banner.Clear()
	job := l.staff.read(func(err error) {
		to, err := l.addressee(err)
		if err != nil {
			l.plain.Show()
			l.fail(err)
			return
		}
		l.plain.Hide()
		l.reach(to)
		l.deliver(to)
	})
	l.busy.Follow(job)
}

// addressee is the school's ICT: that of the directory, or, without one, of the stick
// that is open.
func (l *lost) addressee(read error) (loss.Addressee, error) {
	if read == nil {
		return loss.ICTOf(l.staff.known.Directory), nil
	}
	if _, to, ok := l.staff.signedIn(); ok {
		return to, nil
	}
	return loss.Addressee{}, read
}

// report is what the form says, signed in as far as is known who it is.
func (l *lost) report() loss.LossReport {
	r := l.form.report(l.s.Now())
	if id := l.staff.me(); id != "" {
		r.Reporter.Holder = id
	}
	if holder, _, ok := l.staff.signedIn(); ok {
		r.Reporter.Holder, r.Reporter.Proof = holder.ID, loss.ProofKey
	}
	return loss.NewLossReport(r, l.s.Now())
}

// sealedReport is a report on its way.
type sealedReport struct {
	name    string
	content []byte
	file    string // where it was delivered to; "" when the inbox is out of reach
}

func (l *lost) deliver(to loss.Addressee) {
	r := l.report()
	inbox := l.staff.inbox()
	job := jobs.Run(l.s.Jobs, l.s.Words.T("lost.sending"), func(context.Context, jobs.Progress) (sealedReport, error) {
		sealed, err := to.Seal(r)
		if err != nil {
			return sealedReport{}, err
		}
		done := sealedReport{name: loss.ReportName(r), content: sealed}
		// Why ever it cannot be delivered, it can be saved and handed over.
		done.file, _ = loss.Deliver(inbox, done.name, sealed)
		return done, nil
	}, func(done sealedReport, err error) {
		if err != nil {
			l.fail(err)
			return
		}
		l.done.set(done)
		l.turn(2)
	})
	l.busy.Follow(job)
}

// fail says on the page why nothing was sent, and offers what helps.
func (l *lost) fail(err error) {
	m := l.s.Explain(err)
	if isNoSchool(err) {
		m.Next = l.s.Words.T("staff.join.next") + " " + l.s.Words.T("lost.plain.next")
		m.Do = l.staff.joinCommand(func() {
			l.banner.Clear()
			l.send()
		})
	}
	l.banner.Set(m)
	l.scroll.ScrollToTop()
}

// savePlain writes the report as text to a folder that the person chooses.
func (l *lost) savePlain() {
	w, r := l.s.Words, l.report()
	name := strings.TrimSuffix(loss.ReportName(r), loss.ReportExtension) + ".txt"
	content := []byte(l.form.text(l.s.Now()))
	l.s.Choose.Folder(w.T("lost.save.where"), func(folder string) {
		path := filepath.Join(folder, name)
		if err := safefile.Write(path, content, false); err != nil {
			l.s.Fail(err)
			return
		}
		l.plain.Hide()
		l.done.savedPlain(name, path)
		l.turn(2)
	})
}

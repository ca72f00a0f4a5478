// Package issue is the wizard that hands a stick out, empty or restored from a backup, and
// the backups from which that can be. A stick that is half made is none, and a passphrase
// that was shown or typed is wiped when the wizard ends.
package issue

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/backups"
	"stowage/gui/ict/people"
	"stowage/gui/widgets"
)

// issueWizard is the wizard that hands a stick out, in four steps: the drive, who gets it,
// until when, and the signature. With a source the stick is not empty, but restored from
// a backup; then the signature can wait, since who gets it need not be there.
type issueWizard struct {
	s      *gui.Session
	p      *app.Place
	source *restoreSource // nil for an empty stick
	ended  bool           // the stick is handed out, and its end is shown

	steps   *widgets.Steps
	page    *fyne.Container
	foot    *fyne.Container
	view    *widgets.Busy
	back    *widgets.Button
	next    *widgets.Button
	problem *widgets.Banner

	// Step 1.
	drives []drives.Drive
	wanted string // the path of the drive that was asked for elsewhere; "" for none
	unseen func() // ends watching
	drive  drives.Drive
	path   string // of the drive or folder; "" when none is chosen
	look   looked

	// Step 2.
	search  *widgets.Search
	table   *widgets.Table
	side    *fyne.Container
	holders []people.Row
	holder  people.Row
	asked   int

	// Step 3.
	label    *widgets.Entry
	returnTo *widget.Entry // where a finder brings it
	due      *widgets.DateEntry
	convert  *widget.Check
	carry    []*widget.Check       // one for each of look.programs
	own      *widgets.Choice[bool] // a passphrase chosen now, not a temporary one; nil with a key
	once     *widgets.Passphrase
	twice    *widgets.Passphrase
	field    *widgets.Field
	weak     error // what is wrong with the passphrase that is being chosen

	// Step 4.
	sign *widgets.Signature
	read *widget.Check
}

// Page is the page on which sticks are handed out. It offers the backups from which
// they can be restored to whoever asks for them.
func Page(p *app.Place) gui.Route {
	app.Offer(&p.Navigator, func(s *gui.Session, r app.Restore) gui.Screen { return newRestores(s, p, r.About) })
	app.Offer(&p.Navigator, func(s *gui.Session, kept backups.Kept) gui.Screen { return newRestoring(s, p, kept) })
	return app.PageOf(app.IssueRoute, p.Route(func(s *gui.Session, p *app.Place) gui.Screen { return newIssueWizard(s, p) }))
}

func newIssueWizard(s *gui.Session, p *app.Place) *issueWizard {
	return &issueWizard{s: s, p: p, unseen: func() {}}
}

// Title is part of gui.Screen.
func (i *issueWizard) Title() string {
	if i.source != nil {
		return i.s.Words.T("restore.of", "label", i.source.kept.Name())
	}
	return i.s.Words.T("issue.title")
}

// Content is part of gui.Screen.
func (i *issueWizard) Content() fyne.CanvasObject {
	t := i.s.Words.T
	i.steps = widgets.NewSteps(i.s.Words, t("issue.step.drive"), t("issue.step.holder"), t("issue.step.loan"), t("issue.step.sign"))
	i.page = container.NewStack()
	i.problem = widgets.NewBanner(widgets.Message{})
	i.back = widgets.NewButton(t("issue.back"), nil, func() { i.goTo(i.steps.At() - 1) })
	i.next = widgets.NewPrimary(t("issue.next"), nil, i.proceed)
	i.foot = widgets.Row(2, i.back, widgets.Spring(), i.next)
	head := widgets.Column(2, i.steps.View, i.problem.View)
	i.view = widgets.NewBusy(i.s.Words, container.NewBorder(head, container.NewPadded(i.foot), nil, nil, i.page))
	i.goTo(0)
	return i.view.View
}

// Shown is part of gui.Shower: drives come and go by themselves.
func (i *issueWizard) Shown() {
	i.unseen = app.WatchDrives(i.s, i.plugged)
	if want, ok := app.Asked[app.Issue](&i.p.Navigator); ok {
		i.wanted = want.Drive
	}
	if i.steps.At() == 0 {
		i.want()
	}
}

// want chooses the drive that was asked for elsewhere, once it is listed.
func (i *issueWizard) want() {
	for _, d := range i.drives {
		if d.Path == i.wanted {
			i.wanted = ""
			i.take(d, d.Path)
			return
		}
	}
}

// Hidden is part of gui.Hider.
func (i *issueWizard) Hidden() { i.unseen() }

// Closed is part of gui.Closer.
func (i *issueWizard) Closed() { i.wipe() }

// Leave is part of gui.Leaver.
func (i *issueWizard) Leave(proceed func()) {
	if i.ended {
		i.reset()
	}
	if i.steps.At() == 0 {
		proceed()
		return
	}
	t := i.s.Words.T
	i.s.Ask(widgets.Question{Title: t("issue.leave"), Text: t("issue.leave.text"), Yes: t("issue.leave.yes"), No: t("issue.leave.no")}, func(yes bool) {
		if yes {
			i.reset()
			proceed()
		}
	})
}

// Commands is part of gui.Commander.
func (i *issueWizard) Commands() []widgets.Command {
	folder := widgets.Command{Name: i.s.Words.T("issue.folder"), Run: i.folder, Disabled: func() bool { return i.steps.At() != 0 }}
	if i.source != nil {
		return []widgets.Command{folder}
	}
	return []widgets.Command{folder, {Name: i.s.Words.T("issue.again"), Run: i.reset, Divide: true}, i.p.RestoreCommand(i.s)}
}

func (i *issueWizard) wipe() {
	for _, p := range []*widgets.Passphrase{i.once, i.twice} {
		if p != nil {
			p.Clear()
		}
	}
}

// reset begins again.
func (i *issueWizard) reset() {
	i.wipe()
	i.drive, i.path, i.look, i.holder = drives.Drive{}, "", looked{}, people.Row{}
	i.label, i.sign, i.ended = nil, nil, false
	i.goTo(0)
}

// plugged is told which drives there are.
func (i *issueWizard) plugged(seen drives.Seen) {
	if seen.Err != nil {
		i.problem.Set(i.s.Explain(seen.Err))
		return
	}
	i.drives = seen.Drives
	there := i.drive == drives.Drive{}
	for _, d := range i.drives {
		there = there || d.Path == i.drive.Path && d.Serial == i.drive.Serial
	}
	if !there && i.path != "" {
		i.reset()
		i.problem.Set(widgets.Message{Kind: widgets.Warn, Happened: i.s.Words.T("issue.gone"), Files: i.s.Words.T("issue.gone.files")})
		return
	}
	if i.steps.At() == 0 {
		i.goTo(0)
		i.want()
	}
}

// goTo shows a step.
func (i *issueWizard) goTo(step int) {
	i.steps.Set(step)
	i.problem.Clear()
	i.page.Objects = []fyne.CanvasObject{[]func() fyne.CanvasObject{i.stepDrive, i.stepHolder, i.stepLoan, i.stepSign}[step]()}
	i.back.SetEnabled(step > 0)
	i.next.SetText(i.s.Words.T("issue.next"))
	if step == 3 {
		i.next.SetText(i.s.Words.T(form.WordKey("issue.do", i.source != nil, "restore.do")))
	}
	i.able()
	i.page.Refresh()
	i.foot.Refresh()
	switch step {
	case 1:
		i.s.Window.Canvas().Focus(i.search.Focus())
	case 3:
		i.s.Window.Canvas().Focus(i.read)
	}
}

// able says whether the step is complete.
func (i *issueWizard) able() {
	switch i.steps.At() {
	case 0:
		i.next.SetEnabled(i.path != "")
	case 1:
		i.next.SetEnabled(i.holder.Holder.ID != "")
	case 2:
		i.next.SetEnabled(true)
	case 3:
		i.next.SetEnabled(i.signed() || i.source != nil)
	}
}

// signed reports whether the rules are accepted and signed.
func (i *issueWizard) signed() bool { return i.read.Checked && !i.sign.Empty() }

func (i *issueWizard) proceed() {
	switch i.steps.At() {
	case 2:
		if i.loanFits() {
			i.goTo(3)
		}
	case 3:
		i.run()
	default:
		i.goTo(i.steps.At() + 1)
	}
}

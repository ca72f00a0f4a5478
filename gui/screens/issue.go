package screens

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/cmd/school"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// handing is the wizard that hands a stick out, in four steps: the drive, who gets it,
// until when, and the signature. With a source the stick is not empty, but restored from
// a backup; then the signature can wait, since who gets it need not be there.
type handing struct {
	s      *gui.Session
	p      *Place
	choose chooser
	source *restoreSource // nil for an empty stick
	ended  bool           // the stick is handed out, and its end is shown

	steps   *parts.Steps
	page    *fyne.Container
	foot    *fyne.Container
	view    *parts.Busy
	back    *parts.Button
	next    *parts.Button
	problem *parts.Banner

	// Step 1.
	drives []drives.Drive
	unseen func() // ends watching
	drive  drives.Drive
	path   string // of the drive or folder; "" when none is chosen
	look   looked

	// Step 2.
	search  *parts.Search
	table   *parts.Table
	side    *fyne.Container
	holders []personRow
	holder  personRow
	asked   int

	// Step 3.
	label   *parts.Entry
	finder  *widget.Entry // where a finder brings it
	due     *parts.DateEntry
	convert *widget.Check
	carry   []*widget.Check // one for each of look.programs
	own     *parts.Chips    // temporary passphrase, or one chosen now; nil with a key
	once    *parts.Passphrase
	twice   *parts.Passphrase
	field   *parts.Field
	weak    error // what is wrong with the passphrase that is being chosen

	// Step 4.
	sign *parts.Signature
	read *widget.Check
}

// looked is what was found on the drive that was chosen.
type looked struct {
	plain  []stick.Found
	bytes  int64
	label  string         // the next free one, or the stick's own
	known  devices.Device // the school knows the drive: zero if not
	days   int
	stick  bool // it is a stick of the school already
	school string
	finder string // where a finder brings it, as the school keeps it
	policy keys.Policy

	programs []stick.Program // that the school has for its sticks
}

func newHanding(s *gui.Session, p *Place) *handing {
	return &handing{s: s, p: p, choose: dialogs{s}, unseen: func() {}}
}

// Title is part of gui.Screen.
func (i *handing) Title() string {
	if i.source != nil {
		return i.s.Words.T("restore.of", "label", i.source.kept.name())
	}
	return i.s.Words.T("issue.title")
}

// Content is part of gui.Screen.
func (i *handing) Content() fyne.CanvasObject {
	t := i.s.Words.T
	i.steps = parts.NewSteps(i.s.Words, t("issue.step.drive"), t("issue.step.holder"), t("issue.step.loan"), t("issue.step.sign"))
	i.page = container.NewStack()
	i.problem = parts.NewBanner(parts.Message{})
	i.back = parts.NewButton(t("issue.back"), nil, func() { i.goTo(i.steps.At() - 1) })
	i.next = parts.NewPrimary(t("issue.next"), nil, i.proceed)
	i.foot = parts.Row(2, i.back, parts.Spring(), i.next)
	head := parts.Column(2, i.steps.View, i.problem.View)
	i.view = parts.NewBusy(i.s.Words, container.NewBorder(head, container.NewPadded(i.foot), nil, nil, i.page))
	i.goTo(0)
	return i.view.View
}

// Shown is part of gui.Shower: drives come and go by themselves.
func (i *handing) Shown() {
	i.unseen = watchDrives(i.s, i.plugged)
	if i.steps.At() == 0 {
		i.want()
	}
}

// goIssue leads to the wizard, with the stick at a path chosen if it is still there.
func (p *Place) goIssue(s *gui.Session, path string) {
	p.issueAt = path
	s.Go("issue")
}

// want chooses the drive that was asked for elsewhere, once it is listed.
func (i *handing) want() {
	for _, d := range i.drives {
		if d.Path == i.p.issueAt {
			i.p.issueAt = ""
			i.take(d, d.Path)
			return
		}
	}
}

// Hidden is part of gui.Hider.
func (i *handing) Hidden() { i.unseen() }

// Closed is part of gui.Closer.
func (i *handing) Closed() { i.wipe() }

// Leave is part of gui.Leaver.
func (i *handing) Leave(proceed func()) {
	if i.ended {
		i.reset()
	}
	if i.steps.At() == 0 {
		proceed()
		return
	}
	t := i.s.Words.T
	i.s.Ask(parts.Question{Title: t("issue.leave"), Text: t("issue.leave.text"), Yes: t("issue.leave.yes"), No: t("issue.leave.no")}, func(yes bool) {
		if yes {
			i.reset()
			proceed()
		}
	})
}

// Commands is part of gui.Commander.
func (i *handing) Commands() []parts.Command {
	folder := parts.Command{Name: i.s.Words.T("issue.folder"), Run: i.folder, Disabled: func() bool { return i.steps.At() != 0 }}
	if i.source != nil {
		return []parts.Command{folder}
	}
	return []parts.Command{folder, {Name: i.s.Words.T("issue.again"), Run: i.reset, Divide: true}, restoreCommand(i.s, i.p)}
}

func (i *handing) wipe() {
	for _, p := range []*parts.Passphrase{i.once, i.twice} {
		if p != nil {
			p.Clear()
		}
	}
}

// reset begins again.
func (i *handing) reset() {
	i.wipe()
	i.drive, i.path, i.look, i.holder = drives.Drive{}, "", looked{}, personRow{}
	i.label, i.sign, i.ended = nil, nil, false
	i.goTo(0)
}

// plugged is told which drives there are.
func (i *handing) plugged(seen drives.Seen) {
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
		i.problem.Set(parts.Message{Kind: parts.Warn, Happened: i.s.Words.T("issue.gone"), Files: i.s.Words.T("issue.gone.files")})
		return
	}
	if i.steps.At() == 0 {
		i.goTo(0)
		i.want()
	}
}

// goTo shows a step.
func (i *handing) goTo(step int) {
	i.steps.Set(step)
	i.problem.Clear()
	i.page.Objects = []fyne.CanvasObject{[]func() fyne.CanvasObject{i.stepDrive, i.stepHolder, i.stepLoan, i.stepSign}[step]()}
	i.back.SetEnabled(step > 0)
	i.next.SetText(i.s.Words.T("issue.next"))
	if step == 3 {
		i.next.SetText(i.s.Words.T(wordKey("issue.do", i.source != nil, "restore.do")))
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
func (i *handing) able() {
	switch i.steps.At() {
	case 0:
		i.next.SetEnabled(i.path != "")
	case 1:
		i.next.SetEnabled(i.holder.holder.ID != "")
	case 2:
		i.next.SetEnabled(true)
	case 3:
		i.next.SetEnabled(i.signed() || i.source != nil)
	}
}

// signed reports whether the rules are accepted and signed.
func (i *handing) signed() bool { return i.read.Checked && !i.sign.Empty() }

func (i *handing) proceed() {
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

// stepDrive lists the drives that can become a stick.
func (i *handing) stepDrive() fyne.CanvasObject {
	t := i.s.Words.T
	rows := parts.Column(2)
	for _, d := range i.drives {
		if !d.Offered() {
			continue
		}
		name := d.Make + " " + d.Model
		if name == " " {
			name = d.Name()
		}
		icon := parts.IconStick
		if d.Path == i.path {
			icon = "check"
		}
		hint := t("issue.drive.hint", "size", i.s.Words.Size(d.Size), "serial", d.Serial, "path", d.Path)
		rows.Add(parts.NewAction(icon, name, hint, func() { i.take(d, d.Path) }))
	}
	if len(rows.Objects) == 0 {
		rows.Add(parts.NewBanner(parts.Message{Kind: parts.Info, Happened: t("issue.drive.none"), Next: t("issue.drive.none.next")}).View)
	}
	if i.path != "" {
		rows.Add(parts.NewBanner(i.lookedAt()).View)
	}
	rows.Add(parts.Row(1, parts.NewQuiet(t("issue.folder"), parts.IconFolder.Resource(), i.folder)))
	return scrolled(rows)
}

// lookedAt says what is on the drive that was chosen.
func (i *handing) lookedAt() parts.Message {
	w := i.s.Words
	m := parts.Message{Kind: parts.Good, Happened: w.T("issue.look.empty")}
	if len(i.look.plain) > 0 {
		m = parts.Message{Kind: parts.Info, Happened: w.N("issue.look.plain", len(i.look.plain), "size", w.Size(i.look.bytes)), Next: w.T("issue.look.plain.next")}
	}
	switch {
	case i.source != nil && !i.look.stick && i.drive.Size > 0 && i.drive.Free < i.source.contents.Bytes:
		m.Kind, m.Files = parts.Warn, w.T("restore.small", "size", w.Size(i.source.contents.Bytes))
	case i.look.stick:
		m.Kind, m.Files = parts.Warn, w.T("issue.look.stick", "name", i.look.known.Name())
	case i.look.known.ID != "":
		m.Files = w.T("issue.look.known", "name", i.look.known.Name())
	}
	return m
}

// folder takes a folder in place of a drive.
func (i *handing) folder() {
	i.choose.folder(i.s.Words.T("issue.folder.which"), func(path string) { i.take(drives.Drive{}, path) })
}

// take looks at what was chosen. A device that is lost is refused here already, and so
// is one that somebody has.
func (i *handing) take(d drives.Drive, path string) {
	i.problem.Clear()
	i.view.Follow(work(i.p, i.s, i.s.Words.T("issue.looking"), func(ctx context.Context, s *school.School, p jobs.Progress) (looked, error) {
		i.p.leave(path)
		return lookOver(ctx, s, d, path, p)
	}, func(l looked, err error) {
		i.drive, i.path, i.look = d, path, l
		if err != nil {
			i.drive, i.path = drives.Drive{}, ""
			i.goTo(0)
			i.problem.Set(i.s.Explain(err))
			return
		}
		i.goTo(0)
	}))
}

func lookOver(ctx context.Context, s *school.School, d drives.Drive, path string, p jobs.Progress) (l looked, err error) {
	fs, err := stick.NewDirFS(path)
	if err != nil {
		return l, err
	}
	defer fs.Close()
	if d.Serial != "" {
		if l.known, err = s.Recognise(ctx, d.Serial); err != nil && !notFound(err) {
			return l, err
		}
	}
	if _, err := stick.Inspect(fs, ""); err == nil {
		l.known, err = s.PluggedIn(ctx, fs)
		if l.stick = err == nil; err != nil && !s.Unfinished(ctx, fs) { // which is begun again
			return l, err
		}
	}
	if l.known.ID != "" {
		if _, can := devices.Next(l.known.State, devices.Issue); !can {
			return l, &devices.Refusal{Device: l.known.ID, Name: l.known.Name(), State: l.known.State, Action: devices.Issue, Instead: devices.Allowed(l.known.State)}
		}
		l.label = l.known.Label
	}
	found, err := stick.Scan(ctx, fs, p)
	if err != nil {
		return l, err
	}
	for _, f := range found.Plain {
		if !f.Trash {
			l.plain = append(l.plain, f)
			l.bytes += f.Size
		}
	}
	if l.label == "" {
		if l.label, err = s.Register().NextLabel(ctx, "MS-"); err != nil {
			return l, err
		}
	}
	directory, err := s.Directory()
	if err != nil {
		return l, err
	}
	if l.programs, err = s.Programs(); err != nil {
		return l, err
	}
	l.days, l.school, l.policy = directory.Policy.LoanDays, directory.School, directory.Policy
	l.finder, err = s.ReturnAddress()
	return l, err
}

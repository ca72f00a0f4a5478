package issue

import (
	"context"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/known"
	"stowage/devices/school/programs"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// looked is what was found on the drive that was chosen.
type looked struct {
	plain    []stick.Found
	bytes    int64
	label    string         // the next free one, or the stick's own
	known    devices.Device // the school knows the drive: zero if not
	days     int
	stick    bool // it is a stick of the school already
	school   string
	returnTo string // where a finder brings it, as the school keeps it
	policy   keys.Policy

	programs []stick.Program // that the school has for its sticks
}

// stepDrive lists the drives that can become a stick.
func (i *issueWizard) stepDrive() fyne.CanvasObject {
	t := i.s.Words.T
	rows := widgets.Column(2)
	for _, d := range i.drives {
		if !d.Offered() {
			continue
		}
		name := d.Make + " " + d.Model
		if name == " " {
			name = d.Name()
		}
		icon := widgets.IconStick
		if d.Path == i.path {
			icon = "check"
		}
		hint := t("issue.drive.hint", "size", i.s.Words.Size(d.Size), "serial", d.Serial, "path", d.Path)
		if d.Serial == "" {
			hint = t("issue.drive.hint.noserial", "size", i.s.Words.Size(d.Size), "path", d.Path)
		}
		rows.Add(widgets.NewAction(icon, name, hint, func() { i.take(d, d.Path) }))
	}
	if len(rows.Objects) == 0 {
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Info, Happened: t("issue.drive.none"), Next: t("issue.drive.none.next")}).View)
	}
	if i.path != "" {
		rows.Add(widgets.NewBanner(i.lookedAt()).View)
	}
	rows.Add(widgets.Row(1, widgets.NewQuiet(t("issue.folder"), widgets.IconFolder.Resource(), i.folder)))
	return form.Scrolled(rows)
}

// lookedAt says what is on the drive that was chosen.
func (i *issueWizard) lookedAt() widgets.Message {
	w := i.s.Words
	m := widgets.Message{Kind: widgets.Good, Happened: w.T("issue.look.empty")}
	if len(i.look.plain) > 0 {
		m = widgets.Message{Kind: widgets.Info, Happened: w.N("issue.look.plain", len(i.look.plain), "size", w.Size(i.look.bytes)), Next: w.T("issue.look.plain.next")}
	}
	switch {
	case i.source != nil && !i.look.stick && i.drive.Size > 0 && i.drive.Free < i.source.contents.Bytes:
		m.Kind, m.Files = widgets.Warn, w.T("restore.small", "size", w.Size(i.source.contents.Bytes))
	case i.look.stick:
		m.Kind, m.Files = widgets.Warn, w.T("issue.look.stick", "name", i.look.known.Name())
	case i.look.known.ID != "":
		m.Files = w.T("issue.look.known", "name", i.look.known.Name())
	}
	return m
}

// folder takes a folder in place of a drive.
func (i *issueWizard) folder() {
	i.s.Choose.Folder(i.s.Words.T("issue.folder.which"), func(path string) { i.take(drives.Drive{}, path) })
}

// take looks at what was chosen. A device that is lost is refused here already, and so
// is one that somebody has.
func (i *issueWizard) take(d drives.Drive, path string) {
	i.problem.Clear()
	i.view.Follow(app.Work(i.p, i.s, i.s.Words.T("issue.looking"), func(ctx context.Context, s *school.School, p jobs.Progress) (looked, error) {
		i.p.LeaveDrive(path)
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
		if l.known, err = known.Recognise(ctx, s.Register(), d.Serial); err != nil && !notFound(err) {
			return l, err
		}
	}
	if _, err := stick.Inspect(fs, ""); err == nil {
		l.known, err = known.PluggedIn(ctx, s, fs)
		if l.stick = err == nil; err != nil && !issue.Unfinished(ctx, s, fs) { // which is begun again
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
	if l.programs, err = programs.List(s); err != nil {
		return l, err
	}
	l.days, l.school, l.policy = directory.Policy.LoanDays, directory.School, directory.Policy
	l.returnTo, err = s.ReturnAddress()
	return l, err
}

package issue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/passphrases"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/people"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// order is all that was chosen in the wizard, apart from its widgets.
type order struct {
	drive    drives.Drive
	path     string
	holder   devices.Holder
	needsKey bool
	renew    bool           // in place of one that is blocked
	sticks   gui.Drives     // where else the person's sticks may be, for the new key
	source   *restoreSource // nil for an empty stick
	own      []byte         // the passphrase chosen now; empty for a temporary one
	plan     issue.StickPlan
	convert  bool
	document devices.DocumentDetails
}

// handedOut is what an order came to.
type handedOut struct {
	stick     issue.IssuedStick
	temporary []byte // the holder's temporary passphrase, nil without one; to be wiped
	signature []byte // PNG, for the slip; nil when the name was typed
	converted stick.ConvertResult
	restored  *issue.RestoredStick // nil for an empty stick
	others    []school.Outcome     // the person's other sticks that were given the new key
	trouble   error                // after the stick was issued: it stands, and something is missing
}

// run issues the stick.
func (i *issueWizard) run() {
	o, err := i.order()
	if err != nil {
		i.problem.Set(i.s.Explain(err))
		return
	}
	i.p.WithAuthority(i.s, "issue.why", func(*school.School) {
		i.view.Follow(app.Work(i.p, i.s, i.s.Words.T(form.WordKey("issue.working", i.source != nil, "restore.working")), func(ctx context.Context, s *school.School, p jobs.Progress) (handedOut, error) {
			defer clear(o.own)
			i.p.LeaveDrive("")
			return handOut(ctx, s, o, p)
		}, i.done))
	})
}

func (i *issueWizard) order() (order, error) {
	o := order{
		drive: i.drive, path: i.path, holder: i.holder.Holder, needsKey: i.holder.Key.ID == "" || i.holder.Blocked, renew: i.holder.Blocked,
		sticks: i.s.Services.Drives, source: i.source, convert: i.convert.Checked && len(i.look.plain) > 0,
	}
	o.plan = issue.StickPlan{
		Drive: i.drive, Holder: i.holder.Holder.ID, Device: devices.DeviceDetails{Label: i.label.Text}, Due: i.dueDate(),
		Return: cmp.Or(strings.TrimSpace(i.returnTo.Text), i.look.returnTo), Replace: i.look.stick, Programs: i.carried(),
	}
	var err error
	if i.source == nil || i.signed() {
		o.document, err = people.Signed(devices.RulesAccepted, i.holder.Holder, i.rules(), i.sign)
	}
	if i.own != nil && i.own.Value() {
		o.own = i.once.Take()
		i.twice.Clear()
	}
	return o, err
}

// handOut makes the key where there is none in force, issues or restores the stick,
// records the signature and takes the plain files into the stick. What fails before the
// stick is issued leaves at most a key, whose passphrase is returned with the error;
// afterwards the stick stands, and the trouble is told.
func handOut(ctx context.Context, s *school.School, o order, p jobs.Progress) (out handedOut, err error) {
	fs, err := stick.NewDirFS(o.path)
	if err != nil {
		return out, err
	}
	defer fs.Close()
	if o.needsKey {
		if err = newKey(ctx, s, o, &out, p); err != nil {
			return out, err
		}
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	o.plan.FS, o.plan.Written = fs, p
	if err = issueOrRestore(ctx, s, o, &out, p); err != nil {
		return out, err
	}
	if o.document.Kind != "" {
		out.signature = o.document.Signature
		o.document.Device = out.stick.Device.ID
		if _, err := s.Register().SignDocument(context.WithoutCancel(ctx), s.Actor(), o.document); err != nil {
			out.trouble = err
		}
	}
	if o.convert {
		converted, err := takeIn(ctx, s, fs, p)
		out.converted, out.trouble = converted, errors.Join(out.trouble, err)
	}
	return out, nil
}

// issueOrRestore makes the stick: an empty one, or one with everything in the backup.
func issueOrRestore(ctx context.Context, s *school.School, o order, out *handedOut, p jobs.Progress) (err error) {
	if o.source == nil {
		out.stick, err = issue.Stick(ctx, s, o.plan)
		return err
	}
	from, err := o.source.open(ctx, s)
	if err != nil {
		return err
	}
	restored, err := issue.Restore(ctx, s, issue.RestorePlan{StickPlan: o.plan, From: from.Stick, Progress: p})
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	out.stick, out.restored = restored.IssuedStick, &restored
	return nil
}

// newKey makes the holder's key, and gives one that takes the place of a blocked one to
// their other sticks that are plugged in. With a passphrase chosen now, nothing temporary
// is left; a passphrase that is refused leaves the key with a temporary one.
func newKey(ctx context.Context, s *school.School, o order, out *handedOut, p jobs.Progress) error {
	var issued issue.IssuedKey
	var err error
	if o.renew {
		theirs, listErr := people.PluggedSticks(ctx, o.sticks, s, o.holder.ID)
		if listErr != nil {
			return listErr
		}
		defer people.CloseSticks(theirs)
		r := issue.Renewal{Who: o.holder.ID, Reason: "the key before lies on a lost stick", Revoke: true, Progress: p}
		for _, d := range theirs {
			r.Sticks = append(r.Sticks, d.FS)
		}
		issued, out.others, err = issue.Renew(ctx, s, r)
	} else {
		issued, err = issue.Key(ctx, s, o.holder.ID)
	}
	if _, behind := errors.AsType[*school.PublishError](err); err != nil && !behind {
		return err
	}
	out.temporary = issued.Passphrase
	if len(o.own) == 0 {
		return nil
	}
	err = passphrases.ChangeHolder(ctx, s, o.holder.ID, issued.Passphrase, func(judge func([]byte) error) ([]byte, error) {
		if err := judge(o.own); err != nil {
			return nil, err
		}
		return slices.Clone(o.own), nil
	})
	if err == nil {
		clear(out.temporary)
		out.temporary = nil
	}
	return err
}

// takeIn encrypts the plain files that lie on a stick, and verifies each.
func takeIn(ctx context.Context, s *school.School, fs stick.FS, p jobs.Progress) (stick.ConvertResult, error) {
	opened, err := s.OpenAsICT(ctx, fs, stick.OpenOptions{})
	if err != nil {
		return stick.ConvertResult{}, err
	}
	result, err := opened.Convert(ctx, stick.ConvertOptions{Progress: p})
	return result, errors.Join(err, opened.Close())
}

// done shows what the order came to.
func (i *issueWizard) done(out handedOut, err error) {
	w := i.s.Words
	if err != nil {
		i.failed(out, err)
		return
	}
	rows := widgets.Column(3, widgets.NewBanner(widgets.Message{
		Kind: widgets.Good, Happened: w.T("issue.done", "label", out.stick.Device.Name(), "name", out.stick.Holder.Name), Next: w.T("issue.done.next"),
	}).View)
	if out.restored != nil {
		rows.Add(widgets.NewBanner(i.restoredMessage(*out.restored)).View)
	}
	for _, o := range out.others {
		if o.Err != nil {
			rows.Add(widgets.Body(w.T("given.stick.failed", "name", o.Device.Name(), "why", i.s.Explain(o.Err).Happened)))
		} else {
			rows.Add(widgets.Body(w.T("given.stick", "name", o.Device.Name())))
		}
	}
	if list := out.stick.Note.Programs; len(list) > 0 {
		rows.Add(widgets.Body(w.T("programs.carries", "names", w.List(wording.ProgramTexts(w, list)))))
	}
	for _, name := range out.stick.Kept {
		rows.Add(widgets.Body(w.T("issue.done.kept", "name", name)))
	}
	if n := len(out.converted.Stored); n > 0 {
		rows.Add(widgets.Body(w.N("issue.done.converted", n)))
	}
	if n := len(out.converted.Left); n > 0 {
		rows.Add(widgets.NewBanner(widgets.Message{Kind: widgets.Warn, Happened: w.N("issue.done.left", n)}).View)
	}
	if out.trouble != nil {
		rows.Add(widgets.NewBanner(i.s.Explain(out.trouble)).View)
	}
	again := widgets.NewPrimary(w.T("issue.again"), widgets.IconIssue.Resource(), i.finish)
	if i.source != nil {
		again = widgets.NewPrimary(w.T("restore.done"), widgets.Icon("check").Resource(), i.s.Back)
	}
	rows.Add(widgets.Row(2, again, i.slipButton(out)))
	i.steps.Set(3)
	i.page.Objects = []fyne.CanvasObject{form.Scrolled(rows)}
	i.page.Refresh()
	i.back.SetEnabled(false)
	i.next.SetEnabled(false)
	i.path, i.drive, i.ended = "", drives.Drive{}, true // pulling it out is right now
	if out.temporary != nil {
		form.ShowSecret(i.s, w.T("given.title"), w.T("given.text", "name", out.stick.Holder.Name), [][]byte{out.temporary}, "", i.slipButton(out))
		return
	}
	i.s.Window.Canvas().Focus(again)
}

// failed says why no stick was handed out. A key that was made stands, so that its
// passphrase must not be lost.
func (i *issueWizard) failed(out handedOut, err error) {
	i.problem.Set(i.s.Explain(err))
	if len(out.temporary) == 0 {
		return
	}
	w, name := i.s.Words, i.holder.Holder.Name
	i.holder.Blocked = false
	i.find() // they have a key now
	form.ShowSecret(i.s, w.T("given.title"), w.T("issue.failed.key", "name", name), [][]byte{out.temporary}, "")
}

// restoredMessage says what is on a restored stick, and exactly what is not.
func (i *issueWizard) restoredMessage(r issue.RestoredStick) widgets.Message {
	w := i.s.Words
	m := widgets.Message{Kind: widgets.Good, Happened: w.N("restore.done.files", r.Files, "size", w.Size(r.Bytes)), Files: w.T("restore.done.whole")}
	if missing := len(r.Skipped); missing > 0 {
		m.Kind, m.Files = widgets.Bad, w.N("restore.done.missing", missing)
		for _, s := range r.Skipped {
			m.Details += s.Path + ": " + i.s.Explain(s.Err).Happened + "\n"
		}
	}
	if n := len(r.Warnings); n > 0 {
		if m.Kind == widgets.Good {
			m.Kind, m.Files = widgets.Warn, w.T("restore.warnings.files")
		}
		for _, warning := range r.Warnings {
			m.Details += warning.String() + "\n"
		}
	}
	return m
}

// finish begins with the next stick.
func (i *issueWizard) finish() {
	i.reset()
	i.s.Refresh()
}

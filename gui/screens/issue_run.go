package screens

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"

	"stowage/cmd/school"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// order is all that was chosen in the wizard, apart from its widgets.
type order struct {
	drive    drives.Drive
	path     string
	holder   devices.Holder
	needsKey bool
	own      []byte // the passphrase chosen now; empty for a temporary one
	plan     school.StickPlan
	convert  bool
	document devices.DocumentDetails
}

// handedOut is what an order came to.
type handedOut struct {
	stick     school.IssuedStick
	temporary []byte // the holder's temporary passphrase, nil without one; to be wiped
	signature []byte // PNG, for the slip; nil when the name was typed
	converted stick.ConvertResult
	trouble   error // after the stick was issued: it stands, and something is missing
}

// run issues the stick.
func (i *handing) run() {
	o, err := i.order()
	if err != nil {
		i.problem.Set(i.s.Explain(err))
		return
	}
	i.p.authority(i.s, "issue.why", func(*school.School) {
		i.view.Follow(work(i.p, i.s, i.s.Words.T("issue.working"), func(ctx context.Context, s *school.School, p jobs.Progress) (handedOut, error) {
			defer clear(o.own)
			return handOut(ctx, s, o, p)
		}, i.done))
	})
}

func (i *handing) order() (order, error) {
	o := order{drive: i.drive, path: i.path, holder: i.holder.holder, needsKey: i.holder.key.ID == "", convert: i.convert.Checked && len(i.look.plain) > 0}
	o.plan = school.StickPlan{
		Drive: i.drive, Holder: i.holder.holder.ID, Device: devices.DeviceDetails{Label: i.label.Text}, Due: i.dueDate(),
		Return: i.look.school, Replace: i.look.stick,
	}
	var err error
	o.document, err = signed(devices.RulesAccepted, i.holder.holder, i.rules(), i.sign)
	if i.own != nil && i.own.On()[0] == 1 {
		o.own = i.once.Take()
		i.twice.Clear()
	}
	return o, err
}

// handOut makes the key where there is none, issues the stick, records the signature
// and takes the plain files into the stick. What fails before the stick is issued leaves
// at most a key; afterwards the stick stands, and the trouble is told.
func handOut(ctx context.Context, s *school.School, o order, p jobs.Progress) (out handedOut, err error) {
	fs, err := stick.NewDirFS(o.path)
	if err != nil {
		return out, err
	}
	defer fs.Close()
	defer func() {
		if err != nil {
			clear(out.temporary)
		}
	}()
	if o.needsKey {
		if out.temporary, err = firstKey(ctx, s, o); err != nil {
			return out, err
		}
	}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	o.plan.FS = fs
	if out.stick, err = s.IssueStick(ctx, o.plan); err != nil {
		return out, err
	}
	out.signature = o.document.Signature
	o.document.Device = out.stick.Device.ID
	if _, err := s.Register().SignDocument(context.WithoutCancel(ctx), s.Actor(), o.document); err != nil {
		out.trouble = err
	}
	if o.convert {
		converted, err := takeIn(ctx, s, fs, p)
		out.converted, out.trouble = converted, errors.Join(out.trouble, err)
	}
	return out, nil
}

// firstKey makes the holder's key. With a passphrase chosen now, nothing temporary is
// left; a passphrase that is refused leaves the key with a temporary one.
func firstKey(ctx context.Context, s *school.School, o order) ([]byte, error) {
	issued, err := s.IssueKey(ctx, o.holder.ID)
	if _, behind := errors.AsType[*school.PublishError](err); err != nil && !behind {
		return nil, err
	}
	if len(o.own) == 0 {
		return issued.Passphrase, nil
	}
	defer clear(issued.Passphrase)
	return nil, s.ChangePassphrase(ctx, o.holder.ID, issued.Passphrase, func(judge func([]byte) error) ([]byte, error) {
		if err := judge(o.own); err != nil {
			return nil, err
		}
		return slices.Clone(o.own), nil
	})
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
func (i *handing) done(out handedOut, err error) {
	if err != nil {
		i.problem.Set(i.s.Explain(err))
		return
	}
	w := i.s.Words
	rows := parts.Column(3, parts.NewBanner(parts.Message{
		Kind: parts.Good, Happened: w.T("issue.done", "label", out.stick.Device.Name(), "name", out.stick.Holder.Name), Next: w.T("issue.done.next"),
	}).View)
	if n := len(out.converted.Stored); n > 0 {
		rows.Add(parts.Body(w.N("issue.done.converted", n)))
	}
	if n := len(out.converted.Left); n > 0 {
		rows.Add(parts.NewBanner(parts.Message{Kind: parts.Warn, Happened: w.N("issue.done.left", n)}).View)
	}
	if out.trouble != nil {
		rows.Add(parts.NewBanner(i.s.Explain(out.trouble)).View)
	}
	again := parts.NewPrimary(w.T("issue.again"), parts.IconIssue.Resource(), i.finish)
	rows.Add(parts.Row(2, again, i.slipButton(out)))
	i.steps.Set(3)
	i.page.Objects = []fyne.CanvasObject{scrolled(rows)}
	i.page.Refresh()
	i.back.SetEnabled(false)
	i.next.SetEnabled(false)
	i.path, i.drive = "", drives.Drive{} // pulling it out is right now
	if out.temporary != nil {
		showSecret(i.s, w.T("given.title"), w.T("given.text", "name", out.stick.Holder.Name), [][]byte{out.temporary}, "", i.slipButton(out))
		return
	}
	i.s.Window.Canvas().Focus(again)
}

// finish begins with the next stick.
func (i *handing) finish() {
	i.reset()
	i.s.Refresh()
}

package people

import (
	"context"
	"errors"
	"strings"

	"stowage/devices/school/issue"
	"stowage/devices/school/known"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// given is a key that was just made, and the sticks that were given it.
type given struct {
	issued issue.IssuedKey
	sticks []school.Outcome
}

// issueKey makes the person's first key, or a new one after all were revoked.
func (n *person) issueKey() {
	n.p.WithAuthority(n.s, "person.why.key", func(*school.School) {
		n.follow(app.Work(n.p, n.s, n.s.Words.T("person.issuing"), func(ctx context.Context, s *school.School, _ jobs.Progress) (given, error) {
			issued, err := issue.Key(ctx, s, n.id)
			return given{issued: issued}, err
		}, n.gave))
	})
}

// follow covers the page while a job changes what it shows.
func (n *person) follow(j *jobs.Job) { n.view.Follow(j) }

// recover helps a person who forgot the passphrase: here, or by telephone.
func (n *person) recover() {
	t := n.s.Words.T
	var dialog *widgets.Dialog
	here := widgets.NewAction(widgets.IconPerson, t("recover.here"), t("recover.here.hint"), func() {
		dialog.Close()
		n.renew(issue.Renewal{Who: n.id, Reason: "passphrase forgotten"})
	})
	call := widgets.NewAction("telephone", t("recover.telephone"), t("recover.telephone.hint"), func() {
		dialog.Close()
		n.telephone()
	})
	cancel := widgets.NewButton(t("widgets.cancel"), nil, func() { dialog.Close() })
	dialog = widgets.ShowDialog(n.s.Window.Canvas(), t("person.recover"), widgets.Column(2, widgets.Body(t("recover.text")), here, call, widgets.Row(2, widgets.Spring(), cancel)), nil)
	n.s.Window.Canvas().Focus(here)
}

// rotate makes a new key in place of one that others may know.
func (n *person) rotate() {
	t := n.s.Words.T
	n.withReason(t("person.rotate"), t("rotate.text"), t("rotate.yes"), false, func(reason string) {
		n.renew(issue.Renewal{Who: n.id, Reason: reason, Revoke: true, Rotate: true})
	})
}

// renew makes a new key and gives it to the person's sticks that are plugged in.
func (n *person) renew(r issue.Renewal) {
	n.p.WithAuthority(n.s, "person.why.key", func(*school.School) {
		n.follow(app.Work(n.p, n.s, n.s.Words.T("person.renewing"), func(ctx context.Context, s *school.School, p jobs.Progress) (given, error) {
			n.p.LeaveDrive("")
			theirs, err := PluggedSticks(ctx, n.s.Services.Drives, s, n.id)
			if err != nil {
				return given{}, err
			}
			defer CloseSticks(theirs)
			for _, d := range theirs {
				r.Sticks = append(r.Sticks, d.FS)
			}
			r.Progress = p
			issued, sticks, err := issue.Renew(ctx, s, r)
			return given{issued, sticks}, err
		}, n.gave))
	})
}

// gave shows the temporary passphrase of a new key, once.
func (n *person) gave(g given, err error) {
	_, behind := errors.AsType[*school.PublishError](err)
	if err != nil && !behind {
		n.s.Fail(err)
		return
	}
	w := n.s.Words
	text := w.T("given.text", "name", g.issued.Holder.Name)
	for _, o := range g.sticks {
		if o.Err != nil {
			text += "\n" + w.T("given.stick.failed", "name", o.Device.Name(), "why", n.s.Explain(o.Err).Happened)
			continue
		}
		text += "\n" + w.T("given.stick", "name", o.Device.Name())
	}
	key := g.issued.Key
	for _, id := range n.known.holdings.Keys {
		if len(id.Devices) > len(g.sticks) && id.ID != key.ID {
			text += "\n" + w.T("given.others")
			break
		}
	}
	form.ShowSecret(n.s, w.T("given.title"), text, [][]byte{g.issued.Passphrase}, "")
	if behind {
		n.s.Fail(err)
	}
}

// revoke says that the key is not to be trusted any more.
func (n *person) revoke() {
	t := n.s.Words.T
	n.withReason(t("person.revoke"), t("revoke.text"), t("revoke.yes"), true, func(reason string) {
		n.p.WithAuthority(n.s, "person.why.revoke", func(*school.School) {
			n.follow(app.Work(n.p, n.s, t("person.revoking"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Key, error) {
				return issue.RevokeKey(ctx, s, n.id, reason)
			}, func(_ devices.Key, err error) {
				if err != nil {
					n.s.Fail(err)
					return
				}
				n.s.Toast(t("revoke.done"), nil)
			}))
		})
	})
}

// withReason asks why, for the register, and says what it means.
func (n *person) withReason(title, text, yes string, danger bool, then func(reason string)) {
	form.Why{Title: title, Text: text, Yes: yes, Example: n.s.Words.T("person.reason.example"), Danger: danger}.Ask(n.s, then)
}

// telephone asks how the caller was known, and shows the one-off code of one of their
// sticks to be read out.
func (n *person) telephone() {
	t := n.s.Words.T
	var sticks []widgets.Option[devices.Device]
	for _, d := range n.known.holdings.Devices {
		if d.Recovery.Digest != "" {
			sticks = append(sticks, widgets.Option[devices.Device]{Name: d.Name(), Value: d})
		}
	}
	if len(sticks) == 0 {
		n.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: t("telephone.none"), Next: t("telephone.none.next")})
		return
	}
	which := widgets.NewChoice(nil, sticks...)
	how := widgets.NewEntry(t("telephone.how.example"), nil)
	how.Label = t("telephone.how")
	field := widgets.NewField(t("telephone.how"), how, t("telephone.how.hint"))
	var dialog *widgets.Dialog
	do := func() {
		if strings.TrimSpace(how.Text) == "" {
			field.Refuse(t("telephone.how.missing"))
			dialog.Refresh()
			n.s.Window.Canvas().Focus(how)
			return
		}
		dialog.Close()
		n.readOut(which.Value(), how.Text)
	}
	how.OnSubmitted = func(string) { do() }
	cancel := widgets.NewButton(t("widgets.cancel"), nil, func() { dialog.Close() })
	content := widgets.Column(2, widgets.Body(t("telephone.text", "name", n.known.holdings.Holder.Name)), field.View, widgets.NewField(t("telephone.which"), which.View, "").View,
		widgets.Row(2, widgets.Spring(), cancel, widgets.NewPrimary(t("telephone.show"), widgets.IconShow.Resource(), do)))
	dialog = widgets.ShowDialog(n.s.Window.Canvas(), t("recover.telephone"), content, nil)
	n.s.Window.Canvas().Focus(how)
}

// readOut shows a recovery code. That it was given out is on record by then.
func (n *person) readOut(d devices.Device, how string) {
	n.p.WithAuthority(n.s, "person.why.telephone", func(*school.School) {
		n.follow(app.Work(n.p, n.s, n.s.Words.T("telephone.working"), func(ctx context.Context, s *school.School, _ jobs.Progress) ([]byte, error) {
			code, _, err := issue.TelephoneCode(ctx, s, d.ID, how)
			return code, err
		}, func(code []byte, err error) {
			if err != nil {
				n.s.Fail(err)
				return
			}
			w := n.s.Words
			form.ShowSecret(n.s, w.T("telephone.code", "name", d.Name()), w.T("telephone.code.text"), groups(code), spelling(code))
		}))
	})
}

// pluggedIn is a stick of the school in this computer.
type pluggedIn struct {
	device devices.Device
	FS     *stick.DirFS
}

// PluggedSticks are the sticks that a holder has, of those plugged in. The caller
// closes them. Drives that are no sticks, or are another school's, are passed over.
func PluggedSticks(ctx context.Context, d gui.Drives, s *school.School, holder string) ([]pluggedIn, error) {
	if d == nil {
		return nil, nil
	}
	there, err := d.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []pluggedIn
	for _, drive := range there {
		fs, err := stick.NewDirFS(drive.Path)
		if err != nil {
			continue // pulled out meanwhile
		}
		device, err := known.PluggedIn(ctx, s, fs)
		if err != nil || device.Holder != holder {
			_ = fs.Close()
			continue
		}
		found = append(found, pluggedIn{device, fs})
	}
	return found, nil
}

// CloseSticks lets go of sticks that PluggedSticks found.
func CloseSticks(all []pluggedIn) {
	for _, p := range all {
		_ = p.FS.Close()
	}
}

// phonetic is how letters are read out by telephone (ITU and NATO), A to Z.
var phonetic = strings.Fields("Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu")

// groups splits a code at its dashes.
func groups(code []byte) [][]byte {
	var all [][]byte
	start := 0
	for i := 0; i <= len(code); i++ {
		if i == len(code) || code[i] == '-' {
			all = append(all, code[start:i:i])
			start = i + 1
		}
	}
	return all
}

// spelling is a code in words, a line for each of its groups.
func spelling(code []byte) string {
	var b strings.Builder
	for _, c := range code {
		switch {
		case c >= 'A' && c <= 'Z':
			b.WriteString(phonetic[c-'A'] + " ")
		case c == '-':
			b.WriteString("\n")
		default:
			b.WriteByte(c)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

package people

import (
	"cmp"
	"context"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Signed is the document that a person has signed: with a drawing, or with the name
// that they typed.
func Signed(kind devices.DocumentKind, h devices.Holder, text string, s *widgets.Signature) (devices.DocumentDetails, error) {
	picture, err := s.PNG()
	return devices.DocumentDetails{Kind: kind, Holder: h.ID, Name: cmp.Or(s.Name(), h.Name), Text: text, Signature: picture}, err
}

// takeBack takes one device back from the person, who signs for it if they are here.
func (n *person) takeBack(d devices.Device) {
	w, h := n.s.Words, n.known.holdings.Holder
	text := w.T("return.statement", "name", d.Name())
	condition := widgets.NewEntry(w.T("return.condition.example"), nil)
	condition.Label = w.T("return.condition")
	sign := widgets.NewSignature(w, nil)
	var dialog *widgets.Dialog
	do := func() {
		dialog.Close()
		document, err := Signed(devices.ReturnSigned, h, text, sign)
		if err != nil {
			n.s.Fail(err)
			return
		}
		facts, unsigned := devices.Facts{Condition: condition.Text}, sign.Empty()
		n.follow(app.Work(n.p, n.s, w.T("return.working"), func(ctx context.Context, s *school.School, _ jobs.Progress) (back devices.Device, err error) {
			err = s.Register().Atomically(ctx, func(r *devices.Register) error {
				document.Device = d.ID
				if !unsigned {
					if _, err := r.SignDocument(ctx, s.Actor(), document); err != nil {
						return err
					}
				}
				back, err = r.Act(ctx, s.Actor(), d.ID, devices.Return, facts)
				return err
			})
			return back, err
		}, func(back devices.Device, err error) {
			if err != nil {
				n.s.Fail(err)
				return
			}
			n.s.Toast(w.T("return.done", "name", back.Name()), nil)
			n.read()
		}))
	}
	cancel := widgets.NewButton(w.T("widgets.cancel"), nil, func() { dialog.Close() })
	content := widgets.Column(2, widgets.NewField(w.T("return.condition"), condition, "").View, widgets.Body(text), sign.View, widgets.Muted(w.T("return.hint")),
		widgets.Row(2, widgets.Spring(), cancel, widgets.NewPrimary(w.T("return.do"), widgets.Icon("return").Resource(), do)))
	dialog = widgets.ShowDialog(n.s.Window.Canvas(), w.T("return.title", "name", d.Name()), content, nil)
	n.s.Window.Canvas().Focus(condition)
}

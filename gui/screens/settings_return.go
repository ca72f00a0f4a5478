package screens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// returnTo is about where a finder brings a device: it goes onto sticks, slips and labels.
func (t *settings) returnTo(st published) fyne.CanvasObject {
	w := t.s.Words
	address := lines(3)
	address.SetText(st.returnTo)
	field := widgets.NewField(w.T("settings.return"), address, w.T("settings.return.hint"))
	save := widgets.NewButton(w.T("settings.return.save"), widgets.Icon("save").Resource(), func() {
		field.Refuse("")
		text := address.Text
		work(t.p, t.s, w.T("settings.return.save"), func(_ context.Context, s *school.School, _ jobs.Progress) (string, error) {
			if err := s.SetReturnAddress(text); err != nil {
				return "", err
			}
			return s.ReturnAddress()
		}, func(kept string, err error) {
			switch {
			case errors.Is(err, keys.ErrValue):
				field.Refuse(w.T("settings.return.wrong"))
				t.page.Refresh()
			case err != nil:
				t.s.Fail(err)
			default:
				address.SetText(kept)
				t.s.Toast(w.T("settings.return.saved"), nil)
			}
		})
	})
	return widgets.Column(2, widgets.Heading(w.T("settings.return.title")), field.View, widgets.Row(2, save))
}

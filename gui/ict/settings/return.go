package settings

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// returnTo is about where a finder brings a device: it goes onto sticks, slips and labels.
func (t *settings) returnTo(st published) fyne.CanvasObject {
	w := t.s.Words
	address := form.Lines(3)
	address.SetText(st.returnTo)
	field := widgets.NewField(w.T("settings.return"), address, w.T("settings.return.hint"))
	save := widgets.NewButton(w.T("settings.return.save"), widgets.Icon("save").Resource(), func() {
		field.Refuse("")
		text := address.Text
		app.Work(t.p, t.s, w.T("settings.return.save"), func(_ context.Context, s *school.School, _ jobs.Progress) (string, error) {
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
	return widgets.Column(2, widgets.Heading(w.T("settings.return.title")), t.contact(st), field.View, widgets.Row(2, save))
}

// contact is about how ICT is reached, which the directory says.
func (t *settings) contact(st published) fyne.CanvasObject {
	w := t.s.Words
	contact := form.Lines(3)
	if st.directory != nil {
		contact.SetText(st.directory.Contact)
	}
	field := widgets.NewField(w.T("settings.contact"), contact, w.T("settings.contact.hint"))
	save := widgets.NewButton(w.T("settings.contact.save"), widgets.Icon("save").Resource(), func() {
		field.Refuse("")
		text := contact.Text
		t.p.WithAuthority(t.s, "authority.why.settings", func(*school.School) {
			app.Work(t.p, t.s, w.T("settings.contact.save"), func(ctx context.Context, s *school.School, _ jobs.Progress) (*keys.Directory, error) {
				return s.SetContact(ctx, text)
			}, func(_ *keys.Directory, err error) {
				switch {
				case errors.Is(err, keys.ErrValue):
					field.Refuse(w.T("settings.return.wrong"))
					t.page.Refresh()
				case err != nil:
					t.s.Fail(err)
				default:
					t.s.Toast(w.T("settings.contact.saved"), nil)
					t.load()
				}
			})
		})
	})
	return widgets.Column(2, field.View, widgets.Row(2, save))
}

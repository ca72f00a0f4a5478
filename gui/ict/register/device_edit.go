package register

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// add asks for a new device.
func (r *register) add() { r.deviceForm(devices.Device{}) }

// edit corrects what is written down about the selected device.
func (r *register) edit() {
	if d, ok := r.one(); ok {
		r.deviceForm(d)
	}
}

// deviceFields are the fields of a device.
type deviceFields struct {
	kind                             *widget.Select
	label, serial, make, model, gb   form.TextField
	site                             *widget.SelectEntry
	notes                            *widget.Entry
	siteField, kindField, notesField *widgets.Field
}

// deviceForm adds a device, or edits one that is there.
func (r *register) deviceForm(d devices.Device) {
	w := r.s.Words
	f := newDeviceFields(r, d)
	t := form.Says{Title: w.T("register.add.title"), Yes: w.T("register.add.yes")}
	if d.ID != "" {
		t = form.Says{Title: w.T("register.edit.title", "device", d.Name()), Yes: w.T("register.edit.yes")}
	}
	fields := []fyne.CanvasObject{
		container.NewGridWithColumns(2, f.kindField.View, f.label.View),
		container.NewGridWithColumns(2, f.make.View, f.model.View),
		container.NewGridWithColumns(2, f.serial.View, f.gb.View),
		f.siteField.View, f.notesField.View,
	}
	form.Show(r.s, t, fields, f.label.Entry, func(dialog *form.Form) {
		details, ok := f.read(r, dialog)
		if !ok {
			return
		}
		actor := r.p.Options.Actor
		dialog.Follow(app.Work(r.p, r.s, t.Title, func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Device, error) {
			if d.ID == "" {
				return s.Register().AddDevice(ctx, actor, details)
			}
			return s.Register().EditDevice(ctx, actor, d.ID, d.Version, details)
		}, func(saved devices.Device, err error) {
			if err != nil {
				f.refuse(r, dialog, err)
				return
			}
			dialog.Dialog.Close()
			key := form.WordKey("register.saved", d.ID == "", "register.added.toast")
			r.s.Toast(w.T(key, "device", saved.Name()), nil)
		}))
	})
}

func newDeviceFields(r *register, d devices.Device) *deviceFields {
	w := r.s.Words
	kinds := make([]string, len(devices.Kinds()))
	for i, k := range devices.Kinds() {
		kinds[i] = wording.KindName(w, k)
	}
	capacity := ""
	if d.Capacity > 0 {
		capacity = strconv.FormatFloat(float64(d.Capacity)/1e9, 'f', -1, 64)
	}
	f := &deviceFields{
		kind:   widget.NewSelect(kinds, nil),
		label:  form.NewTextField(w.T("register.column.label"), w.T("register.label.hint"), d.Label),
		serial: form.NewTextField(w.T("register.column.serial"), "", d.Serial),
		make:   form.NewTextField(w.T("register.make"), "", d.Make),
		model:  form.NewTextField(w.T("register.model"), "", d.Model),
		gb:     form.NewTextField(w.T("register.gb"), "", capacity),
		notes:  form.NewNotes(d.Notes),
		site:   widget.NewSelectEntry(slices.DeleteFunc(slices.Clone(r.bar.site.Options), func(s string) bool { return s == w.T("register.sites") })),
	}
	f.kind.SetSelectedIndex(max(slices.Index(devices.Kinds(), d.Kind), 0))
	f.site.SetText(d.Site)
	f.kindField = widgets.NewField(w.T("register.column.kind"), f.kind, "")
	f.siteField = widgets.NewField(w.T("register.column.site"), f.site, "")
	f.notesField = widgets.NewField(w.T("register.notes"), f.notes, "")
	return f
}

// read reads the fields, and says what is wrong with them.
func (f *deviceFields) read(r *register, dialog *form.Form) (devices.DeviceDetails, bool) {
	w := r.s.Words
	for _, field := range []*widgets.Field{f.label.Field, f.serial.Field, f.gb.Field} {
		field.Refuse("")
	}
	d := devices.DeviceDetails{
		Kind: devices.Kinds()[max(f.kind.SelectedIndex(), 0)], Label: f.label.Entry.Text, Serial: f.serial.Entry.Text,
		Make: f.make.Entry.Text, Model: f.model.Entry.Text, Site: f.site.Text, Notes: f.notes.Text,
	}
	if strings.TrimSpace(d.Label) == "" && strings.TrimSpace(d.Serial) == "" {
		dialog.Wrong(f.label.Field, w.T("register.label.missing"))
		return d, false
	}
	if text := strings.TrimSpace(strings.ReplaceAll(f.gb.Entry.Text, ",", ".")); text != "" {
		gb, err := strconv.ParseFloat(text, 64)
		if err != nil || !(gb >= 0 && gb < 1e6) {
			dialog.Wrong(f.gb.Field, w.T("register.gb.wrong"))
			return d, false
		}
		d.Capacity = int64(gb * 1e9)
	}
	return d, true
}

// refuse says at the field it is about why the register did not take it.
func (f *deviceFields) refuse(r *register, dialog *form.Form, err error) {
	name := ""
	if e, ok := errors.AsType[*devices.DuplicateError](err); ok {
		name = e.Field
	} else if e, ok := errors.AsType[*devices.InvalidError](err); ok {
		name = e.Field
	}
	fields := map[string]*widgets.Field{
		"label": f.label.Field, "serial": f.serial.Field, "make": f.make.Field, "model": f.model.Field,
		"capacity": f.gb.Field, "site": f.siteField, "notes": f.notesField,
	}
	if field := fields[name]; field != nil {
		m := r.s.Explain(err)
		dialog.Wrong(field, m.Happened+" "+m.Next)
		return
	}
	dialog.Refuse(err)
}

// verify records whether the selected device was found to be encrypted.
func (r *register) verify() {
	d, ok := r.one()
	if !ok {
		return
	}
	w := r.s.Words
	method := widget.NewSelectEntry([]string{devices.BitLocker, devices.FileVault, devices.LUKS, devices.StowageFormat1})
	method.SetText(d.Encryption.Method)
	methodField := widgets.NewField(w.T("register.protection.how"), method, w.T("register.verify.hint"))
	found := widgets.NewChoice(nil,
		widgets.Option[bool]{Name: w.T("register.verify.yes"), Value: true},
		widgets.Option[bool]{Name: w.T("register.verify.no"), Value: false})
	note := form.NewTextField(w.T("register.note"), w.T("register.verify.note"), "")
	fields := []fyne.CanvasObject{methodField.View, widgets.Column(1, widgets.FieldLabel(w.T("register.verify.found")), found.View), note.View}
	actor := r.p.Options.Actor
	form.Show(r.s, form.Says{Title: w.T("register.verify.title", "device", d.Name()), Yes: w.T("register.verify.record")}, fields, method, func(f *form.Form) {
		v := devices.Verification{Method: strings.TrimSpace(method.Text), By: actor, Encrypted: found.Value(), Note: note.Entry.Text}
		if v.Method == "" {
			f.Wrong(methodField, w.T("register.verify.missing"))
			return
		}
		f.Follow(app.Work(r.p, r.s, w.T("register.verify"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.Device, error) {
			return s.Register().RecordVerification(ctx, actor, d.ID, v)
		}, func(_ devices.Device, err error) {
			if err != nil {
				f.Refuse(err)
				return
			}
			f.Dialog.Close()
			r.s.Toast(w.T("register.verify.done", "device", d.Name()), nil)
		}))
	})
}

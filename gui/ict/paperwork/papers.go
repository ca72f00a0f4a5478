// Package paperwork writes papers into folders that people choose, and asks for what only
// people know of them. A paper appears when it is complete.
package paperwork

import (
	"cmp"
	"context"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
)

// Desk writes papers into folders that people choose.
type Desk struct {
	S      *gui.Session
	P      *app.Place
	Follow func(*jobs.Job)
}

// gather gathers the facts of a paper, and returns what writes them; nil with an error. With
// a form.LeftOutError the paper is written all the same.
type gather func(context.Context, *school.School) (func(io.Writer, papers.Head) error, error)

// Write has a folder chosen and writes a paper into it.
func (d Desk) Write(name i18n.Key, extension string, from gather) {
	d.S.Choose.Folder(d.S.Words.T("paper.where"), func(folder string) {
		d.to(form.FreshName(folder, d.S.Words.T(name), d.S.Now(), extension), from)
	})
}

// to writes a paper to a new file, which appears when it is complete.
func (d Desk) to(path string, from gather) {
	d.Follow(app.Work(d.P, d.S, d.S.Words.T("paper.making"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		head, err := papersfill.Head(s, d.S.Now())
		if err != nil {
			return "", err
		}
		write, left := from(ctx, s)
		if write == nil {
			return "", left
		}
		err = form.WriteWhole(path, func(to io.Writer) error { return write(to, head) })
		return path, cmp.Or(err, left)
	}, form.TellWritten(d.S, "paper.written")))
}

// Certificate asks for what only people know, and writes the certificate that a
// device was destroyed.
func (d Desk) Certificate(device devices.Device) {
	w := d.S.Words
	standard := form.NewTextField(w.T("paper.certificate.standard"), w.T("paper.certificate.standard.hint"), "")
	by := form.NewTextField(w.T("paper.certificate.by"), "", "")
	says := form.Says{
		Title: w.T("paper.certificate.of", "device", device.Name()), Text: w.T("paper.certificate.text"),
		Yes: w.T("paper.save"), No: w.T("paper.certificate.later"),
	}
	form.Show(d.S, says, []fyne.CanvasObject{standard.View, by.View}, standard.Entry, func(f *form.Form) {
		f.Dialog.Close()
		d.Write("paper.certificate.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			facts, err := papersfill.Destruction(ctx, s, device.ID)
			facts.Standard, facts.By = strings.TrimSpace(standard.Entry.Text), strings.TrimSpace(by.Entry.Text)
			return func(to io.Writer, h papers.Head) error { return papers.Destruction(to, h, facts) }, err
		})
	})
}

// destruction is how a device was destroyed, and who saw it.
type destruction struct {
	w               *i18n.Words
	Method, witness form.TextField
}

// NewDestruction asks how a device was destroyed.
func NewDestruction(w *i18n.Words) destruction {
	return destruction{
		w:       w,
		Method:  form.NewTextField(w.T("register.method"), w.T("register.method.hint"), ""),
		witness: form.NewTextField(w.T("register.witness"), w.T("register.witness.hint"), ""),
	}
}

// Fields are what is asked.
func (d destruction) Fields() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.Method.View, d.witness.View}
}

// Into writes what was entered into facts, and says what is missing: the register
// would take it without a witness, a certificate needs one.
func (d destruction) Into(f *form.Form, facts *devices.Facts) (complete bool) {
	facts.Method, facts.Witness = strings.TrimSpace(d.Method.Entry.Text), strings.TrimSpace(d.witness.Entry.Text)
	d.Method.Refuse("")
	d.witness.Refuse("")
	switch {
	case facts.Method == "":
		f.Focus = d.Method.Entry
		f.Wrong(d.Method.Field, d.w.T("register.method.wrong"))
	case facts.Witness == "":
		f.Focus = d.witness.Entry
		f.Wrong(d.witness.Field, d.w.T("register.witness.wrong"))
	default:
		return true
	}
	return false
}

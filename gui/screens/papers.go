package screens

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
	"stowage/gui/i18n"
	"stowage/gui/jobs"
)

// paperDesk writes papers into folders that people choose.
type paperDesk struct {
	s      *gui.Session
	p      *Place
	follow func(*jobs.Job)
}

// gather gathers the facts of a paper, and returns what writes them; nil with an error. With
// a leftOutError the paper is written all the same.
type gather func(context.Context, *school.School) (func(io.Writer, papers.Head) error, error)

// write has a folder chosen and writes a paper into it.
func (d paperDesk) write(name i18n.Key, extension string, from gather) {
	d.s.Choose.Folder(d.s.Words.T("paper.where"), func(folder string) {
		d.to(freshName(folder, d.s.Words.T(name), d.s.Now(), extension), from)
	})
}

// to writes a paper to a new file, which appears when it is complete.
func (d paperDesk) to(path string, from gather) {
	d.follow(work(d.p, d.s, d.s.Words.T("paper.making"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		head, err := papersfill.Head(s, d.s.Now())
		if err != nil {
			return "", err
		}
		write, left := from(ctx, s)
		if write == nil {
			return "", left
		}
		err = writeWhole(path, func(to io.Writer) error { return write(to, head) })
		return path, cmp.Or(err, left)
	}, tellWritten(d.s, "paper.written")))
}

// certificate asks for what only people know, and writes the certificate that a
// device was destroyed.
func (d paperDesk) certificate(device devices.Device) {
	w := d.s.Words
	standard := newTextField(w.T("paper.certificate.standard"), w.T("paper.certificate.standard.hint"), "")
	by := newTextField(w.T("paper.certificate.by"), "", "")
	says := formSays{
		Title: w.T("paper.certificate.of", "device", device.Name()), Text: w.T("paper.certificate.text"),
		Yes: w.T("paper.save"), No: w.T("paper.certificate.later"),
	}
	showForm(d.s, says, []fyne.CanvasObject{standard.View, by.View}, standard.entry, func(f *form) {
		f.dialog.Close()
		d.write("paper.certificate.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			facts, err := papersfill.Destruction(ctx, s, device.ID)
			facts.Standard, facts.By = strings.TrimSpace(standard.entry.Text), strings.TrimSpace(by.entry.Text)
			return func(to io.Writer, h papers.Head) error { return papers.Destruction(to, h, facts) }, err
		})
	})
}

// destruction is how a device was destroyed, and who saw it.
type destruction struct {
	w               *i18n.Words
	method, witness textField
}

func newDestruction(w *i18n.Words) destruction {
	return destruction{
		w:       w,
		method:  newTextField(w.T("register.method"), w.T("register.method.hint"), ""),
		witness: newTextField(w.T("register.witness"), w.T("register.witness.hint"), ""),
	}
}

// fields are what is asked.
func (d destruction) fields() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.method.View, d.witness.View}
}

// into writes what was entered into facts, and says what is missing: the register
// would take it without a witness, a certificate needs one.
func (d destruction) into(f *form, facts *devices.Facts) (complete bool) {
	facts.Method, facts.Witness = strings.TrimSpace(d.method.entry.Text), strings.TrimSpace(d.witness.entry.Text)
	d.method.Refuse("")
	d.witness.Refuse("")
	switch {
	case facts.Method == "":
		f.focus = d.method.entry
		f.wrong(d.method.Field, d.w.T("register.method.wrong"))
	case facts.Witness == "":
		f.focus = d.witness.entry
		f.wrong(d.witness.Field, d.w.T("register.witness.wrong"))
	default:
		return true
	}
	return false
}

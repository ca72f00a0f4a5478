package register

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"stowage/crypt"
	"stowage/devices"
	"stowage/devices/lists"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/integrity"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	columns "stowage/gui/ict/lists"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// importCSV has a file chosen and imports it.
func (r *register) importCSV() { r.s.Choose.File(r.s.Words.T("register.import"), r.importFrom, ".csv") }

// Dropped is part of gui.Dropper: a CSV file dropped on the register is imported.
func (r *register) Dropped(paths []string) {
	if len(paths) == 1 && filepath.Ext(paths[0]) != ".age" {
		r.importFrom(paths[0])
	}
}

// importFrom reads a list. What the columns of one from elsewhere are is shown first.
func (r *register) importFrom(path string) {
	type readList struct {
		table   *lists.Table
		mapping lists.Mapping
	}
	known := config.Lists(r.p.Dir())
	job := jobs.Run(r.s.Jobs, r.s.Words.T("register.importing"), func(ctx context.Context, p jobs.Progress) (read readList, err error) {
		f, err := os.Open(path)
		if err != nil {
			return read, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			p.Expect(info.Size())
		}
		if read.table, err = lists.Read(ctx, crypt.Reader(ctx, f, p)); err != nil {
			return read, err
		}
		if m, ok := known.Mapping(read.table.Header); ok && !read.table.IsOwn() {
			read.mapping = m
			return read, nil
		}
		read.mapping, err = read.table.Propose(ctx)
		return read, err
	}, func(read readList, err error) {
		if bad, ok := errors.AsType[*lists.FileError](err); ok {
			err = &devices.InvalidError{Field: "file", Problem: bad.Problem}
		}
		switch {
		case err != nil:
			r.s.Fail(err)
		case read.mapping.Foreign():
			columns.Show(r.s, filepath.Base(path), read.table, read.mapping, func(m lists.Mapping) { r.importList(filepath.Base(path), read.table, m) })
		default:
			r.importList(filepath.Base(path), read.table, read.mapping)
		}
	})
	r.busy.Follow(job)
}

// importList says what importing a list would change, and does it when that is agreed to.
func (r *register) importList(name string, t *lists.Table, m lists.Mapping) {
	r.runImport(t, devices.ImportOptions{DryRun: true, Mapping: m}, func(would devices.ImportResult) {
		w := r.s.Words
		if would.Added+would.Changed == 0 {
			r.s.Toast(w.T("register.import.same"), nil)
			return
		}
		text := w.T("register.import.would",
			"added", w.N("register.import.added", would.Added), "changed", w.N("register.import.changed", would.Changed), "same", w.N("register.import.unchanged", would.Same))
		if would.LeftOut > 0 {
			text += "\n\n" + w.N("register.import.leftout", would.LeftOut, "kinds", w.List(would.OtherKinds))
		}
		r.s.Ask(widgets.Question{Title: w.T("register.import.title", "file", name), Text: text, Yes: w.T("register.import.yes")}, func(yes bool) {
			if !yes {
				return
			}
			r.runImport(t, devices.ImportOptions{Mapping: m}, func(did devices.ImportResult) {
				r.s.Toast(w.T("register.import.done", "n", did.Added+did.Changed), nil)
			})
		})
	})
}

// runImport imports a list, or works out what that would change. What its columns are is remembered when it was imported.
func (r *register) runImport(t *lists.Table, o devices.ImportOptions, done func(devices.ImportResult)) {
	actor, known := r.p.Options.Actor, config.Lists(r.p.Dir())
	job := app.Work(r.p, r.s, r.s.Words.T("register.importing"), func(ctx context.Context, s *school.School, _ jobs.Progress) (devices.ImportResult, error) {
		result, err := s.Register().ImportList(ctx, actor, t, o)
		if err == nil && !o.DryRun {
			_ = known.Keep(t.Header, o.Mapping) // it is proposed anew otherwise
		}
		return result, err
	}, func(result devices.ImportResult, err error) {
		if err != nil {
			r.s.Fail(err)
			return
		}
		done(result)
	})
	r.busy.Follow(job)
}

// exportAll writes what the register shows, as it is filtered now.
func (r *register) exportAll() {
	q := r.filters.Query(r.view, r.s.Now(), r.unseen)
	r.s.Choose.Folder(r.s.Words.T("register.export"), func(folder string) {
		r.exportTo(form.FreshName(folder, r.s.Words.T("register.export.name"), r.s.Now(), ".csv"), func(ctx context.Context, s *school.School, w io.Writer) error {
			return s.Register().Export(ctx, w, q)
		})
	})
}

// exportSelected writes the selected devices.
func (r *register) exportSelected() {
	ids := r.table.Selected()
	if len(ids) == 0 {
		return
	}
	r.s.Choose.Folder(r.s.Words.T("register.export.some"), func(folder string) {
		r.exportSome(ids, form.FreshName(folder, r.s.Words.T("register.export.name"), r.s.Now(), ".csv"))
	})
}

// exportSome writes devices to a file.
func (r *register) exportSome(ids []string, path string) {
	r.exportTo(path, func(ctx context.Context, s *school.School, w io.Writer) error {
		return s.Register().ExportDevices(ctx, w, ids)
	})
}

// exportTo writes a file, which appears when it is complete.
func (r *register) exportTo(path string, write func(context.Context, *school.School, io.Writer) error) {
	job := app.Work(r.p, r.s, r.s.Words.T("register.exporting"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		return path, form.WriteWhole(path, func(to io.Writer) error { return write(ctx, s, to) })
	}, form.TellWritten(r.s, "register.exported"))
	r.busy.Follow(job)
}

// backUp has a folder chosen and backs the register up into it.
func (r *register) backUp() { r.s.Choose.Folder(r.s.Words.T("register.backup"), r.backUpTo) }

// backUpTo writes a backup, encrypted to ICT, into a folder.
func (r *register) backUpTo(folder string) {
	path := form.FreshName(folder, r.s.Words.T("register.backup.name"), r.s.Now(), ".db.age")
	job := app.Work(r.p, r.s, r.s.Words.T("register.backingup"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		if err := integrity.BackUp(ctx, s, path); err != nil {
			return "", err
		}
		c := r.p.Config()
		c.Backup = path
		return path, r.p.SetConfig(c)
	}, form.TellWritten(r.s, "register.backedup"))
	r.busy.Follow(job)
}

// restore has a backup chosen and puts it in the place of the register.
func (r *register) restore() { r.s.Choose.File(r.s.Words.T("register.restore"), r.restoreFrom, ".age") }

// restoreFrom asks for the authority's passphrase, which opens the backup, and puts
// the backup in the place of the register.
func (r *register) restoreFrom(path string) {
	w := r.s.Words
	entry := widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("authority.passphrase")})
	t := form.Says{Title: w.T("register.restore.title"), Text: w.T("register.restore.text", "file", filepath.Base(path)), Yes: w.T("register.restore.yes"), Danger: true}
	form.Show(r.s, t, []fyne.CanvasObject{entry.View}, entry.Focus(), func(f *form.Form) {
		if entry.Empty() {
			return
		}
		passphrase := entry.Take()
		f.Follow(jobs.Run(r.s.Jobs, t.Title, func(ctx context.Context, p jobs.Progress) (integrity.Restored, error) {
			defer clear(passphrase)
			return r.p.RestoreRegister(ctx, path, passphrase, p)
		}, func(restored integrity.Restored, err error) {
			if err != nil {
				f.Refuse(err)
				return
			}
			f.Dialog.Close()
			r.s.Tell(restoredMessage(w, restored))
			r.rows.outdated()
			r.load()
		}))
	})
}

// restoredMessage says what the register is now, and what is not in it any more.
func restoredMessage(w *i18n.Words, r integrity.Restored) widgets.Message {
	m := widgets.Message{Kind: widgets.Good, Happened: w.T("register.restored", "when", w.DateTime(r.Newest)), Next: w.T("register.restored.next")}
	missing := int(max(0, r.Had-r.Events))
	switch {
	case r.AllRead && missing == 0:
		m.Files = w.T("register.restored.all")
	case r.AllRead:
		m.Kind, m.Files = widgets.Warn, w.N("register.restored.lost", missing)
	case missing > 0:
		m.Kind, m.Files = widgets.Warn, w.N("register.restored.some", missing)
	default:
		m.Kind, m.Files = widgets.Warn, w.T("register.restored.unknown")
	}
	for _, e := range r.Lost {
		m.Details += lostEvent(w, e) + "\n"
	}
	return m
}

// lostEvent is one line about an event that is no longer on record, with what it was about as far as
// it says so itself.
func lostEvent(w *i18n.Words, e devices.Event) string {
	pieces := []string{w.DateTime(e.Time), wording.EventBy(w, e), w.T(i18n.Key("event." + wording.Compact(string(e.Kind))))}
	var body struct {
		Details struct{ Label, Name, Make, Model, Serial string }
		Name    string
	}
	if json.Unmarshal(e.Body, &body) == nil {
		d := body.Details
		for _, text := range []string{d.Label, d.Name, body.Name, strings.TrimSpace(d.Make + " " + d.Model), d.Serial, wording.EventText(w, e)} {
			if text != "" {
				pieces = append(pieces, text)
			}
		}
	}
	return strings.Join(pieces, "  ·  ")
}

package screens

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/cmd/papers"
	papersfill "stowage/cmd/papers/fill"
	"stowage/cmd/school"
	"stowage/devices"
	"stowage/gui/jobs"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// paperCommands are the papers about the selected devices.
func (r *register) paperCommands() []parts.Command {
	w := r.s.Words
	not := func(ok func(devices.Device) bool) func() bool {
		return func() bool { d, one := r.one(); return !one || !ok(d) }
	}
	pdf := parts.Icon("pdf").Resource()
	return []parts.Command{
		{Name: w.T("paper.labels"), Icon: parts.Icon("print").Resource(), Divide: true, Run: r.printLabels},
		{Name: w.T("paper.receipt"), Icon: pdf, Run: r.receipt, Disabled: not(func(d devices.Device) bool { return d.Holder == "" })},
		{Name: w.T("paper.certificate"), Icon: pdf, Run: r.certificate, Disabled: not(func(d devices.Device) bool { return d.State == devices.Destroyed })},
	}
}

// writePaper has a folder chosen and writes a paper into it; what gathers the facts
// returns what writes them.
func (r *register) writePaper(name words.Key, extension string, gather func(context.Context, *school.School) (func(io.Writer, papers.Head) error, error)) {
	r.choose.folder(r.s.Words.T("paper.where"), func(folder string) {
		r.paperTo(freshName(folder, r.s.Words.T(name), r.s.Now(), extension), gather)
	})
}

// paperTo writes a paper to a new file, which appears when it is complete.
func (r *register) paperTo(path string, gather func(context.Context, *school.School) (func(io.Writer, papers.Head) error, error)) {
	job := work(r.p, r.s, r.s.Words.T("paper.making"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
		head, err := papersfill.Head(s, r.s.Now())
		if err != nil {
			return "", err
		}
		write, err := gather(ctx, s)
		if err != nil {
			return "", err
		}
		return path, writeWhole(path, func(to io.Writer) error { return write(to, head) })
	}, r.written("paper.written"))
	r.busy.Follow(job)
}

// printLabels asks for the sheet, and writes the labels of the selected devices.
func (r *register) printLabels() {
	w := r.s.Words
	ids := r.table.Selected()
	if len(ids) == 0 {
		return
	}
	var names []string
	for _, s := range papers.Sheets() {
		names = append(names, w.T("paper.labels.sheet.one", "name", s.Name, "n", s.Count(), "width", s.Width, "height", s.Height))
	}
	sheet := widget.NewSelect(names, nil)
	sheet.SetSelectedIndex(slices.IndexFunc(papers.Sheets(), func(s papers.Sheet) bool { return s.Name == papers.DefaultSheet }))
	start := newTextField(w.T("paper.labels.start"), w.T("paper.labels.start.hint"), "1")
	back := newTextField(w.T("paper.labels.return"), w.T("paper.labels.return.hint"), "")
	fields := []fyne.CanvasObject{parts.NewField(w.T("paper.labels.sheet"), sheet, w.T("paper.labels.actual")).View, start.View, back.View}
	showForm(r.s, formSays{Title: w.T("paper.labels"), Yes: w.T("paper.save")}, fields, start.entry, func(f *form) {
		facts := papers.LabelFacts{Sheet: papers.Sheets()[sheet.SelectedIndex()], Return: strings.TrimSpace(back.entry.Text)}
		var err error
		if facts.Start, err = strconv.Atoi(strings.TrimSpace(start.entry.Text)); err != nil || facts.Start < 1 || facts.Start > facts.Sheet.Count() {
			f.wrong(start.Field, w.T("paper.labels.start.wrong", "n", facts.Sheet.Count()))
			return
		}
		f.dialog.Close()
		r.writePaper("paper.labels.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			for _, id := range ids {
				label, err := papersfill.Label(ctx, s, id)
				if err != nil {
					return nil, err
				}
				facts.Labels = append(facts.Labels, label)
			}
			return func(to io.Writer, h papers.Head) error {
				if facts.Return == "" {
					facts.Return = h.School
				}
				return papers.Labels(to, h, facts)
			}, nil
		})
	})
}

// receipt writes the receipt for a device that came back.
func (r *register) receipt() {
	d, ok := r.one()
	if !ok {
		return
	}
	r.writePaper("paper.receipt.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
		facts, err := papersfill.Receipt(ctx, s, d.ID)
		return func(to io.Writer, h papers.Head) error { return papers.Receipt(to, h, facts) }, err
	})
}

// certificate asks for what only people know, and writes the certificate that a
// device was destroyed.
func (r *register) certificate() {
	d, ok := r.one()
	if !ok {
		return
	}
	w := r.s.Words
	standard := newTextField(w.T("paper.certificate.standard"), w.T("paper.certificate.standard.hint"), "")
	by := newTextField(w.T("paper.certificate.by"), "", "")
	showForm(r.s, formSays{Title: w.T("paper.certificate"), Yes: w.T("paper.save")}, []fyne.CanvasObject{standard.View, by.View}, standard.entry, func(f *form) {
		f.dialog.Close()
		r.writePaper("paper.certificate.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			facts, err := papersfill.Destruction(ctx, s, d.ID)
			facts.Standard, facts.By = strings.TrimSpace(standard.entry.Text), strings.TrimSpace(by.entry.Text)
			return func(to io.Writer, h papers.Head) error { return papers.Destruction(to, h, facts) }, err
		})
	})
}

// auditReport asks for the span of time, and writes the report as PDF or CSV.
func (r *register) auditReport() {
	w := r.s.Words
	from, to := parts.NewDateEntry(w, r.s.Now, nil), parts.NewDateEntry(w, r.s.Now, nil)
	fromField := parts.NewField(w.T("paper.audit.from"), from.View, w.T("paper.audit.from.hint"))
	toField := parts.NewField(w.T("paper.audit.to"), to.View, w.T("paper.audit.to.hint"))
	table := widget.NewCheck(w.T("paper.audit.csv"), nil)
	showForm(r.s, formSays{Title: w.T("paper.audit"), Yes: w.T("paper.save")}, []fyne.CanvasObject{fromField.View, toField.View, table}, nil, func(f *form) {
		plan := papersfill.AuditPlan{Now: r.s.Now()}
		first, okFrom := from.Date()
		last, okTo := to.Date()
		switch {
		case !from.Empty() && !okFrom:
			f.wrong(fromField, w.T("register.due.wrong"))
			return
		case !to.Empty() && !okTo, okFrom && okTo && last.Before(first):
			f.wrong(toField, w.T("paper.audit.to.wrong"))
			return
		}
		if okFrom {
			plan.From = first
		}
		if okTo {
			plan.Until = last.AddDate(0, 0, 1)
		}
		f.dialog.Close()
		write, extension := papers.Audit, ".pdf"
		if table.Checked {
			write, extension = papers.AuditCSV, ".csv"
		}
		r.writePaper("paper.audit.name", extension, func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			facts, err := papersfill.Audit(ctx, s, plan)
			return func(to io.Writer, h papers.Head) error { return write(to, h, facts) }, err
		})
	})
}

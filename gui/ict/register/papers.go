package register

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/paperwork"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// paperCommands are the papers about the selected devices.
func (r *register) paperCommands() []widgets.Command {
	w := r.s.Words
	not := func(ok func(devices.Device) bool) func() bool {
		return func() bool { d, one := r.one(); return !one || !ok(d) }
	}
	pdf := widgets.Icon("pdf").Resource()
	return []widgets.Command{
		{Name: w.T("paper.labels"), Icon: widgets.Icon("print").Resource(), Divide: true, Run: r.printLabels},
		{Name: w.T("paper.slip"), Icon: pdf, Run: r.slip, Disabled: not(func(d devices.Device) bool { return d.State == devices.Issued })},
		{Name: w.T("paper.receipt"), Icon: pdf, Run: r.receipt, Disabled: not(func(d devices.Device) bool { return d.Holder == "" })},
		{Name: w.T("paper.certificate"), Icon: pdf, Run: r.certificate, Disabled: not(func(d devices.Device) bool { return d.State == devices.Destroyed })},
		{Name: w.T("incident.evidence"), Icon: pdf, Run: r.evidence, Disabled: not(func(devices.Device) bool { return true })},
	}
}

// papers writes papers from the register.
func (r *register) papers() paperwork.Desk {
	return paperwork.Desk{S: r.s, P: r.p, Follow: func(j *jobs.Job) { r.busy.Follow(j) }}
}

// printLabels prints the labels of the selected devices.
func (r *register) printLabels() {
	ids := r.table.Selected()
	if len(ids) == 0 {
		return
	}
	r.busy.Follow(app.Work(r.p, r.s, r.s.Words.T("register.reading"), func(_ context.Context, s *school.School, _ jobs.Progress) (string, error) {
		return s.ReturnAddress()
	}, func(address string, err error) {
		if err != nil {
			r.s.Fail(err)
			return
		}
		r.askLabels(ids, address)
	}))
}

// askLabels asks for the sheet and where a finder brings a device, and writes the labels.
func (r *register) askLabels(ids []string, address string) {
	w := r.s.Words
	var names []string
	for _, s := range papers.Sheets() {
		names = append(names, w.T("paper.labels.sheet.one", "name", s.Name, "n", s.Count(), "width", s.Width, "height", s.Height))
	}
	sheet := widget.NewSelect(names, nil)
	sheet.SetSelectedIndex(slices.IndexFunc(papers.Sheets(), func(s papers.Sheet) bool { return s.Name == papers.DefaultSheet }))
	start := form.NewTextField(w.T("paper.labels.start"), w.T("paper.labels.start.hint"), "1")
	back := form.Lines(2)
	back.SetText(address)
	fields := []fyne.CanvasObject{widgets.NewField(w.T("paper.labels.sheet"), sheet, w.T("paper.labels.actual")).View, start.View, widgets.NewField(w.T("paper.labels.return"), back, w.T("paper.labels.return.hint")).View}
	form.Show(r.s, form.Says{Title: w.T("paper.labels"), Yes: w.T("paper.save")}, fields, start.Entry, func(f *form.Form) {
		facts := papers.LabelFacts{Sheet: papers.Sheets()[sheet.SelectedIndex()], Return: cmp.Or(strings.TrimSpace(back.Text), address)}
		var err error
		if facts.Start, err = strconv.Atoi(strings.TrimSpace(start.Entry.Text)); err != nil || facts.Start < 1 || facts.Start > facts.Sheet.Count() {
			f.Wrong(start.Field, w.T("paper.labels.start.wrong", "n", facts.Sheet.Count()))
			return
		}
		f.Dialog.Close()
		names := r.rows.names(ids)
		r.papers().Write("paper.labels.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			var left error
			if facts.Labels, left = r.labels(ctx, s, ids, names); len(facts.Labels) == 0 {
				return nil, left
			}
			return func(to io.Writer, h papers.Head) error { return papers.Labels(to, h, facts) }, left
		})
	})
}

// labels are those of devices. The error names the devices that have none; of an only device
// it is the reason.
func (r *register) labels(ctx context.Context, s *school.School, ids, names []string) ([]string, error) {
	var labels []string
	var left form.LeftOutError
	for i, id := range ids {
		label, err := papersfill.Label(ctx, s, id)
		switch {
		case err == nil:
			labels = append(labels, label)
		case len(ids) == 1 || ctx.Err() != nil:
			return nil, err
		default:
			left.Lines = append(left.Lines, names[i]+": "+r.s.Explain(err).Happened)
		}
	}
	if len(left.Lines) > 0 {
		return labels, &left
	}
	return labels, nil
}

// slip asks for what only people know, and writes the slip that goes with a device that
// is handed out. A temporary passphrase is on none but the wizard's, which knows it.
func (r *register) slip() {
	d, ok := r.one()
	if !ok {
		return
	}
	w := r.s.Words
	contact := form.NewTextField(w.T("paper.slip.contact"), w.T("paper.slip.contact.hint"), "")
	with := form.NewTextField(w.T("paper.slip.with"), w.T("paper.slip.with.hint"), "")
	form.Show(r.s, form.Says{Title: w.T("paper.slip"), Yes: w.T("paper.save")}, []fyne.CanvasObject{contact.View, with.View}, contact.Entry, func(f *form.Form) {
		f.Dialog.Close()
		options := papersfill.SlipOptions{ICTContact: strings.TrimSpace(contact.Entry.Text), With: strings.TrimSpace(with.Entry.Text)}
		r.papers().Write("paper.slip.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			var err error
			if options.Return, err = s.ReturnAddress(); err != nil {
				return nil, err
			}
			facts, err := papersfill.Slip(ctx, s, d.ID, options)
			return func(to io.Writer, h papers.Head) error { return papers.Slip(to, h, facts) }, err
		})
	})
}

// evidence writes what is on record about a device, for the data-protection lead and
// governors. What was on it is there while the authority is unlocked.
func (r *register) evidence() {
	d, ok := r.one()
	if !ok {
		return
	}
	r.papers().Write("paper.evidence.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
		facts, err := papersfill.Evidence(ctx, s, d.ID, nil, papersfill.EvidenceOptions{Contents: r.p.Authority.Unlocked()})
		return func(to io.Writer, h papers.Head) error { return papers.Evidence(to, h, facts) }, err
	})
}

// receipt writes the receipt for a device that came back.
func (r *register) receipt() {
	d, ok := r.one()
	if !ok {
		return
	}
	r.papers().Write("paper.receipt.name", ".pdf", func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
		facts, err := papersfill.Receipt(ctx, s, d.ID)
		return func(to io.Writer, h papers.Head) error { return papers.Receipt(to, h, facts) }, err
	})
}

// certificate writes the certificate that the selected device was destroyed.
func (r *register) certificate() {
	if d, ok := r.one(); ok {
		r.papers().Certificate(d)
	}
}

// auditReport asks for the span of time, and writes the report as PDF or CSV.
func (r *register) auditReport() {
	w := r.s.Words
	from, to := widgets.NewDateEntry(w, r.s.Now, nil), widgets.NewDateEntry(w, r.s.Now, nil)
	fromField := widgets.NewField(w.T("paper.audit.from"), from.View, w.T("paper.audit.from.hint"))
	toField := widgets.NewField(w.T("paper.audit.to"), to.View, w.T("paper.audit.to.hint"))
	table := widget.NewCheck(w.T("paper.audit.csv"), nil)
	form.Show(r.s, form.Says{Title: w.T("paper.audit"), Yes: w.T("paper.save")}, []fyne.CanvasObject{fromField.View, toField.View, table}, nil, func(f *form.Form) {
		plan := papersfill.AuditPlan{Now: r.s.Now()}
		first, okFrom := from.Date()
		last, okTo := to.Date()
		switch {
		case !from.Empty() && !okFrom:
			f.Wrong(fromField, w.T("register.due.wrong"))
			return
		case !to.Empty() && !okTo, okFrom && okTo && last.Before(first):
			f.Wrong(toField, w.T("paper.audit.to.wrong"))
			return
		}
		if okFrom {
			plan.From = first
		}
		if okTo {
			plan.Until = last.AddDate(0, 0, 1)
		}
		f.Dialog.Close()
		write, extension := papers.Audit, ".pdf"
		if table.Checked {
			write, extension = papers.AuditCSV, ".csv"
		}
		r.papers().Write("paper.audit.name", extension, func(ctx context.Context, s *school.School) (func(io.Writer, papers.Head) error, error) {
			facts, err := papersfill.Audit(ctx, s, plan)
			return func(to io.Writer, h papers.Head) error { return write(to, h, facts) }, err
		})
	})
}

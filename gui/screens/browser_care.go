package screens

import (
	"context"
	"errors"
	"path"
	"slices"

	"stowage/crypt/stick"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// careCommands look after the stick itself.
func (b *browser) careCommands() []widgets.Command {
	w := b.s.Words
	return []widgets.Command{
		{Name: w.T("care.check"), Icon: widgets.Icon("check").Resource(), Run: b.check, Disabled: b.busyNow, Divide: true},
		{Name: w.T("care.tidy"), Icon: widgets.Icon("archive").Resource(), Run: b.tidy, Disabled: b.shut},
		{Name: w.T("care.erase"), Icon: widgets.Icon("delete").Resource(), Run: b.erase, Disabled: func() bool { return b.fixed() || b.shut() }},
	}
}

// check reads everything on the stick, and says whether it is in order.
func (b *browser) check() {
	b.follow(jobs.Run(b.s.Jobs, b.s.Words.T("care.checking"), func(ctx context.Context, p jobs.Progress) (r careResult, err error) {
		if r.CheckResult, err = b.o.stick.Check(ctx, p); err == nil {
			r.programs, err = stick.CheckPrograms(ctx, b.o.fs, b.o.stick.Note(), p)
		}
		if err == nil {
			r.top, err = stick.InspectTop(ctx, b.o.fs)
		}
		return r, err
	}, func(r careResult, err error) {
		if !b.failed(err) {
			b.s.Tell(b.checkedMessage(r))
		}
	}))
}

// careResult is what a check found on the stick, and of the programs beside.
type careResult struct {
	stick.CheckResult
	programs []stick.ProgramFound
	top      stick.Top
}

// checkedMessage says what a check found. The files that suffered are named.
func (b *browser) checkedMessage(r careResult) widgets.Message {
	w := b.s.Words
	programs, wrong := b.topMessage(r)
	if r.Healthy() {
		if wrong {
			return programs
		}
		return wording.HealthyMessage(w, r.CheckResult)
	}
	m := widgets.Message{Kind: widgets.Bad, Happened: w.N("care.problems", len(r.Problems)), Files: w.T("care.problems.none"), Next: w.T("warn.ict")}
	var hurt []string
	for _, p := range r.Problems {
		if p.Unknown {
			m.Files = w.T("care.problems.unknown")
		}
		hurt = append(hurt, p.Files...)
		m.Details += p.String() + "\n"
	}
	slices.Sort(hurt)
	if hurt = slices.Compact(hurt); len(hurt) > 0 {
		m.Files = w.N("care.problems.files", len(hurt), "names", wording.SomeNames(w, hurt))
	}
	if wrong {
		m.Details += programs.Happened + " " + programs.Next + "\n"
	}
	return m
}

// topMessage says what is wrong at the top of the stick, if anything is: the worst of it, with the rest as details.
func (b *browser) topMessage(r careResult) (m widgets.Message, wrong bool) {
	w := b.s.Words
	all := []widgets.Message{}
	if planted := r.top.Running(); len(planted) > 0 {
		all = append(all, wording.PlantedMessage(w, b.o.label(), planted))
	}
	if programs, wrong := b.programsMessage(r.programs); wrong {
		all = append(all, programs)
	}
	if others, any := wording.OthersMessage(w, b.o.label(), r.top); any && r.Healthy() {
		others.Files = wording.HealthyMessage(w, r.CheckResult).Files
		all = append(all, others)
	}
	if len(all) == 0 {
		return m, false
	}
	for _, more := range all[1:] {
		all[0].Details += more.Happened + " " + more.Next + "\n"
	}
	return all[0], true
}

// programsMessage says what is wrong with the programs on the stick, if anything is.
func (b *browser) programsMessage(found []stick.ProgramFound) (m widgets.Message, wrong bool) {
	w := b.s.Words
	if names := wording.StrangeNames(found); len(names) > 0 {
		return wording.StrangeMessage(w, b.o.label(), names), true
	}
	var missing []string
	for _, f := range found {
		if f.State == stick.ProgramMissing {
			missing = append(missing, f.Name)
		}
	}
	return widgets.Message{
		Kind: widgets.Warn, Happened: w.T("programs.gone", "label", b.o.label(), "names", w.List(missing)),
		Files: w.T("programs.strange.files"), Next: w.T("programs.gone.next"),
	}, len(missing) > 0
}

// failed says why a job of the stick's ended early, and reports whether it did.
func (b *browser) failed(err error) bool {
	switch {
	case errors.Is(err, stick.ErrGone):
		b.o.pulled()
	case err != nil:
		b.s.Fail(err)
	}
	return err != nil
}

// tidy makes room by removing previous versions and deleted files, which is asked
// before.
func (b *browser) tidy() {
	w := b.s.Words
	b.s.Ask(widgets.Question{Title: w.T("care.tidy.title"), Text: w.T("care.tidy.text"), Yes: w.T("care.tidy.yes"), Danger: true}, func(yes bool) {
		if !yes || b.shut() {
			return
		}
		b.follow(jobs.Run(b.s.Jobs, w.T("care.tidying"), func(ctx context.Context, p jobs.Progress) (tidied, error) {
			result, err := b.o.stick.Tidy(ctx, stick.TidyOptions{All: true, Progress: p})
			if err != nil {
				return tidied{}, err
			}
			usage, err := b.o.stick.Usage()
			return tidied{result, usage}, err
		}, func(t tidied, err error) {
			b.o.changed()
			switch {
			case b.failed(err):
			case t.Freed <= 0:
				b.s.Tell(nothingTidied(w, t.Usage))
			default:
				b.s.Toast(w.T("care.tidied", "size", w.Size(t.Freed)), nil)
			}
		}))
	})
}

// tidied is what tidying did, and how the space is used afterwards.
type tidied struct {
	stick.TidyResult
	stick.Usage
}

// littleOld is up to how much of old versions is not worth a word.
const littleOld = 64 << 10

// nothingTidied says why tidying gave no room.
func nothingTidied(w *i18n.Words, u stick.Usage) widgets.Message {
	why := w.T("care.tidied.none.old")
	if u.Dead >= littleOld {
		why = w.T("care.tidied.little", "old", w.Size(u.Dead))
	}
	room := w.T("care.room", "live", w.Size(u.Live), "foreign", w.Size(u.Foreign()), "free", w.Size(u.Free), "total", w.Size(u.Total))
	return widgets.Message{Kind: widgets.Info, Happened: w.T("care.tidied.none"), Files: why + " " + room}
}

// erase removes what is selected with all its previous versions, as far as a
// program can.
func (b *browser) erase() {
	w, paths := b.s.Words, b.paths()
	if names := b.o.driveInUseBelow(paths); len(names) > 0 { // saving would bring them back
		b.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: w.N("drive.inuse", len(names)), Files: w.N("care.erase.inuse", len(names), "names", wording.SomeNames(w, names))})
		return
	}
	var names []string
	for _, p := range paths {
		names = append(names, path.Base(p))
	}
	b.s.Ask(widgets.Question{
		Title: w.N("care.erase.title", len(paths)), Text: w.T("care.erase.text", "names", wording.SomeNames(w, names)), Yes: w.T("care.erase"), Danger: true,
	}, func(yes bool) {
		if !yes || b.shut() {
			return
		}
		b.follow(jobs.Run(b.s.Jobs, w.T("care.erasing"), func(ctx context.Context, p jobs.Progress) (stick.TidyResult, error) {
			return b.o.stick.EraseForGood(ctx, paths, p)
		}, func(_ stick.TidyResult, err error) {
			b.o.changed()
			left, err := partly(err)
			if b.failed(err) {
				return
			}
			b.table.Unselect()
			switch n := len(paths) - len(left); {
			case n == 0:
				b.news(0, "", nil, left)
			case len(left) > 0:
				tellSkipped(b.s, w.N("care.erased", n)+" "+w.T("care.erased.files"), w.N("browser.leftout", len(left)), left)
			default:
				b.s.Tell(widgets.Message{Kind: widgets.Good, Happened: w.N("care.erased", n), Files: w.T("care.erased.files")})
			}
		}))
	})
}

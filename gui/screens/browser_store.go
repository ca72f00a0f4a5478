package screens

import (
	"context"
	"errors"
	"path"
	"strings"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// addFile stores a file of the computer that is chosen with a dialog.
func (b *browser) addFile() {
	if !b.shut() {
		b.s.Choose.Files(b.s.Words.T("browser.add"), b.put)
	}
}

// addFolder stores a folder of the computer that is chosen with a dialog.
func (b *browser) addFolder() {
	b.s.Choose.Folder(b.s.Words.T("browser.addfolder"), func(path string) { b.put([]string{path}) })
}

// put stores files and folders of the computer in the folder that is shown.
func (b *browser) put(paths []string) {
	switch {
	case b.o.stick.ReadOnly():
		b.s.Fail(stick.ErrReadOnly)
	case !b.busyNow():
		b.stopSearch()
		b.putAs(paths, stick.Refuse)
	}
}

// putAs stores with what was said about names that are taken; at first they are refused,
// and then it is asked, once for all.
func (b *browser) putAs(paths []string, clash stick.Clash) {
	w := b.s.Words
	folder := b.folder
	b.follow(jobs.Run(b.s.Jobs, w.T("browser.storing"), func(ctx context.Context, p jobs.Progress) (stick.PutResult, error) {
		return b.o.stick.Put(ctx, folder, paths, stick.PutOptions{Clash: clash, Progress: p})
	}, func(r stick.PutResult, err error) {
		if errors.Is(err, stick.ErrExists) && clash == stick.Refuse {
			b.askClash(taken(r.Skipped), func(clash stick.Clash) { b.putAs(paths, clash) })
			return
		}
		b.stored(r, err)
	}))
}

// taken counts the names that are taken.
func taken(skipped []stick.Skipped) []string {
	var names []string
	for _, s := range skipped {
		if errors.Is(s.Err, stick.ErrExists) {
			names = append(names, localName(s.Path))
		}
	}
	return names
}

// localName is the last part of a path of the computer or the stick.
func localName(p string) string {
	return p[strings.LastIndexAny(p, `/\`)+1:]
}

// askClash asks once for all what to do about names that are taken.
func (b *browser) askClash(names []string, answer func(stick.Clash)) {
	w := b.s.Words
	choices := []choice{
		{w.T("clash.replace"), w.T("clash.replace.hint"), func() { answer(stick.Replace) }},
		{w.T("clash.both"), w.T("clash.both.hint"), func() { answer(stick.KeepBoth) }},
		{w.T("clash.skip"), w.T("clash.skip.hint"), func() { answer(stick.Skip) }},
	}
	showChoices(b.s, w.N("clash.title", len(names)), wording.SomeNames(w, names), choices)
}

// stored says what was stored and what was left out.
func (b *browser) stored(r stick.PutResult, err error) {
	w := b.s.Words
	files := 0
	for _, s := range r.Stored {
		if s.Kind == stick.KindFile {
			files++
		}
	}
	b.o.noteStored(files)
	b.selectStored(r)
	switch {
	case errors.Is(err, context.Canceled) && files > 0:
		b.s.Toast(w.N("browser.stored.stopped", files), nil)
	case errors.Is(err, stick.ErrGone):
		b.o.pulled()
	case err != nil:
		m := b.s.Explain(err)
		if files > 0 {
			m.Files = w.N("browser.stored.before", files)
		}
		if !errors.Is(err, context.Canceled) {
			b.s.Tell(m)
		} else {
			b.s.Fail(err)
		}
	case len(r.Skipped) > 0 && len(r.Stored) == 0:
		tellSkipped(b.s, w.N("browser.leftout", len(r.Skipped)), w.T("browser.stored.none"), r.Skipped)
	case len(r.Skipped) > 0:
		tellSkipped(b.s, w.N("browser.stored", files), w.N("browser.leftout", len(r.Skipped)), r.Skipped)
	default:
		b.s.Toast(w.N("browser.stored", files), nil)
	}
}

// selectStored selects what came into the folder that is shown.
func (b *browser) selectStored(r stick.PutResult) {
	var here []string
	for _, s := range r.Stored {
		top := s.Path
		if b.folder != "." {
			top = strings.TrimPrefix(top, b.folder+"/")
		}
		top, _, _ = strings.Cut(top, "/")
		if b.folder != "." {
			top = b.folder + "/" + top
		}
		here = append(here, top)
	}
	b.table.Select(here...)
}

// follow shows a job in the place of the files until it ends.
func (b *browser) follow(j *jobs.Job) {
	b.busy.Follow(j)
	b.updated()
	j.OnEnd(func() { b.s.Do(b.ready) })
}

// ready gives the keyboard back to the files after a job.
func (b *browser) ready() {
	b.updated()
	if c := b.s.Window.Canvas(); b.s.Current() == gui.Screen(b) && !widgets.Covered(c) {
		c.Focus(b.Focus())
	}
}

// saveCopy writes what is selected to a folder of the computer.
func (b *browser) saveCopy() {
	paths := b.paths()
	b.s.Choose.Folder(b.s.Words.T("browser.copy.to"), func(to string) {
		form.AskPlain(b.s, []string{to}, func() { b.copyTo(paths, to, false) })
	})
}

// copyTo writes to a folder of the computer. What is there is not replaced unasked.
func (b *browser) copyTo(paths []string, to string, replace bool) {
	w := b.s.Words
	b.follow(jobs.Run(b.s.Jobs, w.T("browser.copying"), func(ctx context.Context, p jobs.Progress) (stick.GetResult, error) {
		return b.o.stick.Get(ctx, paths, to, stick.GetOptions{Replace: replace, Progress: p})
	}, func(r stick.GetResult, err error) {
		there := taken(r.Skipped)
		switch {
		case err != nil:
			b.stoppedCopying(r, err)
			return
		case len(there) > 0 && !replace:
			b.askReplace(there, func() { b.copyTo(paths, to, true) })
			return
		case len(r.Skipped) > 0 && len(r.Fetched) == 0:
			tellSkipped(b.s, w.N("browser.leftout", len(r.Skipped)), w.T("browser.copied.none"), r.Skipped)
		case len(r.Skipped) > 0:
			tellSkipped(b.s, w.N("browser.copied", filesIn(r)), w.N("browser.leftout", len(r.Skipped)), r.Skipped)
		default:
			b.s.Toast(w.N("browser.copied", filesIn(r)), nil)
		}
		b.tellRenamed(r)
	}))
}

// stoppedCopying says why not everything was copied, and names what is complete.
func (b *browser) stoppedCopying(r stick.GetResult, err error) {
	if errors.Is(err, stick.ErrGone) {
		b.o.pulled()
		return
	}
	n := filesIn(r)
	if n == 0 {
		b.s.Fail(err)
		return
	}
	m := b.s.Explain(err)
	lines := []string{m.Details}
	for _, f := range r.Fetched {
		if f.Kind == stick.KindFile {
			lines = append(lines, f.Dest)
		}
	}
	m.Files, m.Details = b.s.Words.N("copy.complete", n), strings.TrimSpace(strings.Join(lines, "\n"))
	b.s.Tell(m)
}

// tellRenamed names what has another name on the computer, since its own cannot be kept there.
func (b *browser) tellRenamed(r stick.GetResult) {
	w := b.s.Words
	var lines []string
	for _, f := range r.Fetched {
		if path.Base(f.Path) != path.Base(f.Dest) {
			lines = append(lines, w.T("copy.renamed.one", "name", f.Path, "now", path.Base(f.Dest)))
		}
	}
	if len(lines) > 0 {
		b.s.Tell(widgets.Message{Kind: widgets.Warn, Happened: w.N("copy.renamed", len(lines)), Files: w.T("copy.renamed.files"), Details: strings.Join(lines, "\n")})
	}
}

// askReplace asks whether files of the computer are to be replaced. The others are
// there already.
func (b *browser) askReplace(names []string, yes func()) {
	w := b.s.Words
	b.s.Ask(widgets.Question{
		Title: w.N("copy.there", len(names)), Text: wording.SomeNames(w, names) + " " + w.T("copy.there.text"),
		Yes: w.T("clash.replace"), No: w.T("copy.there.keep"), Danger: true,
	}, func(ok bool) {
		if ok {
			yes()
		}
	})
}

func filesIn(r stick.GetResult) int {
	n := 0
	for _, f := range r.Fetched {
		if f.Kind == stick.KindFile {
			n++
		}
	}
	return n
}

package screens

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"stowage/crypt/stick"
	"stowage/gui/editing"
	"stowage/gui/jobs"
	"stowage/gui/wording"
)

// change runs a short change of the stick, and says what became of it; done is told what was
// left out of it.
func (b *browser) change(name string, work func(ctx context.Context) error, done func(left []stick.Skipped)) {
	b.follow(jobs.Run(b.s.Jobs, name, func(ctx context.Context, _ jobs.Progress) (int, error) {
		return 0, work(ctx)
	}, func(_ int, err error) {
		b.o.changed()
		left, err := partly(err)
		if !b.failed(err) {
			done(left)
		}
	}))
}

// partly parts the error of a change to several things into what was left out of it, for
// which the others are changed all the same, and any other error.
func partly(err error) ([]stick.Skipped, error) {
	if e, ok := errors.AsType[*stick.PartlyError](err); ok {
		return e.Skipped, nil
	}
	return nil, err
}

// without are the paths that were not left out.
func without(paths []string, left []stick.Skipped) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		return slices.ContainsFunc(left, func(s stick.Skipped) bool { return s.Path == p })
	})
}

// news says what was done to so many things and offers to undo it, and names what was left out.
func (b *browser) news(done int, text string, undo func(), left []stick.Skipped) {
	w := b.s.Words
	if done > 0 {
		b.s.Toast(text, undo)
	} else {
		text = w.T("browser.changed.none")
	}
	if len(left) > 0 {
		tellSkipped(b.s, text, w.N("browser.leftout", len(left)), left)
	}
}

// newFolder asks for a name and makes a folder.
func (b *browser) newFolder() {
	w := b.s.Words
	askName(b.s, w.T("browser.newfolder"), w.T("name.folder"), "", 0, w.T("name.make"), b.freeName, func(name string) {
		to := path.Join(b.folder, name)
		b.change(w.T("browser.changing"), func(ctx context.Context) error { return b.o.stick.Mkdir(ctx, to) }, func([]stick.Skipped) { b.table.Select(to) })
	})
}

// freeName refuses a name that cannot be had in the folder that is shown.
func (b *browser) freeName(name string) string { return b.refuseName(path.Join(b.folder, name), name) }

// refuseName says why a path cannot be had; "" is that it can.
func (b *browser) refuseName(p, name string) string {
	w := b.s.Words
	if strings.ContainsAny(name, `/\`) || stick.CheckPath(p) != nil {
		return w.T("name.impossible")
	}
	if _, err := b.o.stick.Stat(p); err == nil {
		return w.T("name.taken")
	}
	return ""
}

// rename asks for another name of what is selected.
func (b *browser) rename() {
	w := b.s.Words
	selected := b.table.Selected()[0]
	from, kept := selected.Path, 0
	if ext := path.Ext(from); !selected.IsFolder() && ext != path.Base(from) { // ".profile" has none
		kept = utf8.RuneCountInString(ext)
	}
	refuse := func(name string) string {
		to := path.Join(path.Dir(from), name)
		if to == from {
			return ""
		}
		return b.refuseName(to, name)
	}
	askName(b.s, w.T("browser.rename"), w.T("name.new"), path.Base(from), kept, w.T("browser.rename"), refuse, func(name string) {
		to := path.Join(path.Dir(from), name)
		if to == from {
			return
		}
		b.moved(map[string]string{from: to}, func(int) string { return w.T("browser.renamed", "name", name) })
	})
}

// moved gives things other paths, each in turn, and offers to undo it.
func (b *browser) moved(moves map[string]string, news func(n int) string) {
	w := b.s.Words
	files := b.o.files
	b.change(w.T("browser.changing"), func(ctx context.Context) error { return renameAll(ctx, b.o.stick, files, moves) }, func(left []stick.Skipped) {
		to := make([]string, 0, len(moves))
		back := map[string]string{}
		for _, from := range without(slices.Sorted(maps.Keys(moves)), left) {
			to = append(to, moves[from])
			back[moves[from]] = from
		}
		b.table.Select(to...)
		undone := func(int) string { return w.T("browser.undone") }
		b.news(len(to), news(len(to)), func() { b.undo(func() { b.moved(back, undone) }) }, left)
	})
}

// undo undoes something if the stick is still there to do it on.
func (b *browser) undo(f func()) {
	if !b.o.ended && !b.busyNow() {
		f()
	}
}

// renameAll gives things other paths: in one step when they go into one folder under
// their names. What cannot have its new path keeps its old one. Files that other programs
// have open follow.
func renameAll(ctx context.Context, s *stick.Stick, files *editing.Folder, moves map[string]string) error {
	from := slices.Sorted(maps.Keys(moves))
	folder, together := path.Dir(moves[from[0]]), true
	for _, p := range from {
		together = together && moves[p] == path.Join(folder, path.Base(p))
	}
	var err error
	if together {
		err = s.Move(ctx, from, folder)
	} else {
		err = renameEach(ctx, s, from, moves)
	}
	left, failed := partly(err)
	if failed != nil {
		return err
	}
	for _, p := range without(from, left) {
		if files != nil {
			files.Moved(p, moves[p])
		}
	}
	return err
}

// renameEach gives things other paths, one after the other.
func renameEach(ctx context.Context, s *stick.Stick, from []string, moves map[string]string) error {
	var left []stick.Skipped
	for _, p := range from {
		err := s.Rename(ctx, p, moves[p])
		switch {
		case err == nil:
		case len(from) > 1 && (errors.Is(err, stick.ErrNotFound) || errors.Is(err, stick.ErrExists) || errors.Is(err, stick.ErrKind)):
			left = append(left, stick.Skipped{Path: p, Err: err})
		default:
			return err
		}
	}
	if len(left) > 0 {
		return &stick.PartlyError{Skipped: left, Done: len(from) - len(left)}
	}
	return nil
}

// cut remembers what is selected, to be moved by paste.
func (b *browser) cut() {
	b.o.clipboard = b.paths()
	b.s.Toast(b.s.Words.N("browser.cut.done", len(b.o.clipboard)), nil)
	b.updated()
}

// paste moves what was cut into the folder that is shown.
func (b *browser) paste() {
	paths := b.o.clipboard
	b.o.clipboard = nil
	b.move(paths, b.folder)
}

// moveTo moves what is selected into a folder that is chosen.
func (b *browser) moveTo() {
	paths := b.paths()
	chooseFolder(b, paths, func(to string) { b.move(paths, to) })
}

// move moves things into a folder. Names that are taken there are asked about once.
func (b *browser) move(paths []string, to string) {
	moves := map[string]string{}
	var clashes []string
	for _, p := range paths {
		at := path.Join(to, path.Base(p))
		if at == p {
			continue
		}
		if to == p || strings.HasPrefix(to, p+"/") {
			b.s.Fail(wording.ErrIntoItself)
			return
		}
		if _, err := b.o.stick.Stat(at); err == nil || planned(moves, at) {
			clashes = append(clashes, p)
			continue
		}
		moves[p] = at
	}
	if len(clashes) == 0 {
		b.moveAll(moves)
		return
	}
	w := b.s.Words
	names := make([]string, len(clashes))
	for i, p := range clashes {
		names[i] = path.Base(p)
	}
	showChoices(b.s, w.N("clash.title", len(names)), wording.SomeNames(w, names), []choice{
		{w.T("clash.both"), w.T("clash.both.hint"), func() {
			for _, p := range clashes {
				moves[p] = b.free(path.Join(to, path.Base(p)), moves)
			}
			b.moveAll(moves)
		}},
		{w.T("clash.skip"), w.T("clash.skip.move"), func() { b.moveAll(moves) }},
	})
}

func (b *browser) moveAll(moves map[string]string) {
	if len(moves) > 0 {
		b.moved(moves, func(n int) string { return b.s.Words.N("browser.moved", n) })
	}
}

// planned reports whether something is to be moved to a path.
func planned(moves map[string]string, at string) bool {
	return slices.Contains(slices.Collect(maps.Values(moves)), at)
}

// free is a path like p at which there is nothing and will be nothing.
func (b *browser) free(p string, moves map[string]string) string {
	ext := path.Ext(p)
	stem := strings.TrimSuffix(p, ext)
	for n := 2; ; n++ {
		to := numbered(stem, ext, n)
		if _, err := b.o.stick.Stat(to); err != nil && !planned(moves, to) {
			return to
		}
	}
}

// remove deletes what is selected, and offers to undo it.
func (b *browser) remove() {
	w := b.s.Words
	paths := b.paths()
	var files, folders []string
	for _, p := range paths {
		e, err := b.o.stick.Stat(p)
		if err != nil {
			continue
		}
		note := func(e stick.Entry) error {
			if e.IsFolder() {
				folders = append(folders, e.Path)
			} else {
				files = append(files, e.Path)
			}
			return nil
		}
		_ = note(e)
		if e.IsFolder() {
			_ = b.o.stick.Walk(p, note)
		}
	}
	b.change(w.T("browser.changing"), func(ctx context.Context) error { return b.o.stick.Remove(ctx, paths...) }, func(left []stick.Skipped) {
		b.table.Unselect()
		gone := without(paths, left)
		b.news(len(gone), w.N("browser.deleted.done", len(gone)), func() { b.undo(func() { b.undelete(files, folders, gone) }) }, left)
	})
}

// undelete brings back what was just deleted: the files, and the folders that held
// none.
func (b *browser) undelete(files, folders, paths []string) {
	w := b.s.Words
	b.follow(jobs.Run(b.s.Jobs, w.T("browser.restoring"), func(ctx context.Context, p jobs.Progress) (r stick.PutResult, err error) {
		if len(files) > 0 {
			r, err = b.o.stick.Undelete(ctx, files, stick.PutOptions{Clash: stick.KeepBoth, Progress: p})
		}
		for _, f := range folders {
			if err == nil {
				err = b.o.stick.Mkdir(ctx, f)
			}
		}
		return r, err
	}, func(r stick.PutResult, err error) {
		b.o.changed()
		if err != nil {
			b.s.Fail(err)
			return
		}
		b.table.Select(paths...)
		b.news(len(r.Stored)+len(folders), w.T("browser.undone"), nil, r.Skipped)
	}))
}

// cleanName is a name as it was typed, as a stick holds it.
func cleanName(name string) string { return norm.NFC.String(strings.TrimSpace(name)) }

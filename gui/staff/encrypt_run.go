package staff

import (
	"context"
	"errors"

	"stowage/crypt"
	"stowage/devices/school/filecrypt"
	"stowage/gui/jobs"
)

// encrypt encrypts what is on the list for the people who were chosen, by the newest
// directory: a key may have been blocked a moment ago.
func (e *encrypt) encrypt() {
	if !e.ready() {
		return
	}
	e.staff.read(func(err error) {
		if err != nil {
			e.explain(err)
			return
		}
		e.people.refresh()
		e.update()
		audiences, err := filecrypt.Audiences(e.staff.known.Directory, e.people.ids())
		if err != nil {
			e.explain(err)
			return
		}
		e.ask(filecrypt.Encrypter{Audiences: audiences, Policy: e.staff.known.Policy, OutDir: e.where.folder})
	})
}

// ask asks what to do about files that are there already, once for all.
func (e *encrypt) ask(seal filecrypt.Encrypter) {
	askTaken(e.s, seal.Conflicts(e.paths), func(t filecrypt.Conflict) {
		seal.Taken = t
		e.run(seal)
	})
}

// run encrypts everything, as far as it goes, and shows what was made.
func (e *encrypt) run(seal filecrypt.Encrypter) {
	paths, w := e.paths, e.s.Words
	job := jobs.Run(e.s.Jobs, w.N("encrypt.running", len(paths)), func(ctx context.Context, p jobs.Progress) ([]outcome, error) {
		seal.Progress, seal.Made = inAll(ctx, p, paths), &filecrypt.Made{}
		return each(ctx, paths, func(path string) outcome {
			made, skipped, err := seal.Encrypt(ctx, path)
			o := outcome{source: path, skipped: skipped, err: err}
			for _, m := range made {
				o.made = append(o.made, m.Path)
			}
			return o
		})
	}, func(all []outcome, err error) {
		e.finished(all, err, seal.Audiences)
	})
	e.busy.Follow(job)
}

func (e *encrypt) finished(all []outcome, err error, audiences []filecrypt.Audience) {
	if len(all) == 0 {
		if err != nil {
			e.s.Fail(err)
		}
		return
	}
	w := e.s.Words
	names := []string{w.T("encrypt.you")}
	me, _ := e.staff.self()
	for _, a := range audiences {
		for _, name := range a.Names {
			if name != me.Name {
				names = appendNew(names, name)
			}
		}
	}
	names = append(names, w.T("encrypt.ict"))
	e.result.set("encrypt", all, err, w.T("encrypt.open.by", "names", w.List(names)))
	e.update()
}

func appendNew(list []string, one string) []string {
	for _, o := range list {
		if o == one {
			return list
		}
	}
	return append(list, one)
}

// outcome is what became of one of many files.
type outcome struct {
	source  string
	made    []string
	skipped []string // what was left out of a folder
	renamed int      // files that were unpacked under other names
	err     error
}

// each does something to one path after the other. A failure of one does not keep the
// others; the error is the context's, and then outcomes are those that were finished.
func each(ctx context.Context, paths []string, do func(path string) outcome) ([]outcome, error) {
	var all []outcome
	for _, path := range paths {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		o := do(path)
		if ctx.Err() != nil && errors.Is(o.err, ctx.Err()) {
			if len(o.made) > 0 {
				all = append(all, outcome{source: path, made: o.made})
			}
			return all, ctx.Err()
		}
		all = append(all, o)
	}
	return all, nil
}

// whole is progress towards a whole that is known from the start.
type whole struct{ jobs.Progress }

// Expect is part of crypt.Progress.
func (whole) Expect(int64) {}

// inAll is progress for all paths together.
func inAll(ctx context.Context, p jobs.Progress, paths []string) crypt.Progress {
	size, _ := filecrypt.SizeOf(ctx, paths...)
	p.Expect(size)
	return whole{p}
}

// askedNames is how many names of files a question shows.
const askedNames = 3

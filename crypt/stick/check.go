package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
)

// Problem is something that a check found wrong.
type Problem struct {
	Warning
	// Files are today's files that cannot be read whole because of it, sorted.
	Files []string
	// Unknown: what else the layer held, or whether it held anything, is not known.
	Unknown bool
}

// CheckResult says what a check read and what it found.
type CheckResult struct {
	Layers   int   // layers read to their ends
	Files    int   // today's files
	Bytes    int64 // encrypted bytes read
	Problems []Problem
}

// Healthy reports whether everything is as it was written.
func (r CheckResult) Healthy() bool { return len(r.Problems) == 0 }

// Check reads every byte of every layer, so that damage shows which opening the
// stick does not find, compares the tables of contents with the layers, and
// checks the keys and texts beside them.
// What was found when the stick was opened is reported again. It changes
// nothing; changes wait until it is done. Progress counts encrypted bytes; p
// may be nil. Damage is in the result; the error says why checking ended early.
func (s *Stick) Check(ctx context.Context, p crypt.Progress) (CheckResult, error) {
	p = crypt.OrNoProgress(p)
	s.write.Lock()
	defer s.write.Unlock()
	layers, views, err := s.snapshot()
	if err != nil {
		return CheckResult{}, err
	}
	var out CheckResult
	for _, w := range s.Warnings() {
		out.Problems = append(out.Problems, Problem{Warning: w})
	}
	s.nameUnreadable(out.Problems)
	for _, l := range layers {
		p.Expect(l.Size())
	}
	s.mu.Lock()
	views[0].Root.Each(func(n *layer.Node) {
		if !n.IsFolder() {
			out.Files++
		}
	})
	s.mu.Unlock()
	bad := map[*layer.Layer]int{} // where it is among the problems
	for _, l := range layers {
		problem, err := s.checkLayer(ctx, l, p)
		if err != nil {
			return out, fmt.Errorf("check: %w", err)
		}
		if problem != nil {
			bad[l] = len(out.Problems)
			out.Problems = append(out.Problems, *problem)
		}
		out.Layers++
		out.Bytes += l.Size()
	}
	if len(bad) == 0 {
		views = nil // there is no need to look where anything lies
	}
	for r, paths := range s.filesIn(views, func(l *layer.Layer) bool { _, is := bad[l]; return is }) {
		if s.readable(ctx, r) != nil {
			p := &out.Problems[bad[r.Layer]]
			p.Files = append(p.Files, paths...)
		}
	}
	for _, i := range bad {
		slices.Sort(out.Problems[i].Files)
	}
	sidecars, err := s.checkSidecars()
	if err != nil {
		return out, fmt.Errorf("check: %w", err)
	}
	out.Problems = append(out.Problems, sidecars...)
	return out, nil
}

// snapshot returns the layers, and the trees of today's files, also of those in layers that cannot be read: see views.
// s.write is held as long as they are needed.
func (s *Stick) snapshot() ([]*layer.Layer, []*layer.Tree, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	views := []*layer.Tree{s.tree}
	if len(s.unreadable)+len(s.partial) > 0 {
		views = s.views()
	}
	return slices.Clone(s.layers), views, nil
}

// filesIn returns the paths in trees by the record that holds their content, of those layers.
func (s *Stick) filesIn(views []*layer.Tree, in func(*layer.Layer) bool) map[*layer.Record][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := map[*layer.Record][]string{}
	for _, t := range views {
		_ = t.Root.Walk(".", func(path string, n *layer.Node) error {
			if n.Data != nil && in(n.Data.Layer) && !slices.Contains(files[n.Data], path) {
				files[n.Data] = append(files[n.Data], path)
			}
			return nil
		})
	}
	return files
}

// checkLayer reads one layer. Only the drive going away, or ctx, is an error.
func (s *Stick) checkLayer(ctx context.Context, l *layer.Layer, p crypt.Progress) (*Problem, error) {
	err := s.readWhole(ctx, l, p)
	if err == nil {
		err = s.compare(l)
	}
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, ErrGone):
		return nil, err
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	kind := WarnDamaged
	switch {
	case errors.Is(err, ErrForged):
		kind = WarnForged
	case errors.Is(err, ErrMissing):
		kind = WarnMissing
	}
	return &Problem{Warning: Warning{Kind: kind, Name: l.ID.Part(0), Seq: l.ID.Seq, Err: err}, Unknown: l.Gaps}, nil
}

// readWhole authenticates every chunk of a layer.
func (s *Stick) readWhole(ctx context.Context, l *layer.Layer, p crypt.Progress) error {
	known, err := layer.OpenKnown(s.fs, l)
	if err != nil {
		return err
	}
	defer known.Close()
	src := known.Parts
	watched := crypt.Reader(ctx, io.NewSectionReader(src, 0, src.Size()), p)
	plain, err := crypt.NewDecryptReader(watched, l.Key.Identity)
	if err != nil {
		return layer.AsDamaged(err)
	}
	defer plain.Close()
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return fmt.Errorf("layer %s: %w", l.ID, layer.AsDamaged(err))
	}
	return nil
}

// compare checks that what is known of a layer, perhaps from a table of
// contents, is what the layer holds.
func (s *Stick) compare(l *layer.Layer) error {
	plain, _, err := layer.Open(s.fs, l.ID, l.Parts, []*layer.Key{l.Key})
	if err != nil {
		return err
	}
	defer plain.Close()
	spend := s.spend // for as long as it is compared
	fresh, err := layer.Read(layer.NewChunkReader(plain), s.note.ID, l.Key, layer.NewRecorder(&spend), func(string, error) {})
	if err != nil {
		return fmt.Errorf("layer %s: %w", l.ID, err)
	}
	same := layer.EqualRecords(&fresh.Records, &l.Records, func(a, b *layer.Record) bool {
		return a.Kind == b.Kind && a.Base == b.Base && a.Folder() == b.Folder() && a.Link() == b.Link() && a.Size == b.Size && a.Off == b.Off && a.MTime == b.MTime
	})
	if !same {
		return fmt.Errorf("layer %s: %w: its table of contents says something else", l.ID, ErrDamaged)
	}
	return nil
}

// readable reads the whole content of a file.
func (s *Stick) readable(ctx context.Context, r *layer.Record) error {
	content, err := s.openRecord(r)
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.Copy(io.Discard, crypt.Reader(ctx, content, nil))
	return err
}

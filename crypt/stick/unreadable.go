package stick

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
)

// A layer that is missing, or cut short, tells nothing of what it held. A table of contents
// may: it names the files for whoever has to do without them, and says where in what
// is left of the layer they lie.

// known is every layer of which it is known what it holds or held, oldest first. s.mu or s.write is held.
func (s *Stick) known() []*layer.Layer {
	all := slices.Concat(s.layers, s.unreadable, s.walked())
	slices.SortStableFunc(all, layer.ByNumber)
	return all
}

// certain are the layers that count, and those that did before they were lost; oldest first. s.mu or s.write is held.
func (s *Stick) certain() []*layer.Layer {
	all := slices.Concat(s.layers, s.unreadable)
	slices.SortStableFunc(all, layer.ByNumber)
	return all
}

// views are the ways to see what is on the stick, where it is damaged: with what is left of layers that may or may not have
// been whole once, and as it is if they never were. s.mu or s.write is held.
func (s *Stick) views() []*layer.Tree {
	views := []*layer.Tree{layer.TreeOf(s.known())}
	if len(s.walked()) > 0 {
		views = append(views, layer.TreeOf(s.certain()))
	}
	return views
}

// walked are the layers of which only what is left of them says what they hold.
func (s *Stick) walked() []*layer.Layer {
	var found []*layer.Layer
	for _, u := range s.partial {
		if u.Layer != nil {
			found = append(found, u.Layer)
		}
	}
	return found
}

// follows is what the next layer follows: the newest, also when it is missing, so that this is
// not forgotten and it has its place when it comes back.
func (s *Stick) follows() layer.Ref {
	head := s.head()
	for _, l := range s.unreadable {
		if l.ID.Seq > head.Seq {
			head = l.Ref()
		}
	}
	return head
}

// unreadableFiles are today's files that lay in the layers that cannot be read, by path.
func (s *Stick) unreadableFiles() map[string]*layer.Record {
	files := map[string]*layer.Record{}
	lost := map[*layer.Layer]bool{}
	for _, l := range slices.Concat(s.unreadable, s.walked()) {
		lost[l] = true
	}
	if len(lost) == 0 {
		return files
	}
	_ = layer.TreeOf(s.known()).Root.Walk(".", func(path string, n *layer.Node) error {
		if n.Data != nil && lost[n.Data.Layer] {
			files[path] = n.Data
		}
		return nil
	})
	return files
}

// nameUnreadable adds to what was found when the stick was opened which files are gone with it.
func (s *Stick) nameUnreadable(problems []Problem) {
	files := map[int64][]string{} // by the layer's number
	for path, r := range s.unreadableFiles() {
		files[r.Layer.ID.Seq] = append(files[r.Layer.ID.Seq], path)
	}
	for i := range problems {
		p := &problems[i]
		switch p.Kind {
		case WarnMissing, WarnDamaged, WarnForged, WarnTorn:
		default:
			continue
		}
		p.Files = append(p.Files, files[p.Seq]...)
		slices.Sort(p.Files)
		p.Unknown = s.unknown(p.Warning)
	}
}

// unknown reports whether nobody can say what all was in the layer that a warning is about.
func (s *Stick) unknown(w Warning) bool {
	of := func(l *layer.Layer) bool { return l.ID.Seq == w.Seq }
	if slices.ContainsFunc(s.unreadable, of) || w.Kind == WarnForged {
		return false
	}
	if i := slices.IndexFunc(s.layers, of); i >= 0 {
		return s.layers[i].Gaps
	}
	i := slices.IndexFunc(s.partial, func(u layer.Partial) bool { return u.ID.Seq == w.Seq })
	return i < 0 || !s.partial[i].All && !s.partial[i].Listed
}

// rescue is today's content of a file whose layer is damaged. ok is false when it cannot be read
// whole any more; the error is the context's or [ErrGone].
func (s *Stick) rescue(ctx context.Context, path string, r *layer.Record) (item Item, ok bool, err error) {
	open := func() (ItemReader, error) { return s.openDamaged(r) }
	content, err := open()
	if err == nil {
		var n int64
		n, err = io.Copy(io.Discard, crypt.Reader(ctx, content, nil))
		if err == nil && n != r.Size { // it claims more than its layer holds
			err = ErrDamaged
		}
		_ = content.Close()
	}
	switch {
	case err == nil:
		return Item{Path: path, Kind: KindFile, Size: r.Size, ModTime: r.ModTime(), Open: open}, true, nil
	case ctx.Err() != nil:
		return Item{}, false, context.Cause(ctx)
	case errors.Is(err, ErrGone):
		return Item{}, false, err
	}
	return Item{}, false, nil
}

// openDamaged opens a file of a layer that is damaged, where a table or the layer itself
// says that it lies. Whoever knows the stick's recipient could have put a layer of their own
// in the place, whose chunks would be good: so either its digest is the right one, or it begins
// with the header that only the stick's key can make. Of a layer that is damaged at its
// beginning and at its end nothing is believed.
func (s *Stick) openDamaged(r *layer.Record) (ItemReader, error) {
	l := r.Layer
	parts := layer.NewPartReader(s.fs, l.ID, l.Parts)
	plain, size, err := layer.Salvage(parts, l.Key)
	if err == nil {
		if digest, _, digestErr := layer.Digest(parts, parts.Size()); digestErr != nil || digest != l.Digest {
			err = s.beginsAs(io.NewSectionReader(plain, 0, size), l)
		}
	}
	if err != nil {
		_ = parts.Close()
		return nil, layer.AsDamaged(err)
	}
	return &damagedReader{io.NewSectionReader(plain, r.Off, r.Size), parts}, nil
}

// beginsAs checks a layer's own header.
func (s *Stick) beginsAs(tape io.Reader, l *layer.Layer) error {
	first, err := tar.NewReader(tape).Next()
	if err != nil {
		return err
	}
	header, err := layer.ParseHeader(first, s.note.ID, l.Key.MAC)
	if err == nil && header.ID != l.ID {
		err = fmt.Errorf("layer %s: %w", l.ID, ErrForged)
	}
	return err
}

// damagedReader reads a file of a damaged layer.
type damagedReader struct {
	io.Reader
	parts io.Closer
}

func (r *damagedReader) Close() error { return r.parts.Close() }

// Unchanged implements [ItemReader]: a layer never changes.
func (r *damagedReader) Unchanged() error { return nil }

package stick

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"stowage/crypt"
)

// A layer that is missing, or cut short, tells nothing of what it held. A table of contents
// may: it names the files for whoever has to do without them, and says where in what
// is left of the layer they lie.

// findHurt finds out which layers should count besides those that were found, by what the
// tables say: also the newest, to which no other points, and one that only a missing
// one points to. A table is written after its layers are safe, and removed with them; what
// it still says of layers that were replaced, the layers themselves say better.
func (l *loader) findHurt(found []*layer, c *chained) {
	var all []*layer
	listed := map[*layer]*layer{} // by what stands for it below
	there := map[layerID]bool{}
	stand := func(layer *layer) *layer {
		twin := *layer
		twin.below = slices.Clone(layer.below) // chain brings both up to date
		return &twin
	}
	for _, layer := range found {
		there[layer.id] = true
		all = append(all, stand(layer))
	}
	for id, layer := range l.listed {
		if !there[id] && l.allowed(layer) {
			twin := stand(layer)
			listed[twin] = layer
			all = append(all, twin)
		}
	}
	if len(listed) == 0 {
		return
	}
	said := map[int64]bool{}
	for _, w := range c.warnings {
		said[w.Seq] = said[w.Seq] || w.Kind == WarnMissing || w.Kind == WarnDamaged || w.Kind == WarnForged
	}
	for _, twin := range chain(all).layers {
		if layer := listed[twin]; layer != nil {
			l.hurt = append(l.hurt, layer)
			c.miss(layer, said)
		}
	}
}

// miss warns of a layer that is missing, unless that was said of its number.
func (c *chained) miss(l *layer, said map[int64]bool) {
	if !said[l.id.seq] {
		said[l.id.seq] = true
		c.warnings = append(c.warnings, Warning{
			Kind: WarnMissing, Name: l.id.part(0), Seq: l.id.seq, Err: fmt.Errorf("layer %d is %w", l.id.seq, ErrMissing),
		})
	}
}

func byNumber(a, b *layer) int { return cmp.Compare(a.id.seq, b.id.seq) }

// known is every layer of which it is known what it holds or held, oldest first. s.mu or s.write is held.
func (s *Stick) known() []*layer {
	all := slices.Concat(s.layers, s.hurt, s.walked())
	slices.SortStableFunc(all, byNumber)
	return all
}

// certain are the layers that count, and those that did before they were lost; oldest first. s.mu or s.write is held.
func (s *Stick) certain() []*layer {
	all := slices.Concat(s.layers, s.hurt)
	slices.SortStableFunc(all, byNumber)
	return all
}

// views are the ways to see what is on the stick, where it is damaged: with what is left of layers that may or may not have
// been whole once, and as it is if they never were. s.mu or s.write is held.
func (s *Stick) views() []*tree {
	views := []*tree{treeOf(s.known())}
	if len(s.walked()) > 0 {
		views = append(views, treeOf(s.certain()))
	}
	return views
}

// walked are the layers of which only what is left of them says what they hold.
func (s *Stick) walked() []*layer {
	var found []*layer
	for _, u := range s.unread {
		if u.layer != nil {
			found = append(found, u.layer)
		}
	}
	return found
}

// follows is what the next layer follows: the newest, also when it is missing, so that this is
// not forgotten and it has its place when it comes back.
func (s *Stick) follows() layerRef {
	head := s.head()
	for _, l := range s.hurt {
		if l.id.seq > head.seq {
			head = l.ref()
		}
	}
	return head
}

// hurtFiles are today's files that lay in the layers that cannot be read, by path.
func (s *Stick) hurtFiles() map[string]*record {
	files := map[string]*record{}
	hurt := map[*layer]bool{}
	for _, l := range slices.Concat(s.hurt, s.walked()) {
		hurt[l] = true
	}
	if len(hurt) == 0 {
		return files
	}
	_ = treeOf(s.known()).root.walk(".", func(path string, n *node) error {
		if n.data != nil && hurt[n.data.layer] {
			files[path] = n.data
		}
		return nil
	})
	return files
}

// nameHurt adds to what was found when the stick was opened which files are gone with it.
func (s *Stick) nameHurt(problems []Problem) {
	files := map[int64][]string{} // by the layer's number
	for path, r := range s.hurtFiles() {
		files[r.layer.id.seq] = append(files[r.layer.id.seq], path)
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
	of := func(l *layer) bool { return l.id.seq == w.Seq }
	if slices.ContainsFunc(s.hurt, of) || w.Kind == WarnForged {
		return false
	}
	if i := slices.IndexFunc(s.layers, of); i >= 0 {
		return s.layers[i].gaps
	}
	i := slices.IndexFunc(s.unread, func(u unread) bool { return u.id.seq == w.Seq })
	return i < 0 || !s.unread[i].all && !s.unread[i].listed
}

// rescue is today's content of a file whose layer is damaged. ok is false when it cannot be read
// whole any more; the error is the context's or [ErrGone].
func (s *Stick) rescue(ctx context.Context, path string, r *record) (item Item, ok bool, err error) {
	open := func() (ItemReader, error) { return s.openHurt(r) }
	content, err := open()
	if err == nil {
		var n int64
		n, err = io.Copy(io.Discard, crypt.Reader(ctx, content, nil))
		if err == nil && n != r.size { // it claims more than its layer holds
			err = ErrDamaged
		}
		_ = content.Close()
	}
	switch {
	case err == nil:
		return Item{Path: path, Kind: KindFile, Size: r.size, ModTime: r.modTime(), Open: open}, true, nil
	case ctx.Err() != nil:
		return Item{}, false, context.Cause(ctx)
	case errors.Is(err, ErrGone):
		return Item{}, false, err
	}
	return Item{}, false, nil
}

// openHurt opens a file of a layer that is damaged, where a table or the layer itself
// says that it lies. Whoever knows the stick's recipient could have put a layer of their own
// in the place, whose chunks would be good: so either its digest is the right one, or it begins
// with the header that only the stick's key can make. Of a layer that is damaged at its
// beginning and at its end nothing is believed.
func (s *Stick) openHurt(r *record) (ItemReader, error) {
	l := r.layer
	parts := newPartReader(s.fs, l.id, l.parts)
	plain, size, err := salvage(parts, l.key)
	if err == nil {
		if digest, _, digestErr := layerDigest(parts, parts.size()); digestErr != nil || digest != l.digest {
			err = s.beginsAs(io.NewSectionReader(plain, 0, size), l)
		}
	}
	if err != nil {
		_ = parts.Close()
		return nil, damaged(err)
	}
	return &hurtReader{io.NewSectionReader(plain, r.off, r.size), parts}, nil
}

// beginsAs checks a layer's own header.
func (s *Stick) beginsAs(tape io.Reader, l *layer) error {
	first, err := tar.NewReader(tape).Next()
	if err != nil {
		return err
	}
	header, err := parseHeader(first, s.note.ID, l.key.mac)
	if err == nil && header.id != l.id {
		err = fmt.Errorf("layer %s: %w", l.id, ErrForged)
	}
	return err
}

// hurtReader reads a file of a damaged layer.
type hurtReader struct {
	io.Reader
	parts io.Closer
}

func (r *hurtReader) Close() error { return r.parts.Close() }

// Unchanged implements [ItemReader]: a layer never changes.
func (r *hurtReader) Unchanged() error { return nil }

package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/stick/internal/layer"
)

// How things are packed into layers.
const (
	packSize  = 64 << 20 // a layer of several files holds at most this much tar
	largeSize = 32 << 20 // a file from this size on is a layer of its own
	smallSize = 1 << 20  // a file up to this size is read whole before it is written
)

// piece is something to be written into a layer: the record says what, which is a plan's or, where content is
// written again as it is, that of the layer that it lies in.
type piece struct {
	*layer.Record
	from  *layer.Record // stored content that is written again; nil for other pieces
	items itemList      // where else the content is; nil for what has none
	index int           // in items
}

// itemList is what is to be stored. It may make its items anew whenever they are asked for.
type itemList interface {
	len() int
	at(i int) Item
}

// itemSlice is an itemList in memory.
type itemSlice []Item

func (s itemSlice) len() int { return len(s) }

func (s itemSlice) at(i int) Item { return s[i] }

// entry is what the layer is to say of the piece.
func (p *piece) entry() layer.Entry {
	e := p.Record.Entry()
	if p.from == p.Record {
		e.Since = p.from.StoredAt()
	}
	return e
}

// item is where the content is; one without Open for what has none.
func (p *piece) item() Item {
	if p.items == nil {
		return Item{}
	}
	return p.items.at(p.index)
}

// plan makes the records of what is about to be written, which belong to no layer yet.
type plan struct{ keep *layer.Recorder }

func newPlan() plan {
	p := plan{layer.NewRecorder(nil)}
	_ = p.keep.Begin(&layer.Layer{})
	return p
}

func (p plan) piece(e layer.Entry) piece {
	r, _ := p.keep.Add(&e) // nothing is charged
	return piece{Record: r}
}

// deletion is the piece that deletes a path.
func (p plan) deletion(path string) piece {
	return p.piece(layer.Entry{Kind: layer.WhiteoutRecord, Path: path})
}

// small reports whether the content is to be read ahead.
func (p *piece) small() bool {
	return p.Kind == layer.FileRecord && p.from == nil && p.Size <= smallSize
}

// layerOverhead is a generous estimate of what a layer takes besides its pieces.
const layerOverhead = 16 << 10

// pack divides pieces into layers: large files alone, the others up to 64 MiB together.
func pack(pieces []piece) [][]piece {
	var packs [][]piece
	var open []piece
	var size int64
	closeOpen := func() {
		if len(open) > 0 {
			packs = append(packs, open)
			open, size = nil, 0
		}
	}
	for _, p := range pieces {
		cost := p.TarSize()
		if p.Size >= largeSize {
			packs = append(packs, []piece{p})
			continue
		}
		if size+cost > packSize {
			closeOpen()
		}
		open = append(open, p)
		size += cost
	}
	closeOpen()
	return packs
}

// packedSize estimates, never too low, what layers take on the drive, their tables of contents included.
func packedSize(packs [][]piece) int64 {
	var sum int64
	for _, pack := range packs {
		plain, names := int64(layerOverhead), int64(0)
		for i := range pack {
			plain += pack[i].TarSize()
			names += int64(len(pack[i].Folder())+len(pack[i].Base)+len(pack[i].Link())) + 65
		}
		sum += layer.PaddedSize(layerOverhead+layer.SealedSize(plain)) + layer.PaddedSize(layerOverhead+layer.SealedSize(names))
	}
	return sum
}

// checkSpace fails with a [NoSpaceError] when the drive cannot take that much.
func (s *Stick) checkSpace(need int64) error {
	free, _, err := s.fs.Free()
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if need > free {
		return &NoSpaceError{Need: need, Free: free}
	}
	return nil
}

// missing says how much is missing for what was to be written, when the drive filled
// up in spite of [Stick.checkSpace]. Other errors stay as they are.
func (s *Stick) missing(err error, need int64) error {
	if !errors.Is(err, ErrFull) {
		return err
	}
	if space := s.checkSpace(need); errors.Is(space, ErrFull) {
		return fmt.Errorf("%w: %w", space, err)
	}
	return err
}

// itemError is an error of one piece's source, not of the stick.
type itemError struct {
	index int // in the pack
	err   error
}

func (e *itemError) Error() string { return e.err.Error() }

func (e *itemError) Unwrap() error { return e.err }

// writePack writes one layer and makes it part of the stick. A piece whose
// content cannot be read, or changes while it is, is left out and passed to
// skipped, and the layer begun anew without it. The pieces written are
// returned; none, with no error, when no piece was left. s.write is held.
func (s *Stick) writePack(ctx context.Context, pieces []piece, p crypt.Progress, skipped func(piece, error)) ([]piece, error) {
	for len(pieces) > 0 {
		done := &doneCounter{Progress: p}
		err := s.tryPack(ctx, pieces, layer.Header{}, done)
		var bad *itemError
		if !errors.As(err, &bad) || pieces[bad.index].from != nil && !layer.IsDamage(err) {
			return pieces, err
		}
		p.Expect(done.bytes - pieces[bad.index].Size) // to be done again
		skipped(pieces[bad.index], bad.err)
		rest := pieces[bad.index+1:]
		if errors.Is(bad.err, fs.ErrNotExist) || fault.Of(bad.err) != nil {
			rest = stillThere(ctx, rest, p, skipped)
		}
		pieces = append(pieces[:bad.index:bad.index], rest...)
	}
	return nil, nil
}

// stillThere leaves out what can be opened no more. When a folder or drive that is
// being read vanishes, all that is left of it goes at once: to begin the layer anew
// for each of its files would take hours.
func stillThere(ctx context.Context, pieces []piece, p crypt.Progress, skipped func(piece, error)) []piece {
	left := make([]piece, 0, len(pieces))
	for i := range pieces {
		if item := pieces[i].item(); item.Open != nil && ctx.Err() == nil {
			r, err := item.Open()
			if err != nil {
				p.Expect(-pieces[i].Size)
				skipped(pieces[i], err)
				continue
			}
			_ = r.Close()
		}
		left = append(left, pieces[i])
	}
	return left
}

// doneCounter counts the work reported to a Progress.
type doneCounter struct {
	crypt.Progress
	bytes int64
}

func (c *doneCounter) Done(n int64) {
	c.bytes += n
	c.Progress.Done(n)
}

// tryPack writes one layer with all the pieces and makes it part of the stick,
// or does nothing. Of the header, only what tidying sets is taken. s.write is held.
func (s *Stick) tryPack(ctx context.Context, pieces []piece, h layer.Header, p crypt.Progress) error {
	layer, _, err := s.writeNext(ctx, pieces, h, p)
	if err != nil {
		return err
	}
	s.add(layer)
	s.tableSoon(layer)
	return nil
}

// writeNext writes the layer that follows the newest one; it does not make it
// part of the stick. Whatever becomes of it, no other layer gets its number.
func (s *Stick) writeNext(ctx context.Context, pieces []piece, h layer.Header, p crypt.Progress) (*layer.Layer, layer.ID, error) {
	h.ID, h.Time, h.Prev = layer.NewID(s.nextSeq), now(s.o.Clock), s.follows()
	s.nextSeq++
	layer, err := s.writeLayer(ctx, pieces, h, p)
	return layer, h.ID, err
}

// writeLayer writes one layer with all the pieces, or none. It does not make
// it part of the stick.
func (s *Stick) writeLayer(ctx context.Context, pieces []piece, h layer.Header, p crypt.Progress) (*layer.Layer, error) {
	h.Stick = s.note.ID
	w, err := layer.NewWriter(s.fs, s.o.PartSize, h, s.keys[0])
	if err != nil {
		return nil, err
	}
	if err := s.writePieces(ctx, w, pieces, p); err != nil {
		w.Abort()
		return nil, err
	}
	return w.Commit()
}

// add makes a layer that is safe on the drive part of the stick.
func (s *Stick) add(l *layer.Layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layers = append(s.layers, l)
	before := s.tree.Cost
	defer func() { s.spend.Left -= l.Cost() + int64(layer.CostFile*len(l.Parts)+s.tree.Cost-before) }()
	_ = s.tree.Apply(l, func(r *layer.Record, err error) {
		s.warnings = append(s.warnings, Warning{Kind: WarnEntry, Name: l.ID.Part(0), Seq: l.ID.Seq, Err: err})
	})
}

// writePieces writes the entries of a layer. Small files are read ahead.
func (s *Stick) writePieces(ctx context.Context, w *layer.Writer, pieces []piece, p crypt.Progress) error {
	ahead := readAhead(ctx, pieces)
	defer ahead.stop()
	buf := make([]byte, 256<<10)
	for i := range pieces {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece := &pieces[i]
		entry := piece.entry()
		if piece.small() {
			data, err := ahead.next(ctx, i)
			if err != nil {
				return err
			}
			err = w.Add(&entry)
			if err == nil {
				_, err = w.Write(data)
			}
			if err != nil {
				return err
			}
			p.Done(piece.Size)
			continue
		}
		if err := w.Add(&entry); err != nil {
			return err
		}
		if piece.Kind != layer.FileRecord {
			continue
		}
		if err := s.copyContent(ctx, w, piece, i, buf, p); err != nil {
			return err
		}
	}
	return nil
}

// copyContent writes the content of a larger file, or of one stored already.
func (s *Stick) copyContent(ctx context.Context, w io.Writer, piece *piece, index int, buf []byte, p crypt.Progress) error {
	var r ItemReader
	var err error
	if piece.from != nil {
		r, err = s.openStored(piece.from)
	} else {
		r, err = piece.item().Open()
	}
	if err != nil {
		return &itemError{index, err}
	}
	defer r.Close()
	var done int64
	for done <= piece.Size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if done+int64(n) > piece.Size {
			return &itemError{index, ErrChanged}
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
		done += int64(n)
		p.Done(int64(n))
		if err == io.EOF {
			break
		}
		if err != nil {
			return &itemError{index, err}
		}
	}
	if done != piece.Size {
		return &itemError{index, ErrChanged}
	}
	if err := r.Unchanged(); err != nil {
		return &itemError{index, err}
	}
	return nil
}

// storedReader reads content that is on the stick, which never changes.
type storedReader struct{ *Reader }

func (storedReader) Unchanged() error { return nil }

func (s *Stick) openStored(r *layer.Record) (ItemReader, error) {
	reader, err := s.openRecord(r)
	if err != nil {
		return nil, err
	}
	return storedReader{reader}, nil
}

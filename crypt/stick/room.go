package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/layer"
)

// GivenUp is how many past versions of files, deleted files among them, were given up since the stick was opened, for
// others to have room. See [Stick.Tidy] for what is given up when it is asked for.
func (s *Stick) GivenUp() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.givenUp
}

// Yields is about how much space past versions take that would be given up, if something could not be stored otherwise.
func (s *Stick) Yields() int64 {
	s.mu.Lock()
	closed := s.closed || s.o.ReadOnly || len(s.unreadable)+len(s.partial) > 0
	s.mu.Unlock()
	if closed {
		return 0
	}
	return freedBy(roomMaker{s, keeping.spareable, nil}.weigh(s.keeping(), nil))
}

// makeRoom gives up past versions, the oldest first, for something to be stored that needs so much: those that the
// school's policy does not keep, and none if it would not fit all the same. Layers that are pinned stay as they are.
// It fails with a [NoSpaceError]. s.write is held.
func (s *Stick) makeRoom(ctx context.Context, need int64, pinned map[*layer.Layer]bool, p crypt.Progress) error {
	wanted := int64(s.note.Policy.KeepFreeMB) * 1e6
	short := s.checkSpace(need + s.spare() + wanted)
	if !errors.Is(short, ErrFull) || s.whole() != nil {
		return short
	}
	defer s.keepReserve()
	old := roomMaker{s, keeping.old, pinned}
	if wanted > 0 { // as far as it goes
		if err := old.free(ctx, need+wanted, false, p); err != nil && !errors.Is(err, ErrFull) {
			return err
		}
	}
	err := old.free(ctx, need, true, p)
	if errors.Is(err, ErrFull) {
		err = roomMaker{s, keeping.spareable, pinned}.free(ctx, need, true, p)
	}
	if short, full := errors.AsType[*NoSpaceError](err); full {
		short.Kept = freedBy(roomMaker{s, keeping.any, nil}.weigh(s.keeping(), nil))
	}
	return err
}

// roomMaker makes room by giving up what may be given up.
type roomMaker struct {
	stick  *Stick
	may    func(keeping, *layer.Record) bool
	pinned map[*layer.Layer]bool
}

// free gives up what it takes for so much to fit. With all, nothing is given up unless all of it fits then.
func (r roomMaker) free(ctx context.Context, need int64, all bool, p crypt.Progress) error {
	s := r.stick
	failed := map[*layer.Layer]bool{}
	for first := true; ; first = false {
		err := s.checkSpace(need + s.spare())
		short, full := errors.AsType[*NoSpaceError](err)
		if !full {
			return err
		}
		past := s.keeping()
		weights := r.weigh(past, failed)
		if all && first && reachable(weights, short.Free+s.reserved) < short.Need-short.Free {
			return err
		}
		chosen := choose(weights, short.Need-short.Free, short.Free+s.reserved)
		if len(chosen) == 0 || len(failed) == maxFailed {
			return err
		}
		done, err := r.giveUp(ctx, past, chosen, p)
		if err != nil {
			return fmt.Errorf("make room: %w", err)
		}
		if !done {
			failed[chosen[0].layer] = true
		}
	}
}

// maxFailed is how often it is tried again without a layer that could not be rewritten.
const maxFailed = 20

// weighed is a layer of which something may be given up.
type weighed struct {
	layer  *layer.Layer
	copied int64     // bytes that must be written again
	freed  int64     // bytes that are free then
	ended  time.Time // when the newest of what is given up was replaced or deleted
}

func freedBy(weights []weighed) int64 {
	var sum int64
	for _, w := range weights {
		sum += w.freed
	}
	return sum
}

// fits reports whether what a layer needs can be written again where so much is free.
func (w weighed) fits(free int64) bool {
	return w.copied <= layerOverhead || layer.PaddedSize(layer.SealedSize(w.copied))+4*layer.PadUnit <= free
}

// reachable is how much room can be made where so much is free: that what is needed of a layer is written again takes
// room itself.
func reachable(weights []weighed, free int64) int64 {
	var sum int64
	for _, w := range slices.SortedFunc(slices.Values(weights), func(a, b weighed) int { return cmp.Compare(a.copied, b.copied) }) {
		if w.fits(free + sum) {
			sum += w.freed
		}
	}
	return sum
}

// weigh weighs the layers of which something may be given up.
func (r roomMaker) weigh(past keeping, without map[*layer.Layer]bool) []weighed {
	var weights []weighed
	for l, use := range r.stick.layerSpace() {
		if without[l] || r.pinned[l] {
			continue
		}
		w := weighed{layer: l, copied: use.live}
		for data := range l.Records.All() {
			v, ended := past.past[data]
			switch {
			case !ended:
			case !r.may(past, data):
				w.copied += data.TarSize()
			case data.Size > 0 && v.ended.After(w.ended):
				w.ended = v.ended
			}
		}
		w.freed = l.Size()
		if w.copied > layerOverhead {
			w.freed -= layer.PaddedSize(layer.SealedSize(w.copied + layerOverhead))
		}
		if w.freed > 0 && !w.ended.IsZero() {
			weights = append(weights, w)
		}
	}
	return weights
}

// choose chooses what to rewrite next for as much to be free as is lacking: layers that need not be copied, the
// oldest first, or else the one that gives most for what must be copied, if there is room for that.
func choose(weights []weighed, lacking, free int64) []weighed {
	slices.SortFunc(weights, func(a, b weighed) int {
		return cmp.Or(a.ended.Compare(b.ended), cmp.Compare(a.layer.ID.Seq, b.layer.ID.Seq))
	})
	var chosen []weighed
	lacking += 4 * layer.PadUnit // the new layer and its table
	for _, w := range weights {
		if w.copied <= layerOverhead && lacking > 0 {
			chosen = append(chosen, w)
			lacking -= w.freed
		}
	}
	if len(chosen) > 0 {
		return chosen
	}
	weights = slices.DeleteFunc(weights, func(w weighed) bool { return !w.fits(free) })
	if len(weights) == 0 {
		return nil
	}
	best := slices.MinFunc(weights, func(a, b weighed) int {
		return cmp.Compare(float64(a.copied)/float64(a.freed), float64(b.copied)/float64(b.freed))
	})
	return []weighed{best}
}

// giveUp writes layers again without what may be given up. It reports whether that frees anything.
func (r roomMaker) giveUp(ctx context.Context, past keeping, chosen []weighed, p crypt.Progress) (bool, error) {
	s := r.stick
	old := s.needless()
	for _, w := range chosen {
		old[w.layer] = true
	}
	kept := func(data *layer.Record) bool { return past.any(data) && !r.may(past, data) }
	rw, _ := s.planKeeping(old, kept, func(l *layer.Layer) bool { return !r.pinned[l] })
	if rw == nil || rw.frees() <= 0 {
		return false, nil
	}
	given := 0
	for l := range rw.old {
		for data := range l.Records.All() {
			if data.Size > 0 && r.may(past, data) {
				given++
			}
		}
	}
	rw.asked = true
	_, err := rw.run(ctx, p)
	if errors.Is(err, ErrFull) {
		return false, nil
	}
	if err == nil {
		s.mu.Lock()
		s.givenUp += given
		s.mu.Unlock()
	}
	return true, err
}

// needless are the layers of which nothing must be written again and that hold no name of a file, such as those that only said
// what counts. One would be left behind whenever something is given up.
func (s *Stick) needless() map[*layer.Layer]bool {
	layers := map[*layer.Layer]bool{}
	for l, use := range s.layerSpace() {
		if use.live == 0 && !l.Records.Contains(func(r *layer.Record) bool { return r.Kind != layer.FolderRecord }) {
			layers[l] = true
		}
	}
	return layers
}

// frees estimates how much space a rewrite gives back.
func (rw *rewrite) frees() int64 {
	freed := -packedSize(rw.packs)
	for l := range rw.old {
		freed += l.Size()
	}
	return freed
}

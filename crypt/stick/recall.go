package stick

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stowage/crypt/stick/internal/stickpath"
)

// What others remember of a stick, its newest number and digest on some day, must be found in its history, also after
// tidying and rotating, and when others wrote on. So a layer that takes the place of others keeps what identified them.

// replacedDigest is how many digits of a replaced layer's digest are kept.
const replacedDigest = 16

// maxReplaced is how many replaced layers a tidied one keeps, besides [maxListed] that still count: its header must
// fit into the 1 MiB that readers of tar allow it.
const maxReplaced = 10_000

// history is what a tidied layer says of the layers that were replaced.
type history struct {
	refs []layerRef // with digests cut to replacedDigest
	from int64      // all that were replaced with this number or a higher one are in refs; 0: nothing is known
}

// String is the history as it stands in headers and tables: references, then from, with commas; empty for none.
func (h history) String() string {
	if h.from == 0 {
		return ""
	}
	var b strings.Builder
	for _, ref := range h.refs {
		fmt.Fprintf(&b, "%s,", ref)
	}
	return b.String() + strconv.FormatInt(h.from, 10)
}

func parseHistory(s string) (history, error) {
	if s == "" {
		return history{}, nil
	}
	bad := fmt.Errorf("%w: %q is no list of replaced layers", ErrDamaged, stickpath.Short(s))
	if strings.Count(s, ",") > maxReplaced {
		return history{}, bad
	}
	items := strings.Split(s, ",")
	from, err := strconv.ParseInt(items[len(items)-1], 10, 64)
	if err != nil || from < 1 {
		return history{}, bad
	}
	h := history{from: from}
	for _, item := range items[:len(items)-1] {
		number, digest, _ := strings.Cut(item, ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 1 || len(digest) != replacedDigest || strings.Trim(digest, "0123456789abcdef") != "" {
			return history{}, bad
		}
		h.refs = append(h.refs, layerRef{seq, digest})
	}
	return h, nil
}

// historyOf is the history that a layer has which replaces some of all layers that count.
func historyOf(all []*layer, old map[*layer]bool) history {
	h := history{from: knownFrom(all)}
	for _, l := range all {
		if !old[l] {
			continue
		}
		h.refs = append(h.refs, l.replaced.refs...)
		for _, digest := range []string{l.digest, l.was} {
			if digest != "" {
				h.refs = append(h.refs, layerRef{l.id.seq, digest[:replacedDigest]})
			}
		}
	}
	return h.bounded()
}

// bounded drops the oldest of more references than a header has room for.
func (h history) bounded() history {
	slices.SortStableFunc(h.refs, func(a, b layerRef) int { return cmp.Compare(a.seq, b.seq) })
	if over := len(h.refs) - maxReplaced; over > 0 {
		h.from = max(h.from, h.refs[over-1].seq+1)
		h.refs = h.refs[over:]
	}
	return h
}

// knownFrom is the number from which on all layers that were ever replaced are known.
func knownFrom(layers []*layer) int64 {
	from := int64(1)
	for _, l := range layers {
		from = max(from, l.knownFrom())
	}
	return from
}

// knownFrom is that number as far as this layer says.
func (l *layer) knownFrom() int64 {
	switch {
	case l.replaced.from > 0:
		return l.replaced.from
	case l.was != "": // rotated by a program that kept nothing, perhaps more than once
		return l.id.seq + 1
	case l.tidied: // by a program that kept nothing
		return l.id.seq
	}
	return 1
}

// rotated is the history of a layer that is written again under a new identity: what it was before the last rotation
// stands in no other record.
func (l *layer) rotated() history {
	h := history{refs: slices.Clone(l.replaced.refs), from: l.knownFrom()}
	if l.was != "" {
		h.refs = append(h.refs, layerRef{l.id.seq, l.was[:replacedDigest]})
	}
	return h.bounded()
}

// Recall compares the stick's history with what somebody remembers of it, its newest layer on some day. It returns
// nil if that is part of the history, or if nobody can know any more, and else a warning: [WarnRolledBack] if the
// stick is older, [WarnForked] if it was put back and then written on.
func (s *Stick) Recall(h Head) *Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recall(h)
}

func (s *Stick) recall(h Head) *Warning {
	if h.Seq == 0 || len(h.Digest) < replacedDigest {
		return nil
	}
	head, ref := s.head(), layerRef{h.Seq, h.Digest}
	if s.remembers(ref) {
		return nil
	}
	if h.Seq > head.seq {
		return &Warning{
			Kind: WarnRolledBack, Seq: head.seq,
			Err: fmt.Errorf("layer %d was seen before; the newest now is %d", h.Seq, head.seq),
		}
	}
	if h.Seq < knownFrom(s.layers) {
		return nil
	}
	return &Warning{
		Kind: WarnForked, Seq: h.Seq,
		Err: fmt.Errorf("layer %d was seen before, and is no part of what led to layer %d", h.Seq, head.seq),
	}
}

// remembers reports whether a layer is or was part of the stick, or is known to be missing or damaged.
func (s *Stick) remembers(ref layerRef) bool {
	cut := layerRef{ref.seq, ref.digest[:replacedDigest]}
	for _, l := range slices.Concat(s.layers, s.hurt) {
		if l.is(ref) || l.prev == ref || slices.Contains(l.below, ref) || slices.Contains(l.replaced.refs, cut) {
			return true
		}
	}
	// Where layers are missing, more may be that nobody knows of, and this is said. So is that one is not whole; but who
	// wrote on without following it has taken it away.
	return slices.ContainsFunc(s.warnings, func(w Warning) bool { return w.Kind == WarnMissing && ref.seq < w.Seq }) ||
		ref.seq > s.head().seq && slices.ContainsFunc(s.unread, func(u unread) bool { return u.id.seq == ref.seq })
}

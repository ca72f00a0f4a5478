package stick

import (
	"fmt"
	"slices"

	"stowage/crypt/stick/internal/layer"
)

// What others remember of a stick, its newest number and digest on some day, must be found in its history, also after
// tidying and rotating, and when others wrote on. So a layer that takes the place of others keeps what identified them.

// Recall compares the stick's history with what somebody remembers of it, its newest layer on some day. It returns
// nil if that is part of the history, or if nobody can know any more, and else a warning: [WarnRolledBack] if the
// stick is older, [WarnForked] if it was put back and then written on.
func (s *Stick) Recall(h Head) *Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recall(h)
}

func (s *Stick) recall(h Head) *Warning {
	if h.Seq == 0 || len(h.Digest) < layer.ReplacedDigest {
		return nil
	}
	head, ref := s.head(), layer.Ref{Seq: h.Seq, Digest: h.Digest}
	if s.remembers(ref) {
		return nil
	}
	if h.Seq > head.Seq {
		return &Warning{
			Kind: WarnRolledBack, Seq: head.Seq,
			Err: fmt.Errorf("layer %d was seen before; the newest now is %d", h.Seq, head.Seq),
		}
	}
	if h.Seq < layer.KnownFrom(s.layers) {
		return nil
	}
	return &Warning{
		Kind: WarnForked, Seq: h.Seq,
		Err: fmt.Errorf("layer %d was seen before, and is no part of what led to layer %d", h.Seq, head.Seq),
	}
}

// remembers reports whether a layer is or was part of the stick, or is known to be missing or damaged.
func (s *Stick) remembers(ref layer.Ref) bool {
	cut := layer.Ref{Seq: ref.Seq, Digest: ref.Digest[:layer.ReplacedDigest]}
	for _, l := range slices.Concat(s.layers, s.unreadable) {
		if l.Is(ref) || l.Prev == ref || slices.Contains(l.Below, ref) || slices.Contains(l.Replaced.Refs, cut) {
			return true
		}
	}
	// Where layers are missing, more may be that nobody knows of, and this is said. So is that one is not whole; but who
	// wrote on without following it has taken it away.
	return slices.ContainsFunc(s.warnings, func(w Warning) bool { return w.Kind == WarnMissing && ref.Seq < w.Seq }) ||
		ref.Seq > s.head().Seq && slices.ContainsFunc(s.partial, func(u layer.Partial) bool { return u.ID.Seq == ref.Seq })
}

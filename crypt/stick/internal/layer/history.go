package layer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stowage/crypt/stick/internal/stickpath"
)

// ReplacedDigest is how many digits of a replaced layer's digest are kept.
const ReplacedDigest = 16

// maxReplaced is how many replaced layers a tidied one keeps, besides [MaxListed] that still count: its header must
// fit into the 1 MiB that readers of tar allow it.
const maxReplaced = 10_000

// History is what a tidied layer says of the layers that were replaced.
type History struct {
	Refs []Ref // with digests cut to ReplacedDigest
	From int64 // all that were replaced with this number or a higher one are in refs; 0: nothing is known
}

// String is the history as it stands in headers and tables: references, then from, with commas; empty for none.
func (h History) String() string {
	if h.From == 0 {
		return ""
	}
	var b strings.Builder
	for _, ref := range h.Refs {
		fmt.Fprintf(&b, "%s,", ref)
	}
	return b.String() + strconv.FormatInt(h.From, 10)
}

func parseHistory(s string) (History, error) {
	if s == "" {
		return History{}, nil
	}
	bad := fmt.Errorf("%w: %q is no list of replaced layers", ErrDamaged, stickpath.Short(s))
	if strings.Count(s, ",") > maxReplaced {
		return History{}, bad
	}
	items := strings.Split(s, ",")
	from, err := strconv.ParseInt(items[len(items)-1], 10, 64)
	if err != nil || from < 1 {
		return History{}, bad
	}
	h := History{From: from}
	for _, item := range items[:len(items)-1] {
		number, digest, _ := strings.Cut(item, ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 1 || len(digest) != ReplacedDigest || strings.Trim(digest, "0123456789abcdef") != "" {
			return History{}, bad
		}
		h.Refs = append(h.Refs, Ref{seq, digest})
	}
	return h, nil
}

// HistoryOf is the history that a layer has which replaces some of all layers that count.
func HistoryOf(all []*Layer, old map[*Layer]bool) History {
	h := History{From: KnownFrom(all)}
	for _, l := range all {
		if !old[l] {
			continue
		}
		h.Refs = append(h.Refs, l.Replaced.Refs...)
		for _, digest := range []string{l.Digest, l.Was} {
			if digest != "" {
				h.Refs = append(h.Refs, Ref{l.ID.Seq, digest[:ReplacedDigest]})
			}
		}
	}
	return h.bounded()
}

// bounded drops the oldest of more references than a header has room for.
func (h History) bounded() History {
	slices.SortStableFunc(h.Refs, func(a, b Ref) int { return cmp.Compare(a.Seq, b.Seq) })
	if over := len(h.Refs) - maxReplaced; over > 0 {
		h.From = max(h.From, h.Refs[over-1].Seq+1)
		h.Refs = h.Refs[over:]
	}
	return h
}

// KnownFrom is the number from which on all layers that were ever replaced are known.
func KnownFrom(layers []*Layer) int64 {
	from := int64(1)
	for _, l := range layers {
		from = max(from, l.knownFrom())
	}
	return from
}

// knownFrom is that number as far as this layer says.
func (l *Layer) knownFrom() int64 {
	switch {
	case l.Replaced.From > 0:
		return l.Replaced.From
	case l.Was != "": // rotated by a program that kept nothing, perhaps more than once
		return l.ID.Seq + 1
	case l.Tidied: // by a program that kept nothing
		return l.ID.Seq
	}
	return 1
}

// Rotated is the history of a layer that is written again under a new identity: what it was before the last rotation
// stands in no other record.
func (l *Layer) Rotated() History {
	h := History{Refs: slices.Clone(l.Replaced.Refs), From: l.knownFrom()}
	if l.Was != "" {
		h.Refs = append(h.Refs, Ref{l.ID.Seq, l.Was[:ReplacedDigest]})
	}
	return h.bounded()
}

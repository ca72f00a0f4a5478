package stick

import (
	"errors"
	"fmt"
	"strings"
)

// PartlyError says that some of several things were left out, each with its reason. What
// is not among them is done.
type PartlyError struct {
	Skipped []Skipped // at least one
	Done    int       // how many others there were
}

func (e *PartlyError) Error() string {
	return fmt.Sprintf("%d of %d left out, the first %s: %v", len(e.Skipped), len(e.Skipped)+e.Done, e.Skipped[0].Path, e.Skipped[0].Err)
}

// Unwrap returns the reasons.
func (e *PartlyError) Unwrap() []error {
	reasons := make([]error, len(e.Skipped))
	for i, s := range e.Skipped {
		reasons[i] = s.Err
	}
	return reasons
}

// partly is the error of doing something to so many things; of an only one it is the reason.
func partly(asked int, skipped []Skipped) error {
	switch {
	case len(skipped) == 0:
		return nil
	case asked == 1:
		return skipped[0].Err
	}
	return &PartlyError{skipped, asked - len(skipped)}
}

// onceEach leaves out the folders that were skipped for their name when that of something in
// them is named as well: a file nested too deep is one thing, not one for each folder on the
// way to it.
func onceEach(skipped []Skipped) []Skipped {
	var kept []Skipped
	for i, s := range skipped {
		if i+1 < len(skipped) && errors.Is(s.Err, ErrName) && errors.Is(skipped[i+1].Err, ErrName) && holds(s.Path, skipped[i+1].Path) {
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// holds reports whether a path, of the stick or the computer, lies in a folder.
func holds(folder, p string) bool {
	rest, ok := strings.CutPrefix(p, folder)
	return ok && rest != "" && strings.ContainsRune(`/\`, rune(rest[0]))
}

package cli

import (
	"context"
	"errors"
	"slices"

	"stowage/crypt/fault"
	"stowage/crypt/stick"
)

// Each does one thing to each of the items. The error of an only item is returned as it
// is; of several, those that fail are returned with the reason, and the others are done
// all the same. Only Ctrl-C, a full drive and a stick that is gone end it early.
func (a *App) Each(ctx context.Context, items []string, do func(string) error) ([]Skipped, error) {
	failed := []Skipped{}
	for _, item := range items {
		err := do(item)
		switch {
		case err == nil:
		case len(items) == 1 || ctx.Err() != nil || endsAll(err):
			return failed, err
		default:
			failed = append(failed, Skipped{item, a.ReasonText(err)})
		}
	}
	return failed, nil
}

// endsAll reports whether an error is not about one thing, but would be the same for the next.
func endsAll(err error) bool {
	return errors.Is(fault.Classify(err), fault.ErrFull) || errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrGone)
}

// EachDone does one thing to each of the items, and says to which it was done.
func (a *App) EachDone(ctx context.Context, what string, things Noun, items []string, text string, do func(string) error) error {
	var done []string
	skipped, err := a.Each(ctx, items, func(item string) error {
		err := On(item, do(item))
		if err == nil {
			done = append(done, item)
		}
		return err
	})
	if err != nil && len(done) == 0 {
		return err
	}
	return FirstError(err, a.DoneBut(what, things, done, skipped, text))
}

// Partly parts the error of what was done to several things on a stick into what was left
// out, for which the others are done all the same, and any other error.
func Partly(err error) ([]Skipped, error) {
	if e, ok := errors.AsType[*stick.PartlyError](err); ok {
		return SkippedList(e.Skipped), nil
	}
	return []Skipped{}, err
}

// Without are the items that were not skipped.
func Without(items []string, skipped []Skipped) []string {
	return slices.DeleteFunc(slices.Clone(items), func(item string) bool {
		return slices.ContainsFunc(skipped, func(s Skipped) bool { return s.Path == item })
	})
}

// ReasonText is the sentence for an error, to stand in a line of its own.
func (a *App) ReasonText(err error) string {
	_, text := a.Explain(err)
	return text
}

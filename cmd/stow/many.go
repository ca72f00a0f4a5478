package main

import (
	"context"
	"errors"
	"slices"

	"stowage/crypt/fault"
	"stowage/crypt/stick"
)

// each does one thing to each of the items. The error of an only item is returned as it
// is; of several, those that fail are returned with the reason, and the others are done
// all the same. Only Ctrl-C, a full drive and a stick that is gone end it early.
func (a *app) each(ctx context.Context, items []string, do func(string) error) ([]jsonSkipped, error) {
	failed := []jsonSkipped{}
	for _, item := range items {
		err := do(item)
		switch {
		case err == nil:
		case len(items) == 1 || ctx.Err() != nil || endsAll(err):
			return failed, err
		default:
			failed = append(failed, jsonSkipped{item, a.reasonText(err)})
		}
	}
	return failed, nil
}

// endsAll reports whether an error is not about one thing, but would be the same for the next.
func endsAll(err error) bool {
	return errors.Is(fault.Classify(err), fault.ErrFull) || errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrGone)
}

// eachDone does one thing to each of the items, and says to which it was done.
func (a *app) eachDone(ctx context.Context, what string, things noun, items []string, text string, do func(string) error) error {
	var done []string
	skipped, err := a.each(ctx, items, func(item string) error {
		err := on(item, do(item))
		if err == nil {
			done = append(done, item)
		}
		return err
	})
	if err != nil && len(done) == 0 {
		return err
	}
	return firstError(err, a.doneBut(what, things, done, skipped, text))
}

// partly parts the error of what was done to several things on a stick into what was left
// out, for which the others are done all the same, and any other error.
func partly(err error) ([]jsonSkipped, error) {
	if e, ok := errors.AsType[*stick.PartlyError](err); ok {
		return skippedList(e.Skipped), nil
	}
	return []jsonSkipped{}, err
}

// without are the items that were not skipped.
func without(items []string, skipped []jsonSkipped) []string {
	return slices.DeleteFunc(slices.Clone(items), func(item string) bool {
		return slices.ContainsFunc(skipped, func(s jsonSkipped) bool { return s.Path == item })
	})
}

// reasonText is the sentence for an error, to stand in a line of its own.
func (a *app) reasonText(err error) string {
	_, text := a.explain(err)
	return text
}

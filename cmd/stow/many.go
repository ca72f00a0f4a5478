package main

import (
	"context"
	"errors"

	"stowage/crypt/fault"
)

// each does one thing to each of the items. The error of an only item is returned as it
// is; of several, those that fail are returned with the reason, and the others are done
// all the same. Only Ctrl-C and a full drive end it early.
func (a *app) each(ctx context.Context, items []string, do func(string) error) ([]jsonSkipped, error) {
	failed := []jsonSkipped{}
	for _, item := range items {
		err := do(item)
		switch {
		case err == nil:
		case len(items) == 1 || ctx.Err() != nil || errors.Is(fault.Told(err), fault.ErrFull):
			return failed, err
		default:
			failed = append(failed, jsonSkipped{item, a.reasonText(err)})
		}
	}
	return failed, nil
}

// reasonText is the sentence for an error, to stand in a line of its own.
func (a *app) reasonText(err error) string {
	_, text := a.explain(err)
	return text
}

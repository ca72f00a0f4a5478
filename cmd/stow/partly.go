package main

import (
	"cmp"
	"fmt"
	"io"

	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// jsonSkipped is one file that was left out.
type jsonSkipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// skippedList puts what was left out into words.
func skippedList(skipped []stick.Skipped) []jsonSkipped {
	list := []jsonSkipped{}
	for _, s := range skipped {
		list = append(list, jsonSkipped{s.Path, skipReason(s.Err)})
	}
	return list
}

// noun is what things are called, for one and for many.
type noun struct{ one, many string }

// skipped names the files that were left out, and returns the error that says
// there were some; done is how much was done apart from them.
func (a *app) skipped(list []jsonSkipped, done int) error {
	return a.leftOut(list, done, noun{"file", "files"})
}

// leftOut is skipped for other things than files.
func (a *app) leftOut(list []jsonSkipped, done int, what noun) error {
	if len(list) == 0 {
		return nil
	}
	if !a.json {
		for _, s := range list {
			a.warn("skipped %s: %s", s.Path, s.Reason)
		}
	}
	return &partlyError{skipped: len(list), nothing: done == 0, what: what}
}

// partlyError: the work was done but for some things, or there were no others.
type partlyError struct {
	skipped, renamed int
	nothing          bool // was done
	what             noun // files, when empty
}

func (e *partlyError) Error() string {
	return fmt.Sprintf("%s skipped, %d renamed", e.count(), e.renamed)
}

// count is how many things were left out.
func (e *partlyError) count() string {
	return counted(e.skipped, cmp.Or(e.what.one, "file"), cmp.Or(e.what.many, "files"))
}

// were is count with the verb.
func (e *partlyError) were() string {
	if e.skipped == 1 {
		return e.count() + " was"
	}
	return e.count() + " were"
}

// Words says how much was left out or has another name.
func (e *partlyError) Words(string) (explain.Code, string) {
	switch {
	case e.skipped == 0:
		return explain.Partly, fmt.Sprintf("done, but %s another name, as named above, since theirs cannot be kept there.", counted(e.renamed, "file has", "files have"))
	case e.nothing:
		return explain.Partly, fmt.Sprintf("nothing was done: %s left out, as named above with the reason; what was there is as it was.", e.were())
	}
	return explain.Partly, fmt.Sprintf("done, but %s left out, as named above; everything else is complete.", e.were())
}

// firstError returns the first that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// jsonDone is the result of commands that only do something.
type jsonDone struct {
	Done    string        `json:"done"`
	Paths   []string      `json:"paths,omitempty"`
	Skipped []jsonSkipped `json:"skipped,omitempty"`
}

// done tells that something was done to these paths.
func (a *app) done(what string, paths []string, text string) error {
	return a.doneBut(what, noun{}, paths, nil, text)
}

// doneBut tells that something was done to these paths, and to which it was not.
func (a *app) doneBut(what string, things noun, paths []string, skipped []jsonSkipped, text string) error {
	err := a.show(jsonDone{what, paths, skipped}, func(w io.Writer) {
		if len(paths) > 0 || len(skipped) == 0 { // else nothing was done
			fmt.Fprintln(w, printable(text))
		}
	})
	return firstError(err, a.leftOut(skipped, len(paths), things))
}

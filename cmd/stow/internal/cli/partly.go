package cli

import (
	"cmp"
	"fmt"
	"io"

	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// Skipped is one file that was left out.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// SkippedList puts what was left out into words.
func SkippedList(skipped []stick.Skipped) []Skipped {
	list := []Skipped{}
	for _, s := range skipped {
		list = append(list, Skipped{s.Path, skipReason(s.Err)})
	}
	return list
}

// Noun is what things are called, for one and for many.
type Noun struct{ One, Many string }

// Skipped names the files that were left out, and returns the error that says
// there were some; done is how much was done apart from them.
func (a *App) Skipped(list []Skipped, done int) error {
	return a.LeftOut(list, done, Noun{"file", "files"})
}

// LeftOut is skipped for other things than files.
func (a *App) LeftOut(list []Skipped, done int, what Noun) error {
	if len(list) == 0 {
		return nil
	}
	if !a.JSON {
		for _, s := range list {
			a.Warn("skipped %s: %s", s.Path, s.Reason)
		}
	}
	return &PartlyError{skipped: len(list), nothing: done == 0, what: what}
}

// PartlyError: the work was done but for some things, or there were no others.
type PartlyError struct {
	skipped, Renamed int
	nothing          bool // was done
	what             Noun // files, when empty
}

func (e *PartlyError) Error() string {
	return fmt.Sprintf("%s skipped, %d renamed", e.count(), e.Renamed)
}

// count is how many things were left out.
func (e *PartlyError) count() string {
	return Counted(e.skipped, cmp.Or(e.what.One, "file"), cmp.Or(e.what.Many, "files"))
}

// were is count with the verb.
func (e *PartlyError) were() string {
	if e.skipped == 1 {
		return e.count() + " was"
	}
	return e.count() + " were"
}

// Words says how much was left out or has another name.
func (e *PartlyError) Words(string) (explain.Code, string) {
	switch {
	case e.skipped == 0:
		return explain.Partly, fmt.Sprintf("done, but %s another name, as named above, since theirs cannot be kept there.", Counted(e.Renamed, "file has", "files have"))
	case e.nothing:
		return explain.Partly, fmt.Sprintf("nothing was done: %s left out, as named above with the reason; what was there is as it was.", e.were())
	}
	return explain.Partly, fmt.Sprintf("done, but %s left out, as named above; everything else is complete.", e.were())
}

// FirstError returns the first that is not nil.
func FirstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// jsonDone is the result of commands that only do something.
type jsonDone struct {
	Done    string    `json:"done"`
	Paths   []string  `json:"paths,omitempty"`
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Done tells that something was done to these paths.
func (a *App) Done(what string, paths []string, text string) error {
	return a.DoneBut(what, Noun{}, paths, nil, text)
}

// DoneBut tells that something was done to these paths, and to which it was not.
func (a *App) DoneBut(what string, things Noun, paths []string, skipped []Skipped, text string) error {
	err := a.Show(jsonDone{what, paths, skipped}, func(w io.Writer) {
		if len(paths) > 0 || len(skipped) == 0 { // else nothing was done
			fmt.Fprintln(w, Printable(text))
		}
	})
	return FirstError(err, a.LeftOut(skipped, len(paths), things))
}

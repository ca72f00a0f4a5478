package screens

import (
	"context"
	"strings"
	"unicode"

	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// strangePrograms are the programs on a stick that is plugged in which somebody else than the school
// put there: a computer of the school's checks them by the signed note. None where this computer
// knows no school, or the stick is another's. It runs off the window's goroutine, for a while.
func (k *sticks) strangePrograms(ctx context.Context, path string) []string {
	if k.p == nil {
		return nil
	}
	c, err := k.p.settings()
	if err != nil {
		return nil
	}
	directory, err := c.DirectoryPath()
	if err != nil {
		return nil
	}
	known, err := config.Serials(k.p.Dir()).Newest(directory, c.Verifier)
	if err != nil || known.Directory == nil {
		return nil
	}
	fsys, err := k.openFS(path)
	if err != nil {
		return nil
	}
	defer fsys.Close()
	summary, err := stick.Inspect(fsys, known.Verifier)
	if err != nil {
		return nil // not the school's: opening it says so
	}
	found, err := stick.CheckPrograms(ctx, fsys, summary.Note, nil)
	if err != nil {
		return nil
	}
	return strangeNames(found)
}

// strangeNames are the names of programs that are not the school's.
func strangeNames(found []stick.ProgramFound) []string {
	var names []string
	for _, f := range found {
		if f.Strange() {
			names = append(names, f.Name)
		}
	}
	return names
}

// strangeMessage warns of programs that are not the school's.
func strangeMessage(w *i18n.Words, label string, names []string) widgets.Message {
	return widgets.Message{
		Kind: widgets.Bad, Happened: w.T("programs.strange", "label", label, "names", w.List(names)),
		Files: w.T("programs.strange.files"), Next: w.T("programs.strange.next"),
	}
}

// plantedNames are the names of what lies beside the stick's own, safe to be shown.
func plantedNames(list []stick.Planted) []string {
	var names []string
	for _, p := range list {
		names = append(names, shownName(p.Name))
	}
	return names
}

// shownName is a name from a stick without what could turn the writing round or hide something.
func shownName(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name)
}

// plantedMessage warns of what a computer may run that somebody put on a stick.
func plantedMessage(w *i18n.Words, label string, list []stick.Planted) widgets.Message {
	return widgets.Message{
		Kind: widgets.Bad, Happened: w.T("planted.runs", "label", label, "names", someNames(w, plantedNames(list))),
		Files: w.T("programs.strange.files"), Next: w.T("planted.runs.next"),
	}
}

// othersMessage names what else lies beside the stick's own.
func othersMessage(w *i18n.Words, label string, top stick.Top) (m widgets.Message, any bool) {
	others := top.Others()
	n := len(others) + top.More
	return widgets.Message{
		Kind: widgets.Warn, Happened: w.N("planted.others", n, "label", label, "names", someNames(w, plantedNames(others))), Next: w.T("planted.others.next"),
	}, n > 0
}

// keepChecked takes over what was found out about the programs of a stick that has not been
// pulled out since.
func (l *look) keepChecked(before look) {
	if before.checked && before.note.ID == l.note.ID && before.note.Generation == l.note.Generation {
		l.checked, l.strange = true, before.strange
	}
}

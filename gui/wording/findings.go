package wording

import (
	"errors"
	"strings"
	"unicode"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// OutcomesTold says what became of several devices: how many went well, and by name
// those that did not, and why.
func OutcomesTold(s *gui.Session, done i18n.Key, all []school.Outcome) widgets.Message {
	good, failed := 0, []string{}
	for _, o := range all {
		if o.Err == nil {
			good++
			continue
		}
		failed = append(failed, o.Device.Name()+": "+s.Explain(o.Err).Happened)
	}
	m := widgets.Message{Kind: widgets.Good, Happened: s.Words.N(done, good), Files: strings.Join(failed, "\n")}
	if len(failed) > 0 {
		m.Kind = widgets.Warn
	}
	return m
}

// SetOutcomes shows what became of several devices. A banner has room for a few that
// failed; more are in a dialog that scrolls.
func SetOutcomes(s *gui.Session, banner *widgets.Banner, m widgets.Message) {
	const most = 5
	if failed := strings.Split(m.Files, "\n"); len(failed) > most {
		s.Tell(widgets.Message{Kind: m.Kind, Happened: m.Happened, Next: m.Next, Details: m.Files})
		m.Files = strings.Join(append(failed[:most], "…"), "\n")
	}
	banner.Set(m)
}

// HealthyMessage says that a stick is in order.
func HealthyMessage(w *i18n.Words, r stick.CheckResult) widgets.Message {
	m := widgets.Message{Kind: widgets.Good, Happened: w.T("care.healthy"), Files: w.T("care.healthy.empty")}
	if r.Files > 0 {
		m.Files = w.N("care.healthy.files", r.Files)
	}
	return m
}

// ErrIntoItself: a folder was to be moved into itself.
var ErrIntoItself = errors.New("a folder cannot be moved into itself")

// SomeNames names the first of several, and says how many more there are.
func SomeNames(w *i18n.Words, names []string) string {
	const most = 5
	if len(names) <= most {
		return w.List(names)
	}
	return w.List(append(names[:most:most], w.N("names.more", len(names)-most)))
}

// ProgramName says for which system a program is.
func ProgramName(w *i18n.Words, name string) string {
	switch name {
	case stick.WindowsProgram:
		return w.T("programs.windows")
	case stick.LinuxProgram:
		return w.T("programs.linux")
	case stick.MacProgram:
		return w.T("programs.macos")
	}
	return name
}

// ProgramTexts name programs with their versions.
func ProgramTexts(w *i18n.Words, list []stick.Program) []string {
	var names []string
	for _, p := range list {
		names = append(names, w.T("programs.versioned", "name", ProgramName(w, p.Name), "version", ShortVersion(p.Version)))
	}
	return names
}

// ShortVersion is a version as people read it.
func ShortVersion(version string) string { return strings.TrimPrefix(version, "v") }

// WeakWords says why a passphrase is refused.
func WeakWords(w *i18n.Words, e *keys.WeakError) string {
	key, ok := map[keys.Reason]i18n.Key{
		keys.ReasonEmpty:     "weak.empty",
		keys.ReasonShort:     "weak.short",
		keys.ReasonLong:      "weak.long",
		keys.ReasonText:      "weak.text",
		keys.ReasonCommon:    "weak.common",
		keys.ReasonPersonal:  "weak.personal",
		keys.ReasonRepeat:    "weak.repeat",
		keys.ReasonSequence:  "weak.sequence",
		keys.ReasonKeyboard:  "weak.keyboard",
		keys.ReasonDate:      "weak.date",
		keys.ReasonGuessable: "weak.guessable",
		keys.ReasonSame:      "weak.same",
	}[e.Reason]
	if !ok {
		key = "weak.guessable"
	}
	return w.T(key, "min", e.Policy.MinLength)
}

// StrangeNames are the names of programs that are not the school's.
func StrangeNames(found []stick.ProgramFound) []string {
	var names []string
	for _, f := range found {
		if f.Strange() {
			names = append(names, f.Name)
		}
	}
	return names
}

// StrangeMessage warns of programs that are not the school's.
func StrangeMessage(w *i18n.Words, label string, names []string) widgets.Message {
	return widgets.Message{
		Kind: widgets.Bad, Happened: w.T("programs.strange", "label", label, "names", w.List(names)),
		Files: w.T("programs.strange.files"), Next: w.T("programs.strange.next"),
	}
}

// PlantedNames are the names of what lies beside the stick's own, safe to be shown.
func PlantedNames(list []stick.Planted) []string {
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

// PlantedMessage warns of what a computer may run that somebody put on a stick.
func PlantedMessage(w *i18n.Words, label string, list []stick.Planted) widgets.Message {
	return widgets.Message{
		Kind: widgets.Bad, Happened: w.T("planted.runs", "label", label, "names", SomeNames(w, PlantedNames(list))),
		Files: w.T("programs.strange.files"), Next: w.T("planted.runs.next"),
	}
}

// OthersMessage names what else lies beside the stick's own.
func OthersMessage(w *i18n.Words, label string, top stick.Top) (m widgets.Message, any bool) {
	others := top.Others()
	n := len(others) + top.More
	return widgets.Message{
		Kind: widgets.Warn, Happened: w.N("planted.others", n, "label", label, "names", SomeNames(w, PlantedNames(others))), Next: w.T("planted.others.next"),
	}, n > 0
}

// ReachICT says how ICT is reached, on one line.
func ReachICT(w *i18n.Words, contact string) string {
	return w.T("ict.reach", "contact", strings.ReplaceAll(contact, "\n", ", "))
}

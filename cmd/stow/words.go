package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"stowage/crypt/fault"
	"stowage/crypt/safefile"
	"stowage/devices/school"
	"stowage/gui/explain"
)

// ownRows are the errors that only this program has.
var ownRows = []explain.Row{
	{Is: errCancelled, Code: explain.Cancelled, Sentence: "Stopped; nothing was changed."},
	{Is: errStartedFromStick, Code: explain.State, Sentence: "Stow was started from a stick and leaves this computer's settings as they are, so nothing was changed; start the stow that is installed here."},
	{Is: errNoICT, Code: explain.NoSchool, About: "this computer", Sentence: "Nothing on {} tells which school's ICT the report is for, so it cannot be encrypted to them and nothing was written; ring them, as the slip that came with the device says, or write the report as text with: stow report lost --plain FILE"},
	{Is: errNoTerminal, Code: explain.Usage, About: "the passphrase", Sentence: "There is no terminal on which to ask for the passphrase, so nothing was done; give it in a file with --passphrase-file (or the like; see --help)."},
	{Is: errEmptyPassphrase, Code: explain.Usage, Sentence: "The passphrase given is empty, so nothing was done; check what was typed or the file."},
	{Is: errNotText, Code: explain.Usage, Sentence: "The passphrase given is not in UTF-8, or in UTF-16 without its mark, so nothing was done; save the file anew as UTF-8 (in Notepad: Save as, Encoding)."},
	{Is: errLongPassphrase, Code: explain.Usage, Sentence: "The passphrase given is longer than 1024 bytes, so nothing was done; check the file."},
	{Is: errNotTheSame, Code: explain.Usage, Sentence: "The two entries are not the same, so nothing was changed; type the new passphrase again."},
	{Is: errPlainFound, Code: explain.Plain, Sentence: "There are files that are not encrypted, and a finder could read them; encrypt them with: stow stick convert"},
	{Is: errRolledBack, Code: explain.RolledBack, About: "the stick", Sentence: "{} is older than it was when last seen, so somebody may have put it back to an earlier state; that is on record, and what it holds is as it was then, so find out what happened to it."},
	{Is: errForked, Code: explain.RolledBack, About: "the stick", Sentence: "{} was put back to an earlier state and then written on; that is on record, and what it held between is lost from it, so get that from its backup (stow stick restore --at), find out what happened, and then settle it with: stow stick checkin --recovery --settle 'WHY'"},
	{Is: errUnclear, Code: explain.RolledBack, About: "the stick", Sentence: "{} holds something else than its backup in the same place, so it was not backed up: it may have been put back to an earlier state and then written on; what it is shows when it is opened: stow stick checkin"},
	{Is: errDiffers, Code: explain.Damaged, About: "the stick", Sentence: "Something on {} is not what was backed up, though it never changes; the backup keeps what it has, so check the stick with: stow stick check"},
	{Is: errTampered, Code: explain.Tampered, About: "the register", Sentence: "The register does not fit the checkpoint that {} brought back, so somebody may have changed it; nothing was lost and the stick keeps the proof, so find out with: stow register verify"},
	{Is: errNotTop, Code: explain.Unsuitable, About: "this", Sentence: "{} is not the top of a drive, so nothing was changed; give the drive's own path (stow drives), or add --folder to make a stick of a folder."},
	{Is: errPlanted, Code: explain.Forged, About: "the stick", Sentence: "Something that a computer may run was put on {}, and not by the school, so start nothing from it; the files stored are encrypted and unharmed, so tell ICT, who find out who had it, copy what was put there and delete it"},
	{Is: errStrangeProgram, Code: explain.Forged, About: "the stick", Sentence: "A program on {} is not the one that the school put there, so nobody may start it; the files stored are encrypted and unharmed, so tell ICT, who replace it with: stow stick checkin --recovery --replace-programs"},
	{Is: errNoReport, Code: explain.NotFound, About: "this report", Sentence: "{} is not in the inbox, so nothing was changed; look with: stow report inbox"},
	{Is: errNoIncident, Code: explain.NotFound, About: "this incident", Sentence: "{} is no incident, so nothing was changed; look with: stow incident list --all"},
	{Is: errNoListing, Code: explain.NotFound, About: "the incident", Sentence: "Nothing is on record of what was on the device of {}."},
}

// explain returns the exit code for err and the sentence for the person.
func (a *app) explain(err error) (explain.Code, string) {
	err = fault.Classify(err)
	subject := ""
	if s, ok := errors.AsType[*subjectError](err); ok {
		subject = s.subject
	}
	if p, ok := errors.AsType[*school.PersonError](err); ok {
		subject = p.Who
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && (errors.Is(err, safefile.ErrInUse) || errors.Is(err, safefile.ErrPartInUse)) {
		subject = p.Path // of all that a command was given, the one to close
	}
	if code, text, ok := explainTyped(err, subject); ok {
		if isName(subject) && strings.HasPrefix(text, subject) {
			return code, text
		}
		return code, capital(text)
	}
	if errors.Is(err, context.Canceled) { // whatever else failed by that
		return explain.Cancelled, "Stopped; nothing half-done was left behind."
	}
	if row, ok := explain.Find(err, ownRows...); ok {
		text := strings.ReplaceAll(row.Sentence, "{or}", a.orAdd())
		text = strings.ReplaceAll(text, "{}", cmp.Or(subject, row.About))
		if strings.HasPrefix(row.Sentence, "{}") && isName(subject) {
			return row.Code, text // plain.age stays plain.age
		}
		return row.Code, capital(text)
	}
	return explain.Failed, "This did not work: " + err.Error() + "."
}

// orAdd advises those flags for a name that is taken which the command has.
func (a *app) orAdd() string {
	var has []string
	for _, flag := range []string{"replace", "keep-both", "skip"} {
		if a.command != nil && a.command.Flags().Lookup(flag) != nil {
			has = append(has, "--"+flag)
		}
	}
	if len(has) == 0 {
		return ""
	}
	return ", or add " + strings.ReplaceAll(joinAnd(has), " and ", " or ")
}

// isName reports whether a subject is the name of something, and no phrase.
func isName(subject string) bool {
	return subject != "" && !strings.HasPrefix(subject, "the ") && !strings.HasPrefix(subject, "standard ")
}

// capital makes the first letter of a sentence a capital.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

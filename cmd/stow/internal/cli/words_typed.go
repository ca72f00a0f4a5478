package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/lists"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/issue"
	"stowage/devices/school/loss"
	"stowage/gui/explain"
)

// worded is an error of a command that knows its own exit code and words.
type worded interface {
	error
	// Words says what happened to the subject, which is empty where it is not known, and what to do next.
	Words(subject string) (code explain.Code, text string)
}

// explainTyped puts the errors into words that say more than what kind they
// are of.
func explainTyped(err error, subject string) (explain.Code, string, bool) {
	if e, ok := errors.AsType[*usageError](err); ok {
		return explain.Usage, e.message + "; see --help.", true
	}
	if e, ok := errors.AsType[*config.FileError](err); ok && !errors.Is(err, keys.ErrNewer) {
		return explain.Usage, fmt.Sprintf("the config file %s is not in order (%v); correct it or remove it.", e.Path, e.Err), true
	}
	if e, ok := errors.AsType[worded](err); ok {
		code, text := e.Words(subject)
		return code, text, true
	}
	if code, text, ok := explainSchool(err, subject); ok {
		return code, text, true
	}
	return explainRegister(err, subject)
}

// explainSchool puts the types of the school, keys and sticks into words.
func explainSchool(err error, subject string) (explain.Code, string, bool) {
	if e, ok := errors.AsType[*issue.KnownAsError](err); ok {
		if e.Serial {
			return explain.Exists, fmt.Sprintf("this drive is in the register as %s, so nothing was changed; leave --label out, or add --ignore-serial if it is another of the same batch.", e.Name), true
		}
		return explain.Exists, fmt.Sprintf("the label %s belongs to another device, so nothing was changed; choose another label.", e.Name), true
	}
	if e, ok := errors.AsType[*loss.ReportError](err); ok {
		if e.Long {
			return explain.BadInput, fmt.Sprintf("the answer %q of the loss report is too long, so nothing was sent; shorten it, ICT will ask for the rest.", e.Field), true
		}
		return explain.BadInput, fmt.Sprintf("the answer %q of the loss report is missing or makes no sense, so the report was not used; correct it.", e.Field), true
	}
	if e, ok := errors.AsType[*keys.WeakError](err); ok {
		return explain.Weak, weakText(e), true
	}
	if e, ok := errors.AsType[*stick.InUseError](err); ok {
		who := "another program"
		if e.PID != 0 {
			who = fmt.Sprintf("%s (process %d)", cmp.Or(e.Program, "another program"), e.PID)
		}
		return explain.InUse, fmt.Sprintf("%s is open in %s, so nothing was changed; close it there and try again.", cmp.Or(subject, "the stick"), who), true
	}
	if e, ok := errors.AsType[*stick.DestinationError](err); ok {
		code, text := destinationText(e)
		return code, text, true
	}
	if e, ok := errors.AsType[*stick.NoSpaceError](err); ok {
		next := "free some space (stow stick tidy) or use a larger stick"
		if e.Kept > 0 {
			next = fmt.Sprintf("stow stick tidy would free about %s, which deleted files and old versions take up that are kept for now", SizeText(e.Kept))
		}
		return explain.Full, fmt.Sprintf("this needs %s and the drive has %s free, so nothing was stored; %s.", SizeText(e.Need), SizeText(e.Free), next), true
	}
	return 0, "", false
}

// destinationText says what became of files that were being written to this computer.
func destinationText(e *stick.DestinationError) (explain.Code, string) {
	code, what, next := explain.Vanished, "is not there any more", "connect it or make it again"
	switch fault.Of(e.Err) {
	case fault.ErrFull:
		code, what, next = explain.Full, "is on a drive that is full", "free some space there"
		if e.Free >= 0 && e.Need > e.Free {
			what = fmt.Sprintf("is on a drive with %s free, and %s are still to be written", SizeText(e.Free), SizeText(e.Need))
		}
	case fault.ErrReadOnly:
		code, what, next = explain.ReadOnly, "can only be read", "choose another folder"
	case fault.ErrFailing:
		what, next = "is on a drive that made an error", "choose another folder"
	}
	return code, fmt.Sprintf("the folder %s %s, so not everything was written there; what is named above is complete and the stick is as it was, so %s and repeat the command.", e.Path, what, next)
}

// weakText says why a new passphrase was refused.
func weakText(e *keys.WeakError) string {
	reasons := map[keys.Reason]string{
		keys.ReasonEmpty:     "it is empty",
		keys.ReasonShort:     fmt.Sprintf("it is shorter than %d characters", e.Policy.MinLength),
		keys.ReasonLong:      "it is longer than 200 characters",
		keys.ReasonText:      "it holds characters that cannot be typed everywhere",
		keys.ReasonCommon:    "it is among the words and passwords that are tried first",
		keys.ReasonPersonal:  "it is made of your name or the school's",
		keys.ReasonRepeat:    "it repeats itself",
		keys.ReasonSequence:  "it is a simple sequence, such as abcd or 6543",
		keys.ReasonKeyboard:  "it follows the keys of the keyboard",
		keys.ReasonDate:      "it is a date",
		keys.ReasonGuessable: "it could be guessed too soon",
		keys.ReasonSame:      "it is the old one",
	}
	return "the new passphrase was not taken, since " + cmp.Or(reasons[e.Reason], "it is too weak") +
		"; nothing was changed, so choose another, such as four or more words that do not belong together."
}

// explainRegister puts the types of the register into words.
func explainRegister(err error, subject string) (explain.Code, string, bool) {
	if e, ok := errors.AsType[*devices.ImportError](err); ok {
		return explain.BadInput, fmt.Sprintf("nothing was imported from %s, since it is not in order: %s", cmp.Or(subject, "the file"), importText(e)), true
	}
	if e, ok := errors.AsType[*devices.TamperError](err); ok {
		return explain.Tampered, tamperText(e), true
	}
	if e, ok := errors.AsType[*devices.DifferenceError](err); ok {
		return explain.Tampered, fmt.Sprintf("the %s %s in the register does not follow from its events, so it was changed by other means; nothing was changed now. Keep a copy of the file, and compare it with its backups.", e.Record, e.ID), true
	}
	if e, ok := errors.AsType[*devices.Refusal](err); ok {
		return explain.State, fmt.Sprintf("%s is %s, so it cannot be %s now and nothing was changed; possible: stow device %s.", e.Name, e.State, actionWords(e.Action).done, joinActions(e.Instead)), true
	}
	if e, ok := errors.AsType[*devices.DuplicateError](err); ok {
		return explain.Exists, fmt.Sprintf("the %s %q is in the register already, so nothing was changed; choose another.", e.Field, e.Value), true
	}
	if e, ok := errors.AsType[*devices.AmbiguousError](err); ok {
		names := []string{}
		for _, h := range e.Candidates {
			names = append(names, JoinWords(h.Name, h.Email))
		}
		return explain.NotFound, fmt.Sprintf("%q could be any of %s, so nothing was done; give the e-mail address or the id.", e.Text, strings.Join(names, ", ")), true
	}
	if e, ok := errors.AsType[*lists.FileError](err); ok {
		return explain.BadInput, fmt.Sprintf("%s %s, so nothing was imported.", cmp.Or(subject, "the file"), e.Problem), true
	}
	if e, ok := errors.AsType[*devices.InvalidError](err); ok {
		return explain.BadInput, e.Error() + ", so nothing was changed.", true
	}
	return 0, "", false
}

// actionWord is how people speak of an action, and the command for it.
type actionWord struct{ done, command string }

func actionWords(a devices.Action) actionWord {
	switch a {
	case devices.Issue:
		return actionWord{"issued", "issue"}
	case devices.Extend:
		return actionWord{"lent for longer", "extend"}
	case devices.Return:
		return actionWord{"returned", "return"}
	case devices.Restock:
		return actionWord{"put back in stock", "restock"}
	case devices.Lose:
		return actionWord{"recorded as lost", "lost"}
	case devices.Steal:
		return actionWord{"recorded as stolen", "stolen"}
	case devices.Find:
		return actionWord{"recorded as found", "found"}
	case devices.Damage:
		return actionWord{"recorded as damaged", "damaged"}
	case devices.Retire:
		return actionWord{"retired", "retire"}
	case devices.Destroy:
		return actionWord{"recorded as destroyed", "destroy"}
	}
	return actionWord{string(a), string(a)}
}

func joinActions(actions []devices.Action) string {
	words := []string{}
	for _, a := range actions {
		words = append(words, actionWords(a).command)
	}
	return strings.Join(words, ", ")
}

// importText names the first thing wrong, and how many more there are.
func importText(e *devices.ImportError) string {
	if len(e.Rows) == 0 {
		return "correct it and import it again."
	}
	text := RowText(e.Rows[0])
	if more := e.Count() - max(e.Rows[0].Count, 1); more > 0 {
		text += fmt.Sprintf(", and %s", Counted(more, "more thing", "more things"))
	}
	return text + "; correct it and import it again."
}

const openElsewhere = "it is open in another program; close it there and try again"

// skipReason says why a file was left out.
func skipReason(err error) string {
	err = fault.Classify(err)
	for _, r := range []struct {
		is   error
		text string
	}{
		{stick.ErrExists, "the name is taken already"},
		{stick.ErrKind, "a folder and a file cannot take each other's place"},
		{stick.ErrName, "a stick cannot hold that name"},
		{stick.ErrNotFound, "it is not on the stick"},
		{stick.ErrSpecial, "a link or a device, which is not stored"},
		{stick.ErrNotVerified, "what was read back is not the same, so the plain file was kept"},
		{stick.ErrDamaged, "it is damaged on the stick"},
		{stick.ErrForged, "it is not authentic"},
		{safefile.ErrInUse, openElsewhere},
		{safefile.ErrPartInUse, openElsewhere},
		{fault.ErrGone, "the drive or folder that it is on was taken away"},
		{fault.ErrFailing, "the drive that it is on made an error, or was pulled out"},
		{fs.ErrNotExist, "there is no file or folder of that name"},
		{fs.ErrPermission, "the system does not allow access to it"},
		{stick.ErrChanged, "it changed while it was being read"}, // after that it is gone, which is a change as well
	} {
		if errors.Is(err, r.is) {
			return r.text
		}
	}
	return err.Error()
}

// WarningText puts what is wrong on a stick into words.
func WarningText(w stick.Warning) string {
	what := cmp.Or(w.Name, "the stick")
	switch w.Kind {
	case stick.WarnTorn:
		return what + " is not whole: either the stick was pulled while it was written, and nothing in it had been reported as stored, or it was damaged since. " +
			"What can still be read of it is saved by: stow stick repair"
	case stick.WarnDamaged:
		if errors.Is(w.Err, crypt.ErrNoIdentity) {
			return what + " does not open with this stick's key: it is damaged, or of another stick. What else it held, if anything, is not known."
		}
		return what + " is damaged; what can still be read of it is saved by: stow stick repair"
	case stick.WarnForged:
		return what + " was made by somebody who does not have this stick's key, so it was not read; tell ICT."
	case stick.WarnMisplaced:
		return what + " belongs elsewhere, so it was not read; tell ICT."
	case stick.WarnMissing:
		if w.Name == "" {
			what = fmt.Sprintf("Layer %d", w.Seq)
		}
		return what + " is missing from the " + missingAt(w.At) + " of what was stored, with what it held; everything else can be read. The school's backup may have it: stow stick repair --school-backup"
	case stick.WarnForeign:
		return what + " does not belong to the stick and was left alone."
	case stick.WarnEntry:
		return "something in " + what + " is not allowed on a stick and was left out."
	case stick.WarnAltered:
		return what + " is not as it was written; your files are not touched by it, but ICT should see to it."
	case stick.WarnForked:
		return "this stick was put back to an earlier state and then written on: what was stored between is no longer on it. Show it to ICT; the school's backup may have it."
	case stick.WarnRolledBack:
		return "this stick is older than it was when last used here: somebody may have put it back to an earlier state, so show it to ICT."
	}
	return w.String()
}

// missingAt is where a layer is missing.
func missingAt(at stick.Position) string {
	switch at {
	case stick.AtTheBeginning:
		return "beginning"
	case stick.AtTheEnd:
		return "end"
	}
	return "middle"
}

// PublishError finds the error that says a change stands, but was not published.
func PublishError(err error) *school.PublishError {
	p, _ := errors.AsType[*school.PublishError](err)
	return p
}

// tamperText puts what does not fit into words.
func tamperText(e *devices.TamperError) string {
	which := fmt.Sprintf("event %d", e.First)
	if e.Last > e.First {
		which = fmt.Sprintf("events %d to %d", e.First, e.Last)
	}
	text := ""
	switch e.Reason {
	case devices.TamperMissing:
		is := "is"
		if e.Last > e.First {
			is = "are"
		}
		text = fmt.Sprintf("%s %s missing from the register", which, is)
	case devices.TamperChanged:
		text = fmt.Sprintf("%s of the register is not what was recorded", which)
	case devices.TamperHashes:
		text = fmt.Sprintf("the log of the register does not fit its events, up to event %d", e.Last)
	case devices.TamperRewritten:
		text = fmt.Sprintf("the register was rewritten: at least one of %s is not what it was", which)
		if e.First == e.Last {
			text = fmt.Sprintf("the register was rewritten: %s is not what it was", which)
		}
	}
	if w := e.Witness; w != nil {
		text += fmt.Sprintf(", which a signed checkpoint shows (%s) and no restoring on record explains", witnessText(w))
	}
	return text + "; nothing was changed now. Keep the file as it is, tell whoever answers for the register, and compare it with its backups."
}

func witnessText(w *devices.Witness) string {
	switch {
	case w.Device != "" && !w.Seen.IsZero():
		return fmt.Sprintf("on %s, seen on %s", w.Device, DayText(w.Seen))
	case w.Place == "":
		return "given with --checkpoint"
	case w.Seen.IsZero():
		return w.Place
	}
	return fmt.Sprintf("%s, seen on %s", cmp.Or(w.Place, "from a stick"), DayText(w.Seen))
}

// RowText names one kind of thing wrong in a list by its lines and column.
func RowText(r devices.RowError) string {
	text := "line " + strconv.Itoa(r.Line)
	const named = 10
	if r.Count > 1 {
		lines := []string{}
		for _, line := range r.Lines[:min(len(r.Lines), named)] {
			lines = append(lines, strconv.Itoa(line))
		}
		text = "lines " + strings.Join(lines, ", ")
		if more := r.Count - len(lines); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	if r.Column != "" {
		text += ", column " + r.Column
	}
	return text + ": " + r.Err.Error()
}

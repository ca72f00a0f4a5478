package screens

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/release"
	"stowage/crypt/stick/webdav"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/store"
	"stowage/gui"
	"stowage/gui/editing"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// explanation puts an error into words: KEY says what happened, KEY.files what it
// means for the files, KEY.next what to do next.
type explanation struct {
	is   error
	kind parts.Kind
	key  words.Key
}

// explanations are tried in order; the first whose error is in the chain wins.
var explanations = []explanation{
	// What a person does or types.
	{keys.ErrPassphrase, parts.Warn, "explain.passphrase"},
	{keys.ErrCode, parts.Warn, "explain.code"},
	{errIntoItself, parts.Warn, "explain.itself"},
	{keys.ErrMustChange, parts.Info, "explain.mustchange"},
	{keys.ErrTooWeak, parts.Warn, "explain.weak"},
	{crypt.ErrPassphrase, parts.Warn, "explain.passphrase"},

	// The school and its directory.
	{keys.ErrOtherSchool, parts.Bad, "explain.otherschool"},
	{keys.ErrForged, parts.Bad, "explain.forged"},
	{keys.ErrOlder, parts.Warn, "explain.older"},
	{keys.ErrNewer, parts.Warn, "explain.newer"},
	{keys.ErrBlocked, parts.Warn, "explain.blocked"},
	{keys.ErrNoKey, parts.Warn, "explain.nokey"},
	{keys.ErrUnknown, parts.Warn, "explain.unknown"},
	{keys.ErrAmbiguous, parts.Warn, "explain.ambiguous"},
	{keys.ErrDamagedKey, parts.Bad, "explain.damagedkey"},
	{keys.ErrWrongKey, parts.Warn, "explain.wrongkey"},
	{keys.ErrWorkFactor, parts.Bad, "explain.workfactor"},
	{config.ErrNoSchool, parts.Info, "explain.noschool"},
	{school.ErrReport, parts.Bad, "explain.report"},
	{school.ErrNoInbox, parts.Warn, "explain.noinbox"},
	{school.ErrNoShared, parts.Warn, "explain.noshared"},
	{school.ErrHandled, parts.Info, "explain.handled"},
	{school.ErrNotSchool, parts.Warn, "explain.notschool"},
	{school.ErrNotEmpty, parts.Warn, "explain.notempty"},
	{school.ErrLocked, parts.Info, "explain.locked"},
	{school.ErrHasKey, parts.Warn, "explain.haskey"},
	{school.ErrNoKeyFile, parts.Warn, "explain.nokeyfile"},
	{school.ErrNotRemovable, parts.Warn, "explain.notremovable"},
	{school.ErrUnknownStick, parts.Warn, "explain.unknownstick"},
	{school.ErrNotPluggedIn, parts.Warn, "explain.notpluggedin"},
	{school.ErrNotTheirs, parts.Warn, "explain.nottheirs"},
	{school.ErrToRotate, parts.Warn, "explain.torotate"},
	{school.ErrNoReason, parts.Warn, "explain.noreason"},
	{school.ErrNoCode, parts.Warn, "explain.nocode"},
	{school.ErrListing, parts.Bad, "explain.listing"},
	{school.ErrNoProgram, parts.Warn, "explain.noprogram"},
	{release.ErrNotProgram, parts.Warn, "explain.notprogram"},
	{stick.ErrProgram, parts.Bad, "explain.strangeprogram"},
	{keys.ErrValue, parts.Bad, "explain.value"},

	{gui.ErrProgram, parts.Warn, "explain.program"},

	// Sticks and drives.
	{stick.ErrNotStick, parts.Warn, "explain.notstick"},
	{stick.ErrAlreadyStick, parts.Warn, "explain.already"},
	{stick.ErrInTheWay, parts.Warn, "explain.intheway"},
	{stick.ErrFormat, parts.Warn, "explain.newer"},
	{stick.ErrNoCode, parts.Warn, "explain.codeused"},
	{stick.ErrNoKey, parts.Warn, "explain.stick.nokey"},
	{stick.ErrSwapped, parts.Bad, "explain.swapped"},
	{stick.ErrForged, parts.Bad, "explain.stick.forged"},
	{stick.ErrGone, parts.Warn, "explain.gone"},
	{stick.ErrFull, parts.Warn, "explain.full"},
	{stick.ErrReadOnly, parts.Warn, "explain.readonly"},
	{stick.ErrFailing, parts.Warn, "explain.failing"},
	{stick.ErrReopen, parts.Warn, "explain.reopen"},
	{stick.ErrLocked, parts.Warn, "explain.inuse"},
	{stick.ErrClosed, parts.Info, "explain.closed"},
	{editing.ErrClosed, parts.Info, "explain.closed"},
	{stick.ErrTooLarge, parts.Warn, "explain.toolarge"},
	{stick.ErrExists, parts.Warn, "explain.exists"},
	{stick.ErrKind, parts.Warn, "explain.kind"},
	{stick.ErrName, parts.Warn, "explain.name"},
	{stick.ErrSpecial, parts.Warn, "explain.special"},
	{stick.ErrChanged, parts.Warn, "explain.changed"},
	{stick.ErrNotVerified, parts.Bad, "explain.notverified"},
	{stick.ErrNotFound, parts.Warn, "explain.stick.notfound"},
	{stick.ErrMissing, parts.Bad, "explain.missing"},
	{stick.ErrDamaged, parts.Bad, "explain.stick.damaged"},
	{drives.ErrSystem, parts.Warn, "explain.system"},
	{drives.ErrBusy, parts.Warn, "explain.drive.busy"},
	{drives.ErrNotAllowed, parts.Warn, "explain.drive.notallowed"},
	{drives.ErrGone, parts.Warn, "explain.gone"},

	// The register.
	{devices.ErrNotFound, parts.Warn, "explain.notfound"},
	{devices.ErrChanged, parts.Warn, "explain.register.changed"},
	{devices.ErrLeft, parts.Warn, "explain.left"},
	{devices.ErrCorrupt, parts.Bad, "explain.register.damaged"},
	{store.ErrDamaged, parts.Bad, "explain.register.damaged"},
	{school.ErrTampered, parts.Bad, "explain.tampered"},
	{school.ErrCheckpoint, parts.Warn, "explain.checkpoint"},
	{store.ErrNotRegister, parts.Warn, "explain.notregister"},
	{devices.ErrNewer, parts.Warn, "explain.newer"},
	{store.ErrNewer, parts.Warn, "explain.newer"},
	{store.ErrFull, parts.Warn, "explain.register.full"},
	{store.ErrReadOnly, parts.Warn, "explain.register.readonly"},
	{store.ErrVanished, parts.Warn, "explain.register.vanished"},
	{store.ErrFailing, parts.Warn, "explain.register.failing"},
	{store.ErrBusy, parts.Info, "explain.register.busy"},
	{store.ErrNotAllowed, parts.Warn, "explain.register.notallowed"},
	{store.ErrPassword, parts.Warn, "explain.register.password"},
	{store.ErrNoDatabase, parts.Warn, "explain.register.unreachable"},
	{store.ErrURL, parts.Warn, "explain.register.url"},
	{store.ErrNotSetUp, parts.Warn, "explain.register.notsetup"},
	{store.ErrNotEmpty, parts.Warn, "explain.register.notempty"},
	{school.ErrOnServer, parts.Warn, "explain.register.onserver"},
	{store.ErrMoved, parts.Warn, "explain.register.moved"},

	// Files.
	{crypt.ErrExists, parts.Warn, "explain.exists"},
	{crypt.ErrNoIdentity, parts.Warn, "explain.noidentity"},
	{crypt.ErrNotAge, parts.Warn, "explain.notage"},
	{crypt.ErrWorkFactor, parts.Bad, "explain.hostile"},
	{crypt.ErrDamaged, parts.Bad, "explain.damaged"},
	{crypt.ErrTooMany, parts.Bad, "explain.toomany"},
	{crypt.ErrUnsafe, parts.Bad, "explain.unsafe"},
	{crypt.ErrChanged, parts.Warn, "explain.changed"},
	{crypt.ErrNotRegular, parts.Warn, "explain.notafile"},
	{school.ErrNotEncrypted, parts.Warn, "explain.notage"},
	{crypt.ErrInUse, parts.Warn, "explain.file.inuse"},
	{crypt.ErrPartInUse, parts.Warn, "explain.file.inuse"},
	{fault.ErrFull, parts.Warn, "explain.full"},
	{fault.ErrReadOnly, parts.Warn, "explain.readonly"},
	{fault.ErrGone, parts.Warn, "explain.file.taken"},
	{fault.ErrFailing, parts.Warn, "explain.failing"},
	{fs.ErrNotExist, parts.Warn, "explain.file.gone"},
	{fs.ErrExist, parts.Warn, "explain.exists"},
	{fs.ErrPermission, parts.Warn, "explain.permission"},
	{webdav.ErrComputerFull, parts.Warn, "explain.computer.full"},
	{webdav.ErrComputerFailing, parts.Warn, "explain.computer.failing"},
	{webdav.ErrNoClient, parts.Warn, "explain.drive.noclient"},
	{stick.ErrBackingUp, parts.Warn, "explain.backingup"},
	{stick.ErrNoBackup, parts.Warn, "explain.nobackup"},
	{stick.ErrOtherBackup, parts.Bad, "explain.otherbackup"},
	{devices.ErrClosed, parts.Warn, "explain.incident.closed"},
	{devices.ErrUndecided, parts.Warn, "explain.incident.undecided"},
	{context.DeadlineExceeded, parts.Warn, "explain.slow"},
}

// Explain puts an error into words for people: gui.Options.Explain. It returns false
// for what it does not know, which the window then shows as unexpected.
func Explain(w *words.Words, err error) (parts.Message, bool) {
	err = fault.Told(err)
	if m, ok := explainTyped(w, err); ok {
		return m, true
	}
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			return say(w, e.kind, e.key, subject(err)), true
		}
	}
	return parts.Message{}, false
}

// say is a message from a group of texts; pairs fill the placeholders.
func say(w *words.Words, kind parts.Kind, key words.Key, about string, pairs ...any) parts.Message {
	return parts.Message{
		Kind: kind, Happened: w.T(key, pairs...), Files: w.T(key+".files", pairs...), Next: w.T(key+".next", pairs...),
		Details: about,
	}
}

// subject is what an error is about, as people call it; "" when it does not say.
func subject(err error) string {
	if p, ok := errors.AsType[*school.PersonError](err); ok {
		return p.Who
	}
	if f, ok := errors.AsType[*school.FileError](err); ok {
		return f.Path
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && !strings.HasPrefix(p.Path, "stowage/") { // which says nothing to anybody
		return p.Path
	}
	return ""
}

// explainTyped puts errors into words that say more than what kind they are of.
func explainTyped(w *words.Words, err error) (parts.Message, bool) {
	if e, ok := errors.AsType[*school.ReportError](err); ok {
		key := words.Key("explain.report.field")
		if e.Long {
			key = "explain.report.long"
		}
		return say(w, parts.Warn, key, e.Field), true
	}
	if e, ok := errors.AsType[*config.FileError](err); ok {
		return say(w, parts.Bad, "explain.config", e.Error()), true
	}
	if e, ok := errors.AsType[*school.PublishError](err); ok {
		return say(w, parts.Warn, "explain.publish", e.Err.Error()), true
	}
	if e, ok := errors.AsType[*school.KnownAsError](err); ok {
		key := words.Key("explain.known.label")
		if e.Serial {
			key = "explain.known.serial"
		}
		return say(w, parts.Warn, key, "", "name", e.Name), true
	}
	if e, ok := errors.AsType[*stick.DestinationError](err); ok {
		return explainDestination(w, e), true
	}
	if e, ok := errors.AsType[*stick.NoSpaceError](err); ok {
		return say(w, parts.Warn, "explain.nospace", "", "need", w.Size(e.Need), "free", w.Size(e.Free)), true
	}
	if e, ok := errors.AsType[*stick.InUseError](err); ok {
		if e.Program != "" && e.PID != 0 {
			return say(w, parts.Warn, "explain.inuse.by", "", "program", e.Program, "process", e.PID), true
		}
		return say(w, parts.Warn, "explain.inuse", ""), true
	}
	if e, ok := errors.AsType[*keys.WeakError](err); ok {
		m := say(w, parts.Warn, "explain.weak", "")
		m.Happened = m.Happened + " " + weakWords(w, e)
		return m, true
	}
	if e, ok := errors.AsType[*keys.BlockedError](err); ok {
		return say(w, parts.Warn, "explain.blocked", e.Person.Name), true
	}
	if e, ok := errors.AsType[*config.FileError](err); ok {
		return say(w, parts.Bad, "explain.config", e.Error()), true
	}
	return explainRegister(w, err)
}

// explainDestination says what became of files that were being written to this computer.
func explainDestination(w *words.Words, e *stick.DestinationError) parts.Message {
	key := words.Key("explain.dest.gone")
	switch fault.Of(e.Err) {
	case fault.ErrFull:
		if e.Free >= 0 && e.Need > e.Free {
			return say(w, parts.Warn, "explain.dest.space", e.Path, "need", w.Size(e.Need), "free", w.Size(e.Free))
		}
		key = "explain.dest.full"
	case fault.ErrReadOnly:
		key = "explain.dest.readonly"
	case fault.ErrFailing:
		key = "explain.dest.failing"
	}
	return say(w, parts.Warn, key, e.Path)
}

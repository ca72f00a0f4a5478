package screens

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/crypt/stick/release"
	"stowage/crypt/stick/webdav"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/store"
	"stowage/gui"
	"stowage/gui/editing"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// explanation puts an error into words: KEY says what happened, KEY.files what it
// means for the files, KEY.next what to do next.
type explanation struct {
	is   error
	kind widgets.Kind
	key  i18n.Key
}

// explanations are tried in order; the first whose error is in the chain wins.
var explanations = []explanation{
	// What a person does or types.
	{keys.ErrPassphrase, widgets.Warn, "explain.passphrase"},
	{keys.ErrCode, widgets.Warn, "explain.code"},
	{errIntoItself, widgets.Warn, "explain.itself"},
	{keys.ErrMustChange, widgets.Info, "explain.mustchange"},
	{keys.ErrTooWeak, widgets.Warn, "explain.weak"},
	{crypt.ErrPassphrase, widgets.Warn, "explain.passphrase"},

	// The school and its directory.
	{keys.ErrOtherSchool, widgets.Bad, "explain.otherschool"},
	{keys.ErrForged, widgets.Bad, "explain.forged"},
	{keys.ErrOlder, widgets.Warn, "explain.older"},
	{keys.ErrNewer, widgets.Warn, "explain.newer"},
	{keys.ErrBlocked, widgets.Warn, "explain.blocked"},
	{keys.ErrNoKey, widgets.Warn, "explain.nokey"},
	{keys.ErrUnknown, widgets.Warn, "explain.unknown"},
	{keys.ErrAmbiguous, widgets.Warn, "explain.ambiguous"},
	{keys.ErrDamagedKey, widgets.Bad, "explain.damagedkey"},
	{keys.ErrWrongKey, widgets.Warn, "explain.wrongkey"},
	{keys.ErrWorkFactor, widgets.Bad, "explain.workfactor"},
	{config.ErrNoSchool, widgets.Info, "explain.noschool"},
	{school.ErrReport, widgets.Bad, "explain.report"},
	{school.ErrNoInbox, widgets.Warn, "explain.noinbox"},
	{school.ErrNoShared, widgets.Warn, "explain.noshared"},
	{school.ErrHandled, widgets.Info, "explain.handled"},
	{school.ErrNotSchool, widgets.Warn, "explain.notschool"},
	{school.ErrNotEmpty, widgets.Warn, "explain.notempty"},
	{school.ErrLocked, widgets.Info, "explain.locked"},
	{school.ErrHasKey, widgets.Warn, "explain.haskey"},
	{school.ErrNoKeyFile, widgets.Warn, "explain.nokeyfile"},
	{school.ErrNotRemovable, widgets.Warn, "explain.notremovable"},
	{school.ErrUnknownStick, widgets.Warn, "explain.unknownstick"},
	{school.ErrNotPluggedIn, widgets.Warn, "explain.notpluggedin"},
	{school.ErrNotTheirs, widgets.Warn, "explain.nottheirs"},
	{school.ErrToRotate, widgets.Warn, "explain.torotate"},
	{school.ErrNotSettled, widgets.Warn, "explain.notsettled"},
	{stick.ErrNoState, widgets.Warn, "explain.nostate"},
	{school.ErrNoReason, widgets.Warn, "explain.noreason"},
	{school.ErrNoCode, widgets.Warn, "explain.nocode"},
	{school.ErrListing, widgets.Bad, "explain.listing"},
	{school.ErrNoProgram, widgets.Warn, "explain.noprogram"},
	{release.ErrNotProgram, widgets.Warn, "explain.notprogram"},
	{stick.ErrProgram, widgets.Bad, "explain.strangeprogram"},
	{keys.ErrValue, widgets.Bad, "explain.value"},

	// Papers.
	{papersfill.ErrNoLabel, widgets.Warn, "explain.paper.nolabel"},
	{papersfill.ErrNotHandedOut, widgets.Warn, "explain.paper.notout"},
	{papersfill.ErrNotReturned, widgets.Warn, "explain.paper.notback"},
	{papersfill.ErrNotDestroyed, widgets.Warn, "explain.paper.notdestroyed"},
	{papers.ErrSheet, widgets.Warn, "explain.paper.sheet"},
	{papers.ErrStart, widgets.Warn, "explain.paper.start"},
	{papers.ErrLabels, widgets.Warn, "explain.paper.labels"},
	{papers.ErrRoom, widgets.Warn, "explain.paper.room"},
	{papers.ErrAlike, widgets.Warn, "explain.paper.alike"},
	{papers.ErrLetters, widgets.Warn, "explain.paper.letters"},
	{papers.ErrSignature, widgets.Warn, "explain.paper.signature"},

	{gui.ErrProgram, widgets.Warn, "explain.program"},

	// Sticks and drives.
	{stick.ErrNotStick, widgets.Warn, "explain.notstick"},
	{stick.ErrAlreadyStick, widgets.Warn, "explain.already"},
	{stick.ErrInTheWay, widgets.Warn, "explain.intheway"},
	{stick.ErrFormat, widgets.Warn, "explain.newer"},
	{stick.ErrNoCode, widgets.Warn, "explain.codeused"},
	{stick.ErrKeysGone, widgets.Bad, "explain.keysgone"},
	{stick.ErrNoKey, widgets.Warn, "explain.stick.nokey"},
	{stick.ErrSwapped, widgets.Bad, "explain.swapped"},
	{stick.ErrForged, widgets.Bad, "explain.stick.forged"},
	{stick.ErrGone, widgets.Warn, "explain.gone"},
	{stick.ErrFull, widgets.Warn, "explain.full"},
	{stick.ErrReadOnly, widgets.Warn, "explain.readonly"},
	{stick.ErrFailing, widgets.Warn, "explain.failing"},
	{stick.ErrReopen, widgets.Warn, "explain.reopen"},
	{stick.ErrLocked, widgets.Warn, "explain.inuse"},
	{stick.ErrClosed, widgets.Info, "explain.closed"},
	{editing.ErrClosed, widgets.Info, "explain.closed"},
	{stick.ErrTooMuch, widgets.Bad, "explain.toomuch"},
	{stick.ErrTooLarge, widgets.Warn, "explain.toolarge"},
	{stick.ErrExists, widgets.Warn, "explain.exists"},
	{stick.ErrKind, widgets.Warn, "explain.kind"},
	{stick.ErrName, widgets.Warn, "explain.name"},
	{stick.ErrSpecial, widgets.Warn, "explain.special"},
	{stick.ErrChanged, widgets.Warn, "explain.changed"},
	{stick.ErrNotVerified, widgets.Bad, "explain.notverified"},
	{stick.ErrNotFound, widgets.Warn, "explain.stick.notfound"},
	{stick.ErrMissing, widgets.Bad, "explain.missing"},
	{stick.ErrDamaged, widgets.Bad, "explain.stick.damaged"},
	{drives.ErrSystem, widgets.Warn, "explain.system"},
	{drives.ErrBusy, widgets.Warn, "explain.drive.busy"},
	{drives.ErrNotAllowed, widgets.Warn, "explain.drive.notallowed"},
	{drives.ErrGone, widgets.Warn, "explain.gone"},

	// The register.
	{devices.ErrNotFound, widgets.Warn, "explain.notfound"},
	{devices.ErrChanged, widgets.Warn, "explain.register.changed"},
	{devices.ErrLeft, widgets.Warn, "explain.left"},
	{devices.ErrCorrupt, widgets.Bad, "explain.register.damaged"},
	{store.ErrDamaged, widgets.Bad, "explain.register.damaged"},
	{school.ErrTampered, widgets.Bad, "explain.tampered"},
	{school.ErrCheckpoint, widgets.Warn, "explain.checkpoint"},
	{store.ErrNotRegister, widgets.Warn, "explain.notregister"},
	{devices.ErrNewer, widgets.Warn, "explain.newer"},
	{store.ErrNewer, widgets.Warn, "explain.newer"},
	{store.ErrFull, widgets.Warn, "explain.register.full"},
	{store.ErrReadOnly, widgets.Warn, "explain.register.readonly"},
	{store.ErrVanished, widgets.Warn, "explain.register.vanished"},
	{store.ErrFailing, widgets.Warn, "explain.register.failing"},
	{store.ErrBusy, widgets.Info, "explain.register.busy"},
	{store.ErrNotAllowed, widgets.Warn, "explain.register.notallowed"},
	{store.ErrPassword, widgets.Warn, "explain.register.password"},
	{store.ErrNoDatabase, widgets.Warn, "explain.register.unreachable"},
	{store.ErrURL, widgets.Warn, "explain.register.url"},
	{store.ErrNotSetUp, widgets.Warn, "explain.register.notsetup"},
	{store.ErrNotEmpty, widgets.Warn, "explain.register.notempty"},
	{school.ErrOnServer, widgets.Warn, "explain.register.onserver"},
	{store.ErrMoved, widgets.Warn, "explain.register.moved"},

	// Files.
	{safefile.ErrExists, widgets.Warn, "explain.exists"},
	{crypt.ErrNoIdentity, widgets.Warn, "explain.noidentity"},
	{crypt.ErrNotAge, widgets.Warn, "explain.notage"},
	{crypt.ErrWorkFactor, widgets.Bad, "explain.hostile"},
	{crypt.ErrDamaged, widgets.Bad, "explain.damaged"},
	{crypt.ErrTooMany, widgets.Bad, "explain.toomany"},
	{crypt.ErrUnsafe, widgets.Bad, "explain.unsafe"},
	{crypt.ErrChanged, widgets.Warn, "explain.changed"},
	{safefile.ErrNotRegular, widgets.Warn, "explain.notafile"},
	{school.ErrNotEncrypted, widgets.Warn, "explain.notage"},
	{safefile.ErrTooLarge, widgets.Warn, "explain.file.toolarge"},
	{safefile.ErrInUse, widgets.Warn, "explain.file.inuse"},
	{safefile.ErrPartInUse, widgets.Warn, "explain.file.inuse"},
	{fault.ErrFull, widgets.Warn, "explain.full"},
	{fault.ErrReadOnly, widgets.Warn, "explain.readonly"},
	{fault.ErrGone, widgets.Warn, "explain.file.taken"},
	{fault.ErrFailing, widgets.Warn, "explain.failing"},
	{fs.ErrNotExist, widgets.Warn, "explain.file.gone"},
	{fs.ErrExist, widgets.Warn, "explain.exists"},
	{fs.ErrPermission, widgets.Warn, "explain.permission"},
	{webdav.ErrComputerFull, widgets.Warn, "explain.computer.full"},
	{webdav.ErrComputerFailing, widgets.Warn, "explain.computer.failing"},
	{webdav.ErrNoClient, widgets.Warn, "explain.drive.noclient"},
	{stick.ErrBackingUp, widgets.Warn, "explain.backingup"},
	{stick.ErrNoBackup, widgets.Warn, "explain.nobackup"},
	{stick.ErrOtherBackup, widgets.Bad, "explain.otherbackup"},
	{devices.ErrClosed, widgets.Warn, "explain.incident.closed"},
	{devices.ErrUndecided, widgets.Warn, "explain.incident.undecided"},
	{context.DeadlineExceeded, widgets.Warn, "explain.slow"},
}

// Explain puts an error into words for people: gui.Options.Explain. It returns false
// for what it does not know, which the window then shows as unexpected.
func Explain(w *i18n.Words, err error) (widgets.Message, bool) {
	err = fault.Told(err)
	if m, ok := explainTyped(w, err); ok {
		return m, true
	}
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			return say(w, e.kind, e.key, subject(err)), true
		}
	}
	return widgets.Message{}, false
}

// say is a message from a group of texts; pairs fill the placeholders.
func say(w *i18n.Words, kind widgets.Kind, key i18n.Key, about string, pairs ...any) widgets.Message {
	return widgets.Message{
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
func explainTyped(w *i18n.Words, err error) (widgets.Message, bool) {
	if e, ok := errors.AsType[*school.ReportError](err); ok {
		key := i18n.Key("explain.report.field")
		if e.Long {
			key = "explain.report.long"
		}
		return say(w, widgets.Warn, key, e.Field), true
	}
	if e, ok := errors.AsType[*config.FileError](err); ok && !errors.Is(err, keys.ErrNewer) {
		return say(w, widgets.Bad, "explain.config", e.Error()), true
	}
	if e, ok := errors.AsType[*school.PublishError](err); ok {
		return say(w, widgets.Warn, "explain.publish", e.Err.Error()), true
	}
	if e, ok := errors.AsType[*school.KnownAsError](err); ok {
		key := i18n.Key("explain.known.label")
		if e.Serial {
			key = "explain.known.serial"
		}
		return say(w, widgets.Warn, key, "", "name", e.Name), true
	}
	if e, ok := errors.AsType[*stick.DestinationError](err); ok {
		return explainDestination(w, e), true
	}
	if e, ok := errors.AsType[*stick.NoSpaceError](err); ok {
		key := i18n.Key("explain.nospace")
		if e.Kept > 0 {
			key = "explain.nospace.kept"
		}
		return say(w, widgets.Warn, key, "", "need", w.Size(e.Need), "free", w.Size(e.Free), "kept", w.Size(e.Kept)), true
	}
	if e, ok := errors.AsType[*stick.InUseError](err); ok {
		if e.Program != "" && e.PID != 0 {
			return say(w, widgets.Warn, "explain.inuse.by", "", "program", e.Program, "process", e.PID), true
		}
		return say(w, widgets.Warn, "explain.inuse", ""), true
	}
	if e, ok := errors.AsType[*keys.WeakError](err); ok {
		m := say(w, widgets.Warn, "explain.weak", "")
		m.Happened = m.Happened + " " + weakWords(w, e)
		return m, true
	}
	if e, ok := errors.AsType[*keys.BlockedError](err); ok {
		return say(w, widgets.Warn, "explain.blocked", e.Person.Name), true
	}
	return explainRegister(w, err)
}

// explainDestination says what became of files that were being written to this computer.
func explainDestination(w *i18n.Words, e *stick.DestinationError) widgets.Message {
	key := i18n.Key("explain.dest.gone")
	switch fault.Of(e.Err) {
	case fault.ErrFull:
		if e.Free >= 0 && e.Need > e.Free {
			return say(w, widgets.Warn, "explain.dest.space", e.Path, "need", w.Size(e.Need), "free", w.Size(e.Free))
		}
		key = "explain.dest.full"
	case fault.ErrReadOnly:
		key = "explain.dest.readonly"
	case fault.ErrFailing:
		key = "explain.dest.failing"
	}
	return say(w, widgets.Warn, key, e.Path)
}

package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

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
	"stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/store"
)

// explanation puts an error into words: one sentence that says what happened,
// that nothing was lost (or what was), and what to do next. In the text, {}
// stands for what the error is about.
type explanation struct {
	is    error
	code  exitCode
	about string // what it is about when the command does not say
	text  string
}

// explanations are tried in order; the first whose error is in the chain wins.
var explanations = []explanation{
	{context.Canceled, exitCancelled, "", "Stopped; nothing half-done was left behind."},
	{errCancelled, exitCancelled, "", "Stopped; nothing was changed."},

	// The command line and its passphrases.
	{config.ErrNoSchool, exitNoSchool, "the school's folder", "{} is not set; give it with --school DIR, or for good with: stow school use DIR"},
	{errStartedFromStick, exitState, "", "Stow was started from a stick and leaves this computer's settings as they are, so nothing was changed; start the stow that is installed here."},
	{errNoTerminal, exitUsage, "the passphrase", "There is no terminal on which to ask for the passphrase, so nothing was done; give it in a file with --passphrase-file (or the like; see --help)."},
	{errEmptyPassphrase, exitUsage, "", "The passphrase given is empty, so nothing was done; check what was typed or the file."},
	{errNotText, exitUsage, "", "The passphrase given is not in UTF-8, or in UTF-16 without its mark, so nothing was done; save the file anew as UTF-8 (in Notepad: Save as, Encoding)."},
	{errLongPassphrase, exitUsage, "", "The passphrase given is longer than 1024 bytes, so nothing was done; check the file."},
	{errNotTheSame, exitUsage, "", "The two entries are not the same, so nothing was changed; type the new passphrase again."},
	{errPlainFound, exitPlain, "", "There are files that are not encrypted, and a finder could read them; encrypt them with: stow stick convert"},
	{errRolledBack, exitRolledBack, "the stick", "{} is older than it was when last seen, so somebody may have put it back to an earlier state; that is on record, and what it holds is as it was then, so find out what happened to it."},
	{errForked, exitRolledBack, "the stick", "{} was put back to an earlier state and then written on; that is on record, and what it held between is lost from it, so get that from its backup (stow stick restore --at), find out what happened, and then settle it with: stow stick checkin --recovery --settle 'WHY'"},
	{errUnclear, exitRolledBack, "the stick", "{} holds something else than its backup in the same place, so it was not backed up: it may have been put back to an earlier state and then written on; what it is shows when it is opened: stow stick checkin"},
	{school.ErrNotSettled, exitState, "the stick", "{} carries an identity that the school has replaced since, so it cannot be left as it is and nothing was changed; restore it from its backup with: stow stick restore"},
	{errDiffers, exitDamaged, "the stick", "Something on {} is not what was backed up, though it never changes; the backup keeps what it has, so check the stick with: stow stick check"},
	{errTampered, exitTampered, "the register", "The register does not fit the checkpoint that {} brought back, so somebody may have changed it; nothing was lost and the stick keeps the proof, so find out with: stow register verify"},
	{errNotTop, exitUnsuitable, "this", "{} is not the top of a drive, so nothing was changed; give the drive's own path (stow drives), or add --folder to make a stick of a folder."},

	// The school.
	{school.ErrNotSchool, exitNoSchool, "this folder", "{} is not a school's folder, or making it was never finished; check --school, or make one with: stow school init"},
	{school.ErrNoShared, exitNoSchool, "the school's shared folder", "{} cannot be reached now, so nothing was changed; try again when this computer is in the school's network, or see where it is with: stow school shared"},
	{school.ErrNotEmpty, exitExists, "the folder", "{} is not empty, so nothing was made there; choose an empty folder."},
	{school.ErrLocked, exitPassphrase, "the school's authority", "The authority is needed for this, so nothing was changed; give its passphrase."},
	{school.ErrHasKey, exitExists, "this person", "{} has a key already, which was left as it is; to replace it use: stow key rotate, or stow key recover"},
	{school.ErrNoKeyFile, exitNotFound, "the key", "The file of this key is missing from the school's folder, so nothing was changed; make the person a new key with: stow key rotate"},
	{school.ErrNotRemovable, exitUnsuitable, "this drive", "{} is not a removable drive, so nothing was changed; choose another (stow drives)."},
	{school.ErrUnknownStick, exitNotFound, "this stick", "{} was issued by the school, but the register does not know it, so nothing was changed; restore the register's backup, or issue the stick anew."},
	{school.ErrNotPluggedIn, exitNotFound, "the stick", "{} is not plugged in, so it stays with the person who has it; plug it in, or take it back with: stow device return"},
	{school.ErrNotTheirs, exitState, "this stick", "The register has {} with somebody else, so nothing was changed; see who has it: stow register show"},
	{school.ErrToRotate, exitFailed, "the stick", "{} was handed over and opens with the new person's key, but not everything on it is encrypted anew yet; nothing is lost, so finish it, once there is room, with: stow stick rotate"},
	{school.ErrNoReason, exitUsage, "", "Nobody said why somebody's files are to be opened, so nothing was opened; give the reason with --reason: it is recorded, and they are told."},
	{school.ErrNoCode, exitNotFound, "the device", "No recovery code is stored for {}, so nothing was changed; ICT can recover the stick at school."},

	{school.ErrNoProgram, exitNotFound, "the program", "The school has not approved a program for each of these systems, so nothing was changed; see which it has with: stow school programs, and add others with: stow school programs add FILE"},
	{release.ErrNotProgram, exitBadInput, "this file", "{} is not a released program of Stowage for sticks (the window for Windows or Linux, stow for macOS), so it was not added; unpack the release and give the program itself."},
	{errPlanted, exitForged, "the stick", "Something that a computer may run was put on {}, and not by the school, so start nothing from it; the files stored are encrypted and unharmed, so tell ICT, who find out who had it, copy what was put there and delete it"},
	{errStrangeProgram, exitForged, "the stick", "A program on {} is not the one that the school put there, so nobody may start it; the files stored are encrypted and unharmed, so tell ICT, who replace it with: stow stick checkin --recovery --replace-programs"},

	// Loss reports.
	{errNoReport, exitNotFound, "this report", "{} is not in the inbox, so nothing was changed; look with: stow report inbox"},
	{school.ErrReport, exitBadInput, "this", "{} is not a loss report that Stowage made, so it was not used; look at where it came from, and ask its sender to ring."},
	{school.ErrNoInbox, exitNotFound, "the school's inbox folder", "{} cannot be reached from here, so nothing was delivered; connect to the school's network, or save the report to a file with --out FILE and hand it to ICT."},
	{school.ErrHandled, exitState, "this report", "Somebody else has dealt with {} already; look again at the inbox."},
	{papers.ErrSheet, exitBadInput, "the sheet", "{} is none of the sheets of labels that are known, so nothing was printed; for the list see: stow paper labels --help"},
	{papers.ErrStart, exitBadInput, "the sheet", "{} has no label of that number, so nothing was printed; count along the rows from 1."},
	{papers.ErrLabels, exitBadInput, "the labels", "{} cannot be printed, so nothing was written: one is empty or too long for a code, or there are none or more than 20,000."},
	{papers.ErrRoom, exitBadInput, "the label", "{} does not fit on the labels of this sheet and is never cut, so nothing was printed; choose a sheet of larger labels."},
	{papers.ErrAlike, exitBadInput, "the label", "{} would look the same as another label that differs from it, so nothing was printed; give one of the two devices another label."},
	{papers.ErrLetters, exitBadInput, "the text", "{} has a character that is in none of the types papers are printed in, so nothing was printed; write it, or where to return it, in other letters."},
	{papers.ErrSignature, exitBadInput, "the signature", "{} cannot be shown, so nothing was written; it must be a PNG or JPEG picture."},
	{fill.ErrNotHandedOut, exitState, "the device", "{} is with nobody, so there is no slip to write; issue it first."},
	{fill.ErrNotReturned, exitState, "the device", "{} did not come back, so there is no receipt to write; take it back first: stow device return"},
	{fill.ErrNotDestroyed, exitState, "the device", "{} is not recorded as destroyed, so there is nothing to certify; record it first: stow device destroy"},
	{fill.ErrNoLabel, exitState, "the device", "{} has no asset label to print, so nothing was written; give it one: stow device edit --label"},
	{school.ErrListing, exitDamaged, "the device", "The list of what was on {} is damaged, or somebody put another in its place, so it was not used; nothing else was lost, and the next check-in makes a new one."},
	{school.ErrTampered, exitTampered, "the register", "The history of {} does not fit a checkpoint that was signed before, so it was changed by other means than this program; nothing was signed or changed now, so see what: stow register verify"},
	{school.ErrCheckpoint, exitBadInput, "this", "{} is not a checkpoint of the register; nothing was changed, so give a checkpoint.note."},

	// Keys and the directory.
	{keys.ErrMustChange, exitMustChange, "the key", "The passphrase of {} is temporary and must be changed before anything else: stow stick passphrase STICK, or stow key passphrase FILE."},
	{keys.ErrCode, exitCode25, "the stick", "This is not the recovery code of {}, or it was mistyped; nothing was changed and no attempt is lost, so compare it with ICT and try again."},
	{keys.ErrPassphrase, exitPassphrase, "the key", "The passphrase of {} is wrong; nothing was changed, so try again, or ask ICT if it is forgotten."},
	{keys.ErrOtherSchool, exitOtherSchool, "this", "{} belongs to another school; nothing was changed, so hand it to ICT or use that school's own folder and keys."},
	{keys.ErrForged, exitForged, "this", "The school's signature on {} is missing or does not fit, so it was not used and nothing was changed; tell ICT."},
	{keys.ErrDamagedKey, exitDamagedKey, "the key file", "{} is damaged, or is no key file; nothing was changed, so use another copy of it, or ask ICT for a new key."},
	{keys.ErrNewer, exitNewer, "this", "{} was made by a newer version of Stowage, so it was not used and nothing was changed; use that version."},
	{keys.ErrWrongKey, exitWrongKey, "this", "This key does not open {}; nothing was changed, so try another key, or ask ICT."},
	{keys.ErrBlocked, exitBlocked, "this person", "A key is blocked, since it was revoked or lies on a lost device ({}); nothing was done, so ask ICT for a new key for that person."},
	{keys.ErrNoKey, exitNotFound, "this person", "No key has been issued to {}, so nothing was done; ICT can issue one with: stow key issue"},
	{keys.ErrUnknown, exitNotFound, "this person", "{} is not in the school's directory, so nothing was done; check the name, or ask ICT to issue a key."},
	{keys.ErrAmbiguous, exitNotFound, "the name", "More than one person fits {}, so nothing was done; give the e-mail address or the id instead."},
	{keys.ErrOlder, exitRolledBack, "the directory", "{} is older than one already seen, so it was not used; get the newest from ICT."},
	{keys.ErrWorkFactor, exitBadInput, "the policy", "The work factor is too low to be safe, so nothing was changed; use 18 or more."},
	{keys.ErrValue, exitBadInput, "this", "A value given for {} cannot be used, so nothing was changed; look at its spelling and limits."},

	// Sticks.
	{stick.ErrNotStick, exitNotStick, "this", "{} is not an encrypted stick, so nothing was changed; check the path (stow drives)."},
	{stick.ErrAlreadyStick, exitExists, "this drive", "{} is an encrypted stick already and was left as it is; use stow stick rekey to hand it on, or --replace-old to give up what it holds."},
	{stick.ErrInTheWay, exitExists, "this drive", "Something on the drive has a name that an encrypted stick needs ({}), so nothing was changed; rename it, then try again."},
	{stick.ErrFormat, exitNewer, "the stick", "{} was made by a newer version of Stowage, so it was not touched; use that version."},
	{stick.ErrNoBackup, exitNotFound, "the stick", "There is no backup: {} was never backed up to the school's shared folder; see stow stick backups"},
	{stick.ErrBackingUp, exitInUse, "the stick", "Another computer is backing up {} now, so nothing was done; it is safe to leave that to it, or try again in a moment."},
	{stick.ErrOtherBackup, exitState, "the backup", "In the place of {} is the backup of another stick, so nothing was changed; show the shared folder to ICT."},
	{stick.ErrNoState, exitNotFound, "the stick", "Nothing is kept of {} as it was at that number, so nothing was done; for what its backup has now, leave out --at."},
	{stick.ErrNotVerified, exitFailed, "the drive", "What was written on the drive did not read back the same, so it was not kept; what was there before is unharmed, so try again, or use another drive."},
	{stick.ErrKeysGone, exitDamaged, "the stick", "The files of the own keys of {} were deleted, and without them no other key opens it; what is stored is not lost: put them back from its backup with: stow stick repair --school-backup (or --backup FOLDER); without a backup only the recovery code may still open it (--code)."},
	{stick.ErrNoCode, exitNotFound, "the stick", "{} carries no recovery code any more, since one opens it once, so nothing was changed; take it to ICT."},
	{stick.ErrNoKey, exitNotFound, "the stick", "{} carries no such key, so nothing was changed; give a key file with --key; ICT opens it with --recovery, and puts the key back with: stow stick repair --recovery --school-backup"},
	{stick.ErrProgram, exitForged, "the program", "A program is not the one that the school signed for ({}), so it was not put on the stick; add the released one again with: stow school programs add FILE"},
	{stick.ErrSwapped, exitForged, "the stick", "The keys on {} are not the ones the school signed for, so it was not used; hand it to ICT."},
	{stick.ErrForged, exitDamaged, "the stick", "Something on {} was not written with its key and was not read; everything else is there, so hand it to ICT."},
	{webdav.ErrComputerFull, exitFull, "this computer's disk", "This computer's own disk is full, so the file could not wait there to be stored; free some space on this computer and save it again."},
	{webdav.ErrComputerFailing, exitFailed, "this computer's disk", "This computer's own temporary folder could not be written to, so the file was not stored; look at that disk, then save it again."},
	{stick.ErrGone, exitVanished, "the drive", "The drive vanished; what was reported as stored is safe on it, so plug it in again and repeat the command."},
	{stick.ErrFull, exitFull, "the drive", "The drive is full, so nothing was stored of what did not fit, and what was there is unharmed; free some space (stow stick tidy) or use a larger stick."},
	{stick.ErrReadOnly, exitReadOnly, "the stick", "{} can only be read, so nothing was changed; look for a lock switch on it, or use another."},
	{stick.ErrFailing, exitVanished, "the drive", "The drive made an error or was pulled out, so this was not finished; what was reported as stored is safe, so plug it in again, try another socket, and have a backup made if it happens again."},
	{stick.ErrReopen, exitFailed, "the stick", "The drive made an error, so it is not certain what of this change is on {}; what was reported as stored is safe, so repeat the command."},
	{stick.ErrClosed, exitVanished, "the stick", "{} was closed in the meantime; what was reported as stored is safe, so repeat the command."},
	{stick.ErrTooMuch, exitBadInput, "the stick", "{} holds more than an honest program writes, so it was not opened and nothing was changed; hand it to ICT."},
	{stick.ErrTooLarge, exitBadInput, "this", "{} is too large for a stick, so nothing was stored."},
	{stick.ErrExists, exitExists, "a name", "{} is taken already, so nothing was changed; choose another name{or}."},
	{stick.ErrKind, exitState, "this", "A folder and a file cannot take each other's place ({}), so nothing was changed; choose another name."},
	{stick.ErrName, exitBadInput, "this", "{} is not a name that a stick can hold, so nothing was changed; choose another name."},
	{stick.ErrChanged, exitFailed, "a file", "{} changed while it was being read, so it was not stored; try again when nobody is writing it."},
	{stick.ErrNotFound, exitNotFound, "this", "{} is not on the stick, so nothing was changed; look with: stow stick ls"},
	{stick.ErrMissing, exitDamaged, "the stick", "Something that belongs on {} is missing; everything else can be read, so hand the stick to ICT."},
	{stick.ErrDamaged, exitDamaged, "the stick", "Something on {} is damaged and was not read; everything else is there, so run: stow stick check"},

	// The register.
	{devices.ErrNotFound, exitNotFound, "this", "{} is not in the register, so nothing was changed; look with: stow register search, or stow holder list"},
	{devices.ErrChanged, exitState, "this", "Somebody else changed {} in the meantime, so nothing was changed now; look again and repeat the command."},
	{devices.ErrClosed, exitState, "the incident", "{} is closed, so nothing was changed; open it again with: stow incident reopen"},
	{devices.ErrUndecided, exitState, "the incident", "Nobody has decided yet whether to tell the regulator, so {} stays open; record it with: stow incident decide"},
	{errNoIncident, exitNotFound, "this incident", "{} is no incident, so nothing was changed; look with: stow incident list --all"},
	{errNoListing, exitNotFound, "the incident", "Nothing is on record of what was on the device of {}."},
	{devices.ErrLeft, exitState, "this person", "{} has left the school, so nothing can be issued to them; if they are back, use: stow holder rejoin"},
	{devices.ErrCorrupt, exitDamaged, "the register", "The register is damaged and was not changed; restore its newest backup with: stow register restore"},
	{store.ErrDamaged, exitDamaged, "the register", "The register is damaged and was not changed; restore its newest backup with: stow register restore"},
	{store.ErrNotRegister, exitBadInput, "this", "{} is not a register or a backup of one; nothing was changed."},
	{devices.ErrNewer, exitNewer, "the register", "The register was made by a newer version of Stowage, so it was not touched; use that version."},
	{store.ErrNewer, exitNewer, "the register", "The register was made by a newer version of Stowage, so it was not touched; use that version."},
	{store.ErrFull, exitFull, "the register", "The drive that the register is on is full, so nothing was changed; free some space and try again."},
	{store.ErrReadOnly, exitReadOnly, "the register", "The register can only be read, so nothing was changed; check the permissions of the school's folder."},
	{store.ErrVanished, exitVanished, "the register", "The register is not where it was, so nothing was changed; connect the drive or the network that the school's folder is on, or see where it is with: stow school show"},
	{store.ErrFailing, exitVanished, "the register", "The drive that the register is on made an error, so nothing was changed; try again, and if it happens again, move the school's folder to another drive."},
	{store.ErrBusy, exitInUse, "the register", "Another program is busy with the register, so nothing was changed; try again in a moment."},
	{store.ErrNotAllowed, exitPermission, "the register", "Your login to the database may not do that (an auditor's only reads, a site's only changes what is at its own sites), so nothing was changed; name your site with --site where that is missing, or ask ICT of the trust."},
	{store.ErrPassword, exitPassphrase, "the register", "The database does not accept this login or its password, so nothing was changed; put it into ~/.pgpass, or ask whoever runs the server."},
	{store.ErrNoDatabase, exitNoSchool, "the register", "The register's database cannot be reached, or the server has none of that name, so nothing was changed; check the connection string and the network, or ask whoever runs the server."},
	{store.ErrURL, exitUsage, "the register", "The register's connection string cannot be used, so nothing was done: it looks like postgres://login@host/database, holds no password, and needs an encrypted connection (sslmode=verify-full)."},
	{store.ErrNotSetUp, exitNoSchool, "the register", "The database is not set up for this version of Stowage, or not for your login, so nothing was changed; its owner runs: stow register postgres setup"},
	{store.ErrNotEmpty, exitExists, "the register", "There is another register already, which was left as it is; move to an empty database or folder."},
	{school.ErrOnServer, exitState, "the register", "The register is kept on a server, so it was not touched; restore the backup into a copy of the school's folder without register.url, and move that register to an empty database (stow register move), or have whoever runs the server restore theirs with pg_restore."},
	{store.ErrMoved, exitState, "the register", "The register has been moved to another place in the meantime, so nothing was changed; run the command again."},
	{drives.ErrSystem, exitUnsuitable, "this drive", "{} is a system disk, which is never made a stick; nothing was changed, so choose another (stow drives)."},
	{drives.ErrBusy, exitInUse, "the drive", "{} is still in use, so it was not let go; close the programs and folders that use it and try again."},
	{drives.ErrNotAllowed, exitPermission, "the drive", "The system does not let you eject {}; use its own way to remove a drive safely."},
	{drives.ErrGone, exitVanished, "the drive", "The drive is no longer there, so nothing was changed; plug it in again."},

	// Files.
	{school.ErrNotEncrypted, exitUsage, "the file", "{} does not end in .age, so it is not clear what to call the decrypted file, and nothing was done; use - and redirect."},
	{safefile.ErrExists, exitExists, "the file", "{} exists already and was left as it is; choose another name{or}."},
	{crypt.ErrPassphrase, exitPassphrase, "this", "The passphrase of {} is wrong; nothing was changed, so try again."},
	{crypt.ErrNoIdentity, exitWrongKey, "this", "This key does not open {}, which was encrypted for somebody else; nothing was changed, so try another key, or ask ICT."},
	{crypt.ErrNotAge, exitNotAge, "the file", "{} is not an encrypted (age) file; nothing was changed."},
	{crypt.ErrWorkFactor, exitDamaged, "the file", "{} asks for so much work for its passphrase that it was not tried, as no honest program makes such files; nothing was changed."},
	{crypt.ErrDamaged, exitDamaged, "the file", "{} is damaged or was altered, so nothing was written; get another copy of it, or ask ICT."},
	{crypt.ErrTooMany, exitBadInput, "the folder", "{} holds more than a million files and folders, which is more than one archive may hold, so nothing was written; take it in several parts."},
	{crypt.ErrUnsafe, exitDamaged, "the archive", "{} holds names that reach outside its folder or that this computer cannot hold, so nothing was written; decrypt it without --extract to look at it."},
	{crypt.ErrChanged, exitFailed, "a file", "{} changed while it was being read, so nothing was written; try again when nobody is writing it."},
	{safefile.ErrNotRegular, exitBadInput, "this", "{} is no file, but a folder, a pipe or a device, so it was not read; nothing was changed."},
	{safefile.ErrTooLarge, exitBadInput, "this", "{} is larger than anything of its kind, so it was not read; nothing was changed."},
	{safefile.ErrInUse, exitInUse, "a file", "{} is open in another program, so nothing was changed; close it there and try again."},
	{safefile.ErrPartInUse, exitInUse, "a file", "{} is open in another program, so nothing was changed; close it there and try again."},
	{fault.ErrFull, exitFull, "the drive", "The drive is full, so nothing was written; free some space and try again."},
	{fault.ErrReadOnly, exitReadOnly, "the drive", "The drive can only be read, so nothing was written; choose another place."},
	{fault.ErrGone, exitVanished, "the drive", "The drive or the network folder was taken away while it was used, so this was not finished; connect it again and repeat the command."},
	{fault.ErrFailing, exitVanished, "the drive", "The drive made an error or was pulled out, so this was not finished; connect it again and repeat the command, or use another drive."},
	{fs.ErrNotExist, exitNotFound, "a file", "{} is not there; nothing was changed, so check the name."},
	{fs.ErrExist, exitExists, "the file", "{} exists already and was left as it is; choose another name."},
	{fs.ErrPermission, exitPermission, "the file", "The system does not allow access to {}; nothing was changed, so check its permissions, or ask ICT."},
}

// explain returns the exit code for err and the sentence for the person.
func (a *app) explain(err error) (exitCode, string) {
	err = fault.Told(err)
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
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			text := strings.ReplaceAll(e.text, "{or}", a.orAdd())
			text = strings.ReplaceAll(text, "{}", cmp.Or(subject, e.about))
			if strings.HasPrefix(e.text, "{}") && isName(subject) {
				return e.code, text // plain.age stays plain.age
			}
			return e.code, capital(text)
		}
	}
	return exitFailed, "This did not work: " + err.Error() + "."
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

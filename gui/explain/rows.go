package explain

import (
	"context"
	"io/fs"

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
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/config"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/integrity"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
	"stowage/devices/school/lifecycle"
	"stowage/devices/school/loss"
	"stowage/devices/school/openings"
	"stowage/devices/school/programs"
	"stowage/devices/store"
)

// rows are what this program decides on. Their order means nothing.
var rows = []Row{
	// The school.
	{config.ErrNoSchool, NoSchool, Info, "explain.noschool", "the school's folder", "{} is not set; give it with --school DIR, or for good with: stow school use DIR"},
	{checkin.ErrNotSettled, State, Warning, "explain.notsettled", "the stick", "{} carries an identity that the school has replaced since, so it cannot be left as it is and nothing was changed; restore it from its backup with: stow stick restore"},
	{school.ErrNotSchool, NoSchool, Warning, "explain.notschool", "this folder", "{} is not a school's folder, or making it was never finished; check --school, or make one with: stow school init"},
	{school.ErrNoShared, NoSchool, Warning, "explain.noshared", "the school's shared folder", "{} cannot be reached now, so nothing was changed; try again when this computer is in the school's network, or see where it is with: stow school shared"},
	{school.ErrNotEmpty, Exists, Warning, "explain.notempty", "the folder", "{} is not empty, so nothing was made there; choose an empty folder."},
	{school.ErrLocked, Passphrase, Info, "explain.locked", "", "The authority is needed for this, so nothing was changed; give its passphrase."},
	{issue.ErrHasKey, Exists, Warning, "explain.haskey", "this person", "{} has a key already, which was left as it is; to replace it use: stow key rotate, or stow key recover"},
	{keyfiles.ErrNoKeyFile, NotFound, Warning, "explain.nokeyfile", "", "The file of this key is missing from the school's folder, so nothing was changed; make the person a new key with: stow key rotate"},
	{issue.ErrNotRemovable, Unsuitable, Warning, "explain.notremovable", "this drive", "{} is not a removable drive, so nothing was changed; choose another (stow drives)."},
	{known.ErrUnknownStick, NotFound, Warning, "explain.unknownstick", "this stick", "{} was issued by the school, but the register does not know it, so nothing was changed; restore the register's backup, or issue the stick anew."},
	{lifecycle.ErrNotPluggedIn, NotFound, Warning, "explain.notpluggedin", "the stick", "{} is not plugged in, so it stays with the person who has it; plug it in, or take it back with: stow device return"},
	{issue.ErrNotTheirs, State, Warning, "explain.nottheirs", "this stick", "The register has {} with somebody else, so nothing was changed; see who has it: stow register show"},
	{issue.ErrToRotate, Failed, Warning, "explain.torotate", "the stick", "{} was handed over and opens with the new person's key, but not everything on it is encrypted anew yet; nothing is lost, so finish it, once there is room, with: stow stick rotate"},
	{openings.ErrNoReason, Usage, Warning, "explain.noreason", "", "Nobody said why somebody's files are to be opened, so nothing was opened; give the reason with --reason: it is recorded, and they are told."},
	{issue.ErrNoCode, NotFound, Warning, "explain.nocode", "the device", "No recovery code is stored for {}, so nothing was changed; ICT can recover the stick at school."},
	{programs.ErrNoProgram, NotFound, Warning, "explain.noprogram", "", "The school has not approved a program for each of these systems, so nothing was changed; see which it has with: stow school programs, and add others with: stow school programs add FILE"},
	{release.ErrNotProgram, BadInput, Warning, "explain.notprogram", "this file", "{} is not a released program of Stowage for sticks (the window for Windows or Linux, stow for macOS), so it was not added; unpack the release and give the program itself."},

	// Loss reports.
	{loss.ErrReport, BadInput, Serious, "explain.report", "this", "{} is not a loss report that Stowage made, so it was not used; look at where it came from, and ask its sender to ring."},
	{loss.ErrNoInbox, NotFound, Warning, "explain.noinbox", "the school's inbox folder", "{} cannot be reached from here, so nothing was delivered; connect to the school's network, or save the report to a file with --out FILE and hand it to ICT."},
	{loss.ErrHandled, State, Info, "explain.handled", "this report", "Somebody else has dealt with {} already; look again at the inbox."},
	{backup.ErrListing, Damaged, Serious, "explain.listing", "the device", "The list of what was on {} is damaged, or somebody put another in its place, so it was not used; nothing else was lost, and the next check-in makes a new one."},
	{integrity.ErrTampered, Tampered, Serious, "explain.tampered", "the register", "The history of {} does not fit a checkpoint that was signed before, so it was changed by other means than this program; nothing was signed or changed now, so see what: stow register verify"},
	{integrity.ErrCheckpoint, BadInput, Warning, "explain.checkpoint", "this", "{} is not a checkpoint of the register; nothing was changed, so give a checkpoint.note."},

	// Papers.
	{papers.ErrSheet, BadInput, Warning, "explain.paper.sheet", "the sheet", "{} is none of the sheets of labels that are known, so nothing was printed; for the list see: stow paper labels --help"},
	{papers.ErrStart, BadInput, Warning, "explain.paper.start", "the sheet", "{} has no label of that number, so nothing was printed; count along the rows from 1."},
	{papers.ErrLabels, BadInput, Warning, "explain.paper.labels", "the labels", "{} cannot be printed, so nothing was written: one is empty or too long for a code, or there are none or more than 20,000."},
	{papers.ErrRoom, BadInput, Warning, "explain.paper.room", "the label", "{} does not fit on the labels of this sheet and is never cut, so nothing was printed; choose a sheet of larger labels."},
	{papers.ErrAlike, BadInput, Warning, "explain.paper.alike", "the label", "{} would look the same as another label that differs from it, so nothing was printed; give one of the two devices another label."},
	{papers.ErrLetters, BadInput, Warning, "explain.paper.letters", "the text", "{} has a character that is in none of the types papers are printed in, so nothing was printed; write it, or where to return it, in other letters."},
	{papers.ErrSignature, BadInput, Warning, "explain.paper.signature", "the signature", "{} cannot be shown, so nothing was written; it must be a PNG or JPEG picture."},
	{fill.ErrNotHandedOut, State, Warning, "explain.paper.notout", "the device", "{} is with nobody, so there is no slip to write; issue it first."},
	{fill.ErrNotReturned, State, Warning, "explain.paper.notback", "the device", "{} did not come back, so there is no receipt to write; take it back first: stow device return"},
	{fill.ErrNotDestroyed, State, Warning, "explain.paper.notdestroyed", "the device", "{} is not recorded as destroyed, so there is nothing to certify; record it first: stow device destroy"},
	{fill.ErrNoLabel, State, Warning, "explain.paper.nolabel", "the device", "{} has no asset label to print, so nothing was written; give it one: stow device edit --label"},

	// Keys and the directory.
	{keys.ErrMustChange, MustChange, Info, "explain.mustchange", "the key", "The passphrase of {} is temporary and must be changed before anything else: stow stick passphrase STICK, or stow key passphrase FILE."},
	{keys.ErrCode, WrongCode, Warning, "explain.code", "the stick", "This is not the recovery code of {}, or it was mistyped; nothing was changed and no attempt is lost, so compare it with ICT and try again."},
	{keys.ErrPassphrase, Passphrase, Warning, "explain.passphrase", "the key", "The passphrase of {} is wrong; nothing was changed, so try again, or ask ICT if it is forgotten."},
	{keys.ErrTooWeak, Weak, Warning, "explain.weak", "", "The new passphrase is too weak, so nothing was changed; choose another, such as four or more words that do not belong together."},
	{keys.ErrOtherSchool, OtherSchool, Serious, "explain.otherschool", "this", "{} belongs to another school; nothing was changed, so hand it to ICT or use that school's own folder and keys."},
	{keys.ErrForged, Forged, Serious, "explain.forged", "this", "The school's signature on {} is missing or does not fit, so it was not used and nothing was changed; tell ICT."},
	{keys.ErrDamagedKey, DamagedKey, Serious, "explain.damagedkey", "the key file", "{} is damaged, or is no key file; nothing was changed, so use another copy of it, or ask ICT for a new key."},
	{keys.ErrNewer, Newer, Warning, "explain.newer", "this", "{} was made by a newer version of Stowage, so it was not used and nothing was changed; use that version."},
	{keys.ErrWrongKey, WrongKey, Warning, "explain.wrongkey", "this", "This key does not open {}; nothing was changed, so try another key, or ask ICT."},
	{keys.ErrBlocked, Blocked, Warning, "explain.blocked", "this person", "A key is blocked, since it was revoked or lies on a lost device ({}); nothing was done, so ask ICT for a new key for that person."},
	{keys.ErrNoKey, NotFound, Warning, "explain.nokey", "this person", "No key has been issued to {}, so nothing was done; ICT can issue one with: stow key issue"},
	{keys.ErrUnknown, NotFound, Warning, "explain.unknown", "this person", "{} is not in the school's directory, so nothing was done; check the name, or ask ICT to issue a key."},
	{keys.ErrAmbiguous, NotFound, Warning, "explain.ambiguous", "the name", "More than one person fits {}, so nothing was done; give the e-mail address or the id instead."},
	{keys.ErrOlder, RolledBack, Warning, "explain.older", "the directory", "{} is older than one already seen, so it was not used; get the newest from ICT."},
	{keys.ErrWorkFactor, BadInput, Serious, "explain.workfactor", "", "The work factor is too low to be safe, so nothing was changed; use 18 or more."},
	{keys.ErrValue, BadInput, Serious, "explain.value", "this", "A value given for {} cannot be used, so nothing was changed; look at its spelling and limits."},

	// Sticks.
	{stick.ErrNotStick, NotStick, Warning, "explain.notstick", "this", "{} is not an encrypted stick, so nothing was changed; check the path (stow drives)."},
	{stick.ErrAlreadyStick, Exists, Warning, "explain.already", "this drive", "{} is an encrypted stick already and was left as it is; use stow stick rekey to hand it on, or --replace-old to give up what it holds."},
	{stick.ErrInTheWay, Exists, Warning, "explain.intheway", "this drive", "Something on the drive has a name that an encrypted stick needs ({}), so nothing was changed; rename it, then try again."},
	{stick.ErrFormat, Newer, Warning, "explain.newer", "the stick", "{} was made by a newer version of Stowage, so it was not touched; use that version."},
	{stick.ErrNoBackup, NotFound, Warning, "explain.nobackup", "the stick", "There is no backup: {} was never backed up to the school's shared folder; see stow stick backups"},
	{stick.ErrBackingUp, InUse, Warning, "explain.backingup", "the stick", "Another computer is backing up {} now, so nothing was done; it is safe to leave that to it, or try again in a moment."},
	{stick.ErrOtherBackup, State, Serious, "explain.otherbackup", "the backup", "In the place of {} is the backup of another stick, so nothing was changed; show the shared folder to ICT."},
	{stick.ErrNoState, NotFound, Warning, "explain.nostate", "the stick", "Nothing is kept of {} as it was at that number, so nothing was done; for what its backup has now, leave out --at."},
	{stick.ErrNotVerified, Failed, Serious, "explain.notverified", "", "What was written on the drive did not read back the same, so it was not kept; what was there before is unharmed, so try again, or use another drive."},
	{stick.ErrKeysGone, Damaged, Serious, "explain.keysgone", "the stick", "The files of the own keys of {} were deleted, and without them no other key opens it; what is stored is not lost: put them back from its backup with: stow stick repair --school-backup (or --backup FOLDER); without a backup only the recovery code may still open it (--code)."},
	{stick.ErrNoCode, NotFound, Warning, "explain.codeused", "the stick", "{} carries no recovery code any more, since one opens it once, so nothing was changed; take it to ICT."},
	{stick.ErrNoKey, NotFound, Warning, "explain.stick.nokey", "the stick", "{} carries no such key, so nothing was changed; give a key file with --key; ICT opens it with --recovery, and puts the key back with: stow stick repair --recovery --school-backup"},
	{stick.ErrProgram, Forged, Serious, "explain.strangeprogram", "the program", "A program is not the one that the school signed for ({}), so it was not put on the stick; add the released one again with: stow school programs add FILE"},
	{stick.ErrSwapped, Forged, Serious, "explain.swapped", "the stick", "The keys on {} are not the ones the school signed for, so it was not used; hand it to ICT."},
	{stick.ErrForged, Damaged, Serious, "explain.stick.forged", "the stick", "Something on {} was not written with its key and was not read; everything else is there, so hand it to ICT."},
	{webdav.ErrComputerFull, Full, Warning, "explain.computer.full", "", "This computer's own disk is full, so the file could not wait there to be stored; free some space on this computer and save it again."},
	{webdav.ErrComputerFailing, Failed, Warning, "explain.computer.failing", "", "This computer's own temporary folder could not be written to, so the file was not stored; look at that disk, then save it again."},
	{webdav.ErrNoClient, Failed, Warning, "explain.drive.noclient", "the stick", "This computer has no program that can show {} as a drive; nothing was changed, so use stow stick get and stow stick put instead."},
	{stick.ErrGone, Vanished, Warning, "explain.gone", "", "The drive vanished; what was reported as stored is safe on it, so plug it in again and repeat the command."},
	{stick.ErrFull, Full, Warning, "explain.full", "", "The drive is full, so nothing was stored of what did not fit, and what was there is unharmed; free some space (stow stick tidy) or use a larger stick."},
	{stick.ErrReadOnly, ReadOnly, Warning, "explain.readonly", "the stick", "{} can only be read, so nothing was changed; look for a lock switch on it, or use another."},
	{stick.ErrFailing, Vanished, Warning, "explain.failing", "", "The drive made an error or was pulled out, so this was not finished; what was reported as stored is safe, so plug it in again, try another socket, and have a backup made if it happens again."},
	{stick.ErrReopen, Failed, Warning, "explain.reopen", "the stick", "The drive made an error, so it is not certain what of this change is on {}; what was reported as stored is safe, so repeat the command."},
	{stick.ErrInUse, InUse, Warning, "explain.inuse", "the stick", "{} is open in another program, so nothing was changed; close it there and try again."},
	{stick.ErrClosed, Vanished, Info, "explain.closed", "the stick", "{} was closed in the meantime; what was reported as stored is safe, so repeat the command."},
	{stick.ErrTooMuch, BadInput, Serious, "explain.toomuch", "the stick", "{} holds more than an honest program writes, so it was not opened and nothing was changed; hand it to ICT."},
	{stick.ErrTooLarge, BadInput, Warning, "explain.toolarge", "this", "{} is too large for a stick, so nothing was stored."},
	{stick.ErrExists, Exists, Warning, "explain.exists", "a name", "{} is taken already, so nothing was changed; choose another name{or}."},
	{stick.ErrKind, State, Warning, "explain.kind", "this", "A folder and a file cannot take each other's place ({}), so nothing was changed; choose another name."},
	{stick.ErrName, BadInput, Warning, "explain.name", "this", "{} is not a name that a stick can hold, so nothing was changed; choose another name."},
	{stick.ErrSpecial, BadInput, Warning, "explain.special", "this", "{} is a link or a device, so it was not stored."},
	{stick.ErrChanged, Failed, Warning, "explain.changed", "a file", "{} changed while it was being read, so it was not stored; try again when nobody is writing it."},
	{stick.ErrNotFound, NotFound, Warning, "explain.stick.notfound", "this", "{} is not on the stick, so nothing was changed; look with: stow stick ls"},
	{stick.ErrMissing, Damaged, Serious, "explain.missing", "the stick", "Something that belongs on {} is missing; everything else can be read, so hand the stick to ICT."},
	{stick.ErrDamaged, Damaged, Serious, "explain.stick.damaged", "the stick", "Something on {} is damaged and was not read; everything else is there, so run: stow stick check"},

	// The register.
	{devices.ErrNotFound, NotFound, Warning, "explain.notfound", "this", "{} is not in the register, so nothing was changed; look with: stow register search, or stow holder list"},
	{devices.ErrChanged, State, Warning, "explain.register.changed", "this", "Somebody else changed {} in the meantime, so nothing was changed now; look again and repeat the command."},
	{devices.ErrClosed, State, Warning, "explain.incident.closed", "the incident", "{} is closed, so nothing was changed; open it again with: stow incident reopen"},
	{devices.ErrUndecided, State, Warning, "explain.incident.undecided", "the incident", "Nobody has decided yet whether to tell the regulator, so {} stays open; record it with: stow incident decide"},
	{devices.ErrLeft, State, Warning, "explain.left", "this person", "{} has left the school, so nothing can be issued to them; if they are back, use: stow holder rejoin"},
	{devices.ErrCorrupt, Damaged, Serious, "explain.register.damaged", "", "The register is damaged and was not changed; restore its newest backup with: stow register restore"},
	{store.ErrDamaged, Damaged, Serious, "explain.register.damaged", "", "The register is damaged and was not changed; restore its newest backup with: stow register restore"},
	{store.ErrNotRegister, BadInput, Warning, "explain.notregister", "this", "{} is not a register or a backup of one; nothing was changed."},
	{devices.ErrNewer, Newer, Warning, "explain.newer", "", "The register was made by a newer version of Stowage, so it was not touched; use that version."},
	{store.ErrNewer, Newer, Warning, "explain.newer", "", "The register was made by a newer version of Stowage, so it was not touched; use that version."},
	{store.ErrFull, Full, Warning, "explain.register.full", "", "The drive that the register is on is full, so nothing was changed; free some space and try again."},
	{store.ErrReadOnly, ReadOnly, Warning, "explain.register.readonly", "", "The register can only be read, so nothing was changed; check the permissions of the school's folder."},
	{store.ErrVanished, Vanished, Warning, "explain.register.vanished", "", "The register is not where it was, so nothing was changed; connect the drive or the network that the school's folder is on, or see where it is with: stow school show"},
	{store.ErrFailing, Vanished, Warning, "explain.register.failing", "", "The drive that the register is on made an error, so nothing was changed; try again, and if it happens again, move the school's folder to another drive."},
	{store.ErrBusy, InUse, Info, "explain.register.busy", "", "Another program is busy with the register, so nothing was changed; try again in a moment."},
	{store.ErrNotAllowed, Permission, Warning, "explain.register.notallowed", "", "Your login to the database may not do that (an auditor's only reads, a site's only changes what is at its own sites), so nothing was changed; name your site with --site where that is missing, or ask ICT of the trust."},
	{store.ErrPassword, Passphrase, Warning, "explain.register.password", "", "The database does not accept this login or its password, so nothing was changed; put it into ~/.pgpass, or ask whoever runs the server."},
	{store.ErrNoDatabase, NoSchool, Warning, "explain.register.unreachable", "", "The register's database cannot be reached, or the server has none of that name, so nothing was changed; check the connection string and the network, or ask whoever runs the server."},
	{store.ErrURL, Usage, Warning, "explain.register.url", "", "The register's connection string cannot be used, so nothing was done: it looks like postgres://login@host/database, holds no password, and needs an encrypted connection (sslmode=verify-full)."},
	{store.ErrNotSetUp, NoSchool, Warning, "explain.register.notsetup", "", "The database is not set up for this version of Stowage, or not for your login, so nothing was changed; its owner runs: stow register postgres setup"},
	{store.ErrNotEmpty, Exists, Warning, "explain.register.notempty", "", "There is another register already, which was left as it is; move to an empty database or folder."},
	{school.ErrOnServer, State, Warning, "explain.register.onserver", "", "The register is kept on a server, so it was not touched; restore the backup into a copy of the school's folder without register.url, and move that register to an empty database (stow register move), or have whoever runs the server restore theirs with pg_restore."},
	{store.ErrMoved, State, Warning, "explain.register.moved", "", "The register has been moved to another place in the meantime, so nothing was changed; run the command again."},
	{drives.ErrSystem, Unsuitable, Warning, "explain.system", "this drive", "{} is a system disk, which is never made a stick; nothing was changed, so choose another (stow drives)."},
	{drives.ErrBusy, InUse, Warning, "explain.drive.busy", "the drive", "{} is still in use, so it was not let go; close the programs and folders that use it and try again."},
	{drives.ErrNotAllowed, Permission, Warning, "explain.drive.notallowed", "the drive", "The system does not let you eject {}; use its own way to remove a drive safely."},
	{drives.ErrGone, Vanished, Warning, "explain.gone", "", "The drive is no longer there, so nothing was changed; plug it in again."},

	// Files.
	{filecrypt.ErrNotEncrypted, Usage, Warning, "explain.notage", "the file", "{} does not end in .age, so it is not clear what to call the decrypted file, and nothing was done; use - and redirect."},
	{safefile.ErrExists, Exists, Warning, "explain.exists", "the file", "{} exists already and was left as it is; choose another name{or}."},
	{crypt.ErrPassphrase, Passphrase, Warning, "explain.passphrase", "this", "The passphrase of {} is wrong; nothing was changed, so try again."},
	{crypt.ErrNoIdentity, WrongKey, Warning, "explain.noidentity", "this", "This key does not open {}, which was encrypted for somebody else; nothing was changed, so try another key, or ask ICT."},
	{crypt.ErrNotAge, NotAge, Warning, "explain.notage", "the file", "{} is not an encrypted (age) file; nothing was changed."},
	{crypt.ErrWorkFactor, Damaged, Serious, "explain.hostile", "the file", "{} asks for so much work for its passphrase that it was not tried, as no honest program makes such files; nothing was changed."},
	{crypt.ErrDamaged, Damaged, Serious, "explain.damaged", "the file", "{} is damaged or was altered, so nothing was written; get another copy of it, or ask ICT."},
	{crypt.ErrTooMany, BadInput, Serious, "explain.toomany", "the folder", "{} holds more than a million files and folders, which is more than one archive may hold, so nothing was written; take it in several parts."},
	{crypt.ErrUnsafe, Damaged, Serious, "explain.unsafe", "the archive", "{} holds names that reach outside its folder or that this computer cannot hold, so nothing was written; decrypt it without --extract to look at it."},
	{crypt.ErrChanged, Failed, Warning, "explain.changed", "a file", "{} changed while it was being read, so nothing was written; try again when nobody is writing it."},
	{safefile.ErrNotRegular, BadInput, Warning, "explain.notafile", "this", "{} is no file, but a folder, a pipe or a device, so it was not read; nothing was changed."},
	{safefile.ErrTooLarge, BadInput, Warning, "explain.file.toolarge", "this", "{} is larger than anything of its kind, so it was not read; nothing was changed."},
	{safefile.ErrInUse, InUse, Warning, "explain.file.inuse", "a file", "{} is open in another program, so nothing was changed; close it there and try again."},
	{safefile.ErrPartInUse, InUse, Warning, "explain.file.inuse", "a file", "{} is open in another program, so nothing was changed; close it there and try again."},
}

// systemRows are what the operating system says. Their order means nothing.
var systemRows = []Row{
	{fault.ErrFull, Full, Warning, "explain.full", "", "The drive is full, so nothing was written; free some space and try again."},
	{fault.ErrReadOnly, ReadOnly, Warning, "explain.readonly", "", "The drive can only be read, so nothing was written; choose another place."},
	{fault.ErrGone, Vanished, Warning, "explain.file.taken", "", "The drive or the network folder was taken away while it was used, so this was not finished; connect it again and repeat the command."},
	{fault.ErrFailing, Vanished, Warning, "explain.failing", "", "The drive made an error or was pulled out, so this was not finished; connect it again and repeat the command, or use another drive."},
	{fs.ErrNotExist, NotFound, Warning, "explain.file.gone", "a file", "{} is not there; nothing was changed, so check the name."},
	{fs.ErrExist, Exists, Warning, "explain.exists", "the file", "{} exists already and was left as it is; choose another name."},
	{fs.ErrPermission, Permission, Warning, "explain.permission", "the file", "The system does not allow access to {}; nothing was changed, so check its permissions, or ask ICT."},
	{context.DeadlineExceeded, Failed, Warning, "explain.slow", "", "The drive or the server did not answer in time, so this was not finished; try again."},
}

package main

import (
	"fmt"
	"strings"
)

// exitCode is the status stow ends with. The numbers and names are part of its
// interface and never change their meaning.
type exitCode int

const (
	exitOK exitCode = iota
	exitFailed
	exitUsage
	exitPassphrase
	exitWrongKey
	exitDamagedKey
	exitNotStick
	exitOtherSchool
	exitDamaged
	exitFull
	exitReadOnly
	exitVanished
	exitInUse
	exitBlocked
	exitExists
	exitMustChange
	exitState
	exitNotFound
	exitWeak
	exitNotAge
	exitNoSchool
	exitForged
	exitPermission
	exitBadInput
	exitRolledBack
	exitCode25
	exitPartly
	exitPlain
	exitNewer
	exitUnsuitable
	exitTampered

	exitCancelled exitCode = 130
)

// exits is the one table of exit codes: `stow help exit-codes` prints it and
// --json errors carry its names.
var exits = []struct {
	code exitCode
	name string
	what string
}{
	{exitOK, "ok", "done"},
	{exitFailed, "failed", "something else went wrong; the message says what"},
	{exitUsage, "usage", "the command line is not right"},
	{exitPassphrase, "wrong-passphrase", "the passphrase is wrong"},
	{exitWrongKey, "wrong-key", "the key does not open this"},
	{exitDamagedKey, "damaged-key", "the key file is damaged, or is no key file"},
	{exitNotStick, "not-a-stick", "this is not a stick"},
	{exitOtherSchool, "other-school", "the stick, key or directory belongs to another school"},
	{exitDamaged, "damaged", "damage was found: a torn or forged layer, a damaged file"},
	{exitFull, "full", "the drive is full"},
	{exitReadOnly, "read-only", "the drive can only be read"},
	{exitVanished, "vanished", "the drive was pulled out or stopped answering"},
	{exitInUse, "in-use", "another program has the stick, a file or the register open"},
	{exitBlocked, "blocked", "the key is revoked or blocked"},
	{exitExists, "exists", "it exists already and was left as it is"},
	{exitMustChange, "must-change", "the temporary passphrase must be changed first"},
	{exitState, "not-allowed", "the register does not allow this in the present state"},
	{exitNotFound, "not-found", "no such person, device or file"},
	{exitWeak, "weak-passphrase", "the new passphrase is too weak"},
	{exitNotAge, "not-age", "this is not an encrypted (age) file"},
	{exitNoSchool, "no-school", "the school's folder is not set, is not one, or is out of reach"},
	{exitForged, "forged", "a signature or seal does not fit: it was not made by the school"},
	{exitPermission, "permission", "the system does not allow this"},
	{exitBadInput, "bad-input", "what was given is not in order, for example a row of a CSV file"},
	{exitRolledBack, "rolled-back", "the stick is older than it was seen before, or was put back and written on"},
	{exitCode25, "wrong-code", "the recovery code is mistyped or wrong"},
	{exitPartly, "partly", "done, but some files were skipped or had to be renamed"},
	{exitPlain, "plain-found", "files that are not encrypted were found"},
	{exitNewer, "newer-format", "it was made by a newer version of Stowage"},
	{exitUnsuitable, "unsuitable-drive", "this drive cannot become a stick"},
	{exitTampered, "tampered", "the register's history was changed by other means than this program"},
	{exitCancelled, "cancelled", "stopped by Ctrl-C"},
}

// name returns the word for the code that --json errors carry.
func (c exitCode) name() string {
	for _, e := range exits {
		if e.code == c {
			return e.name
		}
	}
	return "failed"
}

// exitTable is the table in words, for the help.
func exitTable() string {
	var b strings.Builder
	for _, e := range exits {
		fmt.Fprintf(&b, "%5d  %-17s %s\n", e.code, e.name, e.what)
	}
	return b.String()
}

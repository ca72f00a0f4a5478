package explain

import (
	"fmt"
	"strings"
)

// Code is the exit status of stow. Numbers and names are part of its interface
// and never change their meaning.
type Code int

// The codes; [Codes] says what each of them means.
const (
	OK Code = iota
	Failed
	Usage
	Passphrase
	WrongKey
	DamagedKey
	NotStick
	OtherSchool
	Damaged
	Full
	ReadOnly
	Vanished
	InUse
	Blocked
	Exists
	MustChange
	State
	NotFound
	Weak
	NotAge
	NoSchool
	Forged
	Permission
	BadInput
	RolledBack
	WrongCode
	Partly
	Plain
	Newer
	Unsuitable
	Tampered

	Cancelled Code = 130
)

// exits is the one table of exit codes: `stow help exit-codes` prints it and
// --json errors carry its names.
var exits = []struct {
	code Code
	name string
	what string
}{
	{OK, "ok", "done"},
	{Failed, "failed", "something else went wrong; the message says what"},
	{Usage, "usage", "the command line is not right"},
	{Passphrase, "wrong-passphrase", "the passphrase is wrong"},
	{WrongKey, "wrong-key", "the key does not open this"},
	{DamagedKey, "damaged-key", "the key file is damaged, or is no key file"},
	{NotStick, "not-a-stick", "this is not a stick"},
	{OtherSchool, "other-school", "the stick, key or directory belongs to another school"},
	{Damaged, "damaged", "damage was found: a torn or forged layer, a damaged file"},
	{Full, "full", "the drive is full"},
	{ReadOnly, "read-only", "the drive can only be read"},
	{Vanished, "vanished", "the drive was pulled out or stopped answering"},
	{InUse, "in-use", "another program has the stick, a file or the register open"},
	{Blocked, "blocked", "the key is revoked or blocked"},
	{Exists, "exists", "it exists already and was left as it is"},
	{MustChange, "must-change", "the temporary passphrase must be changed first"},
	{State, "not-allowed", "the register does not allow this in the present state"},
	{NotFound, "not-found", "no such person, device or file"},
	{Weak, "weak-passphrase", "the new passphrase is too weak"},
	{NotAge, "not-age", "this is not an encrypted (age) file"},
	{NoSchool, "no-school", "the school's folder is not set, is not one, or is out of reach"},
	{Forged, "forged", "a signature or seal does not fit: it was not made by the school"},
	{Permission, "permission", "the system does not allow this"},
	{BadInput, "bad-input", "what was given is not in order, for example a row of a CSV file"},
	{RolledBack, "rolled-back", "the stick is older than it was seen before, or was put back and written on"},
	{WrongCode, "wrong-code", "the recovery code is mistyped or wrong"},
	{Partly, "partly", "done, but some files were skipped or had to be renamed"},
	{Plain, "plain-found", "files that are not encrypted were found"},
	{Newer, "newer-format", "it was made by a newer version of Stowage"},
	{Unsuitable, "unsuitable-drive", "this drive cannot become a stick"},
	{Tampered, "tampered", "the register's history was changed by other means than this program"},
	{Cancelled, "cancelled", "stopped by Ctrl-C"},
}

// Name returns the word for the code, which --json errors carry.
func (c Code) Name() string {
	for _, e := range exits {
		if e.code == c {
			return e.name
		}
	}
	return "failed"
}

// Codes is the table of all codes in words, for the help.
func Codes() string {
	var b strings.Builder
	for _, e := range exits {
		fmt.Fprintf(&b, "%5d  %-17s %s\n", e.code, e.name, e.what)
	}
	return b.String()
}

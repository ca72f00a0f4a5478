package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/openings"
	"stowage/devices/school/remembered"
)

// unlockFlags say what a stick is opened with: the holder's key that it
// carries, unless a flag names something else.
type unlockFlags struct {
	secret   cli.PassphraseFlag // of the holder's key
	key      string             // --key
	recovery bool               // --recovery
	ict      cli.PassphraseFlag // of the authority
	code     bool               // --code
	codeFile cli.PassphraseFlag // --code-file
	reason   cli.ReasonFlag     // --reason, with --recovery
	routine  bool               // shows nothing of the holder's files, and is on record anyway
}

func (u *unlockFlags) add(cmd *cobra.Command) {
	u.secret.AddHolder(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&u.key, "key", "i", "", "open it with the key `FILE` instead of the key on the stick")
	flags.BoolVar(&u.recovery, "recovery", false, "open it with the school's recovery key (ICT)")
	flags.BoolVar(&u.code, "code", false, "open it, once, with the recovery code that ICT reads out")
	u.codeFile.Add(cmd, "code-file", "read the recovery code from a file")
	u.ict.AddAuthority(cmd, false)
	if !u.routine {
		u.reason.Add(cmd, "with --recovery")
	}
	cmd.MarkFlagsMutuallyExclusive("key", "recovery", "code", "code-file")
}

// access says whether a command changes the stick.
type access int

const (
	forReading access = iota
	forWriting
	asAllowed // it changes the stick where the drive can be written to
)

// writesIf is for a command that changes the stick only sometimes.
func writesIf(changes bool) access {
	if changes {
		return forWriting
	}
	return forReading
}

// openedStick is a stick that a command has open, with what opened it.
type openedStick struct {
	*stick.Stick
	drive  cli.DriveFS
	holder *keys.HolderKey // nil when it was not a holder's key
	byCode bool            // with the recovery code, which is used up by that
	school *school.School  // with --recovery

	toldGivenUp atomic.Int64 // how many old versions made room, as far as that was told
}

// withStick opens the stick at path, runs do and closes it. A key whose
// temporary passphrase was not changed yet opens nothing.
func withStick(ctx context.Context, a *cli.App, path string, u unlockFlags, how access, do func(context.Context, *stick.Stick) error) error {
	return withReady(ctx, a, path, u, how, func(s *openedStick) error { return do(ctx, s.Stick) })
}

// withReady is withStick for commands that need the drive as well.
func withReady(ctx context.Context, a *cli.App, path string, u unlockFlags, how access, do func(*openedStick) error) error {
	return withOpened(ctx, a, path, u, how, func(s *openedStick) error {
		if s.MustChangePassphrase() {
			return cli.On("the stick at "+path, keys.ErrMustChange)
		}
		return do(s)
	})
}

// withOpened is withStick for commands that need to know what opened it, and
// that a temporary passphrase does not stop.
func withOpened(ctx context.Context, a *cli.App, path string, u unlockFlags, how access, do func(*openedStick) error) (err error) {
	drive, err := a.OpenDrive(path)
	if err != nil {
		return cli.On(path, err)
	}
	defer func() { err = errors.Join(err, drive.Close()) }()
	note, err := lookAt(drive)
	if err != nil {
		return cli.On(path, err)
	}
	a.StickContact = note.Contact
	warnIfLost(a, note)
	if u.recovery {
		reason, err := a.ReasonUnless(ctx, u.routine, u.reason)
		if err != nil {
			return err
		}
		return a.WithAuthority(ctx, u.ict, func(s *school.School) error {
			authority, err := s.Authority()
			if err != nil {
				return err
			}
			if _, err := stick.Inspect(drive, authority.Verifier()); err != nil {
				return cli.On("the stick at "+path, err)
			}
			if !u.routine {
				if err := openings.RecordStick(ctx, s, drive, note, reason); err != nil {
					return cli.On("the stick at "+path, err)
				}
			}
			with := stick.WithRecovery(authority.Identities(), authority.Verifier())
			return opened(ctx, a, path, &openedStick{drive: drive, school: s}, note, with, how, do)
		})
	}
	with, holder, err := unlocking(ctx, a, path, drive, u)
	if err != nil {
		return err
	}
	if holder != nil {
		defer holder.Wipe()
	}
	byCode := u.code || u.codeFile.File != ""
	return opened(ctx, a, path, &openedStick{drive: drive, holder: holder, byCode: byCode}, note, with, how, do)
}

// lookAt reads the note of a stick, whoever signed it. Where keys are, but the
// note says nothing that makes sense, somebody or something has changed it.
func lookAt(drive stick.FS) (stick.Note, error) {
	summary, err := stick.Inspect(drive, "")
	if err == nil {
		return summary.Note, nil
	}
	if errors.Is(err, stick.ErrNotStick) {
		if carried, keyErr := stick.HolderKeys(drive); keyErr == nil && len(carried) > 0 {
			err = fmt.Errorf("%w: %v", keys.ErrForged, err)
		}
	}
	return stick.Note{}, err
}

// opened opens the stick, says what is not as it should be, runs do, and
// remembers how the stick was left.
func opened(ctx context.Context, a *cli.App, path string, s *openedStick, note stick.Note, with stick.Unlock, how access, do func(*openedStick) error) error {
	seen, err := a.Heads()
	if err != nil {
		return err
	}
	options := stick.OpenOptions{ReadOnly: how == forReading && !s.byCode, LastSeen: seen.Load(note.ID), Program: "stow", Clock: a.Now}
	s.Stick, err = stick.Open(ctx, s.drive, with, options)
	if (s.byCode && how == forReading || how == asAllowed) && errors.Is(err, stick.ErrReadOnly) {
		options.ReadOnly = true
		if s.Stick, err = stick.Open(ctx, s.drive, with, options); err == nil && how == asAllowed {
			a.Warn("The drive can only be read, so nothing on the stick is changed.")
		}
	}
	cli.GiveBack() // with a recovery code, it was opening that checked it
	if err != nil {
		return cli.On("the stick at "+path, err)
	}
	if kept, err := a.Serials(); err == nil && s.holder != nil {
		_ = kept.TakeDirectory(ctx, s.drive, s.holder, s.Verifier()) // a newer one that it took along from school
	}
	if s.holder != nil {
		told, err := openings.OnStick(ctx, s.drive, s.holder, s.Note(), s.Verifier())
		tellOpenings(a, seen, told, err, note.ID)
	}
	rolledBack := warnOf(a, s.Warnings())
	if s.byCode && !s.ReadOnly() {
		a.Warn("The recovery code is used up: it opened the stick this once. Take the stick to ICT, who give it a new key and a new code.")
	}
	err = do(s)
	tellGivenUp(a, s)
	head := s.Head()
	settled := s.Recall(options.LastSeen) == nil // somebody decided meanwhile
	err = cli.FirstError(err, s.Close())
	if !rolledBack || settled {
		remember(a, seen, note.ID, head)
	}
	return err
}

// tellGivenUp says that old versions have made room, whenever there are more of them.
func tellGivenUp(a *cli.App, s *openedStick) {
	all := int64(s.GivenUp())
	if more := all - s.toldGivenUp.Swap(all); more > 0 {
		a.Warn("To make room, %s given up, the oldest first.", cli.Counted(int(more), "old version of a file was", "old versions of files were"))
	}
}

// remember keeps how a stick was left; that it cannot is only a warning.
func remember(a *cli.App, seen remembered.Heads, id string, head stick.Head) {
	if err := seen.Save(id, head); err != nil {
		a.Warn("How the stick was left could not be remembered on this computer (%v).", err)
	}
}

// unlocking makes what a stick is opened with, from the flags.
func unlocking(ctx context.Context, a *cli.App, path string, drive cli.DriveFS, u unlockFlags) (stick.Unlock, *keys.HolderKey, error) {
	if u.code || u.codeFile.File != "" {
		code, err := a.Passphrase(ctx, u.codeFile, "the stick: the recovery code that ICT reads out")
		if err != nil {
			return nil, nil, err
		}
		return stick.WithCode(code), nil, nil // cleared with the process; Open needs it later
	}
	k, err := holderKey(ctx, a, path, drive, u)
	if err != nil {
		return nil, nil, err
	}
	return stick.WithHolderKey(k), k, nil
}

// holderKey unlocks the holder's key, from a file or from the stick.
func holderKey(ctx context.Context, a *cli.App, path string, drive cli.DriveFS, u unlockFlags) (*keys.HolderKey, error) {
	if u.key != "" {
		sealed, err := cli.ReadSmallFile(u.key)
		if err != nil {
			return nil, cli.On(u.key, err)
		}
		return a.UnlockKey(ctx, [][]byte{sealed}, u.key, u.secret)
	}
	sealed, err := stick.HolderKeys(drive)
	if err != nil {
		return nil, cli.On(path, err)
	}
	if len(sealed) == 0 {
		if stick.KeysGone(drive) {
			return nil, cli.On("the stick at "+path, stick.ErrKeysGone)
		}
		return nil, cli.On("the stick at "+path, stick.ErrNoKey)
	}
	return a.UnlockKey(ctx, sealed, "the stick at "+path, u.secret)
}

// warnIfLost says so when the directory at hand lists the stick as lost.
func warnIfLost(a *cli.App, note stick.Note) {
	d, err := a.Directory("")
	if err != nil {
		return // a home computer knows no school
	}
	for _, lost := range d.Lost {
		if lost.ID == note.ID {
			a.Warn("This stick (%s) was reported lost on %s; please take it to ICT.", note.Label, cli.DayText(lost.Since))
		}
	}
}

// warnOf puts what is wrong on a stick into words. It reports whether the stick
// is older than it was.
func warnOf(a *cli.App, warnings []stick.Warning) (rolledBack bool) {
	for _, w := range warnings {
		a.Warn("%s", cli.WarningText(w))
		rolledBack = rolledBack || w.Kind == stick.WarnRolledBack || w.Kind == stick.WarnForked
	}
	return rolledBack
}

// tellOpenings tells a holder what ICT opened since they were last told on this computer. err says that this
// version cannot read it.
func tellOpenings(a *cli.App, seen remembered.Heads, all []openings.ToldOpening, err error, stickID string) {
	if err != nil {
		a.Warn("ICT opened something of yours with the recovery key, and what it was is told by a newer version of Stowage; use that version, or ask ICT.")
		return
	}
	for _, o := range openings.New(seen, stickID, all) {
		a.Warn("%s on %s: %s", openedText(o.What), cli.DayText(o.Time), cli.Printable(o.Reason))
	}
	if err := openings.MarkShown(seen, stickID, all); err != nil {
		a.Warn("That you were told could not be remembered on this computer (%v).", err)
	}
}

func openedText(what devices.Opened) string {
	switch what {
	case devices.OpenedBackup:
		return "ICT opened the backup of this stick"
	case devices.OpenedListing:
		return "ICT read the names of the files on this stick"
	case devices.OpenedFiles:
		return "ICT opened encrypted files of yours"
	}
	return "ICT opened this stick"
}

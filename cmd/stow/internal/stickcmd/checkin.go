package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/registercmd"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
	"stowage/devices/school/known"
	"stowage/devices/school/openings"
)

// jsonSight is the result of a check-in.
type jsonSight struct {
	Device       devices.Device `json:"device"`
	Lost         bool           `json:"was_lost"`
	Older        bool           `json:"older"`
	Fork         *jsonFork      `json:"fork,omitempty"`    // what it had and has no more
	Settled      bool           `json:"settled,omitempty"` // and is left as it is, on record
	CodeReplaced bool           `json:"code_replaced"`
	ReadOnly     bool           `json:"read_only"`           // so that nothing was written onto it
	KeysGone     bool           `json:"keys_gone,omitempty"` // not opened, and no key opens it
	CodeDue      bool           `json:"code_due"`            // it needs a new code, for which it was to be written to
	KeyKept      bool           `json:"key_kept"`
	KeyRenewed   bool           `json:"key_renewed"`
	Directory    bool           `json:"directory"`        // it carries the school's newest
	Checkpoint   bool           `json:"checkpoint"`       // it carries the register's newest
	Backup       *jsonBackup    `json:"backup,omitempty"` // when it was backed up
	// Changes are those on a lost stick since it was backed up, where ICT opened it.
	Changes  *backup.Changes `json:"changes,omitempty"`
	Problems []jsonProblem   `json:"problems"`
	// Programs are those on the stick as they came; Updated are new on it now.
	Programs []JSONProgram `json:"programs,omitempty"`
	Updated  []JSONProgram `json:"programs_updated,omitempty"`
	Removed  []string      `json:"programs_removed,omitempty"`
	jsonTop
}

func stickCheckin(a *cli.App) *cobra.Command {
	unlock := unlockFlags{routine: true}
	var check, sealed, noBackup bool
	var options checkin.Options
	var programs ProgramsFlag
	cmd := &cobra.Command{
		Use:   "checkin STICK",
		Short: "Record that a stick was seen at school: how full, how healthy, how new",
		Long: `Record that a stick was seen at school: when, its newest layer, how full it is, and
with --check its health. A recovery code that was given out is replaced, and the
copies of the person's key on the stick and in the school's folder get the newest
passphrase. The stick takes the newest directory along, encrypted to the person's
key, for when the school is out of reach; and the register's newest checkpoint, handing back the one
that it brought; what is on it is listed, encrypted to the school's recovery key, for the
day on which it is lost; and it is backed up. A stick that is older than it was, or that was
reported lost, is named. So is one that was put back to an earlier state and then written
on, with the files that were lost by that, until ICT has looked what became of it and
settles it (--recovery --settle 'WHY'): that is recorded, and the stick goes on as it is. One that can only be read is recorded, and what it was not given is named.

The programs on it are compared with what the school signed for; with the authority's passphrase
(--recovery) those that are older than the school's are replaced. One that somebody else put
there is left for you to look into, until you say --replace-programs. Whatever else lies at the
top of the stick is named and recorded, what a computer may run first; you delete it yourself.

With --sealed it is not opened, and no passphrase is asked for: what needs no key is done.`,
		Example: cli.Examples(
			"stow stick checkin /media/STICK --recovery --check",
			"stow stick checkin /media/STICK --place 'ICT office'",
			"stow stick checkin /media/STICK --recovery --programs windows,macos",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if sealed {
				options.BackUp = !noBackup
				return glance(cmd.Context(), a, args[0], options)
			}
			var err error
			if options.Programs.Names, err = programs.Names(); err != nil {
				return err
			}
			options.Programs.Choose = cmd.Flags().Changed("programs")
			return withOpened(cmd.Context(), a, args[0], unlock, asAllowed, func(s *openedStick) error {
				options.Drive, options.Holder, options.BackUp = s.drive, s.holder, !noBackup
				return checkIn(cmd.Context(), a, args[0], s, check, options)
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVar(&sealed, "sealed", false, "do not open it, and do what needs no key")
	cmd.Flags().BoolVar(&noBackup, "no-backup", false, "do not back it up now")
	cmd.Flags().BoolVar(&check, "check", false, "read every byte, to see that the stick is healthy")
	cmd.Flags().BoolVar(&options.NewCode, "new-code", false, "replace the recovery code even if it was not used")
	programs.add(cmd, "have the stick carry the program for these `SYSTEMS` and no others, or none (ICT)")
	cmd.Flags().BoolVar(&options.Programs.ReplaceStrange, "replace-programs", false, "replace programs that somebody else put on the stick (ICT)")
	cmd.Flags().StringVar(&options.Settle, "settle", "", "`WHY` a stick that was put back to an earlier state is left as it is (ICT)")
	cmd.Flags().StringVar(&options.Place, "place", "", "`WHERE` it was seen")
	cmd.MarkFlagsMutuallyExclusive("sealed", "check")
	cmd.MarkFlagsMutuallyExclusive("sealed", "programs")
	cmd.MarkFlagsMutuallyExclusive("sealed", "replace-programs")
	cmd.MarkFlagsMutuallyExclusive("sealed", "new-code")
	cmd.MarkFlagsMutuallyExclusive("sealed", "settle")
	return cmd
}

func checkIn(ctx context.Context, a *cli.App, path string, s *openedStick, check bool, options checkin.Options) error {
	health := devices.Unchecked
	problems := []jsonProblem{}
	if check {
		p := a.Progress("checking")
		result, err := s.Check(ctx, p)
		p.End()
		if err != nil {
			return cli.On("the stick at "+path, err)
		}
		health, problems = devices.Healthy, problemList(result.Problems)
		if !result.Healthy() {
			health = devices.Broken
		}
		if len(problems) > 0 && s.school != nil {
			if err := openings.RecordStick(ctx, s.school, s.drive, s.Note(), openings.PurposeDamage); err != nil {
				return cli.On("the stick at "+path, err)
			}
		}
	}
	register := func(in *school.School) error {
		options.Health = health
		p := a.Progress("backing up")
		options.Progress = p
		changes := changes(ctx, a, in, s) // before backing up makes them the same
		seen, err := checkin.Stick(ctx, in, s.Stick, options)
		p.End()
		if err != nil {
			return cli.On("the stick at "+path, err)
		}
		return cli.On("the stick at "+path, showSight(a, seen, s.Note(), problems, changes))
	}
	if s.school != nil {
		return register(s.school)
	}
	return a.WithSchool(ctx, register)
}

// changes says what changed on a stick that went missing since it was backed up; nil for
// one that is not lost, or where that cannot be known.
func changes(ctx context.Context, a *cli.App, in *school.School, s *openedStick) *backup.Changes {
	d, err := known.Device(ctx, in.Register(), s.Note())
	if err != nil || !slices.Contains([]devices.State{devices.Lost, devices.Stolen, devices.Found}, d.State) {
		return nil
	}
	c, err := backup.ChangedSince(ctx, in, s.Stick)
	if err != nil {
		return nil // not ICT, or never backed up
	}
	return &c
}

// glance checks a stick in that nobody opened.
func glance(ctx context.Context, a *cli.App, path string, options checkin.Options) error {
	return a.WithSchool(ctx, func(in *school.School) error {
		return a.WithDrive(path, func(drive cli.DriveFS) error {
			note, err := lookAt(drive)
			if err != nil {
				return cli.On(path, err)
			}
			p := a.Progress("backing up")
			options.Drive, options.Progress = drive, p
			seen, err := checkin.Unopened(ctx, in, options)
			p.End()
			if err != nil {
				return cli.On("the stick at "+path, err)
			}
			return cli.On("the stick at "+path, showSight(a, seen, note, []jsonProblem{}, nil))
		})
	})
}

// showSight says what a check-in found and did. A backup that failed is a
// warning: the stick was seen all the same.
func showSight(a *cli.App, seen checkin.Result, n stick.Note, problems []jsonProblem, changes *backup.Changes) error {
	out := jsonSight{
		Device: seen.Device, Lost: seen.Lost, Older: seen.Older, Fork: forkJSON(seen.Fork), Settled: seen.Settled, KeysGone: seen.KeysGone, CodeReplaced: seen.CodeReplaced, KeyKept: seen.KeyKept,
		ReadOnly: seen.ReadOnly, CodeDue: seen.CodeDue, KeyRenewed: seen.KeyRenewed, Directory: seen.Directory, Checkpoint: seen.Checkpoint, Changes: changes, Problems: problems,
		Programs: programsJSON(seen.Programs.Found), Removed: seen.Programs.Removed,
		jsonTop: topJSON(seen.Programs.Top),
	}
	for _, p := range seen.Programs.Updated {
		out.Updated = append(out.Updated, ProgramJSON(p))
	}
	if errors.Is(seen.Programs.Err, school.ErrLocked) {
		a.Warn("The programs on it are not as they are to be, which takes ICT: stow stick checkin --recovery")
	} else if seen.Programs.Err != nil {
		_, text := a.Explain(cli.On("the stick", seen.Programs.Err))
		a.Warn("The programs on it are as they were: %s", text)
	}
	if seen.ListErr != nil {
		_, text := a.Explain(cli.On("the stick", seen.ListErr))
		a.Warn("What is on it was not listed: %s", text)
	}
	if seen.BackupErr != nil {
		_, text := a.Explain(cli.On("the stick", seen.BackupErr))
		a.Warn("It was not backed up: %s", text)
	} else if seen.Backup != nil {
		b := backupJSON(n, *seen.Backup)
		b.When = a.Now()
		out.Backup = &b
	}
	err := cli.FirstError(a.Show(out, func(w io.Writer) { sightText(w, out) }), problemsError(problems))
	switch {
	case err != nil:
		return err
	case seen.Tampered != nil:
		return errTampered
	case seen.Older:
		return out.Fork.err()
	case seen.KeysGone:
		return stick.ErrKeysGone
	case seen.Backup != nil && seen.Backup.Unclear:
		return errUnclear
	case seen.Backup != nil && len(seen.Backup.Differing) > 0:
		return errDiffers
	case len(out.Updated)+len(out.Removed) > 0: // the school's have taken their place
		return planted(out.jsonTop)
	}
	return cli.FirstError(strange(out.Programs), planted(out.jsonTop))
}

// errTampered: the register does not fit the checkpoint that a stick brought.
var errTampered = errors.New("the register does not fit the checkpoint that came back")

// errRolledBack: a stick that was checked in is older than it was.
var errRolledBack = errors.New("the stick is older than it was when last seen")

func sightText(w io.Writer, s jsonSight) {
	fmt.Fprintf(w, "Seen: %s, %s.\n", cli.Printable(s.Device.Name()), registercmd.SeenText(s.Device.Seen))
	for _, line := range []struct {
		say  bool
		text string
	}{
		{s.Older && !s.Fork.forked(), "It is older than it was when last seen: find out what happened to it."},
		{s.Fork.forked(), "It was put back to an earlier state and then written on: find out what happened to it."},
		{s.CodeReplaced, "The recovery code had been given out; it has a new one."},
		{s.ReadOnly, "It can only be read, so it was not given the newest directory, checkpoint, key and programs."},
		{s.CodeDue, "Its recovery code could not be replaced: check it in again where it can be written to."},
		{s.KeyKept, "The school's copy of the key has the stick's newer passphrase now."},
		{s.KeyRenewed, "The key on the stick has the newer passphrase now that was set elsewhere."},
	} {
		if line.say {
			fmt.Fprintln(w, cli.Printable(line.text))
		}
	}
	forkText(w, s.Device.Name(), s.Fork)
	if s.Settled {
		fmt.Fprintln(w, "That is recorded as looked at; the stick goes on as it is, and nobody is warned any more.")
	}
	programsSeenText(w, s.Programs, s.Updated, s.Removed)
	topText(w, s.jsonTop)
	if s.Changes != nil {
		reportcmd.ChangesText(w, *s.Changes)
	}
	if s.Lost {
		reportcmd.ReturnText(w, cli.Printable(s.Device.Name()))
	}
	if s.Backup != nil {
		backupText(w, *s.Backup)
	}
	for _, p := range s.Problems {
		fmt.Fprintln(w, cli.Printable(p.Message))
	}
}

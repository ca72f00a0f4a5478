package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/issue"
	"stowage/devices/school/openings"
)

// jsonRestored is a stick that was restored.
type jsonRestored struct {
	jsonIssued
	From    string        `json:"from"`
	Files   int           `json:"files"`
	Bytes   int64         `json:"bytes"`
	Skipped []jsonSkipped `json:"skipped"`
}

// restoreFlags say from what a stick is restored.
type restoreFlags struct {
	issueFlags
	from   string         // --from
	key    string         // --key
	secret passphraseFlag // of that key
	reason reasonFlag
	at     int64 // --at
}

func (a *app) stickRestore() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore DRIVE --from DEVICE --to PERSON",
		Short: "Make a fresh stick from the backup of another one (ICT)",
		Long: `Make a fresh stick, with a fresh identity of its own, from the backup of another one,
for the same or another person: every file and folder with its times, encrypted anew.
Previous versions and deleted files stay in the backup. The backup is opened with the
school's recovery key, or with the holder's key FILE. Of a device that was issued anew, the
backup of what it was before is had by that stick's id. That it was opened is recorded, and
for somebody else than had the device the reason, too (--reason).

What was lost when a stick was put back to an earlier state and then written on is had with
--at, as check-in says.

The stick is handed out in the register when everything is on it. If anything fails, or it
is stopped, no stick is left on the drive and nobody has one in the register.

The key of somebody whose stick is lost is blocked: they need a new one first
(stow key rotate).`,
		Example: examples(
			"stow stick restore /media/NEW --from HRP-0042 --to alice@hillroad.example",
			"stow stick restore E: --from HRP-0042 --to 'Bob Evans' --label HRP-0077",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.to == "" || f.from == "" {
				return usagef("say from what with --from, and who gets the stick with --to")
			}
			return a.withDrive(args[0], func(drive driveFS) error {
				return a.withAuthority(cmd.Context(), f.ict, func(s *school.School) error {
					return a.restore(cmd.Context(), args[0], drive, s, f)
				})
			})
		},
	}
	f.add(a, cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "the `DEVICE` whose backup it is, or the id of the stick that it was before (stow stick backups --json)")
	flags.StringVarP(&f.key, "key", "i", "", "open the backup with the holder's key `FILE` instead of the recovery key")
	flags.BoolVar(&f.replaceOld, "replace-old", false, "give up an older stick of the school on the drive with ALL its data")
	flags.Int64Var(&f.at, "at", 0, "as it was when the layer of this `NUMBER` was the newest (see stow stick checkin)")
	f.secret.add(cmd, "key-passphrase-file", "read the passphrase of that key from a file")
	f.reason.add(cmd, "for somebody else")
	_ = cmd.RegisterFlagCompletionFunc("from", a.completeDevice)
	return cmd
}

func (a *app) restore(ctx context.Context, path string, drive driveFS, s *school.School, f restoreFlags) (err error) {
	from, err := a.backupOf(ctx, s, f)
	if err != nil {
		return on("the backup of "+f.from, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	a.warnOf(from.Warnings())
	plan, err := f.plan(ctx, path, drive, s)
	if err != nil {
		return on(path, err)
	}
	p := a.progress("restoring")
	restored, err := issue.Restore(ctx, s, issue.RestorePlan{StickPlan: plan, From: from.Stick, Progress: p})
	p.end()
	if err != nil {
		return on(path, err)
	}
	return a.showRestored(f.from, restored)
}

// backupOf opens the backup, with the recovery key or with the holder's.
func (a *app) backupOf(ctx context.Context, s *school.School, f restoreFlags) (*backup.Opened, error) {
	if f.key == "" {
		purpose, err := openings.RestorePurpose(ctx, s, f.from, f.to)
		if err != nil {
			return nil, err
		}
		reason, err := a.reasonUnless(ctx, purpose != "", f.reason)
		if err != nil {
			return nil, err
		}
		return backup.OpenDeviceAt(ctx, s, f.from, cmp.Or(reason, purpose), f.at)
	}
	id, err := backup.StickOf(ctx, s, f.from)
	if err != nil {
		return nil, err
	}
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	sealed, err := readSmallFile(f.key)
	if err != nil {
		return nil, on(f.key, err)
	}
	k, err := a.unlockKey(ctx, [][]byte{sealed}, f.key, f.secret)
	if err != nil {
		return nil, err
	}
	defer k.Wipe()
	return backup.Open(ctx, shared, id, stick.WithHolderKey(k), stick.OpenOptions{Program: "stow", Clock: a.now, At: f.at})
}

func (a *app) showRestored(from string, r issue.RestoredStick) error {
	out := jsonRestored{
		jsonIssued: issuedJSON(r.IssuedStick),
		From:       from, Files: r.Files, Bytes: r.Bytes, Skipped: skippedList(r.Skipped),
	}
	err := a.show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Restored %s (%s) from the backup of %s, and issued %s to %s%s.\n", counted(r.Files, "file", "files"), sizeText(r.Bytes),
			printable(from), printable(r.Device.Name()), printable(r.Holder.Name), dueText(r.Device.Due))
	})
	return firstError(err, a.skipped(out.Skipped, 1+r.Files)) // the stick was issued, at least
}

package stickcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/registercmd"
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
	Skipped []cli.Skipped `json:"skipped"`
}

// restoreFlags say from what a stick is restored.
type restoreFlags struct {
	issueFlags
	from   string             // --from
	key    string             // --key
	secret cli.PassphraseFlag // of that key
	reason cli.ReasonFlag
	at     int64 // --at
}

func stickRestore(a *cli.App) *cobra.Command {
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
		Example: cli.Examples(
			"stow stick restore /media/NEW --from HRP-0042 --to alice@hillroad.example",
			"stow stick restore E: --from HRP-0042 --to 'Bob Evans' --label HRP-0077",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.to == "" || f.from == "" {
				return cli.Usagef("say from what with --from, and who gets the stick with --to")
			}
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				return a.WithAuthority(cmd.Context(), f.ict, func(s *school.School) error {
					return restore(cmd.Context(), a, args[0], drive, s, f)
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
	f.secret.Add(cmd, "key-passphrase-file", "read the passphrase of that key from a file")
	f.reason.Add(cmd, "for somebody else")
	_ = cmd.RegisterFlagCompletionFunc("from", a.CompleteDevice)
	return cmd
}

func restore(ctx context.Context, a *cli.App, path string, drive cli.DriveFS, s *school.School, f restoreFlags) (err error) {
	from, err := backupOf(ctx, a, s, f)
	if err != nil {
		return cli.On("the backup of "+f.from, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	warnOf(a, from.Warnings())
	plan, err := f.plan(ctx, path, drive, s)
	if err != nil {
		return cli.On(path, err)
	}
	p := a.Progress("restoring")
	restored, err := issue.Restore(ctx, s, issue.RestorePlan{StickPlan: plan, From: from.Stick, Progress: p})
	p.End()
	if err != nil {
		return cli.On(path, err)
	}
	return showRestored(a, f.from, restored)
}

// backupOf opens the backup, with the recovery key or with the holder's.
func backupOf(ctx context.Context, a *cli.App, s *school.School, f restoreFlags) (*backup.Opened, error) {
	if f.key == "" {
		purpose, err := openings.RestorePurpose(ctx, s, f.from, f.to)
		if err != nil {
			return nil, err
		}
		reason, err := a.ReasonUnless(ctx, purpose != "", f.reason)
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
	sealed, err := cli.ReadSmallFile(f.key)
	if err != nil {
		return nil, cli.On(f.key, err)
	}
	k, err := a.UnlockKey(ctx, [][]byte{sealed}, f.key, f.secret)
	if err != nil {
		return nil, err
	}
	defer k.Wipe()
	return backup.Open(ctx, shared, id, stick.WithHolderKey(k), stick.OpenOptions{Program: "stow", Clock: a.Now, At: f.at})
}

func showRestored(a *cli.App, from string, r issue.RestoredStick) error {
	out := jsonRestored{
		jsonIssued: issuedJSON(r.IssuedStick),
		From:       from, Files: r.Files, Bytes: r.Bytes, Skipped: cli.SkippedList(r.Skipped),
	}
	err := a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Restored %s (%s) from the backup of %s, and issued %s to %s%s.\n", cli.Counted(r.Files, "file", "files"), cli.SizeText(r.Bytes),
			cli.Printable(from), cli.Printable(r.Device.Name()), cli.Printable(r.Holder.Name), registercmd.DueText(r.Device.Due))
	})
	return cli.FirstError(err, a.Skipped(out.Skipped, 1+r.Files)) // the stick was issued, at least
}

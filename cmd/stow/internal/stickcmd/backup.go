package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/registercmd"
	"stowage/cmd/stow/internal/reportcmd"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
)

// errDiffers: layers on the stick are not those in its backup.
var errDiffers = errors.New("the stick differs from its backup")

// jsonBackup is what a backup did.
type jsonBackup struct {
	Label   string    `json:"label"`
	Stick   string    `json:"stick"`
	When    time.Time `json:"when,omitzero"`
	Copied  int       `json:"copied"`
	Bytes   int64     `json:"bytes"`
	Layers  int       `json:"layers"`
	Removed int       `json:"removed"`
	Differ  []string  `json:"differ"`
	Older   bool      `json:"older"`
	Unclear bool      `json:"unclear,omitempty"` // not opened, and not what the backup holds: nothing was copied
	Fork    *jsonFork `json:"fork,omitempty"`
}

func backupJSON(n stick.Note, r stick.BackupResult) jsonBackup {
	out := jsonBackup{
		Label: n.Label, Stick: n.ID, Copied: r.Copied, Bytes: r.Bytes, Layers: r.Layers, Removed: r.Removed,
		Differ: append([]string{}, r.Differing...), Older: r.Older, Unclear: r.Unclear,
	}
	if r.Fork != nil {
		out.Fork = forkJSON(&checkin.Fork{Fork: *r.Fork, From: backup.FromBackup})
	}
	return out
}

func stickBackup(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var open bool
	cmd := &cobra.Command{
		Use:   "backup STICK",
		Short: "Copy what is new on a stick into its backup in the school's shared folder",
		Long: `Copy what is new on a stick into its backup in the school's shared folder. No key is
needed and no passphrase is asked for: what is copied is sealed. What was copied is read
back and compared. Interrupted at any moment, the next run goes on.

With --open the stick is opened with its key. Then only authentic data is copied, what
went bad in the backup is replaced, and what tidying replaced a month ago is removed.`,
		Example:           cli.Examples("stow stick backup /media/STICK", "stow stick backup /media/STICK --open"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			shared, err := cli.ReachableShared(a)
			if err != nil {
				return err
			}
			if open || unlock.recovery || unlock.key != "" {
				return withOpened(cmd.Context(), a, args[0], unlock, forWriting, func(s *openedStick) error {
					return backUp(cmd.Context(), a, args[0], shared, s.Note(), backup.Plan{Drive: s.drive, Opened: s.Stick})
				})
			}
			d, err := a.Directory("")
			if err != nil {
				return err
			}
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				summary, err := stick.Inspect(drive, d.Verifier)
				if err != nil {
					return cli.On(args[0], err)
				}
				reportcmd.TellFound(a, shared, d, summary.Note)
				return backUp(cmd.Context(), a, args[0], shared, summary.Note, backup.Plan{Drive: drive, Verifier: d.Verifier})
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "open the stick with its key")
	return cmd
}

func backUp(ctx context.Context, a *cli.App, path string, shared school.Shared, n stick.Note, p backup.Plan) error {
	progress := a.Progress("backing up")
	p.Progress, p.Clock = progress, a.Now
	result, err := backup.Stick(ctx, shared, p)
	progress.End()
	if err != nil {
		return cli.On("the stick at "+path, err)
	}
	out := backupJSON(n, result)
	if status, err := backup.Status(shared, nil, n.ID); err == nil {
		out.When = status.When
	}
	err = a.Show(out, func(w io.Writer) { backupText(w, out) })
	switch {
	case out.Unclear:
		err = cli.FirstError(err, errUnclear)
	case out.Older:
		err = cli.FirstError(err, out.Fork.err())
	case len(out.Differ) > 0:
		err = cli.FirstError(err, errDiffers)
	}
	return cli.On("the stick at "+path, err)
}

func backupText(w io.Writer, b jsonBackup) {
	forkText(w, b.Label, b.Fork)
	if b.Unclear || b.Fork.forked() {
		fmt.Fprintf(w, "%s was not backed up; its backup is as it was.\n", cli.Printable(b.Label))
		return
	}
	if b.Copied == 0 {
		fmt.Fprintf(w, "%s is backed up: nothing new.\n", cli.Printable(b.Label))
	} else {
		fmt.Fprintf(w, "Backed up %s: %s (%s) copied and compared.\n", cli.Printable(b.Label), cli.Counted(b.Copied, "new layer", "new layers"), cli.SizeText(b.Bytes))
	}
	if b.Removed > 0 {
		fmt.Fprintf(w, "%s that tidying had replaced removed from the backup.\n", cli.Counted(b.Removed, "layer", "layers"))
	}
	for _, name := range b.Differ {
		fmt.Fprintf(w, "%s is not the same on the stick; the backup keeps its own.\n", cli.Printable(name))
	}
}

// jsonBackups is the list of backups.
type jsonBackups struct {
	Backups []jsonKept `json:"backups"`
}

// jsonKept is one of them.
type jsonKept struct {
	Label  string    `json:"label"`
	Stick  string    `json:"stick"`
	When   time.Time `json:"when,omitzero"`
	Layers int       `json:"layers"`
	Bytes  int64     `json:"bytes"`
}

func stickBackups(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "backups",
		Short:   "List the backups of sticks, and when each was last complete",
		Example: cli.Examples("stow stick backups", "stow stick backups --json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			shared, err := cli.ReachableShared(a)
			if err != nil {
				return err
			}
			d, err := a.Directory("")
			if err != nil {
				return err
			}
			list, err := backup.List(cmd.Context(), shared, d.Verifier)
			if err != nil {
				return cli.On(shared.Dir, err)
			}
			out := jsonBackups{Backups: []jsonKept{}}
			for _, b := range list {
				out.Backups = append(out.Backups, jsonKept{b.Note.Label, b.Stick, b.When, b.Layers, b.Bytes})
			}
			return a.Show(out, func(w io.Writer) {
				for _, b := range out.Backups {
					when := "never complete"
					if !b.When.IsZero() {
						when = cli.TimeText(b.When)
					}
					fmt.Fprintf(w, "%s  %s  %s  %s\n", cli.Printable(b.Label), when, cli.Counted(b.Layers, "layer", "layers"), cli.SizeText(b.Bytes))
				}
			})
		},
	}
}

// jsonContents is what was on a stick when the school last knew.
type jsonContents struct {
	Device string        `json:"device"`
	From   string        `json:"from"`
	At     time.Time     `json:"at,omitzero"`
	Files  []jsonOnStick `json:"files"`
	More   int           `json:"more,omitempty"`
	Bytes  int64         `json:"bytes"`
}

// jsonOnStick is one file of it.
type jsonOnStick struct {
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Stored   time.Time `json:"stored"`
}

func stickContents(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	var why cli.ReasonFlag
	cmd := &cobra.Command{
		Use:   "contents DEVICE",
		Short: "List what was on a stick when the school last knew (ICT)",
		Long: `List the files that were on a device's stick when it was last backed up, or at its last
check-in when there is no backup or when that is newer: for when it is lost. Only the
school's recovery key reads either. Why is recorded before, and the person's stick tells them.`,
		Example:           cli.Examples("stow stick contents HRP-0042 --reason 'reported lost'", "stow stick contents HRP-0042 --json"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			reason, err := a.ReasonUnless(cmd.Context(), false, why)
			if err != nil {
				return err
			}
			return a.WithAuthority(cmd.Context(), ict, func(s *school.School) error {
				l, err := backup.LastKnown(cmd.Context(), s, args[0], reason)
				if err != nil {
					return cli.On("the backup of "+args[0], err)
				}
				out := jsonContents{Device: args[0], From: l.From, At: l.At, Files: []jsonOnStick{}, More: l.More, Bytes: l.Bytes()}
				for _, f := range l.Files {
					out.Files = append(out.Files, jsonOnStick{f.Path, f.Size, f.Modified, f.Saved})
				}
				warnOf(a, l.Warnings)
				return a.Show(out, func(w io.Writer) {
					fmt.Fprintf(w, "On %s, from the %s: %s, %s.\n", cli.Printable(args[0]), registercmd.ListedWhen(l), cli.Counted(len(l.Files), "file", "files"), cli.SizeText(out.Bytes))
					for _, f := range out.Files {
						fmt.Fprintf(w, "%10s  %s  %s\n", cli.SizeText(f.Size), cli.DayText(f.Modified), cli.Printable(f.Path))
					}
					if l.More > 0 {
						fmt.Fprintf(w, "%s more were on it; a list has room for no more.\n", cli.Counted(l.More, "file", "files"))
					}
				})
			})
		},
	}
	why.Add(cmd, "")
	ict.AddAuthority(cmd, true)
	return cmd
}

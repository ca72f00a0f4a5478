package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// jsonRepair is the result of a repair.
type jsonRepair struct {
	Keys     []string `json:"keys"` // put back from the backup
	Restored []string `json:"restored"`
	Saved    []string `json:"saved"`
	Lost     []string `json:"lost"`
	Removed  []string `json:"removed"`
	Kept     []string `json:"kept"`
	Left     []string `json:"left"`
}

func stickRepair(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var from repairFrom
	var discard bool
	cmd := &cobra.Command{
		Use:   "repair STICK",
		Short: "Save what can still be read of a damaged stick, and say what cannot",
		Long: `Make a damaged stick whole again as far as possible: damaged layers are taken from
a backup of the stick (--backup), every file that can still be read is stored again,
and those that cannot are named. A damaged layer of which all was stored again is removed;
one that holds more, or may, is kept and named until --discard gives it up. On a healthy
stick it does nothing. Key files that were deleted from the stick are first put back from the
backup, without which no key opens it. It ends with exit code 8 if a file is lost, or a layer kept.`,
		Example: cli.Examples(
			"stow stick repair /media/STICK",
			"stow stick repair /media/STICK --school-backup --recovery",
			"stow stick repair /media/STICK --backup /srv/copies/HRP-0042",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withBackupFor(a, args[0], from, func(backup stick.FS) error {
				keys, err := putKeysBack(a, args[0], backup)
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
					return cli.On("the stick at "+args[0], repair(ctx, a, s, stick.RepairOptions{Discard: discard, Backup: backup}, keys))
				})
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().StringVar(&from.folder, "backup", "", "a `FOLDER` with a backup or another copy of the stick")
	cmd.Flags().BoolVar(&from.school, "school-backup", false, "the stick's backup in the school's shared folder")
	cmd.MarkFlagsMutuallyExclusive("backup", "school-backup")
	_ = cmd.MarkFlagDirname("backup")
	cmd.Flags().BoolVar(&discard, "discard", false, "give up what cannot be saved: remove damaged layers with whatever is left in them")
	return cmd
}

// repairFrom says where a copy of the stick is.
type repairFrom struct {
	folder string // --backup
	school bool   // --school-backup
}

// withBackupFor runs do with the copy of the stick at path that the flags name, or with nil.
func withBackupFor(a *cli.App, path string, from repairFrom, do func(backup stick.FS) error) error {
	if from.school {
		shared, err := cli.ReachableShared(a)
		if err != nil {
			return err
		}
		err = a.WithDrive(path, func(drive cli.DriveFS) error {
			note, err := lookAt(drive)
			if err == nil {
				from.folder, err = shared.Backup(note.ID)
			}
			return cli.On(path, err)
		})
		if err != nil {
			return err
		}
		if _, err := os.Stat(from.folder); errors.Is(err, fs.ErrNotExist) {
			return cli.On("the stick at "+path, stick.ErrNoBackup)
		}
	}
	if from.folder == "" {
		return do(nil)
	}
	return a.WithDrive(from.folder, func(backup cli.DriveFS) error { return do(backup) })
}

// putKeysBack puts the key files of the stick at path back that were deleted, and says so: without them no key opens it.
func putKeysBack(a *cli.App, path string, backup stick.FS) (back []string, err error) {
	if backup == nil {
		return nil, nil
	}
	err = a.WithDrive(path, func(drive cli.DriveFS) error {
		summary, err := stick.Inspect(drive, "")
		if err != nil || summary.Holder && !stick.KeysGone(drive) {
			return err
		}
		back, err = stick.RestoreKeys(drive, backup)
		if errors.Is(err, stick.ErrNoBackup) && !stick.KeysGone(drive) {
			return nil // it may have layers all the same
		}
		return err
	})
	if len(back) > 0 {
		a.Say("Put back from the backup: %s.", strings.Join(back, ", "))
	}
	return back, err
}

func repair(ctx context.Context, a *cli.App, s *stick.Stick, options stick.RepairOptions, keys []string) (err error) {
	p := a.Progress("repairing")
	options.Progress = p
	result, err := s.Repair(ctx, options)
	p.End()
	if err != nil {
		return err
	}
	out := jsonRepair{some(keys), some(result.Restored), some(result.Saved), some(result.Lost), some(result.Removed), some(result.Kept), some(result.Left)}
	err = a.Show(out, func(w io.Writer) {
		if len(out.Keys)+len(out.Restored)+len(out.Saved)+len(out.Lost)+len(out.Removed)+len(out.Kept)+len(out.Left) == 0 {
			fmt.Fprintln(w, "There was nothing to repair.")
			return
		}
		fmt.Fprintf(w, "%s from the backup, %s stored again, %s removed.\n", cli.Counted(len(out.Restored), "layer", "layers"),
			cli.Counted(len(out.Saved), "file", "files"), cli.Counted(len(out.Removed), "useless layer", "useless layers"))
		for _, lost := range out.Lost {
			fmt.Fprintf(w, "lost: %s\n", cli.Printable(lost))
		}
		for _, name := range out.Kept {
			fmt.Fprintf(w, "kept: %s, since it holds something, or may, that could not be stored again; look for a backup first (--backup), or give it up with --discard.\n", cli.Printable(name))
		}
		for _, name := range out.Left {
			fmt.Fprintf(w, "not as it was written, and left so: %s; your files are not touched by it, but ICT should see to it.\n", cli.Printable(name))
		}
	})
	if err == nil && len(out.Lost)+len(out.Kept) > 0 {
		return &lostFiles{len(out.Lost), len(out.Kept)}
	}
	return err
}

// lostFiles: a repair could not save everything.
type lostFiles struct{ files, kept int }

func (e *lostFiles) Error() string {
	return cli.Counted(e.files, "file is", "files are") + " lost, and " + cli.Counted(e.kept, "damaged layer is", "damaged layers are") + " kept"
}

func (e *lostFiles) Words(string) (explain.Code, string) {
	kept := ""
	if e.kept > 0 {
		kept = "; " + cli.Counted(e.kept, "damaged layer is", "damaged layers are") + " kept for what may still be in it, as named above, until it is given up with --discard"
	}
	if e.files == 0 {
		return explain.Damaged, "everything that is known of is safe" + kept
	}
	return explain.Damaged, fmt.Sprintf("everything else can be read, but %s lost, as named above; older versions may be among the deleted files: stow stick undelete%s", cli.Counted(e.files, "file is", "files are"), kept)
}

// some is the list, or an empty one for JSON.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

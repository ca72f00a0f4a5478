package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
)

func stickRm(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	cmd := &cobra.Command{
		Use:   "rm STICK PATH…",
		Short: "Delete files and folders from a stick",
		Long: `Delete files and folders from a stick. They can be brought back with
"stow stick undelete" until the stick is tidied; "stow stick erase" is for good.`,
		Example:           cli.Examples("stow stick rm /media/STICK old-report.odt drafts"),
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				skipped, err := cli.Partly(s.Remove(ctx, args[1:]...))
				if err != nil {
					return err
				}
				return a.DoneBut("deleted", cli.Noun{}, cli.Without(args[1:], skipped), skipped, "Deleted; they can be brought back with: stow stick undelete")
			})
		},
	}
	unlock.add(cmd)
	return cmd
}

func stickMv(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	cmd := &cobra.Command{
		Use:   "mv STICK PATH… TARGET",
		Short: "Rename a file or folder on a stick, or move several into a folder",
		Example: cli.Examples(
			"stow stick mv /media/STICK report.odt final-report.odt",
			"stow stick mv /media/STICK report.odt photos 2026/autumn",
		),
		Args:              cobra.MinimumNArgs(3),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			from, target := args[1:len(args)-1], args[len(args)-1]
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				there, err := s.Stat(target)
				switch {
				case err == nil && there.IsFolder():
					err = s.Move(ctx, from, target)
				case err != nil && !errors.Is(err, stick.ErrNotFound):
				case len(from) > 1:
					err = cli.On(target, stick.ErrNotFound)
				default:
					err = s.Rename(ctx, from[0], target)
				}
				skipped, err := cli.Partly(err)
				if err != nil {
					return err
				}
				return a.DoneBut("moved", cli.Noun{}, cli.Without(from, skipped), skipped, "Moved to "+target+".")
			})
		},
	}
	unlock.add(cmd)
	return cmd
}

func stickMkdir(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	cmd := &cobra.Command{
		Use:               "mkdir STICK FOLDER…",
		Short:             "Make folders on a stick",
		Example:           cli.Examples("stow stick mkdir /media/STICK 2026/autumn"),
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				return a.EachDone(ctx, "made", cli.Noun{One: "folder", Many: "folders"}, args[1:], "Made.", func(folder string) error { return s.Mkdir(ctx, folder) })
			})
		},
	}
	unlock.add(cmd)
	return cmd
}

func stickErase(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	cmd := &cobra.Command{
		Use:   "erase STICK PATH…",
		Short: "Delete files for good, with their previous versions",
		Long: `Delete files and folders, deleted ones as well, with all their previous versions
and names, by rewriting what they share a layer with. This reduces traces: flash
memory keeps copies that no program can reach, and those stay encrypted.`,
		Example:           cli.Examples("stow stick erase /media/STICK pupils.sql"),
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				p := a.Progress("erasing")
				result, err := s.EraseForGood(ctx, args[1:], p)
				p.End()
				skipped, err := cli.Partly(err)
				if err != nil {
					return err
				}
				erased := len(args) - 1 - len(skipped)
				if erased > 0 {
					err = showTidy(a, result, "Erased, which reduces traces; flash memory may keep encrypted copies that no program can reach.")
				}
				return cli.FirstError(err, a.Skipped(skipped, erased))
			})
		},
	}
	unlock.add(cmd)
	return cmd
}

func stickTidy(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "tidy STICK",
		Short: "Free the space of deleted files and previous versions",
		Long: `Rewrite the layers of a stick that are mostly dead or tiny, and remove the old
ones. Deleted files and previous versions in them are gone afterwards. When nothing
is freed, what takes up the room is said.

A stick without room also gives old versions up by itself, the oldest first, when
something is stored that would not fit otherwise: "stow school policy" says what it keeps.`,
		Example:           cli.Examples("stow stick tidy /media/STICK", "stow stick tidy /media/STICK --all"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				p := a.Progress("tidying")
				result, err := s.Tidy(ctx, stick.TidyOptions{All: all, Progress: p})
				p.End()
				if err != nil {
					return err
				}
				if result.Freed > 0 {
					return showTidy(a, result, "Tidied.")
				}
				usage, err := s.Usage()
				if err != nil {
					return err
				}
				return showTidy(a, result, nothingFreed(usage, all))
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "rewrite every layer that holds anything dead")
	return cmd
}

func showTidy(a *cli.App, result stick.TidyResult, text string) error {
	out := struct {
		Removed int   `json:"layers_removed"`
		Written int   `json:"layers_written"`
		Freed   int64 `json:"bytes_freed"`
	}{result.Removed, result.Written, result.Freed}
	return a.Show(out, func(w io.Writer) {
		if result.Freed > 0 {
			text += " " + cli.SizeText(result.Freed) + " freed."
		}
		fmt.Fprintln(w, text)
	})
}

// nothingFreed says why tidying gave no room.
func nothingFreed(u stick.Usage, all bool) string {
	text := "Nothing was freed: "
	switch {
	case u.Dead < littleOld:
		text += "the stick holds no old versions and no deleted files that take up room."
	case all:
		text += fmt.Sprintf("the old versions and deleted files that are left (%s) take up too little of the layers that they are in.", cli.SizeText(u.Dead))
	default:
		text += fmt.Sprintf("the old versions and deleted files (%s) are in layers that hold more of today's files; --all rewrites those, too.", cli.SizeText(u.Dead))
	}
	return text + fmt.Sprintf(" Today's files take up %s, and what else is on the drive %s; %s of %s are free.",
		cli.SizeText(u.Live), cli.SizeText(u.Foreign()), cli.SizeText(u.Free), cli.SizeText(u.Total))
}

// littleOld is up to how much of old versions is not worth a word.
const littleOld = 64 << 10

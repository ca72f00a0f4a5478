package stickcmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
)

// jsonEntry is one file or folder on a stick.
type jsonEntry struct {
	Path     string     `json:"path"`
	Kind     string     `json:"kind"`
	Size     int64      `json:"size"`
	Modified *time.Time `json:"modified,omitempty"`
	Stored   *time.Time `json:"stored,omitempty"`
	Deleted  *time.Time `json:"deleted,omitempty"`
	Current  bool       `json:"current,omitempty"`
}

func entryJSON(e stick.Entry) jsonEntry {
	return jsonEntry{Path: e.Path, Kind: kindText(e.Kind), Size: e.Size, Modified: optionalTime(e.ModTime), Stored: optionalTime(e.Stored)}
}

func versionJSON(v stick.Version) jsonEntry {
	j := entryJSON(v.Entry)
	j.Deleted, j.Current = optionalTime(v.Deleted), v.Current
	return j
}

// optionalTime is t in UTC for JSON, or nothing for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func stickLs(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var all bool
	var search string
	cmd := &cobra.Command{
		Use:   "ls STICK [FOLDER]",
		Short: "List what is on a stick",
		Example: cli.Examples(
			"stow stick ls /media/STICK",
			"stow stick ls /media/STICK 2026 --all",
			"stow stick ls /media/STICK --search 'autumn report'",
		),
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 2 {
				folder = args[1]
			}
			if search != "" && (all || len(args) == 2) {
				return cli.Usagef("--search looks through the whole stick; give it without FOLDER and --all")
			}
			return withStick(cmd.Context(), a, args[0], unlock, forReading, func(ctx context.Context, s *stick.Stick) error {
				return cli.On(folder, showEntries(a, entries(ctx, s, folder, all, search)))
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVarP(&all, "all", "r", false, "list what is in its folders as well")
	cmd.Flags().StringVar(&search, "search", "", "list what has all these `WORDS` in its path")
	return cmd
}

// eachEntry calls visit for every entry of a list. It can be called again: what a stick can hold is too much
// to be kept as text.
type eachEntry func(visit func(stick.Entry) error) error

// entries lists a folder, everything below it, or what the search finds.
func entries(ctx context.Context, s *stick.Stick, folder string, all bool, search string) eachEntry {
	return func(visit func(stick.Entry) error) error {
		if search == "" {
			return s.Walk(folder, func(e stick.Entry) error {
				if err := visit(e); err != nil || all || !e.IsFolder() {
					return err
				}
				return fs.SkipDir
			})
		}
		list, err := s.Search(ctx, search, 0)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := visit(e); err != nil {
				return err
			}
		}
		return nil
	}
}

func showEntries(a *cli.App, each eachEntry) error {
	w := bufio.NewWriter(a.Stdout)
	show := entriesText
	if a.JSON {
		show = entriesDocument
	}
	return errors.Join(show(w, each), w.Flush())
}

// entriesText writes a table, whose columns are as wide as what stands in them.
func entriesText(w io.Writer, each eachEntry) error {
	heading := []string{"SIZE", "CHANGED"}
	wide := []int{len(heading[0]), len(heading[1])}
	cells := func(e stick.Entry) (size, changed, name string) {
		if e.IsFolder() {
			return "", cli.TimeText(e.ModTime), e.Path + "/"
		}
		return cli.SizeText(e.Size), cli.TimeText(e.ModTime), e.Path
	}
	found := false
	err := each(func(e stick.Entry) error {
		size, changed, _ := cells(e)
		wide[0], wide[1], found = max(wide[0], len(size)), max(wide[1], len(changed)), true
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		_, err := fmt.Fprintln(w, "Nothing is here.")
		return err
	}
	row := func(size, changed, name string) error {
		_, err := fmt.Fprintf(w, "%-*s  %-*s  %s\n", wide[0], size, wide[1], changed, name)
		return err
	}
	if err := row(heading[0], heading[1], "NAME"); err != nil {
		return err
	}
	return each(func(e stick.Entry) error {
		size, changed, name := cells(e)
		return row(size, changed, cli.Printable(name))
	})
}

// entriesDocument writes the JSON document {"entries": […]}.
func entriesDocument(w io.Writer, each eachEntry) error {
	before := "{\n  \"entries\": ["
	err := each(func(e stick.Entry) error {
		if _, err := io.WriteString(w, before+"\n    "); err != nil {
			return err
		}
		before = ","
		return cli.JSONValue(w, entryJSON(e), "    ", "  ")
	})
	if err != nil {
		return err
	}
	end := "\n  ]\n}\n"
	if before != "," {
		end = before + "]\n}\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

func stickVersions(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var clash clashFlag
	var number int
	var to string
	cmd := &cobra.Command{
		Use:   "versions STICK PATH",
		Short: "List the previous versions of a file, or bring one back",
		Long: `List the previous versions of a file, newest first, following it back through
renames. --restore N stores version N again under the file's name (with
--replace) or beside it (--keep-both); --restore N --to NAME stores it as NAME.`,
		Example: cli.Examples(
			"stow stick versions /media/STICK report.odt",
			"stow stick versions /media/STICK report.odt --restore 2 --replace",
			"stow stick versions /media/STICK report.odt --restore 3 --to old-report.odt",
		),
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				to = args[1]
			}
			restoring := cmd.Flags().Changed("restore")
			return withStick(cmd.Context(), a, args[0], unlock, writesIf(restoring), func(ctx context.Context, s *stick.Stick) error {
				versions, err := s.Versions(args[1])
				if err != nil {
					return cli.On(args[1], err)
				}
				if !restoring {
					return showVersions(a, versions)
				}
				if number < 1 || number > len(versions) {
					return cli.Usagef("%s has versions 1 to %d", args[1], len(versions))
				}
				stored := newStoring(a, clash)
				result, err := s.Restore(ctx, versions[number-1], to, stored.options(nil))
				return stored.show(result, cli.On(to, err))
			})
		},
	}
	unlock.add(cmd)
	clash.add(cmd)
	cmd.Flags().IntVar(&number, "restore", 0, "bring version `N` of the list back")
	cmd.Flags().StringVar(&to, "to", "", "the `NAME` to bring it back as")
	return cmd
}

func showVersions(a *cli.App, versions []stick.Version) error {
	out := struct {
		Versions []jsonEntry `json:"versions"`
	}{[]jsonEntry{}}
	for _, v := range versions {
		out.Versions = append(out.Versions, versionJSON(v))
	}
	return a.Show(out, func(w io.Writer) {
		rows := make([][]string, 0, len(versions))
		for i, v := range versions {
			state := "replaced"
			switch {
			case v.Current:
				state = "current"
			case !v.Deleted.IsZero():
				state = "deleted " + cli.TimeText(v.Deleted)
			}
			rows = append(rows, []string{strconv.Itoa(i + 1), cli.TimeText(v.Stored), cli.SizeText(v.Size), state, v.Path})
		}
		cli.Table(w, []string{"no", "stored", "size", "state", "name"}, rows)
	})
}

func stickUndelete(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var clash clashFlag
	cmd := &cobra.Command{
		Use:   "undelete STICK [PATH…]",
		Short: "List deleted files, or bring them back",
		Example: cli.Examples(
			"stow stick undelete /media/STICK",
			"stow stick undelete /media/STICK report.odt photos",
		),
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStick(cmd.Context(), a, args[0], unlock, writesIf(len(args) > 1), func(ctx context.Context, s *stick.Stick) error {
				if len(args) == 1 {
					deleted, err := s.Deleted(".")
					if err != nil {
						return err
					}
					return showVersions(a, deleted)
				}
				p := a.Progress("bringing back")
				stored := newStoring(a, clash)
				result, err := s.Undelete(ctx, args[1:], stored.options(p))
				p.End()
				return stored.show(result, err)
			})
		},
	}
	unlock.add(cmd)
	clash.add(cmd)
	return cmd
}

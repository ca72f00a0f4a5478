package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt"
	"stowage/crypt/stick"
)

// jsonItem is one file or folder that was stored or fetched.
type jsonItem struct {
	Source string `json:"source"`
	Dest   string `json:"dest"`
	Kind   string `json:"kind"`
}

// jsonMoved is the result of putting or getting.
type jsonMoved struct {
	Items   []jsonItem    `json:"items"`
	Skipped []cli.Skipped `json:"skipped"`
	Bytes   int64         `json:"bytes"`
}

func stickPut(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var into, as string
	var clash clashFlag
	cmd := &cobra.Command{
		Use:   "put STICK FILE…",
		Short: "Put files and folders on a stick",
		Long: `Put files and folders on a stick, or what standard input yields (FILE is - and
--as names it). Free space is checked first. When the command ends, what it
reports as stored is safe on the stick.

A file whose name is taken is left out and named, and the others are stored, unless
--replace or --keep-both says what to do. A replaced file stays among the previous
versions. Links and devices are reported and skipped.`,
		Example: cli.Examples(
			"stow stick put /media/STICK report.odt photos/",
			"stow stick put /media/STICK --into 2026/autumn --replace report.odt",
			"mysqldump pupils | stow stick put /media/STICK - --as pupils.sql",
		),
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: cli.CompleteStickThenFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 2 && args[1] == "-") != (as != "") {
				return cli.Usagef("--as NAME goes with - for standard input, alone")
			}
			var sources func() (stick.Sources, error)
			if as == "" {
				var stop func()
				sources, stop = findSources(cmd.Context(), args[1:])
				defer stop()
			}
			return withStick(cmd.Context(), a, args[0], unlock, forWriting, func(ctx context.Context, s *stick.Stick) error {
				p := a.Progress("storing")
				stored := newStoring(a, clash)
				options := stored.options(p)
				var result stick.PutResult
				var err error
				if as != "" {
					result, err = s.PutReader(ctx, path.Join(into, as), cli.Input(ctx, a.Stdin), a.Now(), options)
				} else if found, findErr := sources(); findErr != nil {
					err = findErr
				} else {
					result, err = s.PutFound(ctx, into, found, options)
				}
				p.End()
				return stored.show(result, err)
			})
		},
	}
	unlock.add(cmd)
	clash.add(cmd)
	cmd.Flags().StringVar(&into, "into", ".", "the `FOLDER` of the stick to put them in; it is made if missing")
	cmd.Flags().StringVar(&as, "as", "", "the `NAME` for what standard input yields")
	return cmd
}

// findSources begins to look for the files while the stick is opened, which
// takes a moment. Found waits for them; stop must be called.
func findSources(ctx context.Context, paths []string) (found func() (stick.Sources, error), stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var sources stick.Sources
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		sources, err = stick.FindSources(ctx, paths)
	}()
	found = func() (stick.Sources, error) { <-done; return sources, err }
	return found, func() { cancel(); <-done }
}

// storing takes note of what is stored: there may be too much of it for a list that nobody asked for.
type storing struct {
	app        *cli.App
	clash      clashFlag
	all, files int
	items      []jsonItem // with --json
	renamed    []stick.Stored
}

func newStoring(a *cli.App, clash clashFlag) *storing {
	return &storing{app: a, clash: clash, items: []jsonItem{}}
}

func (s *storing) options(p crypt.Progress) stick.PutOptions {
	return stick.PutOptions{Clash: s.clash.choice(), Progress: p, Stored: s.stored}
}

func (s *storing) stored(one stick.Stored) {
	s.all++
	if one.Kind == stick.KindFile {
		s.files++
	}
	if s.app.JSON {
		s.items = append(s.items, jsonItem{one.Source, one.Path, kindText(one.Kind)})
	}
	if s.clash.replace && norm.NFC.String(filepath.Base(one.Source)) != path.Base(one.Path) && filepath.IsAbs(one.Source) {
		s.renamed = append(s.renamed, one)
	}
}

// show tells what was stored, also when err ended it. Where files replace others, a name
// that a stick cannot tell from another of the same run was changed, and that is said.
func (s *storing) show(result stick.PutResult, err error) error {
	if err == nil && s.all == 0 {
		err = s.clash.refused(result)
	}
	moved := jsonMoved{Items: s.items, Skipped: cli.SkippedList(result.Skipped), Bytes: result.Bytes}
	if err != nil && s.files == 0 {
		return err
	}
	a := s.app
	showErr := a.Show(moved, func(w io.Writer) {
		if s.all == 0 && len(moved.Skipped) > 0 {
			return
		}
		fmt.Fprintf(w, "Stored %s (%s); they are safe on the stick.\n", cli.Counted(s.files, "file", "files"), cli.SizeText(result.Bytes))
	})
	skipErr := a.Skipped(moved.Skipped, s.all)
	if s.clash.unsaid() && slices.ContainsFunc(result.Skipped, isTaken) {
		a.Say("To store those whose name is taken as well, add --replace or --keep-both.")
	}
	return cli.FirstError(err, showErr, skipErr, numbered(a, s.renamed))
}

// numbered is renamed for what was stored on a stick.
func numbered(a *cli.App, list []stick.Stored) error {
	if len(list) == 0 {
		return nil
	}
	if !a.JSON {
		for _, s := range list {
			a.Warn("%s is on the stick called %s, since another file of that name was stored with it", s.Source, path.Base(s.Path))
		}
	}
	return &cli.PartlyError{Renamed: len(list)}
}

func stickGet(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var to string
	var replace bool
	cmd := &cobra.Command{
		Use:   "get STICK [PATH…]",
		Short: "Get files and folders back from a stick",
		Long: `Get files and folders of a stick into a folder of this computer; without PATH
everything. With --to - one file is written to standard output.

Existing files are left alone unless --replace is given. Names that the
folder's drive cannot hold or tell apart are changed, and that is said. Windows and
macOS are told that the files came from elsewhere, as of a download, where the drive
can hold such a mark (FAT cannot).`,
		Example: cli.Examples(
			"stow stick get /media/STICK --to ~/from-stick",
			"stow stick get /media/STICK 2026/autumn report.odt --to . --replace",
			"stow stick get /media/STICK pupils.sql --to - | less",
		),
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "-" && len(args) != 2 {
				return cli.Usagef("--to - writes one file: give its path on the stick")
			}
			return withStick(cmd.Context(), a, args[0], unlock, forReading, func(ctx context.Context, s *stick.Stick) error {
				p := a.Progress("getting")
				defer p.End()
				if to == "-" {
					return stickCat(ctx, a, s, args[1], p)
				}
				made := os.Mkdir(to, 0o755) == nil
				if err := cli.CheckFolder(to); err != nil {
					return err
				}
				result, err := s.Get(ctx, args[1:], to, stick.GetOptions{Replace: replace, Progress: p})
				p.End()
				if err != nil && made {
					_ = os.Remove(to) // stays if anything was fetched into it
				}
				return showGet(a, result, to, err)
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().StringVar(&to, "to", ".", "the `FOLDER` to get them into, or - for standard output")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace existing files")
	_ = cmd.MarkFlagDirname("to")
	return cmd
}

// stickCat writes one file of the stick to standard output.
func stickCat(ctx context.Context, a *cli.App, s *stick.Stick, name string, p *cli.Progress) error {
	entry, err := s.Stat(name)
	if err != nil {
		return cli.On(name, err)
	}
	r, err := s.OpenFile(name)
	if err != nil {
		return cli.On(name, err)
	}
	defer r.Close()
	p.Expect(entry.Size)
	_, err = io.Copy(a.Stdout, crypt.Reader(ctx, r, p))
	return cli.On(name, err)
}

// showGet tells what was fetched, also when err ended it.
func showGet(a *cli.App, result stick.GetResult, to string, err error) error {
	moved := jsonMoved{Items: []jsonItem{}, Skipped: cli.SkippedList(result.Skipped), Bytes: result.Bytes}
	files, all := 0, len(result.Fetched)
	var renamed []stick.Fetched
	for _, fetched := range result.Fetched {
		if path.Base(fetched.Path) != path.Base(fetched.Dest) {
			renamed = append(renamed, fetched)
		}
		if a.JSON {
			moved.Items = append(moved.Items, jsonItem{fetched.Path, fetched.Dest, kindText(fetched.Kind)})
		}
		if fetched.Kind == stick.KindFile {
			files++
		}
	}
	if err != nil && files == 0 {
		return err
	}
	showErr := a.Show(moved, func(w io.Writer) {
		if all == 0 && len(moved.Skipped) > 0 {
			return
		}
		if err != nil { // so that the person knows what need not be fetched again
			for _, item := range result.Fetched {
				fmt.Fprintf(w, "Complete: %s\n", cli.Printable(item.Dest))
			}
		}
		fmt.Fprintf(w, "Got %s (%s) into %s.\n", cli.Counted(files, "file", "files"), cli.SizeText(result.Bytes), cli.Printable(to))
	})
	return cli.FirstError(err, showErr, a.Skipped(moved.Skipped, all), tellRenamed(a, renamed))
}

// tellRenamed names the files and folders that this computer cannot hold under their own
// name, and returns the error that says there were some.
func tellRenamed(a *cli.App, list []stick.Fetched) error {
	if len(list) == 0 {
		return nil
	}
	if !a.JSON {
		for _, f := range list {
			a.Warn("%s is here called %s", cli.Printable(f.Path), cli.Printable(path.Base(f.Dest)))
		}
	}
	return &cli.PartlyError{Renamed: len(list)}
}

// kindText is the word for a kind of entry.
func kindText(k stick.Kind) string {
	if k == stick.KindFolder {
		return "folder"
	}
	return "file"
}

// clashFlag says what happens to names that are taken.
type clashFlag struct{ replace, keepBoth, skip bool }

func (c *clashFlag) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.replace, "replace", false, "replace files of the same name; the old ones stay among the previous versions")
	cmd.Flags().BoolVar(&c.keepBoth, "keep-both", false, "give newcomers a free name, such as 'report (2).odt'")
	cmd.Flags().BoolVar(&c.skip, "skip", false, "leave out files whose name is taken, as without; an only one is no error then")
	cmd.MarkFlagsMutuallyExclusive("replace", "keep-both", "skip")
}

func (c *clashFlag) choice() stick.Clash {
	switch {
	case c.replace:
		return stick.Replace
	case c.keepBoth:
		return stick.KeepBoth
	}
	return stick.Skip
}

// unsaid reports whether nothing was said about names that are taken.
func (c *clashFlag) unsaid() bool { return !c.replace && !c.keepBoth && !c.skip }

// refused is the error of an only file whose name is taken, when nothing was said about that and nothing stored.
func (c *clashFlag) refused(result stick.PutResult) error {
	if !c.unsaid() || len(result.Skipped) != 1 || !isTaken(result.Skipped[0]) {
		return nil
	}
	return cli.On(filepath.Base(result.Skipped[0].Path), stick.ErrExists)
}

func isTaken(s stick.Skipped) bool { return errors.Is(s.Err, stick.ErrExists) }

package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/known"
)

// jsonConverted is the result of encrypting an existing stick.
type jsonConverted struct {
	Items   []jsonItem    `json:"items"`
	Bytes   int64         `json:"bytes"`
	Skipped []cli.Skipped `json:"skipped"`
	Already []string      `json:"already_encrypted"`
	Trash   []string      `json:"trash"`
}

// tracesText is the honest word on what stays on flash memory.
const tracesText = "Flash memory may keep traces of the old plain files that no program can reach; only destroying the stick removes those for certain."

func stickConvert(a *cli.App) *cobra.Command {
	var f issueFlags
	cmd := &cobra.Command{
		Use:   "convert DRIVE [--to PERSON]",
		Short: "Encrypt the files that lie on a drive already",
		Long: `Encrypt the files that lie on a drive already: take them into the stick under the
same names, read every byte back, and only then remove the plain ones. It can be
interrupted at any point, and goes on when it is called again. A drive that is no
stick yet is issued to --to first, with the flags of "stow stick issue".

` + tracesText,
		Example: cli.Examples(
			"stow stick convert /media/STICK --to alice@hillroad.example --label HRP-0042",
			"stow stick convert /media/STICK",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				return a.WithAuthority(cmd.Context(), f.ict, func(s *school.School) error {
					if err := issueFirst(cmd.Context(), a, args[0], drive, s, f); err != nil {
						return cli.On(args[0], err)
					}
					return cli.On(args[0], convert(cmd.Context(), a, drive, s))
				})
			})
		},
	}
	f.add(a, cmd)
	return cmd
}

// issueFirst makes the drive a stick unless it is one.
func issueFirst(ctx context.Context, a *cli.App, path string, drive cli.DriveFS, s *school.School, f issueFlags) error {
	authority, err := s.Authority()
	if err != nil {
		return err
	}
	summary, err := stick.Inspect(drive, authority.Verifier())
	switch {
	case err == nil:
		_, err = known.Device(ctx, s.Register(), summary.Note)
		if err == nil || !errors.Is(err, known.ErrUnknownStick) || summary.Layers > 0 {
			return err
		}
	case !errors.Is(err, stick.ErrNotStick):
		return err
	}
	if f.to == "" {
		return cli.Usagef("this drive is no stick yet: say who gets it with --to")
	}
	issued, err := issueStick(ctx, a, path, drive, s, f)
	if err != nil {
		return err
	}
	a.Say("Issued %s to %s.", cli.Printable(issued.Device.Name()), cli.Printable(issued.Holder.Name))
	for _, name := range issued.Kept {
		a.Say("%s", keptText(name))
	}
	return nil
}

func convert(ctx context.Context, a *cli.App, drive cli.DriveFS, s *school.School) error {
	opened, err := s.OpenAsICT(ctx, drive, stick.OpenOptions{})
	if err != nil {
		return err
	}
	p := a.Progress("encrypting")
	result, err := opened.Convert(ctx, stick.ConvertOptions{Progress: p})
	p.End()
	err = cli.FirstError(err, opened.Close())
	out := jsonConverted{Items: []jsonItem{}, Bytes: result.Bytes, Skipped: cli.SkippedList(result.Left), Already: paths(result.Already), Trash: paths(result.Trash)}
	for _, stored := range result.Stored {
		out.Items = append(out.Items, jsonItem{stored.Source, stored.Path, kindText(stored.Kind)})
	}
	if err != nil && len(out.Items) == 0 {
		return err
	}
	showErr := a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Encrypted %s (%s), read them back, and removed the plain ones.\n", cli.Counted(len(out.Items), "file", "files"), cli.SizeText(result.Bytes))
		if len(out.Already) > 0 {
			fmt.Fprintf(w, "%s already encrypted, and was left.\n", cli.Counted(len(out.Already), "file was", "files were"))
		}
		if len(out.Trash) > 0 {
			fmt.Fprintf(w, "%s in the system's trash; empty it.\n", Lies(len(out.Trash)))
		}
		fmt.Fprintln(w, tracesText)
	})
	return cli.FirstError(err, showErr, a.Skipped(out.Skipped, len(out.Items)))
}

// paths are the paths of what was found.
func paths(found []stick.Found) []string {
	list := []string{}
	for _, f := range found {
		list = append(list, f.Path)
	}
	return list
}

func stickScan(a *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan DRIVE",
		Short: "Report what on a drive is not encrypted",
		Long: `Report which files on a drive are not encrypted, so that a finder could read them.
It ends with exit code 27 when there are any.`,
		Example:           cli.Examples("stow stick scan /media/STICK", "stow stick scan /media/STICK --json"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				p := a.Progress("looking")
				result, err := stick.Scan(cmd.Context(), drive, p)
				p.End()
				if err != nil {
					return cli.On(args[0], err)
				}
				return showScan(a, result)
			})
		},
	}
	return cmd
}

// errPlainFound: a scan found files that are not encrypted.
var errPlainFound = errors.New("files that are not encrypted")

func showScan(a *cli.App, r stick.ScanResult) error {
	type file struct {
		Path  string `json:"path"`
		Size  int64  `json:"size"`
		Trash bool   `json:"trash,omitempty"`
	}
	out := struct {
		Stick      bool          `json:"stick"`
		Plain      []file        `json:"plain"`
		PlainBytes int64         `json:"plain_bytes"`
		Encrypted  []string      `json:"encrypted"`
		Skipped    []cli.Skipped `json:"skipped"`
	}{r.Stick, []file{}, r.PlainBytes(), paths(r.Encrypted), cli.SkippedList(r.Skipped)}
	for _, f := range r.Plain {
		out.Plain = append(out.Plain, file{f.Path, f.Size, f.Trash})
	}
	err := a.Show(out, func(w io.Writer) {
		rows := [][]string{}
		for _, f := range r.Plain {
			rows = append(rows, []string{cli.SizeText(f.Size), f.Path})
		}
		if len(rows) > 0 {
			cli.Table(w, []string{"size", "not encrypted"}, rows)
		}
		for _, s := range out.Skipped {
			fmt.Fprintf(w, "%s: %s\n", cli.Printable(s.Path), cli.Printable(s.Reason))
		}
		if len(rows) == 0 {
			fmt.Fprintln(w, "Nothing lies here that is not encrypted.")
		}
	})
	if err == nil && len(r.Plain) > 0 {
		return errPlainFound
	}
	return err
}

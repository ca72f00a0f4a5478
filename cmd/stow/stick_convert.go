package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/known"
)

// jsonConverted is the result of encrypting an existing stick.
type jsonConverted struct {
	Items   []jsonItem    `json:"items"`
	Bytes   int64         `json:"bytes"`
	Skipped []jsonSkipped `json:"skipped"`
	Already []string      `json:"already_encrypted"`
	Trash   []string      `json:"trash"`
}

// tracesText is the honest word on what stays on flash memory.
const tracesText = "Flash memory may keep traces of the old plain files that no program can reach; only destroying the stick removes those for certain."

func (a *app) stickConvert() *cobra.Command {
	var f issueFlags
	cmd := &cobra.Command{
		Use:   "convert DRIVE [--to PERSON]",
		Short: "Encrypt the files that lie on a drive already",
		Long: `Encrypt the files that lie on a drive already: take them into the stick under the
same names, read every byte back, and only then remove the plain ones. It can be
interrupted at any point, and goes on when it is called again. A drive that is no
stick yet is issued to --to first, with the flags of "stow stick issue".

` + tracesText,
		Example: examples(
			"stow stick convert /media/STICK --to alice@hillroad.example --label HRP-0042",
			"stow stick convert /media/STICK",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDrive(args[0], func(drive driveFS) error {
				return a.withAuthority(cmd.Context(), f.ict, func(s *school.School) error {
					if err := a.issueFirst(cmd.Context(), args[0], drive, s, f); err != nil {
						return on(args[0], err)
					}
					return on(args[0], a.convert(cmd.Context(), drive, s))
				})
			})
		},
	}
	f.add(a, cmd)
	return cmd
}

// issueFirst makes the drive a stick unless it is one.
func (a *app) issueFirst(ctx context.Context, path string, drive driveFS, s *school.School, f issueFlags) error {
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
		return usagef("this drive is no stick yet: say who gets it with --to")
	}
	issued, err := a.issue(ctx, path, drive, s, f)
	if err != nil {
		return err
	}
	a.say("Issued %s to %s.", printable(issued.Device.Name()), printable(issued.Holder.Name))
	for _, name := range issued.Kept {
		a.say("%s", keptText(name))
	}
	return nil
}

func (a *app) convert(ctx context.Context, drive driveFS, s *school.School) error {
	opened, err := s.OpenAsICT(ctx, drive, stick.OpenOptions{})
	if err != nil {
		return err
	}
	p := a.progress("encrypting")
	result, err := opened.Convert(ctx, stick.ConvertOptions{Progress: p})
	p.end()
	err = firstError(err, opened.Close())
	out := jsonConverted{Items: []jsonItem{}, Bytes: result.Bytes, Skipped: skippedList(result.Left), Already: paths(result.Already), Trash: paths(result.Trash)}
	for _, stored := range result.Stored {
		out.Items = append(out.Items, jsonItem{stored.Source, stored.Path, kindText(stored.Kind)})
	}
	if err != nil && len(out.Items) == 0 {
		return err
	}
	showErr := a.show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Encrypted %s (%s), read them back, and removed the plain ones.\n", counted(len(out.Items), "file", "files"), sizeText(result.Bytes))
		if len(out.Already) > 0 {
			fmt.Fprintf(w, "%s already encrypted, and was left.\n", counted(len(out.Already), "file was", "files were"))
		}
		if len(out.Trash) > 0 {
			fmt.Fprintf(w, "%s in the system's trash; empty it.\n", lies(len(out.Trash)))
		}
		fmt.Fprintln(w, tracesText)
	})
	return firstError(err, showErr, a.skipped(out.Skipped, len(out.Items)))
}

// paths are the paths of what was found.
func paths(found []stick.Found) []string {
	list := []string{}
	for _, f := range found {
		list = append(list, f.Path)
	}
	return list
}

func (a *app) stickScan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan DRIVE",
		Short: "Report what on a drive is not encrypted",
		Long: `Report which files on a drive are not encrypted, so that a finder could read them.
It ends with exit code 27 when there are any.`,
		Example:           examples("stow stick scan /media/STICK", "stow stick scan /media/STICK --json"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDrive(args[0], func(drive driveFS) error {
				p := a.progress("looking")
				result, err := stick.Scan(cmd.Context(), drive, p)
				p.end()
				if err != nil {
					return on(args[0], err)
				}
				return a.showScan(result)
			})
		},
	}
	return cmd
}

// errPlainFound: a scan found files that are not encrypted.
var errPlainFound = errors.New("files that are not encrypted")

func (a *app) showScan(r stick.ScanResult) error {
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
		Skipped    []jsonSkipped `json:"skipped"`
	}{r.Stick, []file{}, r.PlainBytes(), paths(r.Encrypted), skippedList(r.Skipped)}
	for _, f := range r.Plain {
		out.Plain = append(out.Plain, file{f.Path, f.Size, f.Trash})
	}
	err := a.show(out, func(w io.Writer) {
		rows := [][]string{}
		for _, f := range r.Plain {
			rows = append(rows, []string{sizeText(f.Size), f.Path})
		}
		if len(rows) > 0 {
			table(w, []string{"size", "not encrypted"}, rows)
		}
		for _, s := range out.Skipped {
			fmt.Fprintf(w, "%s: %s\n", printable(s.Path), printable(s.Reason))
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

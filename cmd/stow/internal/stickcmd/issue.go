// Package stickcmd has the commands for sticks, from issuing one to showing it as a drive.
package stickcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/registercmd"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/issue"
)

// Group is stow stick.
func Group(a *cli.App) *cobra.Command {
	return cli.Group("stick", "Encrypted memory sticks: issue, fill, read and look after them", "files",
		stickIssue(a), stickConvert(a), stickInfo(a),
		stickPut(a), stickGet(a), stickLs(a), stickRm(a), stickMv(a), stickMkdir(a),
		stickMount(a), stickVersions(a), stickUndelete(a), stickErase(a), stickTidy(a),
		stickCheck(a), stickRepair(a), stickScan(a),
		stickPassphrase(a), stickRekey(a), stickRotate(a), stickCheckin(a),
		stickBackup(a), stickBackups(a), stickContents(a), stickRestore(a))
}

// errNotTop: a path on a drive was given that is not the drive's top.
var errNotTop = errors.New("not the top of a drive")

// issueFlags say what a new stick is to be.
type issueFlags struct {
	registercmd.DeviceFlags
	registercmd.LoanFlags
	to         string
	prefix     string
	returnTo   string
	folder     bool
	ignore     bool // --ignore-serial
	offStick   bool
	replaceOld bool
	programs   ProgramsFlag
	ict        cli.PassphraseFlag
}

func (f *issueFlags) add(a *cli.App, cmd *cobra.Command) {
	f.DeviceFlags.Add(cmd)
	f.LoanFlags.Add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.to, "to", "t", "", "the `PERSON` who gets it")
	flags.StringVar(&f.Label, "label", "", "the school's asset `LABEL`; otherwise the next free one")
	flags.StringVar(&f.prefix, "label-prefix", "MS-", "the `PREFIX` of the next free label")
	flags.StringVar(&f.returnTo, "return", "", "`WHERE` to return it if found; otherwise to the school")
	flags.BoolVar(&f.folder, "folder", false, "make a stick of a folder that is no drive of its own")
	flags.BoolVar(&f.ignore, "ignore-serial", false, "do not take the drive's serial number, which cheap sticks share")
	flags.BoolVar(&f.offStick, "key-off-stick", false, "do not carry the person's key on the stick")
	f.programs.add(cmd, "put the program on the stick for these `SYSTEMS`: windows, linux, macos")
	_ = cmd.RegisterFlagCompletionFunc("to", a.CompletePerson)
	f.ict.AddAuthority(cmd, true)
}

// plan is what package issue is asked for. drive is the open drive at path.
func (f *issueFlags) plan(ctx context.Context, path string, drive stick.FS, s *school.School) (issue.StickPlan, error) {
	p := issue.StickPlan{
		FS: drive, Holder: f.to, Device: f.DeviceDetails, Prefix: f.prefix,
		Days: f.Days, Note: f.Note, OffStick: f.offStick, Replace: f.replaceOld,
	}
	var err error
	if p.Device.Kind, err = devices.ParseKind(f.KindName); err != nil {
		return p, err
	}
	if p.Due, err = f.DueDate(); err != nil {
		return p, err
	}
	if p.Programs, err = f.programs.Names(); err != nil {
		return p, err
	}
	if !f.folder {
		if p.Drive, err = TopOfDrive(ctx, path); err != nil {
			return p, err
		}
		if f.ignore {
			p.Drive.Serial = ""
		}
	}
	p.Return = f.returnTo
	if p.Return == "" {
		if p.Return, err = s.ReturnAddress(); err != nil {
			return p, err
		}
	}
	contact, err := s.Contact()
	if err != nil {
		return p, err
	}
	p.Found = foundText(p.Return, contact)
	return p, nil
}

// TopOfDrive is the drive whose top is path.
func TopOfDrive(ctx context.Context, path string) (drives.Drive, error) {
	d, err := drives.At(ctx, path)
	if err != nil {
		return drives.Drive{}, err
	}
	if err := d.Usable(); err != nil {
		return drives.Drive{}, err
	}
	top, err := os.Stat(d.Path)
	if err != nil {
		return drives.Drive{}, err
	}
	if given, err := os.Stat(path); err != nil || !os.SameFile(top, given) {
		return drives.Drive{}, fmt.Errorf("%s lies on the drive %s: %w", path, d.Path, errNotTop)
	}
	return d, nil
}

// foundText is what a finder of a lost stick reads.
func foundText(returnTo, contact string) string {
	text := []string{"IF YOU HAVE FOUND THIS MEMORY STICK", "", "Please return it to:", "", cli.NewLines(returnTo), ""}
	if contact != "" {
		text = append(text, "or tell us where it is:", "", contact, "")
	}
	return strings.Join(append(text,
		"What is on it is encrypted and cannot be read without its owner's key.",
		"Please do not delete or change anything on it. Thank you.",
		""), "\n")
}

// jsonIssued is a stick that was just issued.
type jsonIssued struct {
	Device   devices.Device `json:"device"`
	Stick    string         `json:"stick"` // the stick's id
	Holder   string         `json:"holder"`
	OnStick  bool           `json:"key_on_stick"`
	Programs []JSONProgram  `json:"programs,omitempty"`
	Plain    int            `json:"plain_files"`    // files on the drive that are not encrypted
	Kept     []string       `json:"kept,omitempty"` // files that had a name which the stick needs, as they are called now
}

func issuedJSON(issued issue.IssuedStick) jsonIssued {
	out := jsonIssued{Device: issued.Device, Stick: issued.Note.ID, Holder: issued.Holder.Name, OnStick: issued.OnStick, Kept: issued.Kept}
	for _, p := range issued.Note.Programs {
		out.Programs = append(out.Programs, ProgramJSON(p))
	}
	return out
}

func stickIssue(a *cli.App) *cobra.Command {
	var f issueFlags
	var slip registercmd.SlipFlags
	cmd := &cobra.Command{
		Use:   "issue DRIVE --to PERSON",
		Short: "Make a drive a person's encrypted stick, and hand it out in the register",
		Long: `Make a drive a person's encrypted stick: the keys go on it, the device, its loan
and its recovery code go into the register, and that it is encrypted is verified. The
person needs a key (stow key issue). Files that lie on the drive already stay as they
are: "stow stick convert" encrypts them.

With --programs the stick carries the program as well, so that its holder can start it
from there at home: those that ICT approved with "stow school programs add".

DRIVE is the top of a removable drive (stow drives); system disks are refused. With
--replace-old an older stick of the school is given up with all its data, once the
register has it back.`,
		Example: cli.Examples(
			"stow stick issue /media/STICK --to alice@hillroad.example --label HRP-0042",
			"stow stick issue E: --to 'Alice Jones' --due 2026-12-18 --return 'Hill Road Primary, Hill Road, Swansea'",
			"stow stick issue /media/STICK --to 'Alice Jones' --programs windows,linux,macos",
			"stow stick issue /srv/shared/alice --folder --to 'Alice Jones'",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.to == "" {
				return cli.Usagef("say who gets the stick with --to")
			}
			if err := slip.Check(); err != nil {
				return err
			}
			slip.ReturnTo = f.returnTo
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				return a.WithAuthority(cmd.Context(), f.ict, func(s *school.School) error {
					issued, err := issueStick(cmd.Context(), a, args[0], drive, s, f)
					if err != nil {
						return cli.On(args[0], err)
					}
					slip.After(cmd, a, s, issued.Device.Name())
					return showIssued(cmd.Context(), a, drive, issued)
				})
			})
		},
	}
	f.add(a, cmd)
	slip.AddTo(cmd)
	cmd.Flags().BoolVar(&f.replaceOld, "replace-old", false, "give up an older stick of the school with ALL its data")
	return cmd
}

func issueStick(ctx context.Context, a *cli.App, path string, drive cli.DriveFS, s *school.School, f issueFlags) (issue.IssuedStick, error) {
	plan, err := f.plan(ctx, path, drive, s)
	if err != nil {
		return issue.IssuedStick{}, err
	}
	p := a.Progress("putting programs on")
	defer p.End()
	plan.Written = p
	return issue.Stick(ctx, s, plan)
}

func showIssued(ctx context.Context, a *cli.App, drive cli.DriveFS, issued issue.IssuedStick) error {
	out := issuedJSON(issued)
	if scan, err := stick.Scan(ctx, drive, nil); err == nil {
		out.Plain = len(scan.Plain)
	} else { // it is issued all the same
		_, text := a.Explain(cli.On("the drive", err))
		a.Warn("What lies on the drive beside the stick could not be looked at: %s", text)
	}
	return a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Issued %s to %s%s.\n", cli.Printable(issued.Device.Name()), cli.Printable(issued.Holder.Name), registercmd.DueText(issued.Device.Due))
		if !issued.OnStick {
			fmt.Fprintln(w, "It does not carry the person's key, which they need beside it.")
		}
		for _, p := range out.Programs {
			fmt.Fprintf(w, "It carries %s %s.\n", p.Name, p.Version)
		}
		for _, name := range issued.Kept {
			fmt.Fprintln(w, keptText(name))
		}
		if out.Plain > 0 {
			fmt.Fprintf(w, "%s on the drive not encrypted; encrypt with: stow stick convert\n", Lies(out.Plain))
		}
	})
}

// keptText says how a file is called whose name the stick needed.
func keptText(name string) string {
	return "A file had a name that the stick needs; it is called " + cli.Printable(name) + " now."
}

// Lies says how many files lie somewhere.
func Lies(n int) string {
	if n == 1 {
		return "1 file lies"
	}
	return fmt.Sprintf("%d files lie", n)
}

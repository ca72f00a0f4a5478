package registercmd

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
)

// PaperGroup is stow paper.
func PaperGroup(a *cli.App) *cobra.Command {
	return cli.Group("paper", "Papers as PDF: evidence, slips, labels, reports and certificates", "ict",
		paperEvidence(a), paperSlip(a), paperLabels(a), paperAudit(a), paperReceipt(a), paperDestruction(a))
}

// outFlag is where a paper is written.
type outFlag struct{ path string }

func (o *outFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.path, "out", "o", "", "the `FILE.pdf` to write, which must not be there yet")
	_ = cmd.MarkFlagFilename("out", "pdf")
}

// check refuses a command that does not say where the paper goes, before
// anything is asked.
func (o *outFlag) check() error {
	if o.path == "" {
		return cli.Usagef("say which file to write with --out")
	}
	return nil
}

// writePaper writes a paper of the school to a new file, and says so.
func writePaper(a *cli.App, s *school.School, path string, write func(io.Writer, papers.Head) error) error {
	if err := makePaper(a, s, path, write); err != nil {
		return err
	}
	return a.Done("written", []string{path}, "Written to "+path+".")
}

// makePaper writes a paper of the school to a new file that only its owner reads.
func makePaper(a *cli.App, s *school.School, path string, write func(io.Writer, papers.Head) error) error {
	head, err := fill.Head(s, a.Now())
	if err != nil {
		return err
	}
	err = writeOut(path, func(w io.Writer) error { return write(w, head) })
	if _, ok := errors.AsType[*cli.SubjectError](err); ok { // about what is on the paper
		return err
	}
	return cli.On(path, err)
}

func paperEvidence(a *cli.App) *cobra.Command {
	var out outFlag
	var ict cli.PassphraseFlag
	var without, names bool
	cmd := &cobra.Command{
		Use:   "evidence DEVICE|INCIDENT --out FILE.pdf",
		Short: "Evidence about a device for the data-protection lead and governors",
		Long: `Write what is on record about a device or an incident: what it is and who had it, how
it was protected and what guessing the passphrase would cost, when it was last
verified and seen, what was on it by type and size, the 72 hours, and how the
register proves itself. It states facts; whether to notify is for a person to decide.

What was on it is read from the school's backup with the authority; with
--without-contents no passphrase is needed. Names of files are left out unless
--names asks for them.`,
		Example: cli.Examples(
			"stow paper evidence HRP-0042 --out evidence.pdf",
			"stow paper evidence HRP-0042 --without-contents --out evidence.pdf",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			write := func(s *school.School) error {
				device, i, err := deviceOrIncident(cmd, s, args[0])
				if err != nil {
					return err
				}
				facts, err := fill.Evidence(cmd.Context(), s, device, i, fill.EvidenceOptions{Contents: !without, Names: names})
				if err != nil {
					return cli.On(args[0], err)
				}
				return writePaper(a, s, out.path, func(w io.Writer, h papers.Head) error { return papers.Evidence(w, h, facts) })
			}
			if without {
				return a.WithSchool(cmd.Context(), write)
			}
			return a.WithAuthority(cmd.Context(), ict, write)
		},
	}
	out.add(cmd)
	ict.AddAuthority(cmd, true)
	cmd.Flags().BoolVar(&without, "without-contents", false, "leave out what was on it, for which a passphrase is needed")
	cmd.Flags().BoolVar(&names, "names", false, "list the names of the files, which may be personal data")
	cmd.MarkFlagsMutuallyExclusive("without-contents", "names")
	return cmd
}

// deviceOrIncident finds what evidence is asked about: a device, with its newest
// incident if there is one, or an incident by its id.
func deviceOrIncident(cmd *cobra.Command, s *school.School, which string) (device string, i *devices.Incident, err error) {
	found, err := findIncident(cmd.Context(), s, which)
	if err == nil {
		return found.Device, &found, nil
	}
	if !errors.Is(err, errNoIncident) {
		return "", nil, err
	}
	d, err := s.Register().FindDevice(cmd.Context(), which)
	return d.ID, nil, cli.On(which, err)
}

// SlipFlags are what a handover slip says beside the register.
type SlipFlags struct {
	path                    string // --slip, where handing out may write one
	ReturnTo, contact, with string
	temporary               cli.PassphraseFlag
}

func (f *SlipFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.contact, "contact", "", "`HOW` to reach ICT, for the slip")
	flags.StringVar(&f.with, "with", "", "`WHAT` else is handed over, for the slip")
	flags.StringVar(&f.temporary.File, "temporary-passphrase-file", "", "print the temporary passphrase in `FILE` on a strip to tear off (- for standard input)")
	_ = cmd.MarkFlagFilename("temporary-passphrase-file")
}

// AddTo gives a command that hands a device out the flags of its slip.
func (f *SlipFlags) AddTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.path, "slip", "", "write the slip that goes with it to `FILE.pdf`")
	_ = cmd.MarkFlagFilename("slip", "pdf")
	f.add(cmd)
}

// Check refuses flags that cannot be met before a device is handed out.
func (f *SlipFlags) Check() error {
	if f.path == "" {
		if f.contact != "" || f.with != "" || f.temporary.File != "" {
			return cli.Usagef("--contact, --with and --temporary-passphrase-file are for the slip; say where it goes with --slip")
		}
		return nil
	}
	return absent(f.path)
}

// absent refuses a paper's file that is there already, before anything is done; "" is
// no paper.
func absent(path string) error {
	if _, err := os.Lstat(path); path != "" && err == nil {
		return cli.On(path, safefile.ErrExists)
	}
	return nil
}

// After writes the slip of a device that was handed out just now. That stands
// whatever becomes of the slip.
func (f *SlipFlags) After(cmd *cobra.Command, a *cli.App, s *school.School, device string) {
	if f.path == "" {
		return
	}
	if err := f.write(cmd, a, s, device, f.path); err != nil {
		_, message := a.Explain(err)
		a.Warn("The device is handed out, but its slip could not be written; do so with: stow paper slip %s (%s)", device, message)
		return
	}
	a.Say("The slip is in %s.", f.path)
}

// write writes the slip of a device that is handed out.
func (f *SlipFlags) write(cmd *cobra.Command, a *cli.App, s *school.School, device, path string) error {
	back := f.ReturnTo
	if back == "" {
		var err error
		if back, err = s.ReturnAddress(); err != nil {
			return err
		}
	}
	o := fill.SlipOptions{Return: strings.ReplaceAll(back, `\n`, "\n"), ICTContact: f.contact, With: f.with}
	if f.temporary.File != "" {
		var err error
		if o.Passphrase, err = a.PassphraseFile(f.temporary.File); err != nil {
			return err
		}
		defer clear(o.Passphrase)
	}
	facts, err := fill.Slip(cmd.Context(), s, device, o)
	if err != nil {
		return cli.On(device, err)
	}
	return makePaper(a, s, path, func(w io.Writer, h papers.Head) error { return papers.Slip(w, h, facts) })
}

func paperSlip(a *cli.App) *cobra.Command {
	var out outFlag
	var f SlipFlags
	cmd := &cobra.Command{
		Use:   "slip DEVICE --out FILE.pdf",
		Short: "The slip that goes with a device that is handed out",
		Long: `Write the slip that goes with a device: what was handed over, when it is due, the
rules in five lines, and where to sign. A temporary passphrase goes on a strip that is
torn off; such a file is as secret as the passphrase, so print and remove it.`,
		Example: cli.Examples(
			"stow paper slip HRP-0042 --contact '01792 000000' --out slip.pdf",
			"stow key issue alice@hillroad.example --passphrase-out temporary.txt\n  stow paper slip HRP-0042 --temporary-passphrase-file temporary.txt --out slip.pdf",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				if err := f.write(cmd, a, s, args[0], out.path); err != nil {
					return err
				}
				return a.Done("written", []string{out.path}, "Written to "+out.path+".")
			})
		},
	}
	out.add(cmd)
	f.add(cmd)
	cmd.Flags().StringVar(&f.ReturnTo, "return", "", "`WHERE` to return it; otherwise as the school keeps it")
	return cmd
}

func paperReceipt(a *cli.App) *cobra.Command {
	var out outFlag
	cmd := &cobra.Command{
		Use:               "receipt DEVICE --out FILE.pdf",
		Short:             "The receipt for a device that was brought back",
		Example:           cli.Examples("stow device return HRP-0042 --condition 'cap missing'", "stow paper receipt HRP-0042 --out receipt.pdf"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				facts, err := fill.Receipt(cmd.Context(), s, args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				return writePaper(a, s, out.path, func(w io.Writer, h papers.Head) error { return papers.Receipt(w, h, facts) })
			})
		},
	}
	out.add(cmd)
	return cmd
}

func paperDestruction(a *cli.App) *cobra.Command {
	var out outFlag
	var standard, by string
	cmd := &cobra.Command{
		Use:   "destruction DEVICE --out FILE.pdf",
		Short: "The certificate that a device was destroyed",
		Example: cli.Examples(
			"stow device destroy HRP-0042 --method 'shredded to 6 mm' --witness 'B. Evans'",
			"stow paper destruction HRP-0042 --standard 'NIST SP 800-88 Destroy' --carried-out-by 'Shred-It Cymru' --out certificate.pdf",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				facts, err := fill.Destruction(cmd.Context(), s, args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				facts.Standard, facts.By = standard, by
				return writePaper(a, s, out.path, func(w io.Writer, h papers.Head) error { return papers.Destruction(w, h, facts) })
			})
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&standard, "standard", "", "the `STANDARD` that it was done by, as you name it")
	cmd.Flags().StringVar(&by, "carried-out-by", "", "`WHO` did it")
	return cmd
}

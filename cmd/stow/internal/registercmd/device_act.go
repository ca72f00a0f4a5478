package registercmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/lifecycle"
)

// actFlags are what is known about an action.
type actFlags struct {
	devices.Facts
	when  string
	later bool
	ict   cli.PassphraseFlag
	paper string // where the certificate of a destruction goes
}

// deviceAct is the command for one of the actions that a device's state allows
// or refuses.
func deviceAct(a *cli.App, action devices.Action, name, short, example string) *cobra.Command {
	var f actFlags
	cmd := &cobra.Command{
		Use:               name + " DEVICE",
		Short:             short,
		Example:           cli.Examples(example),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if action == devices.Destroy && (f.Method == "" || f.Witness == "") {
				return cli.Usagef("say how with --method, and who saw it with --witness")
			}
			var err error
			if f.Happened, err = cli.Moment(a.Now(), f.when); err != nil {
				return err
			}
			if err := absent(f.paper); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error { return act(a, cmd, s, args[0], action, f) })
		},
	}
	cmd.Flags().StringVar(&f.Note, "note", "", "`CIRCUMSTANCES`, for the register")
	cmd.Flags().StringVar(&f.when, "when", "", "when it `HAPPENED`, such as '2026-09-24 08:10'; otherwise now")
	switch action {
	case devices.Return:
		cmd.Flags().StringVar(&f.Condition, "condition", "", "the `STATE` of the thing")
	case devices.Destroy:
		cmd.Flags().StringVar(&f.Method, "method", "", "`HOW` it was destroyed")
		cmd.Flags().StringVar(&f.Witness, "witness", "", "`WHO` saw it")
		cmd.Flags().StringVar(&f.paper, "certificate", "", "write the certificate of it to `FILE.pdf`")
		_ = cmd.MarkFlagFilename("certificate", "pdf")
	}
	if lifecycle.ChangesDirectory(action) {
		cmd.Long = short + `.

The directory tells everybody which keys are blocked, so it is published
again, for which the authority's passphrase is needed. With --later only the
register is changed, and the directory follows the next time that the
authority is used.`
		f.ict.AddAuthority(cmd, true)
		cmd.Flags().BoolVar(&f.later, "later", false, "publish the directory later, without a passphrase now")
	}
	return cmd
}

// act records the action first, since that must not wait for a passphrase, and
// then publishes.
func act(a *cli.App, cmd *cobra.Command, s *school.School, device string, action devices.Action, f actFlags) error {
	d, behind, err := lifecycle.Act(cmd.Context(), s, device, action, f.Facts)
	if err != nil {
		return cli.On(device, err)
	}
	text := fmt.Sprintf("%s is now %s.", d.Name(), d.State)
	if behind {
		text += publishAfter(a, cmd, s, f)
	}
	if f.paper != "" {
		if err := certify(a, cmd, s, d, f.paper); err != nil {
			_, message := a.Explain(err)
			a.Warn("The destruction is recorded, but its certificate could not be written; do so with: stow paper destruction %s (%s)", d.Name(), message)
		} else {
			text += " The certificate is in " + f.paper + "."
		}
	}
	return ShowDevice(a, d, text)
}

// certify writes the certificate of a destruction that was just recorded.
func certify(a *cli.App, cmd *cobra.Command, s *school.School, d devices.Device, path string) error {
	facts, err := fill.Destruction(cmd.Context(), s, d.ID)
	if err != nil {
		return err
	}
	return makePaper(a, s, path, func(w io.Writer, h papers.Head) error { return papers.Destruction(w, h, facts) })
}

// publishAfter publishes the directory after a change that stands already, so
// that what goes wrong is only a warning.
func publishAfter(a *cli.App, cmd *cobra.Command, s *school.School, f actFlags) string {
	if f.later {
		return " The directory still has to be published: stow directory publish"
	}
	if err := a.Unlock(cmd.Context(), s, f.ict); err != nil { // unlocking publishes what is missing
		_, message := a.Explain(err)
		a.Warn("The register is changed, but the directory could not be published yet; do so with: stow directory publish (%s)", message)
		return ""
	}
	return " The directory is published."
}

func deviceVerify(a *cli.App) *cobra.Command {
	var v devices.Verification
	var when string
	var notEncrypted bool
	cmd := &cobra.Command{
		Use:   "verify DEVICE --method HOW",
		Short: "Record that somebody looked whether a device is encrypted, and how",
		Long: `Record that somebody looked whether a device is encrypted: how it is, who looked,
when, and what was found. A tick without that is not taken.`,
		Example: cli.Examples(
			"stow device verify HRP-L07 --method BitLocker --note 'manage-bde -status C: XtsAes128, protection on'",
			"stow device verify HRP-L07 --method BitLocker --not-encrypted --note 'protection off'",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if v.Method == "" {
				return cli.Usagef("say how it is, or should be, encrypted with --method")
			}
			if v.By == "" {
				v.By = a.Actor()
			}
			v.Encrypted = !notEncrypted
			var err error
			if v.At, err = cli.Moment(a.Now(), when); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				if d, err = s.Register().RecordVerification(cmd.Context(), a.Actor(), d.ID, v); err != nil {
					return cli.On(args[0], err)
				}
				return ShowDevice(a, d, d.Name()+": "+encryptionText(d.Encryption)+".")
			})
		},
	}
	cmd.Flags().StringVar(&v.Method, "method", "", "`HOW`: BitLocker, FileVault, LUKS, …")
	cmd.Flags().StringVar(&v.By, "looked", "", "`WHO` looked; otherwise you")
	cmd.Flags().StringVar(&v.Note, "note", "", "`WHAT` was looked at, such as a program's output")
	cmd.Flags().StringVar(&when, "when", "", "`WHEN`, such as '2026-09-24 08:10'; otherwise now")
	cmd.Flags().BoolVar(&notEncrypted, "not-encrypted", false, "it was found not encrypted")
	_ = cmd.RegisterFlagCompletionFunc("method", cobra.FixedCompletions([]string{devices.BitLocker, devices.FileVault, devices.LUKS}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// encryptionText says how a device's encryption stands.
func encryptionText(v devices.Verification) string {
	switch {
	case v.At.IsZero():
		return "encryption never verified"
	case !v.Encrypted:
		return fmt.Sprintf("found NOT encrypted (%s) by %s on %s", v.Method, v.By, cli.DayText(v.At))
	}
	return fmt.Sprintf("encrypted, %s, verified by %s on %s", v.Method, v.By, cli.DayText(v.At))
}

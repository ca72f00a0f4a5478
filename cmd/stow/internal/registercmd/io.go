package registercmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
)

func registerExport(a *cli.App) *cobra.Command {
	var filter filterFlags
	var encrypted bool
	cmd := &cobra.Command{
		Use:   "export [FILE|-]",
		Short: "Write devices as CSV, for a spreadsheet or another register",
		Long: `Write devices as CSV to a file or standard output; "stow register import" reads it
back exactly. The file holds personal data: with --encrypted it is an age file that
only the school's recovery key opens.`,
		Example: cli.Examples(
			"stow register export devices.csv",
			"stow register export --encrypted devices.csv.age",
			"stow register export --overdue | less",
		),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			toOutput := len(args) == 0 || args[0] == "-"
			if encrypted && toOutput {
				return cli.Usagef("name the file that --encrypted is to write")
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				q, err := filter.query(cmd, a, s)
				if err != nil {
					return err
				}
				write := func(w io.Writer) error { return s.Register().Export(cmd.Context(), w, q) }
				switch {
				case toOutput && cli.IsTerminal(a.Stdout): // a file keeps what it holds, a terminal is not to be steered
					var text strings.Builder
					if err := write(&text); err != nil {
						return err
					}
					_, err := io.WriteString(a.Stdout, cli.SafeText(strings.ReplaceAll(text.String(), "\r\n", "\n")))
					return err
				case toOutput:
					return write(a.Stdout)
				case encrypted:
					err = integrity.ExportEncrypted(s, args[0], write)
				default:
					err = writeOut(args[0], write)
				}
				if err != nil {
					return cli.On(args[0], err)
				}
				return a.Done("exported", args, "Exported to "+args[0]+".")
			})
		},
	}
	filter.add(a, cmd)
	_ = cmd.Flags().MarkHidden("limit")
	cmd.Flags().BoolVar(&encrypted, "encrypted", false, "encrypt the file to the school's recovery key")
	return cmd
}

// writeOut writes a new file that appears only when it is complete.
func writeOut(path string, write func(io.Writer) error) error {
	out, err := safefile.Create(path, false)
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := write(out); err != nil {
		return err
	}
	return out.Commit()
}

func registerBackup(a *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE.age",
		Short: "Write a copy of the register, encrypted to the school's recovery key",
		Long: `Write a copy of the register, as it is at one moment, as an age file that only
the school's authority opens. Others may go on using the register meanwhile.`,
		Example: cli.Examples("stow register backup /mnt/backup/register-2026-09-24.age"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				if err := integrity.BackUp(cmd.Context(), s, args[0]); err != nil {
					return cli.On(args[0], err)
				}
				return a.Done("backed up", args, "Backed up to "+args[0]+".")
			})
		},
	}
	return cmd
}

func registerRestore(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	var yes bool
	cmd := &cobra.Command{
		Use:   "restore FILE.age --replace",
		Short: "Replace the register by a backup",
		Long: `Replace the register by a backup, which is decrypted and checked completely
first; if anything is wrong, the register stays as it was. What happened since the
backup is lost, and is named as far as the register that is replaced can still be read: record
it again, and publish the directory. A damaged register is kept under another name.
The restoring is itself an event of the register, signed by the authority, which names
what it replaced; "stow register verify" shows it.`,
		Example: cli.Examples("stow register restore /mnt/backup/register-2026-09-24.age --replace"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return cli.Usagef("add --replace: the register as it is now will be gone")
			}
			dir, verifier, err := a.TheSchool()
			if err != nil {
				return err
			}
			f, err := os.Open(args[0])
			if err != nil {
				return cli.On(args[0], err)
			}
			defer f.Close()
			passphrase, err := a.Passphrase(cmd.Context(), secret, "the school's authority")
			if err != nil {
				return err
			}
			defer clear(passphrase)
			restored, err := integrity.Restore(cmd.Context(), dir, filepath.Base(args[0]), f, passphrase, a.Options(verifier))
			if err != nil {
				return cli.On(args[0], err)
			}
			return showRegisterRestored(a, restored)
		},
	}
	secret.AddAuthority(cmd, true)
	cmd.Flags().BoolVar(&yes, "replace", false, "replace the register as it is now")
	return cmd
}

// showRegisterRestored says what the register is now, and what is not in it any more.
func showRegisterRestored(a *cli.App, r integrity.Restored) error {
	if r.Lost == nil {
		r.Lost = []devices.Event{}
	}
	return a.Show(r, func(w io.Writer) {
		fmt.Fprintf(w, "The register is restored: it is as it was on %s, with %s.\n", cli.TimeText(r.Newest), cli.Counted(int(r.Events), "event", "events"))
		if len(r.Lost) > 0 {
			fmt.Fprintf(w, "Not in the backup, and so no longer on record:\n")
			rows := [][]string{}
			for _, e := range r.Lost {
				rows = append(rows, []string{strconv.FormatInt(e.Number, 10), cli.TimeText(e.Time), fill.By(e), string(e.Kind), shorten(detailsText(e))})
			}
			cli.Table(w, []string{"no", "when", "by", "what", "details"}, rows)
		}
		fmt.Fprintln(w, lostText(r))
		fmt.Fprintf(w, "That it was restored, and what it replaced, is on record as event %d.\n", r.Recorded.Number)
		fmt.Fprintln(w, "Now publish the directory: stow directory publish")
	})
}

// lostText says how much of what was lost is known.
func lostText(r integrity.Restored) string {
	missing := max(0, r.Had-r.Events)
	switch {
	case r.AllRead && missing == 0:
		return "Nothing had happened since the backup."
	case r.AllRead:
		return fmt.Sprintf("%s had happened since the backup; record again what still matters.", cli.Counted(int(missing), "event", "events"))
	case missing > 0:
		return fmt.Sprintf("At least %s had happened since the backup, and perhaps more, which cannot be read any more; record again what still matters.", cli.Counted(int(missing), "event", "events"))
	}
	return "What happened after that cannot be read any more; record again what still matters."
}

func registerCheck(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Check that the register is whole and follows from its events",
		Example: cli.Examples("stow register check"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				if err := integrity.Check(cmd.Context(), s); err != nil {
					return cli.On("the register", err)
				}
				return a.Done("checked", nil, "The register is whole, and everything in it follows from its events.")
			})
		},
	}
}

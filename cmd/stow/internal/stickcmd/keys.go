package stickcmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/registercmd"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/passphrases"
)

func stickPassphrase(a *cli.App) *cobra.Command {
	var current, next cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "passphrase STICK",
		Short: "Change the passphrase of the key that a stick carries",
		Long: `Change the passphrase of the key that a stick carries, as is asked for at first use.
The new one is held to the school's policy. No data is rewritten.`,
		Example: cli.Examples(
			"stow stick passphrase /media/STICK",
			"stow stick passphrase /media/STICK --passphrase-file old.txt --new-passphrase-file new.txt",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			old, err := a.Passphrase(cmd.Context(), current, "the stick, as it is now")
			if err != nil {
				return err
			}
			defer clear(old)
			return a.WithDrive(args[0], func(drive cli.DriveFS) error {
				s, err := stick.Open(cmd.Context(), drive, stick.WithPassphrase(old), stick.OpenOptions{Program: "stow", Clock: a.Now})
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				err = passphrases.ChangeStick(s, old, a.Choose(cmd.Context(), next, "the stick"))
				if err = cli.FirstError(err, s.Close()); err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				return a.Done("changed", args, "The passphrase is changed.")
			})
		},
	}
	current.AddHolder(cmd)
	next.AddNew(cmd)
	return cmd
}

func stickRekey(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	var to string
	cmd := &cobra.Command{
		Use:   "rekey STICK [--to PERSON]",
		Short: "Give a stick to another person, or to the same one with their new key",
		Long: `Encrypt a stick's own key to a person's key in force, after that key was replaced. No
data is rewritten.

With --to the stick goes to somebody else with what is on it; the register takes it
back and issues it again. Then it gets a new key of its own and everything on it is
encrypted again, since who had it before may have kept the old one. That takes time and
room for its largest layer. Interrupted, "stow stick rotate" finishes it.`,
		Example: cli.Examples(
			"stow stick rekey /media/STICK",
			"stow stick rekey /media/STICK --to bob@hillroad.example",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withICT(cmd.Context(), a, args[0], ict, func(s *school.School, drive cli.DriveFS, opened *stick.Stick) error {
				p := a.Progress("encrypting again")
				d, err := issue.Rekey(cmd.Context(), s, drive, opened, to, p)
				p.End()
				if err = cli.Tolerate(a, err); err != nil {
					return cli.On(args[0], err)
				}
				return registercmd.ShowDevice(a, d, fmt.Sprintf("%s is opened with the key of %s now%s.", d.Name(), d.HolderName, registercmd.DueText(d.Due)))
			})
		},
	}
	ict.AddAuthority(cmd, true)
	cmd.Flags().StringVarP(&to, "to", "t", "", "the `PERSON`; otherwise the one who has it")
	_ = cmd.RegisterFlagCompletionFunc("to", a.CompletePerson)
	return cmd
}

// withICT runs do with a stick of the school opened with the recovery key.
func withICT(ctx context.Context, a *cli.App, path string, ict cli.PassphraseFlag, do func(*school.School, cli.DriveFS, *stick.Stick) error) error {
	return a.WithDrive(path, func(drive cli.DriveFS) error {
		if _, err := stick.Inspect(drive, ""); err != nil {
			return cli.On(path, err) // before a passphrase is asked for
		}
		return a.WithAuthority(ctx, ict, func(s *school.School) error {
			authority, err := s.Authority()
			if err != nil {
				return err
			}
			summary, err := stick.Inspect(drive, authority.Verifier())
			if err != nil {
				return cli.On("the stick at "+path, err)
			}
			seen, err := a.Heads()
			if err != nil {
				return err
			}
			opened, err := s.OpenAsICT(ctx, drive, stick.OpenOptions{LastSeen: seen.Load(summary.Note.ID)})
			if err != nil {
				return cli.On("the stick at "+path, err)
			}
			rolledBack := warnOf(a, opened.Warnings())
			err = do(s, drive, opened)
			head := opened.Head()
			err = cli.FirstError(err, opened.Close())
			if !rolledBack {
				remember(a, seen, summary.Note.ID, head)
			}
			return err
		})
	})
}

func stickRotate(a *cli.App) *cobra.Command {
	var ict cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "rotate STICK",
		Short: "Encrypt a stick again with a new key, for when the old one may be known",
		Long: `Give a stick a new key of its own and encrypt everything on it again, for when a
key that opened it may be known to others. It needs time and room for its largest
layer. Interrupted at any point, it opens as before, and rotating again goes on.`,
		Example:           cli.Examples("stow stick rotate /media/STICK"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withICT(cmd.Context(), a, args[0], ict, func(s *school.School, drive cli.DriveFS, opened *stick.Stick) error {
				p := a.Progress("encrypting again")
				d, err := issue.Rotate(cmd.Context(), s, drive, opened, p)
				p.End()
				if err != nil {
					return cli.On("the stick at "+args[0], err)
				}
				return registercmd.ShowDevice(a, d, "Everything on "+d.Name()+" is encrypted with a new key.")
			})
		},
	}
	ict.AddAuthority(cmd, true)
	return cmd
}

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/passphrases"
)

func (a *app) stickPassphrase() *cobra.Command {
	var current, next passphraseFlag
	cmd := &cobra.Command{
		Use:   "passphrase STICK",
		Short: "Change the passphrase of the key that a stick carries",
		Long: `Change the passphrase of the key that a stick carries, as is asked for at first use.
The new one is held to the school's policy. No data is rewritten.`,
		Example: examples(
			"stow stick passphrase /media/STICK",
			"stow stick passphrase /media/STICK --passphrase-file old.txt --new-passphrase-file new.txt",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			old, err := a.passphrase(cmd.Context(), current, "the stick, as it is now")
			if err != nil {
				return err
			}
			defer clear(old)
			return a.withDrive(args[0], func(drive driveFS) error {
				s, err := stick.Open(cmd.Context(), drive, stick.WithPassphrase(old), stick.OpenOptions{Program: "stow", Clock: a.now})
				if err != nil {
					return on("the stick at "+args[0], err)
				}
				err = passphrases.ChangeStick(s, old, a.choose(cmd.Context(), next, "the stick"))
				if err = firstError(err, s.Close()); err != nil {
					return on("the stick at "+args[0], err)
				}
				return a.done("changed", args, "The passphrase is changed.")
			})
		},
	}
	current.addHolder(cmd)
	next.addNew(cmd)
	return cmd
}

func (a *app) stickRekey() *cobra.Command {
	var ict passphraseFlag
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
		Example: examples(
			"stow stick rekey /media/STICK",
			"stow stick rekey /media/STICK --to bob@hillroad.example",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withICT(cmd.Context(), args[0], ict, func(s *school.School, drive driveFS, opened *stick.Stick) error {
				p := a.progress("encrypting again")
				d, err := issue.Rekey(cmd.Context(), s, drive, opened, to, p)
				p.end()
				if err = a.tolerate(err); err != nil {
					return on(args[0], err)
				}
				return a.showDevice(d, fmt.Sprintf("%s is opened with the key of %s now%s.", d.Name(), d.HolderName, dueText(d.Due)))
			})
		},
	}
	ict.addAuthority(cmd, true)
	cmd.Flags().StringVarP(&to, "to", "t", "", "the `PERSON`; otherwise the one who has it")
	_ = cmd.RegisterFlagCompletionFunc("to", a.completePerson)
	return cmd
}

// withICT runs do with a stick of the school opened with the recovery key.
func (a *app) withICT(ctx context.Context, path string, ict passphraseFlag, do func(*school.School, driveFS, *stick.Stick) error) error {
	return a.withDrive(path, func(drive driveFS) error {
		if _, err := stick.Inspect(drive, ""); err != nil {
			return on(path, err) // before a passphrase is asked for
		}
		return a.withAuthority(ctx, ict, func(s *school.School) error {
			authority, err := s.Authority()
			if err != nil {
				return err
			}
			summary, err := stick.Inspect(drive, authority.Verifier())
			if err != nil {
				return on("the stick at "+path, err)
			}
			seen, err := a.heads()
			if err != nil {
				return err
			}
			opened, err := s.OpenAsICT(ctx, drive, stick.OpenOptions{LastSeen: seen.Load(summary.Note.ID)})
			if err != nil {
				return on("the stick at "+path, err)
			}
			rolledBack := a.warnOf(opened.Warnings())
			err = do(s, drive, opened)
			head := opened.Head()
			err = firstError(err, opened.Close())
			if !rolledBack {
				a.remember(seen, summary.Note.ID, head)
			}
			return err
		})
	})
}

func (a *app) stickRotate() *cobra.Command {
	var ict passphraseFlag
	cmd := &cobra.Command{
		Use:   "rotate STICK",
		Short: "Encrypt a stick again with a new key, for when the old one may be known",
		Long: `Give a stick a new key of its own and encrypt everything on it again, for when a
key that opened it may be known to others. It needs time and room for its largest
layer. Interrupted at any point, it opens as before, and rotating again goes on.`,
		Example:           examples("stow stick rotate /media/STICK"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withICT(cmd.Context(), args[0], ict, func(s *school.School, drive driveFS, opened *stick.Stick) error {
				p := a.progress("encrypting again")
				d, err := issue.Rotate(cmd.Context(), s, drive, opened, p)
				p.end()
				if err != nil {
					return on("the stick at "+args[0], err)
				}
				return a.showDevice(d, "Everything on "+d.Name()+" is encrypted with a new key.")
			})
		},
	}
	ict.addAuthority(cmd, true)
	return cmd
}

package registercmd

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
)

func registerVerify(a *cli.App) *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "verify [--checkpoint FILE]",
		Short: "Prove that the register's history was not changed",
		Long: `Prove that nobody changed the register by other means than this program. The hash
of every event is computed anew, and with them the log that they make; the log is
compared with every checkpoint in the school's folder, those set aside included, with
every checkpoint that came back on a stick, and with those given here; and everything
that the register shows must follow from its events. The first event that does not fit
is named.

A checkpoint of a history that was replaced by "stow register restore" fits only if that
is on record as an event that the school's authority signed; such events are named.

Somebody who can write to the register's file can also compute its hashes anew, so
the proof is as good as the oldest and newest checkpoints that they could not reach:
each stick carries one, in stowage/checkpoint.note.`,
		Example: cli.Examples("stow register verify", "stow register verify --checkpoint E:/stowage/checkpoint.note"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				var given [][]byte
				skipped, err := a.Each(cmd.Context(), files, func(path string) error {
					msg, err := safefile.Read(path, devices.MaxCheckpoint)
					if err == nil {
						err = integrity.IsCheckpoint(s, msg)
					}
					if err == nil {
						given = append(given, msg)
					}
					return cli.On(path, err)
				})
				if err != nil {
					return err
				}
				p := a.Progress("verifying events")
				p.Other = true
				proof, err := integrity.Verify(cmd.Context(), s, given, p)
				p.End()
				if err != nil {
					return cli.On("the register", err)
				}
				err = a.Show(jsonProofOf(proof), func(w io.Writer) { proofText(w, proof) })
				return cli.FirstError(err, a.Skipped(skipped, 1))
			})
		},
	}
	cmd.Flags().StringArrayVar(&files, "checkpoint", nil, "also compare with the checkpoint in this `FILE`, such as one from a stick")
	return cmd
}

// jsonProof is a register that was found in order.
type jsonProof struct {
	Events      int64         `json:"events"`
	Root        string        `json:"root"` // base64
	Checkpoints []jsonWitness `json:"checkpoints"`
	// Restores are the restorings from backups, and Replaced the checkpoints of what they replaced.
	Restores []devices.Restore `json:"restores"`
	Replaced []jsonReplaced    `json:"replaced"`
	Odd      []string          `json:"odd"` // files in the school's folder that are no checkpoints of it
}

type jsonReplaced struct {
	jsonWitness
	Restore int64 `json:"restore"` // the event that explains it
}

type jsonWitness struct {
	Events int64      `json:"events"`
	Root   string     `json:"root"`
	Seen   *time.Time `json:"seen,omitempty"`
	Place  string     `json:"place,omitempty"`
	Device string     `json:"device,omitempty"`
}

func jsonProofOf(p integrity.Proof) jsonProof {
	j := jsonProof{
		Events: p.Tree.Size, Root: p.Tree.Root.String(), Checkpoints: []jsonWitness{},
		Restores: append([]devices.Restore{}, p.Restores...), Replaced: []jsonReplaced{}, Odd: append([]string{}, p.Odd...),
	}
	for _, w := range p.Witnesses {
		j.Checkpoints = append(j.Checkpoints, jsonWitnessOf(w))
	}
	for _, w := range p.Replaced {
		j.Replaced = append(j.Replaced, jsonReplaced{jsonWitnessOf(w.Witness), w.Restore})
	}
	return j
}

func jsonWitnessOf(w devices.Witness) jsonWitness {
	one := jsonWitness{Events: w.Size, Root: w.Root.String(), Place: w.Place, Device: w.Device}
	if !w.Seen.IsZero() {
		one.Seen = &w.Seen
	}
	return one
}

func proofText(w io.Writer, p integrity.Proof) {
	fmt.Fprintf(w, "The register is as it was written: %s, and everything in it follows from them.\n", cli.Counted(int(p.Tree.Size), "event", "events"))
	fmt.Fprintf(w, "Root of the log: %s\n", p.Tree.Root)
	replacedText(w, p)
	if len(p.Witnesses) == 0 {
		fmt.Fprintln(w, "No checkpoint has come back yet, so this shows only that the register agrees with itself.")
		return
	}
	var newest devices.Witness
	back := 0
	for _, c := range p.Witnesses {
		if c.Place == "" || !c.Seen.IsZero() { // else it lies in the school's folder
			back++
		}
		if c.Size >= newest.Size {
			newest = c
		}
	}
	fits := fmt.Sprintf("It fits %s, up to event %d", cli.Counted(len(p.Witnesses), "signed checkpoint", "signed checkpoints"), newest.Size)
	if back == 0 {
		fmt.Fprintf(w, "%s. None has come back from outside the school's folder yet, which would prove more.\n", fits)
		return
	}
	fmt.Fprintf(w, "%s; %s from outside the school's folder.\n", fits, cli.Counted(back, "came", "came"))
}

// replacedText names each time that a backup took the place of the register.
func replacedText(w io.Writer, p integrity.Proof) {
	for _, x := range p.Restores {
		explains := 0
		for _, r := range p.Replaced {
			if r.Restore == x.Event.Number {
				explains++
			}
		}
		fmt.Fprintf(w, "Event %d: restored on %s by %s %s. This explains %s of what was replaced.\n", x.Event.Number, cli.TimeText(x.Event.Time),
			cli.Printable(fill.By(x.Event)), cli.Printable(restoredText(x.Restored)), cli.Counted(explains, "signed checkpoint", "signed checkpoints"))
	}
	for _, name := range p.Odd {
		fmt.Fprintf(w, "%s in the school's folder is not a checkpoint that the school signed, and was left out.\n", cli.Printable(name))
	}
}

func registerCheckpoint(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "checkpoint [FILE]",
		Short: "Sign a checkpoint of the register, to keep elsewhere",
		Long: `Sign a checkpoint: how many events the register has, and the one hash that pins
them all. Keep it, or give it to somebody outside: "stow register verify --checkpoint"
proves later that the history up to it is the same. It holds nothing personal.`,
		Example: cli.Examples("stow register checkpoint", "stow register checkpoint governors-2026-09.note"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				msg, err := integrity.Checkpoint(cmd.Context(), s)
				if err != nil {
					return cli.On("the register", err)
				}
				if len(args) == 0 {
					_, err := a.Stdout.Write(msg)
					return err
				}
				err = writeOut(args[0], func(w io.Writer) error {
					_, err := w.Write(msg)
					return err
				})
				if err != nil {
					return cli.On(args[0], err)
				}
				return a.Done("written", args, "The checkpoint is in "+args[0]+".")
			})
		},
	}
	secret.AddAuthority(cmd, true)
	return cmd
}

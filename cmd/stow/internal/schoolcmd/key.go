package schoolcmd

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/passphrases"
)

// KeyGroup is stow key.
func KeyGroup(a *cli.App) *cobra.Command {
	return cli.Group("key", "Issue, recover and revoke people's keys", "ict",
		keyIssue(a), keyList(a), keyPassphrase(a), keyRecover(a), keyRevoke(a), keyRotate(a))
}

// jsonKey is a key as commands show it.
type jsonKey struct {
	devices.Key
	HolderName string `json:"holder_name"`
	File       string `json:"file,omitempty"`
	// Passphrase is the temporary passphrase of a key just issued, for the
	// holder alone; absent when it was written to a file.
	Passphrase string   `json:"passphrase,omitempty"`
	Rekeyed    []string `json:"rekeyed,omitempty"` // sticks that carry the new key already
	// Skipped are the sticks that could not be given it.
	Skipped []cli.Skipped `json:"skipped,omitempty"`
}

// handover says where a new key and its temporary passphrase go.
type handover struct {
	keyTo        string
	passphraseTo string
}

func (h *handover) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.keyTo, "out", "", "write a copy of the key file to `FILE`, for the holder's computer")
	cmd.Flags().StringVar(&h.passphraseTo, "passphrase-out", "", "write the temporary passphrase to `FILE` instead of showing it")
}

// give shows a key just issued, and writes what was asked for.
func give(a *cli.App, issued issue.IssuedKey, h handover, rekeyed []string, skipped []cli.Skipped, text string) error {
	defer clear(issued.Passphrase)
	out := jsonKey{Key: issued.Key, HolderName: issued.Holder.Name, File: issued.File, Rekeyed: rekeyed, Skipped: skipped}
	if h.keyTo != "" {
		if err := cli.WriteNew(h.keyTo, issued.Sealed); err != nil {
			return err
		}
		out.File = h.keyTo
	}
	if h.passphraseTo != "" {
		if err := cli.WriteNew(h.passphraseTo, append(issued.Passphrase[:len(issued.Passphrase):len(issued.Passphrase)], '\n')); err != nil {
			return err
		}
	} else {
		out.Passphrase = string(issued.Passphrase)
	}
	return a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s.\n", text, cli.Printable(issued.Holder.Name))
		cli.Fields(w, "Key file", out.File, "Temporary passphrase", out.Passphrase)
		fmt.Fprintln(w, "It must be changed before the key is used, so that only its holder knows it.")
	})
}

func keyIssue(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	var to handover
	cmd := &cobra.Command{
		Use:   "issue PERSON",
		Short: "Make a key for a person",
		Long: `Make a key for a person in the register, under a generated passphrase that must
be changed before the key is used, and publish the directory. PERSON is a name,
an e-mail address or an id.`,
		Example: cli.Examples(
			"stow key issue alice@hillroad.example",
			"stow key issue 'Alice Jones' --out alice-key.age --passphrase-out slip.txt",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				issued, err := issue.Key(cmd.Context(), s, args[0])
				if err = cli.Tolerate(a, err); err != nil {
					return cli.On(args[0], err)
				}
				return give(a, issued, to, nil, nil, "Issued a key to")
			})
		},
	}
	secret.AddAuthority(cmd, true)
	to.add(cmd)
	return cmd
}

func keyList(a *cli.App) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:               "list [PERSON]",
		Short:             "List the keys that were issued",
		Example:           cli.Examples("stow key list", "stow key list alice@hillroad.example --all"),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				list, err := listKeys(cmd.Context(), s, args, all)
				if err != nil {
					return err
				}
				return a.Show(struct {
					Keys []jsonKey `json:"keys"`
				}{list}, func(w io.Writer) {
					rows := [][]string{}
					for _, k := range list {
						rows = append(rows, []string{k.HolderName, string(k.Status), k.Class, cli.DayText(k.Issued), cli.DayText(k.Ended), k.Reason, k.ID})
					}
					cli.Table(w, []string{"holder", "status", "class", "issued", "ended", "reason", "id"}, rows)
				})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "list replaced and revoked keys as well")
	return cmd
}

func listKeys(ctx context.Context, s *school.School, who []string, all bool) ([]jsonKey, error) {
	q := devices.KeyQuery{Statuses: []devices.KeyStatus{devices.KeyIssued}}
	if all {
		q.Statuses = nil
	}
	if len(who) > 0 {
		h, err := s.Register().FindHolder(ctx, who[0])
		if err != nil {
			return nil, cli.On(who[0], err)
		}
		q.Holder = h.ID
	}
	found, err := s.Register().Keys(ctx, q)
	if err != nil {
		return nil, err
	}
	list := []jsonKey{}
	names := map[string]string{}
	for _, k := range found {
		if _, known := names[k.Holder]; !known {
			h, err := s.Register().Holder(ctx, k.Holder)
			if err != nil {
				return nil, err
			}
			names[k.Holder] = h.Name
		}
		file, _ := keyfiles.Path(s, k) // a key file that is missing is no reason to show less
		list = append(list, jsonKey{Key: k, HolderName: names[k.Holder], File: file})
	}
	return list, nil
}

func keyPassphrase(a *cli.App) *cobra.Command {
	var current, next cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "passphrase FILE|PERSON",
		Short: "Change the passphrase of a key",
		Long: `Change the passphrase of a key: of a key file, or of the copy in the school's
folder of a person's key. The new one is held to the school's policy. Copies
elsewhere keep the old one until they are changed too, or until check-in. For the
key that a stick carries: stow stick passphrase.`,
		Example: cli.Examples(
			"stow key passphrase alice-key.age",
			"stow key passphrase alice@hillroad.example",
			"stow key passphrase alice-key.age --passphrase-file old.txt --new-passphrase-file new.txt",
		),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := os.Stat(args[0])
			isFile := err == nil
			old, err := a.Passphrase(cmd.Context(), current, "the key, as it is now")
			if err != nil {
				return err
			}
			defer clear(old)
			choose := a.Choose(cmd.Context(), next, "the key")
			if isFile {
				err = passphrases.ChangeFile(args[0], old, choose, a.Policy(), a.Now())
			} else {
				err = a.WithSchool(cmd.Context(), func(s *school.School) error {
					return passphrases.ChangeHolder(cmd.Context(), s, args[0], old, choose)
				})
			}
			if err != nil {
				return cli.On(args[0], err)
			}
			return a.Done("changed", args, "The passphrase is changed.")
		},
	}
	current.AddHolder(cmd)
	next.AddNew(cmd)
	return cmd
}

func keyRevoke(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	var reason string
	cmd := &cobra.Command{
		Use:   "revoke PERSON --reason WHY",
		Short: "Revoke a person's key: nobody may encrypt to it any more",
		Long: `Revoke a person's key and publish the directory, so that nobody encrypts to it
any more. What the key opens already, it still opens: a stick that carries it
is re-encrypted with "stow stick rotate".`,
		Example:           cli.Examples("stow key revoke alice@hillroad.example --reason 'passphrase seen by others'"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return cli.Usagef("give the reason with --reason, for the register")
			}
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				key, err := issue.RevokeKey(cmd.Context(), s, args[0], reason)
				if err = cli.Tolerate(a, err); err != nil {
					return cli.On(args[0], err)
				}
				names := deviceNames(cmd.Context(), a, s, key.Devices)
				return a.Show(jsonKey{Key: key}, func(w io.Writer) {
					fmt.Fprintf(w, "Revoked the key of %s.\n", cli.Printable(args[0]))
					if len(names) > 0 {
						fmt.Fprintf(w, "It lies on %s; re-encrypt with: stow stick rotate\n", cli.Printable(cli.JoinAnd(names)))
					}
				})
			})
		},
	}
	secret.AddAuthority(cmd, true)
	cmd.Flags().StringVar(&reason, "reason", "", "`WHY`, for the register")
	return cmd
}

// deviceNames are the names of devices by id.
func deviceNames(ctx context.Context, a *cli.App, s *school.School, ids []string) []string {
	var names []string
	for _, id := range ids {
		if d, err := s.Register().Device(ctx, id); err == nil {
			names = append(names, d.Name())
		}
	}
	return names
}

package schoolcmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/gui/explain"
)

// recovery is one run of recover.
type recovery struct {
	sticks     []string
	telephone  string
	identified string
	codeTo     string
	secret     cli.PassphraseFlag
	to         handover
}

func keyRecover(a *cli.App) *cobra.Command {
	var r recovery
	cmd := &cobra.Command{
		Use:   "recover PERSON",
		Short: "Help a person who forgot the passphrase: with a new key, or by telephone",
		Long: `Help a person who forgot the passphrase.

At the desk: make a new key for the person, under a temporary passphrase, and give
it to their sticks, named with --stick. No data is rewritten.

By telephone: --telephone DEVICE shows the one-off recovery code of their stick, to
be read out once you are sure who is calling; --identified says how you are. The
person opens the stick with --code, once: the program that does so removes the code
from the stick, so what is needed is best copied off at once (stow stick get). The next
check-in gives the stick a new one.`,
		Example: cli.Examples(
			"stow key recover alice@hillroad.example --stick /media/STICK",
			"stow key recover alice@hillroad.example --telephone HRP-0042 --identified 'called back on her school number'",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (r.telephone != "") != (r.identified != "") {
				return cli.Usagef("--telephone and --identified go together: say how you know who is calling")
			}
			return a.WithAuthority(cmd.Context(), r.secret, func(s *school.School) error {
				if r.telephone != "" {
					return readOut(cmd.Context(), a, s, args[0], r)
				}
				return replaceKey(cmd.Context(), a, s, args[0], "passphrase forgotten", r.sticks, r.to)
			})
		},
	}
	r.secret.AddAuthority(cmd, true)
	r.to.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&r.sticks, "stick", nil, "the person's `STICK`, plugged in, to be given the new key")
	flags.StringVar(&r.telephone, "telephone", "", "show the recovery code of the `DEVICE`, to be read out")
	flags.StringVar(&r.identified, "identified", "", "`HOW` you know who is calling, for the register")
	flags.StringVar(&r.codeTo, "code-out", "", "write the recovery code to `FILE` instead of showing it")
	cmd.MarkFlagsMutuallyExclusive("stick", "telephone")
	_ = cmd.MarkFlagDirname("stick")
	_ = cmd.RegisterFlagCompletionFunc("telephone", func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return a.CompleteDevice(cmd, nil, typed)
	})
	return cmd
}

// readOut shows the recovery code of a stick that the person has.
func readOut(ctx context.Context, a *cli.App, s *school.School, who string, r recovery) error {
	holder, err := s.Register().FindHolder(ctx, who)
	if err != nil {
		return cli.On(who, err)
	}
	d, err := s.Register().FindDevice(ctx, r.telephone)
	if err != nil {
		return cli.On(r.telephone, err)
	}
	if d.Holder != holder.ID {
		return cli.On(d.Name(), &notTheirs{holder.Name})
	}
	if _, err := os.Lstat(r.codeTo); r.codeTo != "" && err == nil { // before the code is on record as given out
		return cli.On(r.codeTo, safefile.ErrExists)
	}
	code, d, err := issue.TelephoneCode(ctx, s, d.ID, r.identified)
	if err != nil {
		return cli.On(r.telephone, err)
	}
	defer clear(code)
	out := struct {
		Device string `json:"device"`
		Holder string `json:"holder"`
		Code   string `json:"code,omitempty"`
		File   string `json:"file,omitempty"`
	}{Device: d.Name(), Holder: holder.Name, File: r.codeTo}
	if r.codeTo != "" {
		if err := cli.WriteNew(r.codeTo, append(code[:len(code):len(code)], '\n')); err != nil {
			return err
		}
	} else {
		out.Code = string(code)
	}
	return a.Show(out, func(w io.Writer) {
		fmt.Fprintf(w, "Recovery code of %s, for %s alone:\n\n    %s\n\n", cli.Printable(out.Device), cli.Printable(out.Holder), out.Code+cli.Printable(out.File))
		fmt.Fprintln(w, "They open the stick with --code, once, and best copy off what they need. It gets a new code when it is next checked in.")
	})
}

// notTheirs: the device is in the register as somebody else's.
type notTheirs struct{ holder string }

func (e *notTheirs) Error() string { return "the register does not say that " + e.holder + " has it" }

func (e *notTheirs) Words(subject string) (explain.Code, string) {
	return explain.State, fmt.Sprintf("the register does not say that %s has %s, so nothing was read out; find out who is calling.", e.holder, cmp.Or(subject, "this"))
}

// replaceKey makes a new key for a person and gives it to the sticks that are
// plugged in. The sticks are looked at first, so that what is wrong with an only one, or
// with all, shows before the old key is replaced.
func replaceKey(ctx context.Context, a *cli.App, s *school.School, who, reason string, sticks []string, to handover) error {
	skipped, err := a.Each(ctx, sticks, func(path string) error { return ours(a, s, path) })
	good := cli.Without(sticks, skipped)
	if err != nil || len(good) == 0 && len(sticks) > 0 {
		return cli.FirstError(err, a.LeftOut(skipped, 0, cli.Noun{One: "stick", Many: "sticks"}))
	}
	issued, err := issue.ReplaceKey(ctx, s, who, reason)
	if err = cli.Tolerate(a, err); err != nil {
		return cli.On(who, err)
	}
	var rekeyed []string
	for _, path := range good {
		d, err := giveKey(ctx, a, s, path, issued.Holder.ID)
		if err != nil {
			message := a.ReasonText(cli.On("the stick at "+path, err))
			skipped = append(skipped, cli.Skipped{Path: path, Reason: fmt.Sprintf("The new key is issued, but this stick could not be given it yet; do so with: stow stick rekey %s (%s)", path, message)})
			continue
		}
		rekeyed = append(rekeyed, d.Name())
	}
	return cli.FirstError(give(a, issued, to, rekeyed, skipped, "Issued a new key to"), a.LeftOut(skipped, 1, cli.Noun{One: "stick", Many: "sticks"}))
}

// giveKey gives a stick to the holder's key in force.
func giveKey(ctx context.Context, a *cli.App, s *school.School, path, holder string) (d devices.Device, err error) {
	err = a.WithDrive(path, func(drive cli.DriveFS) error {
		opened, err := s.OpenAsICT(ctx, drive, stick.OpenOptions{})
		if err != nil {
			return err
		}
		d, err = issue.Rekey(ctx, s, drive, opened, holder, nil)
		return cli.FirstError(cli.Tolerate(a, err), opened.Close())
	})
	return d, err
}

// ours refuses what is not a stick of the school.
func ours(a *cli.App, s *school.School, path string) error {
	return a.WithDrive(path, func(drive cli.DriveFS) error {
		authority, err := s.Authority()
		if err != nil {
			return err
		}
		_, err = stick.Inspect(drive, authority.Verifier())
		return cli.On("the stick at "+path, err)
	})
}

func keyRotate(a *cli.App) *cobra.Command {
	var secret cli.PassphraseFlag
	var to handover
	var reason string
	var sticks []string
	cmd := &cobra.Command{
		Use:   "rotate PERSON --reason WHY",
		Short: "Replace a person's key by a new one",
		Long: `Replace a person's key by a new one, under a temporary passphrase, and give it to
their sticks, named with --stick. If the old key may be known to others, revoke it
too (stow key revoke, before) and rotate the sticks as well (stow stick rotate).`,
		Example: cli.Examples(
			"stow key rotate alice@hillroad.example --reason 'yearly' --stick /media/STICK",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return cli.Usagef("give the reason with --reason, for the register")
			}
			return a.WithAuthority(cmd.Context(), secret, func(s *school.School) error {
				return replaceKey(cmd.Context(), a, s, args[0], reason, sticks, to)
			})
		},
	}
	secret.AddAuthority(cmd, true)
	to.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "`WHY`, for the register")
	cmd.Flags().StringArrayVar(&sticks, "stick", nil, "the person's `STICK`, plugged in, to be given the new key")
	_ = cmd.MarkFlagDirname("stick")
	return cmd
}

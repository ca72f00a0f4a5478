// Package schoolcmd has the commands for the school itself: school, its keys and its
// directory.
package schoolcmd

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/passphrases"
)

// SchoolGroup is stow school.
func SchoolGroup(a *cli.App) *cobra.Command {
	return cli.Group("school", "Set up the school's folder", "ict",
		schoolInit(a), schoolUse(a), schoolShow(a), schoolPassphrase(a), schoolPolicy(a), schoolShared(a), schoolReturn(a), schoolContact(a), schoolPrograms(a))
}

// JSONSchool is a school as it shows itself.
type JSONSchool struct {
	Dir       string       `json:"dir"`
	Name      string       `json:"name"`
	Verifier  string       `json:"verifier"`
	Serial    int64        `json:"directory_serial"`
	Recovery  []string     `json:"recovery"`
	Policy    *keys.Policy `json:"policy,omitempty"`
	Contact   string       `json:"contact,omitempty"` // how ICT is reached, lines
	ConfigSet string       `json:"config,omitempty"`
}

func schoolInit(a *cli.App) *cobra.Command {
	var name, returnTo, contact string
	var setDefault bool
	var secret firstPassphrase
	cmd := &cobra.Command{
		Use:   "init DIR --name NAME",
		Short: "Make a new school in an empty folder",
		Long: `Make a new school in an empty folder: the authority (the signing key and the
recovery key, under a passphrase), the directory and the register. Keep a copy of
authority.age and its passphrase apart, in a safe: without them nothing can be
recovered or issued.

The passphrase is eight words that are drawn at random and shown on the terminal, to
be written down and typed once; --passphrase-out writes them to a file instead. With
--choose-passphrase you choose one, which is held to the policy, as is one that
--passphrase-file gives.

--contact is what everybody is told who is to ring ICT: on slips, on sticks for whoever
finds one, and by the program. It can be set later: stow school contact.`,
		Example: cli.Examples(
			"stow school init ~/school --name 'Hill Road Primary' --set-default",
			`stow school init ~/school --name 'Hill Road Primary' --return 'Hill Road, Swansea' --contact '01792 000000\nict@hillroad.example\nRoom 12'`,
			"stow school init /srv/school --name 'Hill Road Primary' --passphrase-out secret.txt",
		),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			if name == "" {
				return cli.Usagef("give the school's name with --name")
			}
			plan := school.Plan{Name: name, Policy: cli.DefaultPolicy(a), Return: cli.NewLines(returnTo), Contact: cli.NewLines(contact)}
			if plan.Passphrase, err = secret.get(cmd.Context(), a, plan); err != nil {
				return err
			}
			defer clear(plan.Passphrase)
			if err := school.Init(cmd.Context(), dir, plan, a.Options("")); err != nil {
				secret.forget()
				return cli.On(dir, err)
			}
			out, err := DescribeSchool(a, dir)
			if err != nil {
				return err
			}
			if setDefault {
				if out.ConfigSet, err = a.UseSchool(dir, out.Verifier); err != nil {
					return err
				}
			}
			return a.Show(out, func(w io.Writer) {
				fmt.Fprintf(w, "Made the school %s in %s.\n", cli.Printable(name), cli.Printable(dir))
				fmt.Fprintln(w, "Keep a copy of authority.age and its passphrase in a safe: nothing replaces them.")
				if !setDefault {
					fmt.Fprintf(w, "To use it without --school from now on: stow school use %s\n", cli.Printable(dir))
				}
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the school's `NAME`")
	cmd.Flags().StringVar(&returnTo, "return", "", `WHERE a finder brings a device, \n begins a new line; the school's name unless it is given`)
	cmd.Flags().StringVar(&contact, "contact", "", `HOW ICT is reached: telephone, e-mail, room; \n begins a new line`)
	cmd.Flags().BoolVar(&setDefault, "set-default", false, "use this school from now on, without --school")
	secret.add(cmd)
	return cmd
}

// DescribeSchool reads what a school's directory says of it.
func DescribeSchool(a *cli.App, dir string) (JSONSchool, error) {
	d, err := school.ReadDirectory(filepath.Join(dir, school.DirectoryFile), "")
	if err != nil {
		return JSONSchool{}, cli.On("the directory in "+dir, err)
	}
	return JSONSchool{Dir: dir, Name: d.School, Verifier: d.Verifier, Serial: d.Serial, Recovery: d.Recovery, Contact: d.Contact}, nil
}

func schoolUse(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "use DIR",
		Short: "Use a school's folder from now on, without --school",
		Long: `Write the config file, so that commands need no --school. The school's verifier
key is remembered with it: a directory that is signed by anyone else is then
refused. Compare the key with ICT's the first time.`,
		Example: cli.Examples("stow school use /mnt/ict/school"),
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			out, err := DescribeSchool(a, dir)
			if err != nil {
				return err
			}
			if out.ConfigSet, err = a.UseSchool(dir, out.Verifier); err != nil {
				return err
			}
			return a.Show(out, func(w io.Writer) {
				fmt.Fprintf(w, "Using %s in %s from now on.\n", cli.Printable(out.Name), cli.Printable(dir))
				cli.Fields(w, "Verifier key", out.Verifier, "Written to", out.ConfigSet)
			})
		},
	}
}

func schoolShow(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show which school is in use, its verifier key and its policy",
		Example: cli.Examples("stow school show", "stow school show --json"),
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, _, err := a.TheSchool()
			if err != nil {
				return err
			}
			d, err := a.Directory("")
			if err != nil {
				return err
			}
			out := JSONSchool{Dir: dir, Name: d.School, Verifier: d.Verifier, Serial: d.Serial, Recovery: d.Recovery, Policy: &d.Policy, Contact: d.Contact}
			return a.Show(out, func(w io.Writer) {
				cli.Fields(w, "School", d.School, "Folder", dir, "ICT", cli.OneLine(d.Contact), "Verifier key", d.Verifier,
					"Directory", fmt.Sprintf("number %d of %s", d.Serial, cli.TimeText(d.Published)))
				showPolicy(w, d.Policy)
			})
		},
	}
}

func schoolPassphrase(a *cli.App) *cobra.Command {
	var current, next cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:     "passphrase",
		Short:   "Change the authority's passphrase",
		Example: cli.Examples("stow school passphrase"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				old, err := a.Passphrase(cmd.Context(), current, "the school's authority")
				if err != nil {
					return err
				}
				defer clear(old)
				if err := passphrases.ChangeAuthority(s, old, a.Choose(cmd.Context(), next, "the school's authority")); err != nil {
					return cli.On("the school's authority", err)
				}
				return a.Done("changed", nil, "The authority's passphrase is changed; copies of authority.age kept elsewhere still have the old one.")
			})
		},
	}
	current.AddAuthority(cmd, true)
	next.AddNew(cmd)
	return cmd
}

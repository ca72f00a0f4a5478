package registercmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/devices/store"
)

// withDatabasePassword runs do without a password, and once more with one if the
// server wants one that no file has.
func withDatabasePassword(ctx context.Context, a *cli.App, do func(password []byte) error) error {
	err := do(nil)
	if !errors.Is(err, store.ErrPassword) {
		return err
	}
	password, asked := cli.DatabasePassword(ctx, a)
	if asked != nil {
		return errors.Join(err, asked)
	}
	defer clear(password)
	return do(password)
}

func registerMove(a *cli.App) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "move --to URL",
		Short: "Move the register to PostgreSQL, or back into the school's folder",
		Long: `Move the register to a PostgreSQL database that several desks and sites share, or back
into the file register.db in the school's folder. Every event is copied exactly, the
copy is verified, and only then used; if anything fails, the register stays where it
was. Other programs that have it open must be started again. The old file is kept
under another name.

The database must be set up and empty: see "stow register postgres setup". The
connection string holds no password: that comes from ~/.pgpass or a service file, or
is asked for. A server on another computer is spoken to encrypted, and its
certificate is checked.`,
		Example: cli.Examples(
			"stow register move --to postgres://ict@db.trust.example/stowage",
			"stow register move --to register.db",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, verifier, err := a.TheSchool()
			if err != nil {
				return err
			}
			place := to
			if to == school.RegisterFile {
				place = ""
			} else if !store.IsURL(to) {
				return cli.Usagef("--to is a connection string like postgres://login@host/database, or %s", school.RegisterFile)
			}
			p := a.Progress("copying events")
			p.Other = true
			tree, old, err := integrity.Move(cmd.Context(), dir, place, a.Options(verifier), func(int64) { p.Done(1) })
			p.End()
			if err != nil {
				return cli.On("the register", err)
			}
			return a.Show(struct {
				Events int64  `json:"events"`
				Root   string `json:"root"`
				Old    string `json:"old_file,omitempty"`
			}{tree.Size, tree.Root.String(), old}, func(w io.Writer) {
				fmt.Fprintf(w, "Moved the register with %d events; the copy was verified. Start other programs that have it open again.\n", tree.Size)
				if old != "" {
					fmt.Fprintf(w, "The old file is kept as %s; it holds personal data, so delete it when it is of no more use.\n", cli.Printable(old))
				}
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the connection string `URL` of the database, or register.db")
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

func registerPostgres(a *cli.App) *cobra.Command {
	return cli.Group("postgres", "Set a PostgreSQL database up for the register, and say who may use it", "",
		postgresSetup(a), postgresAllow(a))
}

func postgresSetup(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "setup URL",
		Short: "Make a database ready for a register, or bring it up to date",
		Long: `Make a database ready for a register, or bring it up to this version of Stowage: all of
it or nothing. The login must own the database, and the first time on a server be
allowed to create roles. Then say with "stow register postgres allow" who may use it.`,
		Example: cli.Examples("stow register postgres setup postgres://owner@db.trust.example/stowage"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := withDatabasePassword(cmd.Context(), a, func(password []byte) error {
				return store.SetUpPostgres(cmd.Context(), args[0], password)
			}); err != nil {
				return cli.On("the register", err)
			}
			return a.Done("set up", nil, "The database is ready for a register.")
		},
	}
}

// dutyText says what a login may do from now on.
func dutyText(login string, duty store.Duty, sites []string) string {
	switch duty {
	case store.TrustDuty:
		return login + " is ICT of the trust now, and does everything."
	case store.SiteDuty:
		return fmt.Sprintf("%s is ICT of %s now, and of no other site.", login, strings.Join(sites, ", "))
	case store.AuditorDuty:
		return login + " is an auditor now: it reads everything and changes nothing."
	}
	return login + " has no rights to the register any more."
}

func postgresAllow(a *cli.App) *cobra.Command {
	var duty string
	var sites []string
	cmd := &cobra.Command{
		Use:   "allow URL LOGIN --as trust|site|auditor|nobody",
		Short: "Say what a login to the database may see and change",
		Long: `Say what a login to the database may see and change. The database itself holds it to
that, whatever program it uses:

  trust    ICT of the trust: everything
  site     ICT of the sites named: their devices and people. It sees other sites'
           people and keys, which the directory names too, and their lost devices
  auditor  reads everything and changes nothing
  nobody   has no rights to the register any more

A login that the server does not know is made, without a password: give it one with
psql's \password, or a certificate. Only the owner of the database may do this.`,
		Example: cli.Examples(
			"stow register postgres allow postgres://owner@db.trust.example/stowage jones --as trust",
			"stow register postgres allow postgres://owner@db.trust.example/stowage price --as site --site 'North Primary'",
		),
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := store.Duty(duty)
			switch wanted {
			case "nobody":
				wanted = ""
			case store.TrustDuty, store.SiteDuty, store.AuditorDuty:
			default:
				return cli.Usagef("--as is trust, site, auditor or nobody")
			}
			if (wanted == store.SiteDuty) != (len(sites) > 0) {
				return cli.Usagef("name the sites with --site, for --as site only")
			}
			if err := withDatabasePassword(cmd.Context(), a, func(password []byte) error {
				return store.Allow(cmd.Context(), args[0], password, args[1], wanted, sites)
			}); err != nil {
				return cli.On("the register", err)
			}
			return a.Done("allowed", nil, dutyText(args[1], wanted, sites))
		},
	}
	cmd.Flags().StringVar(&duty, "as", "", "the `DUTY`: trust, site, auditor or nobody")
	cmd.Flags().StringArrayVar(&sites, "site", nil, "a `SITE` that the login is ICT of; can be given several times")
	_ = cmd.MarkFlagRequired("as")
	return cmd
}

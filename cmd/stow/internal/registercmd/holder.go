package registercmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/school"
)

// HolderGroup is stow holder.
func HolderGroup(a *cli.App) *cobra.Command {
	return cli.Group("holder", "The people in the register", "ict",
		holderAdd(a), holderEdit(a), holderList(a), holderShow(a), holderLeave(a), holderRejoin(a))
}

// holderFlags are what is written down about a person.
type holderFlags struct{ devices.HolderDetails }

func (h *holderFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.Name, "name", "", "the person's `NAME`")
	cmd.Flags().StringVar(&h.Email, "email", "", "`E-MAIL` address")
	cmd.Flags().StringVar(&h.Site, "site", "", "`SITE` of the school")
	cmd.Flags().StringVar(&h.Notes, "notes", "", "`NOTES`")
}

func holderAdd(a *cli.App) *cobra.Command {
	var details holderFlags
	cmd := &cobra.Command{
		Use:     "add --name NAME",
		Short:   "Add a person to the register",
		Example: cli.Examples("stow holder add --name 'Alice Jones' --email alice@hillroad.example --site 'Upper school'"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				h, err := s.Register().AddHolder(cmd.Context(), a.Actor(), details.HolderDetails)
				if err != nil {
					return err
				}
				return showHolder(a, h, "Added ")
			})
		},
	}
	details.add(cmd)
	return cmd
}

func showHolder(a *cli.App, h devices.Holder, text string) error {
	return a.Show(h, func(w io.Writer) { fmt.Fprintf(w, "%s%s.\n", text, cli.Printable(h.Name)) })
}

func holderEdit(a *cli.App) *cobra.Command {
	var details holderFlags
	cmd := &cobra.Command{
		Use:               "edit PERSON",
		Short:             "Correct what is written down about a person",
		Example:           cli.Examples("stow holder edit 'Alice Jones' --name 'Alice Smith' --email alice.smith@hillroad.example"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				h, err := s.Register().FindHolder(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				next := h.HolderDetails
				changed := cmd.Flags().Changed
				cli.Set(changed("name"), &next.Name, details.Name)
				cli.Set(changed("email"), &next.Email, details.Email)
				cli.Set(changed("site"), &next.Site, details.Site)
				cli.Set(changed("notes"), &next.Notes, details.Notes)
				h, err = s.Register().EditHolder(cmd.Context(), a.Actor(), h.ID, h.Version, next)
				if err != nil {
					return cli.On(args[0], err)
				}
				return showHolder(a, h, "Corrected ")
			})
		},
	}
	details.add(cmd)
	return cmd
}

func holderList(a *cli.App) *cobra.Command {
	var leavers, all bool
	cmd := &cobra.Command{
		Use:     "list [WORDS]",
		Short:   "List the people in the register",
		Example: cli.Examples("stow holder list", "stow holder list jones", "stow holder list --leavers"),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := devices.HolderQuery{Leavers: leavers, All: all, Limit: devices.MaxPage}
			if len(args) > 0 {
				q.Search = args[0]
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				list := []devices.Holder{}
				for {
					page, err := s.Register().Holders(cmd.Context(), q)
					if err != nil {
						return err
					}
					list = append(list, page.Holders...)
					if q.After = page.Next; q.After == "" {
						break
					}
				}
				return showHolders(a, list)
			})
		},
	}
	cmd.Flags().BoolVar(&leavers, "leavers", false, "list those who have left instead")
	cmd.Flags().BoolVar(&all, "all", false, "list those who have left as well")
	return cmd
}

func showHolders(a *cli.App, list []devices.Holder) error {
	return a.Show(struct {
		Holders []devices.Holder `json:"holders"`
	}{list}, func(w io.Writer) {
		rows := [][]string{}
		for _, h := range list {
			rows = append(rows, []string{h.Name, h.Email, h.Site, cli.DayText(h.Added), cli.DayText(h.Left), h.ID})
		}
		cli.Table(w, []string{"name", "e-mail", "site", "added", "left", "id"}, rows)
	})
}

func holderShow(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:               "show PERSON",
		Short:             "Show everything a person has",
		Example:           cli.Examples("stow holder show alice@hillroad.example"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				h, err := s.Register().FindHolder(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				has, err := s.Register().Holdings(cmd.Context(), h.ID)
				if err != nil {
					return cli.On(args[0], err)
				}
				return showHoldings(a, has)
			})
		},
	}
}

func showHoldings(a *cli.App, has devices.Holdings) error {
	return a.Show(has, func(w io.Writer) {
		cli.Fields(w, "Name", has.Holder.Name, "E-mail", has.Holder.Email, "Site", has.Holder.Site,
			"Added", cli.DayText(has.Holder.Added), "Left", cli.DayText(has.Holder.Left), "Notes", has.Holder.Notes, "Id", has.Holder.ID)
		fmt.Fprintf(w, "\n%s, %s.\n", cli.Counted(len(has.Devices), "device", "devices"), cli.Counted(len(has.Keys), "key", "keys"))
		if len(has.Devices) > 0 {
			deviceTable(w, has.Devices, a.Now())
		}
	})
}

func holderLeave(a *cli.App) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "leave PERSON",
		Short: "Record that a person has left, and list what is still to come back",
		Long: `Record that a person has left: nothing more can be issued to them. What they
still have is listed, and stays theirs on record until it comes back. Their key
is revoked with "stow key revoke".`,
		Example:           cli.Examples("stow holder leave alice@hillroad.example --note 'end of contract'"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompletePerson,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				h, err := s.Register().FindHolder(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				has, err := s.Register().Leave(cmd.Context(), a.Actor(), h.ID, h.Version, note)
				if err != nil {
					return cli.On(args[0], err)
				}
				return showHoldings(a, has)
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "`WORDS` for the register")
	return cmd
}

func holderRejoin(a *cli.App) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:     "rejoin PERSON",
		Short:   "Record that a person who left is back",
		Example: cli.Examples("stow holder rejoin alice@hillroad.example"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				h, err := s.Register().FindHolder(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				if h, err = s.Register().Rejoin(cmd.Context(), a.Actor(), h.ID, h.Version, note); err != nil {
					return cli.On(args[0], err)
				}
				return showHolder(a, h, "Welcome back, ")
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "`WORDS` for the register")
	return cmd
}

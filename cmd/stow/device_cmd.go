package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/lifecycle"
)

func (a *app) deviceGroup() *cobra.Command {
	return group("device", "Devices in the register: hand out, take back, lose and find", "ict",
		a.deviceAdd(), a.deviceEdit(), a.deviceIssue(), a.deviceExtend(), a.deviceVerify(),
		a.deviceAct(devices.Return, "return", "Take a device back", "stow device return HRP-0042 --condition 'cap missing'"),
		a.deviceAct(devices.Restock, "restock", "Record that a device was looked at and can be issued again", "stow device restock HRP-0042"),
		a.deviceAct(devices.Lose, "lost", "Record that a device is lost, and block the key on it", "stow device lost HRP-0042 --note 'left on the 14 bus' --when '2026-09-24 08:10'"),
		a.deviceAct(devices.Steal, "stolen", "Record that a device was stolen, and block the key on it", "stow device stolen HRP-0042 --note 'police reference 1234'"),
		a.deviceAct(devices.Find, "found", "Record that a device turned up", "stow device found HRP-0042 --note 'handed in at the office'"),
		a.deviceAct(devices.Damage, "damaged", "Record that a device does not work", "stow device damaged HRP-0042"),
		a.deviceAct(devices.Retire, "retire", "Take a device out of use, or write it off", "stow device retire HRP-0042 --note 'too old'"),
		a.deviceAct(devices.Destroy, "destroy", "Record that a device was destroyed, how, and who saw it", "stow device destroy HRP-0042 --method shredded --witness 'B. Evans'"))
}

// deviceFlags are what is written down about a device.
type deviceFlags struct {
	devices.DeviceDetails
	kind string
}

func (d *deviceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&d.kind, "kind", string(devices.MemoryStick), "the `KIND`: "+oneOf(devices.Kinds()))
	flags.StringVar(&d.Make, "make", "", "the `MAKER`")
	flags.StringVar(&d.Model, "model", "", "the `MODEL`")
	flags.StringVar(&d.Serial, "serial", "", "the hardware's own serial `NUMBER`")
	flags.Int64Var(&d.Capacity, "capacity", 0, "its size in `BYTES`")
	flags.StringVar(&d.Site, "site", "", "the `SITE` of the school it belongs to")
	flags.StringVar(&d.Notes, "notes", "", "`NOTES`")
	completes(cmd, "kind", devices.Kinds())
}

func (a *app) showDevice(d devices.Device, text string) error {
	return a.show(d, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", printable(text))
	})
}

func (a *app) deviceAdd() *cobra.Command {
	var details deviceFlags
	var prefix string
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a device to the register, in stock",
		Long: `Add a device of any kind to the register, in stock. It needs an asset label or a
serial number; --label-prefix takes the next free label. Sticks are added when they
are issued, by "stow stick issue".`,
		Example: examples(
			"stow device add --kind laptop --label HRP-L07 --make Lenovo --model 'ThinkPad L13' --serial PF2ABC",
			"stow device add --label-prefix HRP- --serial 4C530001",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if details.Kind, err = devices.ParseKind(details.kind); err != nil {
				return err
			}
			return a.withSchool(cmd.Context(), func(s *school.School) error {
				if prefix != "" {
					if details.Label, err = s.Register().NextLabel(cmd.Context(), prefix); err != nil {
						return err
					}
				}
				d, err := s.Register().AddDevice(cmd.Context(), a.actor(), details.DeviceDetails)
				if err != nil {
					return err
				}
				return a.showDevice(d, "Added "+d.Name()+", in stock.")
			})
		},
	}
	details.add(cmd)
	cmd.Flags().StringVar(&details.Label, "label", "", "the school's asset `LABEL`")
	cmd.Flags().StringVar(&prefix, "label-prefix", "", "take the next free label with this `PREFIX`")
	cmd.MarkFlagsMutuallyExclusive("label", "label-prefix")
	return cmd
}

func (a *app) deviceEdit() *cobra.Command {
	var details deviceFlags
	cmd := &cobra.Command{
		Use:               "edit DEVICE",
		Short:             "Correct what is written down about a device",
		Example:           examples("stow device edit HRP-0042 --site 'Upper school'"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return on(args[0], err)
				}
				next, changed := d.DeviceDetails, cmd.Flags().Changed
				if changed("kind") {
					if next.Kind, err = devices.ParseKind(details.kind); err != nil {
						return err
					}
				}
				set(changed("label"), &next.Label, details.Label)
				set(changed("make"), &next.Make, details.Make)
				set(changed("model"), &next.Model, details.Model)
				set(changed("serial"), &next.Serial, details.Serial)
				set(changed("capacity"), &next.Capacity, details.Capacity)
				set(changed("site"), &next.Site, details.Site)
				set(changed("notes"), &next.Notes, details.Notes)
				if d, err = s.Register().EditDevice(cmd.Context(), a.actor(), d.ID, d.Version, next); err != nil {
					return on(args[0], err)
				}
				return a.showDevice(d, "Corrected "+d.Name()+".")
			})
		},
	}
	details.add(cmd)
	cmd.Flags().StringVar(&details.Label, "label", "", "the school's asset `LABEL`")
	return cmd
}

// loanFlags say how long a device is lent.
type loanFlags struct {
	due  string
	days int
	note string
}

func (l *loanFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.due, "due", "", "the `DATE` it is due back, such as 2026-12-18")
	cmd.Flags().IntVar(&l.days, "days", 0, "the number of days until it is due; otherwise what the policy says")
	cmd.Flags().StringVar(&l.note, "note", "", "`WORDS` for the register")
	cmd.MarkFlagsMutuallyExclusive("due", "days")
}

// dueDate is the end of the day that --due names, or the zero time.
func (l *loanFlags) dueDate() (time.Time, error) {
	if l.due == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, l.due, time.Local)
	if err != nil {
		return time.Time{}, usagef("%q is not a date such as 2026-12-18", l.due)
	}
	return devices.DueOn(day), nil
}

func (a *app) deviceIssue() *cobra.Command {
	var loan loanFlags
	var slip slipFlags
	var to string
	cmd := &cobra.Command{
		Use:   "issue DEVICE --to PERSON",
		Short: "Hand a device that is not a stick to a person",
		Long: `Hand a device to a person, by a new loan. For a memory stick that Stowage is to
encrypt, use "stow stick issue" instead.`,
		Example: examples(
			"stow device issue HRP-L07 --to alice@hillroad.example",
			"stow device issue HRP-L07 --to 'Alice Jones' --due 2026-12-18",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return usagef("say who gets it with --to")
			}
			if err := slip.check(); err != nil {
				return err
			}
			due, err := loan.dueDate()
			if err != nil {
				return err
			}
			return a.withSchool(cmd.Context(), func(s *school.School) error {
				d, err := lifecycle.Lend(cmd.Context(), s, args[0], to, devices.LoanDetails{Days: loan.days, Due: due, Note: loan.note})
				if err != nil {
					return on(args[0], err)
				}
				slip.after(cmd, a, s, d.Name())
				return a.showDevice(d, fmt.Sprintf("Issued %s to %s%s.", d.Name(), d.HolderName, dueText(d.Due)))
			})
		},
	}
	loan.add(cmd)
	slip.addTo(cmd)
	cmd.Flags().StringVar(&slip.returnTo, "return", "", "`WHERE` to return it, for the slip; otherwise to the school")
	cmd.Flags().StringVar(&to, "to", "", "the `PERSON` who gets it")
	_ = cmd.RegisterFlagCompletionFunc("to", a.completePerson)
	return cmd
}

func dueText(due time.Time) string {
	if due.IsZero() {
		return ""
	}
	return ", due back on " + dueDay(due)
}

func (a *app) deviceExtend() *cobra.Command {
	var loan loanFlags
	cmd := &cobra.Command{
		Use:               "extend DEVICE",
		Short:             "Give the holder of a device longer",
		Example:           examples("stow device extend HRP-0042 --due 2027-07-20", "stow device extend HRP-0042 --days 30"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			due, err := loan.dueDate()
			if err != nil {
				return err
			}
			if due.IsZero() && loan.days < 1 {
				return usagef("say until when with --due, or for how many days from now with --days")
			}
			if due.IsZero() {
				due = devices.DueOn(a.now().Local().AddDate(0, 0, loan.days))
			}
			return a.withSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return on(args[0], err)
				}
				if d, err = s.Register().Extend(cmd.Context(), a.actor(), d.ID, d.Version, due, loan.note); err != nil {
					return on(args[0], err)
				}
				return a.showDevice(d, fmt.Sprintf("%s may keep %s%s.", d.HolderName, d.Name(), dueText(d.Due)))
			})
		},
	}
	loan.add(cmd)
	return cmd
}

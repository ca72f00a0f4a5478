package registercmd

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/lifecycle"
)

// DeviceGroup is stow device.
func DeviceGroup(a *cli.App) *cobra.Command {
	return cli.Group("device", "Devices in the register: hand out, take back, lose and find", "ict",
		deviceAdd(a), deviceEdit(a), deviceIssue(a), deviceExtend(a), deviceVerify(a),
		deviceAct(a, devices.Return, "return", "Take a device back", "stow device return HRP-0042 --condition 'cap missing'"),
		deviceAct(a, devices.Restock, "restock", "Record that a device was looked at and can be issued again", "stow device restock HRP-0042"),
		deviceAct(a, devices.Lose, "lost", "Record that a device is lost, and block the key on it", "stow device lost HRP-0042 --note 'left on the 14 bus' --when '2026-09-24 08:10'"),
		deviceAct(a, devices.Steal, "stolen", "Record that a device was stolen, and block the key on it", "stow device stolen HRP-0042 --note 'police reference 1234'"),
		deviceAct(a, devices.Find, "found", "Record that a device turned up", "stow device found HRP-0042 --note 'handed in at the office'"),
		deviceAct(a, devices.Damage, "damaged", "Record that a device does not work", "stow device damaged HRP-0042"),
		deviceAct(a, devices.Retire, "retire", "Take a device out of use, or write it off", "stow device retire HRP-0042 --note 'too old'"),
		deviceAct(a, devices.Destroy, "destroy", "Record that a device was destroyed, how, and who saw it", "stow device destroy HRP-0042 --method shredded --witness 'B. Evans'"))
}

// DeviceFlags are what is written down about a device.
type DeviceFlags struct {
	devices.DeviceDetails
	KindName string
}

// Add gives cmd a flag for each fact but the label.
func (d *DeviceFlags) Add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&d.KindName, "kind", string(devices.MemoryStick), "the `KIND`: "+cli.OneOf(devices.Kinds()))
	flags.StringVar(&d.Make, "make", "", "the `MAKER`")
	flags.StringVar(&d.Model, "model", "", "the `MODEL`")
	flags.StringVar(&d.Serial, "serial", "", "the hardware's own serial `NUMBER`")
	flags.Int64Var(&d.Capacity, "capacity", 0, "its size in `BYTES`")
	flags.StringVar(&d.Site, "site", "", "the `SITE` of the school it belongs to")
	flags.StringVar(&d.Notes, "notes", "", "`NOTES`")
	cli.Completes(cmd, "kind", devices.Kinds())
}

// ShowDevice prints the text, or with --json the device.
func ShowDevice(a *cli.App, d devices.Device, text string) error {
	return a.Show(d, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", cli.Printable(text))
	})
}

func deviceAdd(a *cli.App) *cobra.Command {
	var details DeviceFlags
	var prefix string
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a device to the register, in stock",
		Long: `Add a device of any kind to the register, in stock. It needs an asset label or a
serial number; --label-prefix takes the next free label. Sticks are added when they
are issued, by "stow stick issue".`,
		Example: cli.Examples(
			"stow device add --kind laptop --label HRP-L07 --make Lenovo --model 'ThinkPad L13' --serial PF2ABC",
			"stow device add --label-prefix HRP- --serial 4C530001",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if details.Kind, err = devices.ParseKind(details.KindName); err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				if prefix != "" {
					if details.Label, err = s.Register().NextLabel(cmd.Context(), prefix); err != nil {
						return err
					}
				}
				d, err := s.Register().AddDevice(cmd.Context(), a.Actor(), details.DeviceDetails)
				if err != nil {
					return err
				}
				return ShowDevice(a, d, "Added "+d.Name()+", in stock.")
			})
		},
	}
	details.Add(cmd)
	cmd.Flags().StringVar(&details.Label, "label", "", "the school's asset `LABEL`")
	cmd.Flags().StringVar(&prefix, "label-prefix", "", "take the next free label with this `PREFIX`")
	cmd.MarkFlagsMutuallyExclusive("label", "label-prefix")
	return cmd
}

func deviceEdit(a *cli.App) *cobra.Command {
	var details DeviceFlags
	cmd := &cobra.Command{
		Use:               "edit DEVICE",
		Short:             "Correct what is written down about a device",
		Example:           cli.Examples("stow device edit HRP-0042 --site 'Upper school'"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				next, changed := d.DeviceDetails, cmd.Flags().Changed
				if changed("kind") {
					if next.Kind, err = devices.ParseKind(details.KindName); err != nil {
						return err
					}
				}
				cli.Set(changed("label"), &next.Label, details.Label)
				cli.Set(changed("make"), &next.Make, details.Make)
				cli.Set(changed("model"), &next.Model, details.Model)
				cli.Set(changed("serial"), &next.Serial, details.Serial)
				cli.Set(changed("capacity"), &next.Capacity, details.Capacity)
				cli.Set(changed("site"), &next.Site, details.Site)
				cli.Set(changed("notes"), &next.Notes, details.Notes)
				if d, err = s.Register().EditDevice(cmd.Context(), a.Actor(), d.ID, d.Version, next); err != nil {
					return cli.On(args[0], err)
				}
				return ShowDevice(a, d, "Corrected "+d.Name()+".")
			})
		},
	}
	details.Add(cmd)
	cmd.Flags().StringVar(&details.Label, "label", "", "the school's asset `LABEL`")
	return cmd
}

// LoanFlags say how long a device is lent.
type LoanFlags struct {
	due  string
	Days int
	Note string
}

// Add gives cmd the flags of a loan.
func (l *LoanFlags) Add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.due, "due", "", "the `DATE` it is due back, such as 2026-12-18")
	cmd.Flags().IntVar(&l.Days, "days", 0, "the number of days until it is due; otherwise what the policy says")
	cmd.Flags().StringVar(&l.Note, "note", "", "`WORDS` for the register")
	cmd.MarkFlagsMutuallyExclusive("due", "days")
}

// DueDate is the end of the day that --due names, or the zero time.
func (l *LoanFlags) DueDate() (time.Time, error) {
	if l.due == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, l.due, time.Local)
	if err != nil {
		return time.Time{}, cli.Usagef("%q is not a date such as 2026-12-18", l.due)
	}
	return devices.DueOn(day), nil
}

func deviceIssue(a *cli.App) *cobra.Command {
	var loan LoanFlags
	var slip SlipFlags
	var to string
	cmd := &cobra.Command{
		Use:   "issue DEVICE --to PERSON",
		Short: "Hand a device that is not a stick to a person",
		Long: `Hand a device to a person, by a new loan. For a memory stick that Stowage is to
encrypt, use "stow stick issue" instead.`,
		Example: cli.Examples(
			"stow device issue HRP-L07 --to alice@hillroad.example",
			"stow device issue HRP-L07 --to 'Alice Jones' --due 2026-12-18",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return cli.Usagef("say who gets it with --to")
			}
			if err := slip.Check(); err != nil {
				return err
			}
			due, err := loan.DueDate()
			if err != nil {
				return err
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				d, err := lifecycle.Lend(cmd.Context(), s, args[0], to, devices.LoanDetails{Days: loan.Days, Due: due, Note: loan.Note})
				if err != nil {
					return cli.On(args[0], err)
				}
				slip.After(cmd, a, s, d.Name())
				return ShowDevice(a, d, fmt.Sprintf("Issued %s to %s%s.", d.Name(), d.HolderName, DueText(d.Due)))
			})
		},
	}
	loan.Add(cmd)
	slip.AddTo(cmd)
	cmd.Flags().StringVar(&slip.ReturnTo, "return", "", "`WHERE` to return it, for the slip; otherwise to the school")
	cmd.Flags().StringVar(&to, "to", "", "the `PERSON` who gets it")
	_ = cmd.RegisterFlagCompletionFunc("to", a.CompletePerson)
	return cmd
}

// DueText says when a device is due back, as the end of a sentence.
func DueText(due time.Time) string {
	if due.IsZero() {
		return ""
	}
	return ", due back on " + cli.DueDay(due)
}

func deviceExtend(a *cli.App) *cobra.Command {
	var loan LoanFlags
	cmd := &cobra.Command{
		Use:               "extend DEVICE",
		Short:             "Give the holder of a device longer",
		Example:           cli.Examples("stow device extend HRP-0042 --due 2027-07-20", "stow device extend HRP-0042 --days 30"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			due, err := loan.DueDate()
			if err != nil {
				return err
			}
			if due.IsZero() && loan.Days < 1 {
				return cli.Usagef("say until when with --due, or for how many days from now with --days")
			}
			if due.IsZero() {
				due = devices.DueOn(a.Now().Local().AddDate(0, 0, loan.Days))
			}
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				if d, err = s.Register().Extend(cmd.Context(), a.Actor(), d.ID, d.Version, due, loan.Note); err != nil {
					return cli.On(args[0], err)
				}
				return ShowDevice(a, d, fmt.Sprintf("%s may keep %s%s.", d.HolderName, d.Name(), DueText(d.Due)))
			})
		},
	}
	loan.Add(cmd)
	return cmd
}

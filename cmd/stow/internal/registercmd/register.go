// Package registercmd has the commands for the register: register, device, holder, incident
// and paper.
package registercmd

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/school"
)

// RegisterGroup is stow register.
func RegisterGroup(a *cli.App) *cobra.Command {
	return cli.Group("register", "List, search, import, export and back up the register", "ict",
		registerList(a), registerShow(a), registerHistory(a), registerSearch(a),
		registerDocuments(a), registerSign(a), registerExport(a), registerImport(a), registerBackup(a), registerRestore(a), registerCheck(a),
		registerVerify(a), registerCheckpoint(a), registerMove(a), registerPostgres(a))
}

// deviceTable writes devices as a table.
func deviceTable(w io.Writer, list []devices.Device, now time.Time) {
	rows := [][]string{}
	for _, d := range list {
		due := cli.DueDay(d.Due)
		if d.Overdue(now) {
			due += " OVERDUE"
		}
		encrypted := "not verified"
		if !d.Encryption.At.IsZero() {
			encrypted = d.Encryption.Method
			if !d.Encryption.Encrypted {
				encrypted = "NOT ENCRYPTED"
			}
		}
		rows = append(rows, []string{d.Label, string(d.Kind), cli.JoinWords(d.Make, d.Model), d.Serial, string(d.State), d.HolderName, due, cli.DayText(d.Seen.At), encrypted, d.Site})
	}
	cli.Table(w, []string{"label", "kind", "make and model", "serial", "state", "holder", "due", "last seen", "encrypted", "site"}, rows)
}

// filterFlags say which devices are wanted.
type filterFlags struct {
	states, kinds, sites []string
	holder               string
	on                   map[string]*bool // of [devices.Filters], by name
	days                 map[string]*int
	sort                 string
	descending           bool
	limit                int
}

// filterUsage says what each of [devices.Filters] leaves.
var filterUsage = map[string]string{
	"overdue":    "only what should be back already",
	"unseen":     "only what was not seen for so many `DAYS`",
	"unverified": "only what was never verified, or found not encrypted",
}

func (f *filterFlags) add(a *cli.App, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.states, "state", nil, "only devices in this `STATE`: "+cli.OneOf(devices.States()))
	flags.StringSliceVar(&f.kinds, "kind", nil, "only devices of this `KIND`: "+cli.OneOf(devices.Kinds()))
	flags.StringSliceVar(&f.sites, "site", nil, "only devices of this `SITE`")
	flags.StringVar(&f.holder, "holder", "", "only what this `PERSON` has")
	f.on, f.days = map[string]*bool{}, map[string]*int{}
	for _, filter := range devices.Filters() {
		if filter.Days {
			f.days[filter.Name] = flags.Int(filter.Name, 0, filterUsage[filter.Name])
		} else {
			f.on[filter.Name] = flags.Bool(filter.Name, false, filterUsage[filter.Name])
		}
	}
	flags.StringVar(&f.sort, "sort", "", "the `COLUMN` to sort by: "+cli.OneOf(devices.Columns()))
	flags.BoolVar(&f.descending, "descending", false, "sort the other way round")
	flags.IntVar(&f.limit, "limit", 0, "at most so many; otherwise all")
	_ = cmd.RegisterFlagCompletionFunc("holder", a.CompletePerson)
	cli.Completes(cmd, "state", devices.States())
	cli.Completes(cmd, "kind", devices.Kinds())
	cli.Completes(cmd, "sort", devices.Columns())
}

// query is what the flags ask for.
func (f *filterFlags) query(cmd *cobra.Command, a *cli.App, s *school.School) (devices.DeviceQuery, error) {
	q := devices.DeviceQuery{
		Sites: f.sites, Sort: devices.Column(f.sort), Descending: f.descending,
	}
	for _, text := range f.states {
		state, err := devices.ParseState(text)
		if err != nil {
			return q, err
		}
		q.States = append(q.States, state)
	}
	for _, text := range f.kinds {
		kind, err := devices.ParseKind(text)
		if err != nil {
			return q, err
		}
		q.Kinds = append(q.Kinds, kind)
	}
	if f.holder != "" {
		h, err := s.Register().FindHolder(cmd.Context(), f.holder)
		if err != nil {
			return q, cli.On(f.holder, err)
		}
		q.Holder = h.ID
	}
	for _, filter := range devices.Filters() {
		days := 0
		if filter.Days {
			days = *f.days[filter.Name]
		}
		if days > 0 || !filter.Days && *f.on[filter.Name] {
			filter.Narrow(&q, a.Now(), days)
		}
	}
	return q, nil
}

// found reads the devices that fit, up to the limit.
func (f *filterFlags) found(cmd *cobra.Command, s *school.School, q devices.DeviceQuery) ([]devices.Device, error) {
	list := []devices.Device{}
	for {
		q.Limit = devices.MaxPage
		if f.limit > 0 {
			q.Limit = min(q.Limit, f.limit-len(list))
		}
		page, err := s.Register().Devices(cmd.Context(), q)
		if err != nil {
			return nil, err
		}
		list = append(list, page.Devices...)
		if q.After = page.Next; q.After == "" || f.limit > 0 && len(list) >= f.limit {
			return list, nil
		}
	}
}

func showDevices(a *cli.App, list []devices.Device) error {
	return a.Show(struct {
		Devices []devices.Device `json:"devices"`
	}{list}, func(w io.Writer) {
		deviceTable(w, list, a.Now())
		fmt.Fprintf(w, "%s.\n", cli.Counted(len(list), "device", "devices"))
	})
}

func registerList(a *cli.App) *cobra.Command {
	var filter filterFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List devices",
		Example: cli.Examples(
			"stow register list",
			"stow register list --overdue --sort due",
			"stow register list --state lost,stolen --json",
			"stow register list --unseen 60 --site 'Upper school'",
		),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				q, err := filter.query(cmd, a, s)
				if err != nil {
					return err
				}
				list, err := filter.found(cmd, s, q)
				if err != nil {
					return err
				}
				return showDevices(a, list)
			})
		},
	}
	filter.add(a, cmd)
	return cmd
}

func registerSearch(a *cli.App) *cobra.Command {
	var filter filterFlags
	var presentOnly bool
	cmd := &cobra.Command{
		Use:   "search WORDS",
		Short: "Search devices by anything known of them, past holders and reasons included",
		Long: `Search devices: every word must be the beginning of a word in the label, serial,
kind, make, model, site, notes or holder, or in what ever happened to the device;
so past holders and reasons are found too. Labels and serials are also found by
what is inside them, from three characters on.`,
		Example: cli.Examples("stow register search jones", "stow register search 'kingston bus' --state lost"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				q, err := filter.query(cmd, a, s)
				if err != nil {
					return err
				}
				q.Search, q.PresentOnly = cli.JoinWords(args...), presentOnly
				list, err := filter.found(cmd, s, q)
				if err != nil {
					return err
				}
				return showDevices(a, list)
			})
		},
	}
	filter.add(a, cmd)
	cmd.Flags().BoolVar(&presentOnly, "present-only", false, "leave out what happened in the past")
	return cmd
}

func registerShow(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:               "show DEVICE",
		Short:             "Show everything known of a device",
		Example:           cli.Examples("stow register show HRP-0042"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.CompleteDevice,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				d, err := s.Register().FindDevice(cmd.Context(), args[0])
				if err != nil {
					return cli.On(args[0], err)
				}
				return a.Show(d, func(w io.Writer) { deviceFields(w, d, a.Now()) })
			})
		},
	}
}

func deviceFields(w io.Writer, d devices.Device, now time.Time) {
	due := cli.DueDay(d.Due)
	if d.Overdue(now) {
		due += " (overdue)"
	}
	capacity := ""
	if d.Capacity > 0 {
		capacity = cli.SizeText(d.Capacity)
	}
	cli.Fields(w,
		"Label", d.Label, "Kind", string(d.Kind), "Make and model", cli.JoinWords(d.Make, d.Model), "Serial", d.Serial,
		"Capacity", capacity, "Site", d.Site, "Notes", d.Notes,
		"State", fmt.Sprintf("%s since %s", d.State, cli.DayText(d.Since)), "Holder", d.HolderName, "Due", due,
		"Encryption", encryptionText(d.Encryption), "Last seen", SeenText(d.Seen),
		"Recovery code", codeText(d.Recovery), "Id", d.ID)
}

// SeenText says when and where a device was last seen.
func SeenText(s devices.Sighting) string {
	if s.At.IsZero() {
		return "never"
	}
	text := cli.TimeText(s.At)
	if s.Place != "" {
		text += ", " + s.Place
	}
	if s.Said() {
		text += ", " + s.Note
	}
	if s.Stick != "" {
		text += ", layer " + strconv.FormatInt(s.Sequence, 10)
	}
	if s.Size > 0 {
		text += fmt.Sprintf(", %s of %s used", cli.SizeText(s.Used), cli.SizeText(s.Size))
	}
	if s.Health != devices.Unchecked {
		text += ", " + string(s.Health)
	}
	if s.Older {
		text += ", OLDER than when seen before"
	}
	return text
}

func codeText(c devices.RecoveryCode) string {
	switch {
	case c.Digest == "":
		return ""
	case !c.Used.IsZero():
		return "given out on " + cli.DayText(c.Used) + "; it is replaced at check-in"
	}
	return "stored on " + cli.DayText(c.Stored)
}

// dateOf reads a date flag, in local time.
func dateOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return time.Time{}, cli.Usagef("%q is not a date such as 2026-09-24", text)
	}
	return day.UTC(), nil
}

package registercmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/devices"
	"stowage/devices/lists"
	"stowage/devices/school"
	"stowage/devices/school/config"
)

// importFlags say what a list is.
type importFlags struct {
	dryRun, accept        bool
	columns               []string
	source, kind          string
	monthFirst, everyKind bool
}

func registerImport(a *cli.App) *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Read devices from a list, of this register or another",
		Long: `Read devices from CSV with a header line, or from standard input with -. Rows are
matched with devices by label or serial, so that importing again updates. If
anything is wrong, all of it is named by line and column and nothing is imported.

A list from another system (Snipe-IT, GLPI, Intune, a spreadsheet) is read as it
comes. What its columns are is proposed and shown first: look with --dry-run, change
what is not right with --map "COLUMN=NAME" ("COLUMN=" leaves it out), and take it with
--accept. It is remembered on this computer for lists with the same columns. What such
a system says of encryption is recorded as said by it, not as verified.`,
		Example: cli.Examples("stow register import devices.csv --dry-run", "stow register import devices.csv",
			`stow register import intune.csv --map "Device name=label" --kind laptop --accept`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := readList(cmd.Context(), a, args[0])
			if err != nil {
				return cli.On(args[0], err)
			}
			m, known, err := mapping(a, cmd, t, flags)
			if err != nil {
				return err
			}
			dry := flags.dryRun || !known && !flags.accept
			return a.WithSchool(cmd.Context(), func(s *school.School) error {
				result, err := s.Register().ImportList(cmd.Context(), a.Actor(), t, devices.ImportOptions{DryRun: dry, Mapping: m})
				if err != nil {
					showFaults(a, t, m, err)
					return cli.On(args[0], err)
				}
				if dry && !flags.dryRun {
					showList(a, a.Stderr, t, m)
					return cli.Usagef("nothing was imported: the columns of %s are taken as shown above; look at what would change with --dry-run, change them with --map, and add --accept if they are right", args[0])
				}
				if !dry {
					keepMapping(a, t.Header, m)
				}
				return showImport(a, t, m, result, dry)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.dryRun, "dry-run", false, "say what would change, and change nothing")
	f.StringArrayVar(&flags.columns, "map", nil, "what a column is, as `COLUMN=NAME`, where NAME is a column of the register; without a name it is left out")
	f.StringVar(&flags.source, "from", "", "the `SYSTEM` that the list is from, as is recorded with what it says")
	f.StringVar(&flags.kind, "kind", "", "what devices are where the list does not say it: "+joinKinds())
	f.BoolVar(&flags.monthFirst, "month-first", false, "09/03/2026 is the third of September")
	f.BoolVar(&flags.everyKind, "every-kind", false, "refuse rows about other things than the register keeps, rather than leave them out")
	f.BoolVar(&flags.accept, "accept", false, "import a list from elsewhere as it is shown")
	return cmd
}

func joinKinds() string {
	names := []string{}
	for _, k := range devices.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func readList(ctx context.Context, a *cli.App, path string) (*lists.Table, error) {
	src := cli.Input(ctx, a.Stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		src = f
	}
	return lists.Read(ctx, src)
}

// mapping is what the columns of a list are: the register's own, those that were accepted before, or those proposed, and
// then those that flags name. Known says that nobody needs to look at them first.
func mapping(a *cli.App, cmd *cobra.Command, t *lists.Table, flags importFlags) (m lists.Mapping, known bool, err error) {
	told := slices.ContainsFunc([]string{"map", "from", "kind", "month-first", "every-kind"}, cmd.Flags().Changed)
	if t.IsOwn() && !told {
		return lists.Mapping{}, true, nil
	}
	before, known := knownLists(a).Mapping(t.Header)
	if m = before; !known {
		if m, err = t.Propose(cmd.Context()); err != nil {
			return lists.Mapping{}, false, err
		}
	}
	if !m.Foreign() { // the register's own, but with flags
		m.Columns = map[string]lists.Column{}
		for _, name := range t.Header {
			m.Columns[lists.Key(name)] = lists.Column(lists.Key(name))
		}
	}
	m.Columns = maps.Clone(m.Columns)
	for _, text := range flags.columns {
		if err := mapColumn(m, t.Header, text); err != nil {
			return lists.Mapping{}, false, err
		}
	}
	if flags.kind != "" {
		kind, err := devices.ParseKind(flags.kind)
		if err != nil {
			return lists.Mapping{}, false, err
		}
		m.Kind = string(kind)
	}
	m.Source = cmp.Or(flags.source, m.Source)
	if cmd.Flags().Changed("month-first") {
		m.MonthFirst = flags.monthFirst
	}
	if cmd.Flags().Changed("every-kind") {
		m.EveryKind = flags.everyKind
	}
	return m, known && (!told || sameMapping(m, before)), nil
}

func sameMapping(a, b lists.Mapping) bool {
	return maps.Equal(a.Columns, b.Columns) && a.Source == b.Source && a.Kind == b.Kind && a.MonthFirst == b.MonthFirst && a.EveryKind == b.EveryKind
}

// mapColumn takes what --map says of a column. A column of the register is one column of the list: another that was is
// left out.
func mapColumn(m lists.Mapping, header []string, text string) error {
	i := strings.LastIndex(text, "=")
	if i < 0 {
		return cli.Usagef("--map %q is not COLUMN=NAME", text)
	}
	key, column := lists.Key(text[:i]), lists.Column(lists.Key(text[i+1:]))
	if !slices.ContainsFunc(header, func(name string) bool { return lists.Key(name) == key }) {
		return cli.Usagef("--map %q: the list has no such column; it has %s", text, strings.Join(header, ", "))
	}
	if column == "" {
		delete(m.Columns, key)
		return nil
	}
	if !slices.Contains(lists.All(), column) {
		return cli.Usagef("--map %q: the register has no such column; it has %s", text, columnNames())
	}
	maps.DeleteFunc(m.Columns, func(_ string, other lists.Column) bool { return other == column })
	m.Columns[key] = column
	return nil
}

func columnNames() string {
	names := []string{}
	for _, c := range lists.All() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// knownLists is where accepted columns are kept; started from a stick nothing is.
func knownLists(a *cli.App) config.KnownLists {
	dir, err := config.Dir()
	if err != nil || a.Own != "" {
		return config.KnownLists{}
	}
	return config.Lists(dir)
}

func keepMapping(a *cli.App, header []string, m lists.Mapping) {
	if err := knownLists(a).Keep(header, m); err != nil {
		a.Warn("What the columns are will have to be accepted again: %v", err)
	}
}

// showFaults names everything that is wrong with a list, and what it was taken for if that was not plain.
func showFaults(a *cli.App, t *lists.Table, m lists.Mapping, err error) {
	wrong, ok := errors.AsType[*devices.ImportError](err)
	if !ok || a.JSON {
		return
	}
	if m.Foreign() {
		showList(a, a.Stderr, t, m)
	}
	for _, row := range wrong.Rows {
		fmt.Fprintf(a.Stderr, "%s\n", cli.Printable(cli.RowText(row)))
	}
}

// showList says what a list was taken for.
func showList(a *cli.App, w io.Writer, t *lists.Table, m lists.Mapping) {
	if a.JSON {
		return
	}
	from := ""
	if m.Source != "" {
		from = " from " + m.Source
	}
	fmt.Fprintf(w, "A list%s in %s; dates have the %s first. Its columns are:\n", cli.Printable(from), t.Encoding, map[bool]string{false: "day", true: "month"}[m.MonthFirst])
	rows := [][]string{}
	for _, c := range listColumns(t, m) {
		rows = append(rows, []string{cli.Printable(c.Header), cmp.Or(c.Column, "(left out)")})
	}
	if m.Kind != "" {
		rows = append(rows, []string{"", "kind: " + m.Kind + ", where no column says it"})
	}
	cli.Table(w, []string{"in the list", "in the register"}, rows)
}

// jsonColumn is what a column of a list is.
type jsonColumn struct {
	Header string `json:"header"`
	Column string `json:"column"` // empty if it is left out
}

func listColumns(t *lists.Table, m lists.Mapping) []jsonColumn {
	at, _ := m.Resolve(t.Header)
	columns := make([]jsonColumn, len(t.Header))
	for i, name := range t.Header {
		columns[i].Header = name
	}
	for column, i := range at {
		columns[i].Column = string(column)
	}
	return columns
}

// jsonImport is the result of an import.
type jsonImport struct {
	DryRun     bool         `json:"dry_run"`
	Added      int          `json:"added"`
	Changed    int          `json:"changed"`
	Same       int          `json:"same"`
	Holders    int          `json:"holders"`
	LeftOut    int          `json:"left_out"`
	OtherKinds []string     `json:"other_kinds"`
	Encoding   string       `json:"encoding"`
	Source     string       `json:"source"`
	Columns    []jsonColumn `json:"columns"`
	Changes    []jsonChange `json:"changes"`
}

type jsonChange struct {
	Line   int      `json:"line"`
	Device string   `json:"device"`
	Name   string   `json:"name"`
	Added  bool     `json:"added"`
	Fields []string `json:"fields,omitempty"`
}

func showImport(a *cli.App, t *lists.Table, m lists.Mapping, r devices.ImportResult, dryRun bool) error {
	j := jsonImport{
		DryRun: dryRun, Added: r.Added, Changed: r.Changed, Same: r.Same, Holders: r.Holders, LeftOut: r.LeftOut, OtherKinds: append([]string{}, r.OtherKinds...),
		Encoding: t.Encoding, Source: m.Source, Columns: listColumns(t, m), Changes: []jsonChange{},
	}
	if a.JSON {
		for _, c := range r.Changes {
			j.Changes = append(j.Changes, jsonChange(c))
		}
	}
	return a.Show(j, func(w io.Writer) {
		verb := "Imported"
		if dryRun {
			verb = "Would import"
			if m.Foreign() {
				showList(a, w, t, m)
			}
			for _, c := range r.Changes {
				what := "new"
				if !c.Added {
					what = strings.Join(c.Fields, ", ")
				}
				fmt.Fprintf(w, "line %d: %s: %s\n", c.Line, cli.Printable(c.Name), cli.Printable(what))
			}
		}
		fmt.Fprintf(w, "%s: %d new, %d changed, %d the same; %s added.\n", verb, r.Added, r.Changed, r.Same, cli.Counted(r.Holders, "person", "people"))
		if r.LeftOut > 0 {
			fmt.Fprintf(w, "Left out: %s about things that the register does not keep: %s.\n", cli.Counted(r.LeftOut, "row", "rows"), cli.Printable(strings.Join(r.OtherKinds, ", ")))
		}
	})
}

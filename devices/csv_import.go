package devices

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stowage/devices/lists"
)

// ImportOptions says how to import.
type ImportOptions struct {
	DryRun  bool          // work out what would change, and change nothing
	Mapping lists.Mapping // what the columns are; the zero value is the register's own
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	Added, Changed, Same int
	Holders              int            // how many holders were added
	LeftOut              int            // how many rows are about things that the register does not keep
	OtherKinds           []string       // what those are, as the list says it; at most 20
	Changes              []ImportChange // one for every row that adds or changes, in the order of the file
}

// maxOtherKinds is how many kinds of things that are left out are named.
const maxOtherKinds = 20

// ImportChange is what a row of the file changes.
type ImportChange struct {
	Line   int
	Device string   // its id
	Name   string   // its label, or else its serial
	Added  bool     // it was not in the register before
	Fields []string // the columns that differ from the register; nil if Added
}

var errDryRun = errors.New("dry run")

// Import reads devices from CSV with a header line, as [Register.Export] and
// spreadsheets write it. It is [Register.ImportList] of what [lists.Read] reads.
func (r *Register) Import(ctx context.Context, actor string, src io.Reader, o ImportOptions) (ImportResult, error) {
	t, err := lists.Read(ctx, src)
	if err != nil {
		return ImportResult{}, fmt.Errorf("import devices: %w", fileError(err))
	}
	return r.ImportList(ctx, actor, t, o)
}

// ImportList takes devices from a list. Nothing is imported if anything is wrong; the error is
// then an [*ImportError], or an [*InvalidError] about the file.
//
// A row is about the device with its label or its serial. If there is none it is
// added, in the state the row says and with its holder, who is added too if
// nobody has that e-mail address or, without one, that name. If there is one:
//
//   - Columns that the file has replace what is written down about the device;
//     but an empty cell does not take its label or serial away, and one from elsewhere nothing.
//   - Another state is recorded as the action that leads to it, if one does. A holder without a state means that it is
//     issued.
//   - A later due date extends the loan. A verification or sighting is taken if it
//     is later than the one known. Nothing else about them is changed.
//
// What another system says of encryption is a [Sighting] there with [SaidEncrypted] or [SaidNotEncrypted]. Its rows about
// kinds of things that the register does not keep are left out.
//
// Importing a file again changes nothing. Do not import a dry run within
// [Register.Atomically], which it would make fail.
func (r *Register) ImportList(ctx context.Context, actor string, t *lists.Table, o ImportOptions) (ImportResult, error) {
	result, err := r.importList(ctx, actor, t, o)
	if err != nil {
		return ImportResult{}, fmt.Errorf("import devices: %w", err)
	}
	return result, nil
}

func (r *Register) importList(ctx context.Context, actor string, t *lists.Table, o ImportOptions) (ImportResult, error) {
	var result ImportResult
	wrong := &ImportError{}
	err := r.change(ctx, actor, func(c *change) error {
		run := importRun{
			change: c, now: r.now().Truncate(time.Second), wrong: wrong, result: &result,
			lines: map[string]int{}, people: map[string]Holder{},
		}
		err := readRows(ctx, t, o.Mapping, wrong, func(cells csvRow) error {
			err := run.row(ctx, cells)
			if aboutRow(err) {
				wrong.add(cells.line, err)
			} else if err != nil {
				return fmt.Errorf("line %d: %w", cells.line, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if wrong.any() {
			wrong.sort()
			return wrong
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if o.DryRun && errors.Is(err, errDryRun) {
		err = nil
	}
	return result, err
}

// An importRun is the import of one file.
type importRun struct {
	*change
	now    time.Time // where this computer is
	wrong  *ImportError
	lines  map[string]int    // where each label, serial and device was in the file
	people map[string]Holder // by the name or e-mail address that rows give
	result *ImportResult
}

// row imports one row.
func (c *importRun) row(ctx context.Context, cells csvRow) error {
	c.onlyLook = c.wrong.any() // nothing is kept then, and what is left is looked at for what else is wrong
	if kind, ok := cells.leftOut(); ok {
		c.result.LeftOut++
		if kinds := c.result.OtherKinds; len(kinds) < maxOtherKinds && !slices.Contains(kinds, kind) {
			c.result.OtherKinds = append(kinds, strings.Clone(kind))
		}
		return nil
	}
	row, err := parseRow(cells, c.now)
	if err != nil {
		return err
	}
	before, err := c.match(ctx, row)
	if err != nil {
		return err
	}
	row.fillIn(before.DeviceDetails)
	if err := row.details.clean(); err != nil {
		return err
	}
	if before.ID == "" {
		return c.addRow(ctx, row)
	}
	events := c.next
	if err := c.changeRow(ctx, row, before); err != nil {
		return err
	}
	if c.next == events {
		c.result.Same++
		return nil
	}
	return c.note(ctx, row, before)
}

// match finds the device that a row is about; its ID is empty if it is new.
func (c *importRun) match(ctx context.Context, row importRow) (Device, error) {
	var found Device
	for field, value := range row.details.names() {
		if err := c.once(string(field)+" "+Fold(value), row.line, string(field), value); err != nil {
			return Device{}, err
		}
		d, err := c.DeviceWith(ctx, field, value)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return Device{}, err
		case found.ID != "" && found.ID != d.ID:
			return Device{}, &InvalidError{
				Field: string(field), Value: shorten(value),
				Problem: fmt.Sprintf("is of another device than the label %q", row.details.Label),
			}
		}
		found = d
	}
	if found.ID == "" {
		return Device{}, nil
	}
	field, value := string(Label), row.details.Label
	if value == "" {
		field, value = string(Serial), row.details.Serial
	}
	return found, c.once("device "+found.ID, row.line, field, value)
}

// once refuses what an earlier line of the file had already.
func (c *importRun) once(what string, line int, field, value string) error {
	if earlier, ok := c.lines[what]; ok && earlier != line {
		return &InvalidError{Field: field, Value: shorten(value), Problem: fmt.Sprintf("is in line %d already", earlier)}
	}
	c.lines[strings.Clone(what)] = line
	return nil
}

// note puts a row that changed a device into the result.
func (c *importRun) note(ctx context.Context, row importRow, before Device) error {
	after, err := c.Device(ctx, before.ID)
	if err != nil {
		return err
	}
	changed := ImportChange{Line: row.line, Device: after.ID, Name: strings.Clone(after.Name())}
	if changed.Fields, err = c.differences(ctx, before, after); err != nil {
		return err
	}
	c.result.Changed++
	c.result.Changes = append(c.result.Changes, changed)
	return nil
}

func (c *importRun) differences(ctx context.Context, before, after Device) ([]string, error) {
	was, err := cellsOf(ctx, c, before)
	if err != nil {
		return nil, err
	}
	is, err := cellsOf(ctx, c, after)
	if err != nil {
		return nil, err
	}
	var fields []string
	for i, column := range csvColumns() {
		if was[i] != is[i] {
			fields = append(fields, column)
		}
	}
	return fields, nil
}

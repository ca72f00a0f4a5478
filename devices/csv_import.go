package devices

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ImportOptions says how to import.
type ImportOptions struct {
	DryRun bool // work out what would change, and change nothing
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	Added, Changed, Same int
	Holders              int            // how many holders were added
	Changes              []ImportChange // one for every row that adds or changes, in the order of the file
}

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
// spreadsheets write it. Nothing is imported if anything is wrong; the error is
// then an [*ImportError], or an [*InvalidError] about the file.
//
// A row is about the device with its label or its serial. If there is none it is
// added, in the state the row says and with its holder, who is added too if
// nobody has that e-mail address or, without one, that name. If there is one:
//
//   - Columns that the file has replace what is written down about the device;
//     but an empty cell does not take its label or serial away.
//   - Another state is recorded as the action that leads to it, if one does.
//   - A later due date extends the loan. A verification or sighting is taken if it
//     is later than the one known. Nothing else about them is changed.
//
// Importing a file again changes nothing. Do not import a dry run within
// [Register.Atomically], which it would make fail.
func (r *Register) Import(ctx context.Context, actor string, src io.Reader, o ImportOptions) (ImportResult, error) {
	result, err := r.importCSV(ctx, actor, src, o)
	if err != nil {
		return ImportResult{}, fmt.Errorf("import devices: %w", err)
	}
	return result, nil
}

func (r *Register) importCSV(ctx context.Context, actor string, src io.Reader, o ImportOptions) (ImportResult, error) {
	rows, wrong, err := readCSV(ctx, src)
	if err != nil {
		return ImportResult{}, err
	}
	var result ImportResult
	err = r.change(ctx, actor, func(c *change) error {
		run := importRun{change: c, lines: map[string]int{}, result: &result}
		for _, row := range rows {
			if err := run.row(ctx, row); aboutRow(err) {
				wrong.add(row.line, err)
			} else if err != nil {
				return fmt.Errorf("line %d: %w", row.line, err)
			}
		}
		if len(wrong.Rows) > 0 {
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
	lines  map[string]int // where each label, serial and device was in the file
	result *ImportResult
}

// row imports one row.
func (c *importRun) row(ctx context.Context, cells csvRow) error {
	row, err := parseRow(cells, c.time)
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
	c.lines[what] = line
	return nil
}

// note puts a row that changed a device into the result.
func (c *importRun) note(ctx context.Context, row importRow, before Device) error {
	after, err := c.Device(ctx, before.ID)
	if err != nil {
		return err
	}
	changed := ImportChange{Line: row.line, Device: after.ID, Name: after.Name()}
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

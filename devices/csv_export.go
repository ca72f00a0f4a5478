package devices

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// Export writes the devices that fit, all of them and in the order of the query
// (Limit and After do not matter), as they are at one moment. It is CSV in UTF-8
// with a header line, which [Register.Import] reads back exactly. A cell that a
// spreadsheet would take for a formula gets an apostrophe in front.
//
// What CSV does not hold is a device's history, its sightings but for the last
// place and time, recovery codes, and keys.
func (r *Register) Export(ctx context.Context, w io.Writer, q DeviceQuery) error {
	q.Now, q.Limit, q.After = today(r.now()), MaxPage, ""
	return r.export(ctx, w, func(reader Reader, some func([]Device) error) error {
		for {
			page, err := reader.Devices(ctx, q)
			if err == nil {
				err = some(page.Devices)
			}
			if err != nil {
				return err
			}
			if q.After = page.Next; q.After == "" {
				return nil
			}
		}
	})
}

// ExportDevices is [Register.Export] for devices by their ids, in that order. One
// that the register does not have is [ErrNotFound].
func (r *Register) ExportDevices(ctx context.Context, w io.Writer, ids []string) error {
	return r.export(ctx, w, func(reader Reader, some func([]Device) error) error {
		for ids := range slices.Chunk(ids, MaxPage) {
			found, err := devicesInOrder(ctx, reader, ids)
			if err == nil && len(found) < len(ids) {
				err = ErrNotFound
			}
			if err == nil {
				err = some(found)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// export writes the devices that walk gives to its function, some at a time.
func (r *Register) export(ctx context.Context, w io.Writer, walk func(Reader, func([]Device) error) error) error {
	err := r.store.View(ctx, func(reader Reader) error {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return err
		}
		out := csv.NewWriter(w)
		out.UseCRLF = true
		if err := out.Write(csvColumns()); err != nil {
			return err
		}
		err := walk(reader, func(some []Device) error {
			known, err := loansOf(ctx, reader, some)
			if err != nil {
				return err
			}
			for _, d := range some {
				cells, err := cellsOf(ctx, known, d)
				if err == nil {
					err = out.Write(cells)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	})
	if err != nil {
		return fmt.Errorf("export devices: %w", err)
	}
	return nil
}

// loansOf reads the loans of devices with their holders at once.
func loansOf(ctx context.Context, reader Reader, some []Device) (*memory, error) {
	var loans, holders []string
	for _, d := range some {
		if d.Loan != "" {
			loans, holders = append(loans, d.Loan), append(holders, d.Holder)
		}
	}
	known := newMemory()
	foundLoans, err := reader.LoansWithID(ctx, loans)
	if err != nil {
		return nil, err
	}
	for _, l := range foundLoans {
		known.loans.put(l.ID, l)
	}
	slices.Sort(holders)
	foundHolders, err := reader.HoldersWithID(ctx, slices.Compact(holders))
	if err != nil {
		return nil, err
	}
	for _, h := range foundHolders {
		known.holders.put(h.ID, h)
	}
	return known, nil
}

// tableReader is what cellsOf needs to know.
type tableReader interface {
	Loan(ctx context.Context, id string) (Loan, error)
	Holder(ctx context.Context, id string) (Holder, error)
}

// cellsOf returns the cells of a device's row.
func cellsOf(ctx context.Context, reader tableReader, d Device) ([]string, error) {
	var loan Loan
	var holder Holder
	var err error
	if d.Loan != "" {
		if loan, err = reader.Loan(ctx, d.Loan); err != nil {
			return nil, err
		}
		if holder, err = reader.Holder(ctx, d.Holder); err != nil {
			return nil, err
		}
	}
	encrypted := ""
	if d.Encryption != (Verification{}) {
		encrypted = yesNo(d.Encryption.Encrypted)
	}
	cells := []string{
		d.Label, d.Serial, string(d.Kind), d.Make, d.Model, capacityCell(d.Capacity), d.Site, d.Notes,
		string(d.State), timeCell(d.Since), holder.Name, holder.Email, timeCell(loan.From), timeCell(d.Due),
		encrypted, d.Encryption.Method, d.Encryption.By, timeCell(d.Encryption.At), timeCell(d.Seen.At), d.Seen.Place,
	}
	for i, cell := range cells {
		cells[i] = neutralise(cell)
	}
	return cells, nil
}

// Package audit compares what is scanned at a place with what the register says should be there.
package audit

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/known"
)

// School is what is needed of a school: its register. A *school.School is one.
type School interface {
	Register() *devices.Register
	Actor() string
	Now() time.Time
}

// ScanResult says what a scan in an audit came to.
type ScanResult string

// What a scan may come to.
const (
	ScanExpected   ScanResult = "expected"   // one of those expected here
	ScanUnexpected ScanResult = "unexpected" // in the register, and not expected here
	ScanMissing    ScanResult = "was lost"   // the register has it as lost or stolen: it turned up
	ScanWrittenOff ScanResult = "written off"
	ScanRepeat     ScanResult = "repeat"   // scanned before in this audit
	ScanStranger   ScanResult = "stranger" // not in the register
)

// Scan is one thing scanned in an audit.
type Scan struct {
	Text   string // as scanned
	At     time.Time
	Result ScanResult
	Device devices.Device // zero for a stranger
	Done   string         // what was recorded: "seen", "taken back", or empty
}

// Audit compares what is scanned with what should be there. Make one with
// [Begin]. It is not safe for concurrent use.
type Audit struct {
	school   School
	expected []devices.Device
	scans    []Scan
}

// Begin begins an audit of the devices that fit q: those that are not written
// off, unless q names states itself.
func Begin(ctx context.Context, s School, q devices.DeviceQuery) (*Audit, error) {
	if len(q.States) == 0 {
		q.States = []devices.State{devices.InStock, devices.Issued, devices.Returned, devices.Found, devices.Damaged}
	}
	q.After = ""
	expected, err := s.Register().AllDevices(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("begin an audit: %w", err)
	}
	return &Audit{school: s, expected: expected}, nil
}

// Scan takes what was scanned or typed, and says at once what it is. A
// repeat is listed once. An error says that the register could not be asked.
func (a *Audit) Scan(ctx context.Context, text string) (Scan, error) {
	scan := Scan{Text: strings.TrimSpace(text), At: a.school.Now()}
	d, err := known.Recognise(ctx, a.school.Register(), scan.Text)
	switch {
	case errors.Is(err, devices.ErrNotFound):
		scan.Result = ScanStranger
	case err != nil:
		if _, invalid := errors.AsType[*devices.InvalidError](err); !invalid {
			return scan, err
		}
		scan.Result = ScanStranger
	default:
		scan.Device = d
		scan.Result = a.result(d)
	}
	if i := a.find(scan); i >= 0 {
		before := a.scans[i]
		before.Result = ScanRepeat
		return before, nil
	}
	a.scans = append(a.scans, scan)
	return scan, nil
}

func (a *Audit) result(d devices.Device) ScanResult {
	switch {
	case d.State.Missing():
		return ScanMissing
	case d.State == devices.Retired, d.State == devices.Destroyed:
		return ScanWrittenOff
	case slices.ContainsFunc(a.expected, func(e devices.Device) bool { return e.ID == d.ID }):
		return ScanExpected
	}
	return ScanUnexpected
}

// find is the index of the same device or stranger among the scans, or -1.
func (a *Audit) find(scan Scan) int {
	return slices.IndexFunc(a.scans, func(s Scan) bool {
		if scan.Device.ID != "" || s.Device.ID != "" {
			return s.Device.ID == scan.Device.ID
		}
		return devices.Fold(s.Text) == devices.Fold(scan.Text)
	})
}

// Forget removes a scan, by its index in Scans: it was a mistake.
func (a *Audit) Forget(i int) { a.scans = slices.Delete(a.scans, i, i+1) }

// Scans are the scans so far, in order and without repeats.
func (a *Audit) Scans() []Scan { return slices.Clone(a.scans) }

// Expected is how many devices are expected.
func (a *Audit) Expected() int { return len(a.expected) }

// Missing are the expected devices that were not scanned yet.
func (a *Audit) Missing() []devices.Device {
	seen := map[string]bool{}
	for _, s := range a.scans {
		seen[s.Device.ID] = true
	}
	var rest []devices.Device
	for _, d := range a.expected {
		if !seen[d.ID] {
			rest = append(rest, d)
		}
	}
	return rest
}

// MarkSeen records that the scanned devices were seen at a place; TakeBack
// records also that those came back which were out. Each device is one change:
// what cannot be done for one is said in its outcome and the others go on. An
// ended context stops between two devices. Strangers are left out, and what
// was recorded already is not recorded again.
func (a *Audit) MarkSeen(ctx context.Context, place string) ([]school.Outcome, error) {
	return a.record(ctx, place, "seen", nil)
}

// TakeBack is described at [Audit.MarkSeen]; f says how the devices are.
func (a *Audit) TakeBack(ctx context.Context, place string, f devices.Facts) ([]school.Outcome, error) {
	return a.record(ctx, place, "taken back", func(r *devices.Register, d devices.Device) error {
		if _, can := devices.Next(d.State, devices.Return); !can {
			if d.State == devices.Returned || d.State == devices.InStock {
				return nil
			}
			return &devices.Refusal{Device: d.ID, Name: d.Name(), State: d.State, Action: devices.Return, Instead: devices.Allowed(d.State)}
		}
		_, err := r.Act(ctx, a.school.Actor(), d.ID, devices.Return, f)
		return err
	})
}

// Returnable is how many of the scanned devices TakeBack will take back: those that are with somebody.
func (a *Audit) Returnable() (n int) {
	for _, scan := range a.scans {
		if _, can := devices.Next(scan.Device.State, devices.Return); can && scan.Device.ID != "" {
			n++
		}
	}
	return n
}

func (a *Audit) record(ctx context.Context, place, done string, also func(*devices.Register, devices.Device) error) ([]school.Outcome, error) {
	var all []school.Outcome
	for i, scan := range a.scans {
		if scan.Device.ID == "" || scan.Done == done || scan.Done == "taken back" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return all, err
		}
		out := school.Outcome{Device: scan.Device}
		out.Err = a.school.Register().Atomically(ctx, func(r *devices.Register) error {
			now, err := r.Device(ctx, scan.Device.ID)
			if err != nil {
				return err
			}
			if also != nil {
				if err := also(r, now); err != nil {
					return err
				}
			}
			out.Device, err = r.CheckIn(ctx, a.school.Actor(), now.ID, devices.Sighting{Place: place, Note: "scanned in an audit"})
			return err
		})
		if out.Err == nil {
			a.scans[i].Done, a.scans[i].Device = done, out.Device
		} else {
			out.Device = scan.Device
		}
		all = append(all, out)
	}
	return all, nil
}

// Export writes the audit as CSV: every scan, and then what is missing.
// Spreadsheets are kept from taking a text for a formula.
func (a *Audit) Export(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"result", "scanned", "label", "serial", "state", "holder", "at", "recorded"})
	for _, s := range a.scans {
		row := []string{string(s.Result), s.Text, s.Device.Label, s.Device.Serial, string(s.Device.State), s.Device.HolderName, s.At.Format(time.RFC3339), s.Done}
		_ = out.Write(plainCells(row))
	}
	for _, d := range a.Missing() {
		_ = out.Write(plainCells([]string{"not scanned", "", d.Label, d.Serial, string(d.State), d.HolderName, "", ""}))
	}
	out.Flush()
	return out.Error()
}

// plainCells puts an apostrophe before what a spreadsheet would calculate.
func plainCells(cells []string) []string {
	for i, text := range cells {
		if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
			cells[i] = "'" + text
		}
	}
	return cells
}

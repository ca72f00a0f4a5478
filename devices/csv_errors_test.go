package devices_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"stowage/devices"
)

func TestImportErrors(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@school.example")
	d.person(t, "John Smith", "j1@school.example")
	d.person(t, "John Smith", "j2@school.example")
	gone := d.person(t, "Gus Ash", "gus@school.example")
	must[devices.Holdings](t)(d.Leave(ctx, ict, gone.ID, 0, ""))
	d.importCSV(t, "label,serial,kind\nMS-1,S1,phone\nMS-2,S2,phone\n")
	d.issued(t, "MS-3", ann, 10)
	before, events := d.export(t), d.events(t)

	for name, test := range map[string]struct {
		text   string
		line   int
		column string
	}{
		"two devices":         {"label,serial\nMS-1,S2\n", 2, "serial"},
		"label twice":         {"label,kind\nX,phone\nY,phone\nx,phone\n", 4, "label"},
		"serial twice":        {"serial,kind\nX,phone\nX,phone\n", 3, "serial"},
		"unknown column":      {"label,colour\nMS-1,red\n", 1, "colour"},
		"column twice":        {"label,Label\nMS-1,x\n", 1, "label"},
		"no identifier":       {"make,kind\nX,phone\n", 1, "label"},
		"nothing to match":    {"label,kind,make\nX,phone,\n,phone,Y\n", 3, "label"},
		"bad kind":            {"label,kind\nX,toaster\n", 2, "kind"},
		"no kind":             {"label\nX\n", 2, "kind"},
		"bad capacity":        {"label,capacity\nMS-1,lots\n", 2, "capacity"},
		"huge capacity":       {"label,capacity\nMS-1,99999999999999999999 TB\n", 2, "capacity"},
		"bad date":            {"label,due\nMS-3,soon\n", 2, "due"},
		"American date":       {"label,since\nMS-3,12/31/2025\n", 2, "since"},
		"future":              {"label,last seen\nMS-1,2027-01-01\n", 2, "last seen"},
		"bad state":           {"label,state\nMS-1,gone\n", 2, "state"},
		"state not allowed":   {"label,state\nMS-1,returned\n", 2, "state"},
		"destroyed":           {"label,state\nMS-1,destroyed\n", 2, "state"},
		"issued to nobody":    {"label,state\nMS-1,issued\n", 2, "holder"},
		"new, to nobody":      {"label,kind,state\nX,phone,issued\n", 2, "holder"},
		"held in stock":       {"label,kind,state,holder\nX,phone,in stock,Ann Lee\n", 2, "holder"},
		"due without holder":  {"label,kind,due\nX,phone,2027-01-01\n", 2, "due"},
		"due before issue":    {"label,kind,state,holder,issued,due\nX,phone,issued,Ann Lee,2026-09-01,2026-08-01\n", 2, "due"},
		"another holder":      {"label,holder\nMS-3,John Smith\n", 2, "holder"},
		"another address":     {"label,holder,email\nMS-3,Ann Lee,x@school.example\n", 2, "holder"},
		"ambiguous":           {"label,state,holder\nMS-1,issued,John Smith\n", 2, "holder"},
		"leaver":              {"label,state,holder\nMS-1,issued,Gus Ash\n", 2, "holder"},
		"address of another":  {"label,state,holder,email\nMS-1,issued,John Doe,ann@school.example\n", 2, "email"},
		"no such address":     {"label,state,holder,email\nMS-1,issued,John Doe,nowhere\n", 2, "email"},
		"address, no name":    {"label,state,holder,email\nMS-1,issued,,new@school.example\n", 2, "holder"},
		"loan shortened":      {"label,due\nMS-3,2026-09-08\n", 2, "due"},
		"another issue date":  {"label,issued\nMS-3,2026-09-01\n", 2, "issued"},
		"bare cross":          {"label,encrypted\nMS-1,no\n", 2, "verified"},
		"bare tick":           {"label,encrypted\nMS-1,yes\n", 2, "verified"},
		"tick without method": {"label,encrypted,verified,verified by\nMS-1,yes,2026-09-01,X\n", 2, "encryption"},
		"neither yes nor no":  {"label,encrypted,verified,verified by,encryption\nMS-1,perhaps,2026-09-01,X,LUKS\n", 2, "encrypted"},
		"place without time":  {"label,place\nMS-1,hall\n", 2, "last seen"},
		"Excel's number":      {"label,serial\nMS-1,4.53E+15\n", 2, "serial"},
		"too many cells":      {"label,make\nMS-1,X\nMS-2,X,Y\n", 3, ""},
		"bare quote":          {"label,make\nMS-1,\"X\" Y\n", 2, ""},
		"open quote":          {"label,make\nMS-1,X\nMS-2,\"X\n", 3, ""},
		"odd character":       {"label,make\nMS-1,X\nMS-2,\xe9\x81\n", 3, "make"},
		"hidden character":    {"label,make\nMS-1,a\x07b\n", 2, "make"},
		"long":                {"label,make\nMS-1," + strings.Repeat("x", 201) + "\n", 2, "make"},
		"very long":           {"label,notes\nMS-1," + strings.Repeat("x", 20_000) + "\n", 2, "notes"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, o := range []devices.ImportOptions{{}, {DryRun: true}} {
				_, err := d.Import(ctx, ict, strings.NewReader(test.text), o)
				wrong := as[*devices.ImportError](err)
				if wrong == nil || len(wrong.Rows) == 0 {
					t.Fatalf("%v", err)
				}
				if row := wrong.Rows[0]; row.Line != test.line || row.Column != test.column {
					t.Errorf("line %d, column %q: %v", row.Line, row.Column, err)
				}
			}
		})
	}
	if d.events(t) != events || d.export(t) != before {
		t.Error("something was half-imported")
	}
	if held := must[devices.HolderPage](t)(d.Holders(ctx, devices.HolderQuery{All: true})); len(held.Holders) != 4 {
		t.Errorf("holders were half-imported: %d", len(held.Holders))
	}
}

func TestImportFileErrors(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	many := "label,kind\n" + strings.Repeat("X,phone\n", 200_001)
	for name, src := range map[string]io.Reader{
		"empty":         strings.NewReader(""),
		"only a mark":   strings.NewReader("\ufeff"),
		"too many rows": strings.NewReader(many),
		"too large":     io.LimitReader(endless("x"), 1<<40),
	} {
		if _, err := d.Import(ctx, ict, src, devices.ImportOptions{}); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := errors.New("drive is gone")
	if _, err := d.Import(ctx, ict, io.MultiReader(strings.NewReader("label,kind\nX,phone\n"), iotest.ErrReader(gone)), devices.ImportOptions{}); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.Import(over, ict, strings.NewReader("label,kind\nX,phone\n"), devices.ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d.events(t) != 0 {
		t.Error("something was half-imported")
	}
	var all strings.Builder
	all.WriteString("label,kind\n")
	for i := range 150 {
		fmt.Fprintf(&all, "X%d,toaster %d\n", i, i)
	}
	_, err := d.Import(ctx, ict, strings.NewReader(all.String()), devices.ImportOptions{})
	if wrong := as[*devices.ImportError](err); wrong == nil || len(wrong.Rows) != 1 || wrong.Rows[0].Count != 150 || len(wrong.Rows[0].Lines) != 150 || wrong.Rows[0].Line != 2 {
		t.Errorf("%v", err)
	}
}

type endless string

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e[i%len(e)]
	}
	return len(p), nil
}

func TestExportFails(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	everyState(t, d)
	gone := errors.New("drive is gone")
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(gone)
	if err := d.Export(ctx, writer, devices.DeviceQuery{}); !errors.Is(err, gone) {
		t.Error(err)
	}
	if err := d.Export(ctx, io.Discard, devices.DeviceQuery{Sort: "colour"}); as[*devices.InvalidError](err) == nil {
		t.Error(err)
	}
}

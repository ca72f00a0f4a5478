package store_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
)

func TestSmoke(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "a?b%c #d.db")
	s, err := store.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	r := devices.NewRegister(s, devices.Options{Clock: func() time.Time { return now }})
	h, err := r.AddHolder(ctx, "ict", devices.HolderDetails{Name: "Zoë Smith", Email: "zoe@school.example"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.AddDevice(ctx, "ict", devices.DeviceDetails{Kind: devices.MemoryStick, Label: "MS-0001", Serial: "ABC123"})
	if err != nil {
		t.Fatal(err)
	}
	d, err = r.Issue(ctx, "ict", d.ID, devices.LoanDetails{Holder: h.ID, Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", d)
	p, err := r.Devices(ctx, devices.DeviceQuery{Search: "zoe c12"})
	if err != nil || len(p.Devices) != 1 {
		t.Fatal(p, err)
	}
	if err := r.Check(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Check(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx, true); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.Backup(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Act(ctx, "ict", d.ID, devices.Lose, devices.Facts{}); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(ctx, path, &b); err != nil {
		t.Fatal(err)
	}
	d, err = r.Device(ctx, d.ID)
	if err != nil || d.State != devices.Issued {
		t.Fatal(d, err)
	}
	if err := s.Check(ctx, true); err != nil {
		t.Fatal(err)
	}
}

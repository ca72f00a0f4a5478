package store_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// TestDesks is what the database lets the logins of a trust of two sites see and
// do, through the program and past it.
func TestDesks(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	url := newPostgres(t, server)
	for login, duty := range map[string]store.Duty{"trust": store.TrustDuty, "north": store.SiteDuty, "auditor": store.AuditorDuty} {
		var sites []string
		if duty == store.SiteDuty {
			sites = []string{"North"}
		}
		if err := store.Allow(ctx, url, nil, login, duty, sites); err != nil {
			t.Fatal(err)
		}
	}
	at := func(login string) *devices.Register { return registerOn(openPostgres(t, server.As(login, url))) }
	trust, north, auditor := at("trust"), at("north"), at("auditor")
	ann := must[devices.Holder](t)(trust.AddHolder(ctx, ict, devices.HolderDetails{Name: "Ann", Site: "North"}))
	bob := must[devices.Holder](t)(trust.AddHolder(ctx, ict, devices.HolderDetails{Name: "Bob", Site: "South"}))
	far := add(t, trust, devices.DeviceDetails{Label: "S-1", Site: "South", Notes: "secretword"})
	far = must[devices.Device](t)(trust.Issue(ctx, ict, far.ID, devices.LoanDetails{Holder: bob.ID, Days: 3}))
	near := add(t, north, devices.DeviceDetails{Label: "N-1", Site: "North"})
	near = must[devices.Device](t)(north.Issue(ctx, ict, near.ID, devices.LoanDetails{Holder: ann.ID, Days: 3}))

	if got := find(t, trust, devices.DeviceQuery{}); !slices.Equal(got, []string{"N-1", "S-1"}) {
		t.Errorf("the trust sees %q", got)
	}
	if got := find(t, auditor, devices.DeviceQuery{}); !slices.Equal(got, []string{"N-1", "S-1"}) {
		t.Errorf("the auditor sees %q", got)
	}
	if got := find(t, north, devices.DeviceQuery{}); !slices.Equal(got, []string{"N-1"}) {
		t.Errorf("the site sees %q", got)
	}
	if got := find(t, north, devices.DeviceQuery{Search: "secretword"}); len(got) != 0 {
		t.Errorf("the site finds %q", got)
	}
	for _, e := range must[[]devices.Event](t)(north.Events(ctx, devices.EventQuery{})) {
		if e.Device == far.ID || e.Holder == bob.ID {
			t.Errorf("the site sees event %d", e.Number)
		}
	}
	if loans := must[[]devices.Loan](t)(north.Loans(ctx, devices.LoanQuery{})); len(loans) != 1 || loans[0].Device != near.ID {
		t.Errorf("the site sees the loans %v", loans)
	}

	before := must[devices.Tree](t)(trust.Tree(ctx))
	for name, try := range map[string]func() error{
		"the auditor adds": func() error {
			_, err := auditor.AddHolder(ctx, ict, devices.HolderDetails{Name: "X"})
			return err
		},
		"the site adds elsewhere": func() error {
			_, err := north.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: "X", Site: "South"})
			return err
		},
		"the site adds nowhere": func() error {
			_, err := north.AddDevice(ctx, ict, devices.DeviceDetails{Kind: devices.Phone, Label: "X"})
			return err
		},
		"the site gives away": func() error {
			d := near.DeviceDetails
			d.Site = "South"
			_, err := north.EditDevice(ctx, ict, near.ID, 0, d)
			return err
		},
		"the site edits others' people": func() error {
			_, err := north.EditHolder(ctx, ict, bob.ID, 0, devices.HolderDetails{Name: "Robert", Site: "South"})
			return err
		},
		"the site rebuilds": func() error { return north.Rebuild(ctx) },
		"the site verifies": func() error { _, err := north.VerifyLog(ctx, nil, nil); return err },
		"auditor's rebuild": func() error { return auditor.Rebuild(ctx) },
		"auditor's incident": func() error {
			return openPostgres(t, server.As("auditor", url)).Update(ctx, func(devices.Tx) error { return nil })
		},
	} {
		if err := try(); !errors.Is(err, store.ErrNotAllowed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := north.Act(ctx, ict, far.ID, devices.Lose, devices.Facts{}); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("the site loses another's device: %v", err)
	}
	if after := must[devices.Tree](t)(trust.Tree(ctx)); after != before {
		t.Error("what was refused has left events")
	}
	must[devices.Tree](t)(auditor.VerifyLog(ctx, nil, nil))

	for login, statements := range map[string][]string{
		"north": {
			"UPDATE stowage.events SET actor = 'x'", "DELETE FROM stowage.events", "SELECT * FROM stowage.blobs", "SELECT * FROM stowage.writer",
			"INSERT INTO stowage.desks VALUES ('north', 'trust')", "UPDATE stowage.desks SET duty = 'trust'", "SELECT stowage.mark_moved()",
			"DELETE FROM stowage.devices", "SET SESSION AUTHORIZATION trust", "SET ROLE stowage_trust",
		},
		"auditor": {"UPDATE stowage.devices SET notes = ''", "SELECT stowage.put_blob('a', 'b')", "SELECT stowage.begin_writing()"},
		"trust":   {"UPDATE stowage.events SET actor = 'x'", "DELETE FROM stowage.events", "TRUNCATE stowage.events"},
		"keeper":  {"UPDATE stowage.events SET actor = 'x'", "DELETE FROM stowage.events", "TRUNCATE stowage.events"},
	} {
		db := must[*sql.DB](t)(sql.Open("pgx", server.As(login, url)))
		defer db.Close()
		for _, statement := range statements {
			if _, err := db.ExecContext(ctx, statement); err == nil {
				t.Errorf("%s may %s", login, statement)
			}
		}
	}

	// A lost device is everybody's to recognise; a login that is gone sees nothing.
	must[devices.Device](t)(trust.Act(ctx, ict, far.ID, devices.Lose, devices.Facts{}))
	if d := must[devices.Device](t)(north.Device(ctx, far.ID)); d.State != devices.Lost {
		t.Error(d)
	}
	if err := store.Allow(ctx, url, nil, "north", "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := north.Devices(ctx, devices.DeviceQuery{}); !errors.Is(err, store.ErrNotSetUp) {
		t.Errorf("a login that was sent away: %v", err)
	}
	if err := trust.Check(ctx, nil); err != nil {
		t.Error(err)
	}
}

package store_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
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
			"INSERT INTO stowage.desks VALUES ('north', 'trust')", "UPDATE stowage.desks SET duty = 'trust'", "UPDATE stowage.writer SET moved = true", "SELECT notes FROM stowage.holders", "SELECT notes FROM stowage.devices", "SELECT hashes FROM stowage.events",
			"DELETE FROM stowage.devices", "SET SESSION AUTHORIZATION trust", "SET ROLE stowage_trust",
		},
		"auditor": {"UPDATE stowage.devices SET notes = ''", "SELECT stowage.begin_writing()"},
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

	pastProgram(t, server, url, ann, bob, near, far)

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

// pastProgram is what logins see and change with a program of their own: no more than
// with this one.
func pastProgram(t *testing.T, server *postgrestest.Server, url string, ann, bob devices.Holder, near, far devices.Device) {
	t.Helper()
	ctx := t.Context()
	for login, counts := range map[string]map[string]int{
		"north": {
			"SELECT count(*) FROM stowage.devices WHERE site = 'South'":                             0,
			"SELECT count(*) FROM stowage.devices WHERE site = 'North'":                             1,
			"SELECT count(*) FROM stowage.loans WHERE device_id = '" + far.ID + "'":                 0,
			"SELECT count(*) FROM stowage.loans":                                                    1,
			"SELECT count(*) FROM stowage.events WHERE device_id = '" + far.ID + "'":                0,
			"SELECT count(*) FROM stowage.events WHERE body LIKE '%secretword%'":                    0,
			"SELECT count(*) FROM stowage.device_words WHERE present LIKE '%secretword%'":           0,
			"SELECT count(*) FROM stowage.find_devices('''secretword'':*', false, NULL)":            0,
			"SELECT count(*) FROM stowage.find_devices('''secretword'':*', true, NULL)":             0,
			"SELECT count(*) FROM stowage.incidents":                                                0,
			"SELECT count(*) FROM stowage.desks":                                                    1,
			"SELECT count(*) FROM stowage.blob_digests()":                                           0,
			"SELECT count(*) FROM pg_stats WHERE schemaname = 'stowage' AND tablename <> 'version'": 0, // or values of others would be there
		},
		"auditor": {
			"SELECT count(*) FROM stowage.devices":                                       2,
			"SELECT count(*) FROM stowage.find_devices('''secretword'':*', false, NULL)": 1,
			"SELECT count(*) FROM stowage.loans":                                         2,
			"SELECT count(*) FROM stowage.desks":                                         1,
		},
		"trust": {"SELECT count(*) FROM stowage.devices": 2},
	} {
		db := must[*sql.DB](t)(sql.Open("pgx", server.As(login, url)))
		defer db.Close()
		for query, want := range counts {
			var got int
			if err := db.QueryRowContext(ctx, query).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s: %d, %v; want %d", login, query, got, err, want)
			}
		}
	}

	const columns = "id, version, kind, make, model, serial, capacity, label, site, notes, state, since, added, holder_name, due, encryption, seen, recovery, " +
		"label_key, serial_key, make_key, model_key, site_key, holder_key, state_rank, seen_at, verified_at"
	device := func(site string) string {
		return "INSERT INTO stowage.devices (" + columns + ") VALUES ('x', 1, 'phone', '', '', '', 0, '', '" + site +
			"', '', 'in stock', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, '', '')"
	}
	event := func(device string) string {
		return "INSERT INTO stowage.events (number, time, actor, kind, device_id, body, hashes) SELECT stowage.last_event() + 1, '', 'x', 'x', '" + device + "', '{}', ''"
	}
	for login, statements := range map[string][]string{
		"north": {
			device("South"), device(""), device("North"), event(far.ID), event(near.ID),
			"UPDATE stowage.devices SET notes = 'x' WHERE id = '" + far.ID + "'",
			"UPDATE stowage.devices SET site = 'South' WHERE id = '" + near.ID + "'",
			"UPDATE stowage.devices SET notes = 'x' WHERE id = '" + near.ID + "'",
			"UPDATE stowage.holders SET name = 'x' WHERE id = '" + bob.ID + "'",
			"UPDATE stowage.holders SET site = 'South' WHERE id = '" + ann.ID + "'",
			"UPDATE stowage.loans SET condition = 'x' WHERE device_id = '" + far.ID + "'",
			"UPDATE stowage.holder_words SET present = 'x' WHERE rowid = (SELECT row FROM stowage.holders WHERE id = '" + bob.ID + "')",
			"INSERT INTO stowage.device_words (rowid, present) VALUES (1000, 'x')",
			"INSERT INTO stowage.holder_keys (id, version, holder_id, class, recipient, status, reason, issued, ended) VALUES ('k', 1, '" + bob.ID + "', '', 'r', '', '', '', '')",
			"INSERT INTO stowage.incidents (id, version, state, aware, device_id, holder_id, record) VALUES ('i', 1, 'open', '', '" + far.ID + "', NULL, '{}')",
			"CREATE TABLE stowage.mine (x text)", "ALTER TABLE stowage.devices DISABLE ROW LEVEL SECURITY", "SET ROLE keeper",
		},
		"auditor": {
			device("North"), event(near.ID), "UPDATE stowage.devices SET notes = 'x'", "DELETE FROM stowage.devices", "UPDATE stowage.holders SET name = 'x'",
			"INSERT INTO stowage.checkpoints (note, size, root, seen, place, device) VALUES ('', 0, decode(repeat('00', 32), 'hex'), '', '', '')",
		},
	} {
		db := must[*sql.DB](t)(sql.Open("pgx", server.As(login, url)))
		defer db.Close()
		for _, statement := range statements {
			tx := must[*sql.Tx](t)(db.BeginTx(ctx, nil))
			done, err := tx.ExecContext(ctx, statement)
			if err == nil {
				if n := must[int64](t)(done.RowsAffected()); n > 0 || !strings.HasPrefix(statement, "UPDATE") { // it may change none instead
					t.Errorf("%s may %s", login, statement)
				}
			}
			if err := tx.Rollback(); err != nil {
				t.Error(err)
			}
		}
	}
	// The same are no errors to the owner, so that it is not for their grammar.
	db := must[*sql.DB](t)(sql.Open("pgx", url))
	defer db.Close()
	for _, statement := range []string{device("North"), event(near.ID), "UPDATE stowage.devices SET notes = 'x' WHERE id = '" + near.ID + "'"} {
		tx := must[*sql.Tx](t)(db.BeginTx(ctx, nil))
		done, err := tx.ExecContext(ctx, statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n := must[int64](t)(done.RowsAffected()); n != 1 {
			t.Errorf("%d rows: %s", n, statement)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

package devices_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
)

// sql runs statements on the register behind the program's back.
func (d *desk) sql(t testing.TB, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// dump returns everything in the tables that are made from events.
func (d *desk) dump(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{
		"holders", "devices", "loans", "incidents", "holder_keys", "key_places",
		"(SELECT rowid, * FROM device_words)", "(SELECT rowid, * FROM holder_words)",
	} {
		rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			all.WriteString(table)
			for i, v := range values {
				fmt.Fprintf(&all, " %s=%v", columns[i], *v.(*any))
			}
			all.WriteString("\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return all.String()
}

// week is a register in which every kind of event has happened. It is lived
// through once; then there are copies.
func week(t testing.TB) *desk {
	lived.Do(func() {
		d := liveThrough(t)
		var b bytes.Buffer
		if err := d.store.Backup(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		livedThrough, livedUntil = b.Bytes(), d.now
	})
	path := filepath.Join(t.TempDir(), "register.db")
	if err := os.WriteFile(path, livedThrough, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := &desk{store: s, path: path, now: livedUntil}
	d.Register = devices.NewRegister(s, devices.Options{Clock: func() time.Time { return d.now }})
	return d
}

var (
	lived        sync.Once
	livedThrough []byte
	livedUntil   time.Time
)

func liveThrough(t testing.TB) *desk {
	d, ctx := newDesk(t), t.Context()
	everyState(t, d)
	d.importCSV(t, "label,kind,state,holder,verified,verified by,encryption,encrypted\nLT-9,laptop,issued,Cat Fox,2026-09-01,X,LUKS,yes\nLT-8,laptop,retired,Cat Fox,,,,\n")
	ann := must[devices.Holder](t)(d.FindHolder(ctx, "ann@school.example"))
	stick := d.issued(t, "MS-77", ann, 10)
	must[devices.Device](t)(d.Extend(ctx, ict, stick.ID, 0, stick.Due.AddDate(0, 0, 3), "trip"))
	details := stick.DeviceDetails
	details.Label, details.Notes = "MS-78", "was MS-77"
	must[devices.Device](t)(d.EditDevice(ctx, ict, stick.ID, 0, details))
	d.act(t, stick.ID, devices.Return, devices.Facts{Condition: "scratched"})
	d.act(t, stick.ID, devices.Restock, devices.Facts{Note: "polished"})
	must[devices.Device](t)(d.StoreRecoveryCode(ctx, ict, stick.ID, []byte("opaque")))
	must[[]byte](t)(d.UseRecoveryCode(ctx, ict, stick.ID, "in person"))
	if err := d.RecordOpening(ctx, ict, devices.Opening{What: devices.OpenedStick, Device: stick.ID, Reason: "leaver handover"}); err != nil {
		t.Fatal(err)
	}
	old := must[devices.Key](t)(d.IssueKey(ctx, ict, devices.KeyDetails{Holder: ann.ID, Class: "hybrid", Recipient: "age1a"}))
	must[devices.Key](t)(d.PlaceKey(ctx, ict, old.ID, stick.ID))
	fresh := must[devices.Key](t)(d.IssueKey(ctx, ict, devices.KeyDetails{Holder: ann.ID, Class: "hybrid", Recipient: "age1b", Replaces: old.ID}))
	must[devices.Key](t)(d.RemoveKey(ctx, ict, old.ID, stick.ID))
	must[devices.Key](t)(d.RevokeKey(ctx, ict, fresh.ID, 0, "seen on a sticker"))
	person := ann.HolderDetails
	person.Name = "Ann Roy"
	must[devices.Holder](t)(d.EditHolder(ctx, ict, ann.ID, 0, person))
	liveThroughIncidents(t, d, stick.ID)
	must[devices.Holdings](t)(d.Leave(ctx, ict, ann.ID, 0, ""))
	must[devices.Holder](t)(d.Rejoin(ctx, ict, ann.ID, 0, ""))
	must[devices.Document](t)(d.SignDocument(ctx, ict, devices.DocumentDetails{Kind: devices.ReturnSigned, Device: stick.ID, Holder: ann.ID, Name: "Ann Roy", Text: "It is back."}))
	must[devices.Event](t)(d.RecordRestored(ctx, ict, devices.Restored{Backup: "backup.age", Unread: true},
		func(devices.Tree, [32]byte) ([]byte, error) { return []byte("signed"), nil }))
	return d
}

func TestWeekHasEveryKind(t *testing.T) {
	d := week(t)
	seen := map[devices.EventKind]bool{}
	for _, e := range must[[]devices.Event](t)(d.Events(t.Context(), devices.EventQuery{Limit: devices.MaxPage})) {
		seen[e.Kind] = true
	}
	for _, kind := range devices.EventKinds() {
		if !seen[kind] {
			t.Errorf("no event of kind %q", kind)
		}
	}
}

func TestRebuild(t *testing.T) {
	d, ctx := week(t), t.Context()
	d.check(t)
	before := d.dump(t)
	if err := d.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := d.dump(t); after != before {
		t.Errorf("was\n%s\nrebuilt as\n%s", before, after)
	}
	d.check(t)
	if err := d.store.Check(ctx, true); err != nil {
		t.Error(err)
	}

	// It mends what was damaged, and everything works on.
	d.sql(t, "PRAGMA foreign_keys = off", "DELETE FROM holder_keys", "UPDATE devices SET label = 'stolen', holder_id = NULL", "DELETE FROM device_words")
	if err := d.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := d.dump(t); after != before {
		t.Errorf("was\n%s\nrebuilt as\n%s", before, after)
	}
	d.stick(t, "MS-100")
	d.check(t)
}

func TestCheckNamesTheDifference(t *testing.T) {
	for name, test := range map[string]struct{ statement, record string }{
		"device edited":   {"UPDATE devices SET notes = 'nothing' WHERE row = 3", "device"},
		"device removed":  {"DELETE FROM devices WHERE row = 1", "device"},
		"state changed":   {"UPDATE devices SET state = 'in stock', state_rank = 0 WHERE state = 'lost'", "device"},
		"device added":    {"INSERT INTO devices SELECT 999, 'x', version, kind, make, model, 'x', capacity, 'x', site, notes, state, since, added, holder_id, holder_name, loan_id, due, encryption, seen, recovery, 'x', 'x', label_key, serial_key, make_key, model_key, site_key, holder_key, state_rank, seen_at, verified_at FROM devices WHERE row = 1", "device"},
		"holder edited":   {"UPDATE holders SET name = 'Nobody' WHERE row = 2", "holder"},
		"key un-revoked":  {"UPDATE holder_keys SET status = 'issued' WHERE status = 'revoked'", "key"},
		"key moved":       {"INSERT INTO key_places SELECT holder_keys.id, devices.id FROM holder_keys, devices LIMIT 1", "key"},
		"loan removed":    {"DELETE FROM loans WHERE row = 1", "loan"},
		"loan shortened":  {"UPDATE loans SET due = begun WHERE due <> ''", "loan"},
		"encryption tick": {`UPDATE devices SET encryption = '{"method":"LUKS","by":"me","at":"2026-01-01T00:00:00Z","encrypted":true}' WHERE encryption = ''`, "device"},
	} {
		t.Run(name, func(t *testing.T) {
			d := week(t)
			d.sql(t, "PRAGMA foreign_keys = off", test.statement)
			difference := as[*devices.DifferenceError](d.Check(t.Context(), nil))
			if difference == nil || difference.Record != test.record {
				t.Errorf("%v", d.Check(t.Context(), nil))
			}
		})
	}
}

func TestCheckNamesBadEvents(t *testing.T) {
	const open = "DROP TRIGGER events_stay; DROP TRIGGER events_remain;"
	for name, statement := range map[string]string{
		"removed":         "DELETE FROM events WHERE number = 5",
		"of another kind": "UPDATE events SET kind = 'device eaten' WHERE number = 5",
		"impossible":      "UPDATE events SET kind = 'loan extended' WHERE kind = 'device added' AND number = 3",
		"unknown field":   `UPDATE events SET body = '{"surprise":1}' WHERE number = 1`,
		"not JSON":        "UPDATE events SET body = 'x' WHERE number = 1",
		"no time":         "UPDATE events SET time = 'yesterday' WHERE number = 1",
		"not in UTC":      "UPDATE events SET time = '2026-09-07T08:30:00+01:00' WHERE number = 1",
		"huge":            `UPDATE events SET body = '{"details":{"name":"' || hex(zeroblob(100000)) || '"}}' WHERE number = 1`,
		"of nobody":       "UPDATE events SET holder_id = 'nobody' WHERE kind = 'device issued'",
	} {
		t.Run(name, func(t *testing.T) {
			d := week(t)
			d.sql(t, open+statement)
			err := d.Check(t.Context(), nil)
			newer := name == "of another kind" || name == "unknown field"
			if errors.Is(err, devices.ErrNewer) != newer || !newer && !errors.Is(err, devices.ErrCorrupt) && !errors.Is(err, devices.ErrNotFound) {
				t.Errorf("Check: %v", err)
			}
			before := d.dump(t)
			if err := d.Rebuild(t.Context()); err == nil {
				t.Error("rebuilt from bad events")
			}
			if d.dump(t) != before {
				t.Error("a failed rebuild left something")
			}
		})
	}
}

func TestEventsStay(t *testing.T) {
	d := week(t)
	db, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{"UPDATE events SET actor = 'x'", "DELETE FROM events", "DELETE FROM events WHERE number = 3"} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

func TestHostileDatabase(t *testing.T) {
	for name, statement := range map[string]string{
		"kind":              "UPDATE devices SET kind = 'T@aster'",
		"state":             "UPDATE devices SET state = ''",
		"time":              "UPDATE devices SET since = '2026-02-30T00:00:00Z'",
		"no time":           "UPDATE devices SET added = ''",
		"local time":        "UPDATE devices SET since = '2026-09-07T08:30:00+01:00'",
		"encryption":        "UPDATE devices SET encryption = '{'",
		"holder's time":     "UPDATE holders SET added = 'x'",
		"holder's name":     "UPDATE holders SET name = ''",
		"key's status":      "UPDATE holder_keys SET status = 'fine!'",
		"loan's outcome":    "UPDATE loans SET outcome = 'Eaten', ended = '2026-09-07T08:30:00Z'",
		"loan without end":  "UPDATE loans SET outcome = 'returned', ended = ''",
		"event's time":      "DROP TRIGGER events_stay; UPDATE events SET time = ''",
		"event's body":      "DROP TRIGGER events_stay; UPDATE events SET body = '{'",
		"state's rank":      "UPDATE devices SET state_rank = 99",
		"recovery code":     "UPDATE blobs SET content = x'00'",
		"text that is none": "UPDATE devices SET seen = CAST(x'ff' AS TEXT)",
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := week(t), t.Context()
			stick := must[devices.Device](t)(d.FindDevice(ctx, "MS-78"))
			d.sql(t, statement)
			var errs []error
			_, err := d.Devices(ctx, devices.DeviceQuery{})
			errs = append(errs, err)
			_, err = d.Holders(ctx, devices.HolderQuery{})
			errs = append(errs, err)
			_, err = d.Keys(ctx, devices.KeyQuery{})
			errs = append(errs, err)
			_, err = d.Loans(ctx, devices.LoanQuery{})
			errs = append(errs, err)
			_, err = d.Events(ctx, devices.EventQuery{})
			errs = append(errs, err)
			_, err = d.CountDevices(ctx, devices.DeviceQuery{})
			errs = append(errs, err)
			if name == "recovery code" {
				_, err = d.UseRecoveryCode(ctx, ict, stick.ID, "in person")
				errs = append(errs, err)
			}
			if err := errors.Join(errs...); !errors.Is(err, devices.ErrCorrupt) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestNewerValues reads words and fields that only a later version can have written:
// that is no damage, for which somebody would go back to a backup and lose events.
func TestNewerValues(t *testing.T) {
	for name, statement := range map[string]string{
		"kind":       "UPDATE devices SET kind = 'toaster'",
		"state":      "UPDATE devices SET state = 'melted'",
		"encryption": `UPDATE devices SET encryption = '{"method":"x","tick":true}'`,
		"status":     "UPDATE holder_keys SET status = 'fine'",
		"incident":   `UPDATE incidents SET state = 'appealed', record = json_set(record, '$.state', 'appealed') WHERE state <> 'merged'`,
		"field":      `UPDATE incidents SET record = json_set(record, '$.insurer', 'X') WHERE state <> 'merged'`,
		"outcome":    "UPDATE loans SET outcome = 'eaten', ended = '2026-09-07T08:30:00Z'",
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := week(t), t.Context()
			d.sql(t, statement)
			_, deviceErr := d.Devices(ctx, devices.DeviceQuery{})
			_, keyErr := d.Keys(ctx, devices.KeyQuery{})
			_, loanErr := d.Loans(ctx, devices.LoanQuery{})
			_, incidentErr := d.Incidents(ctx, devices.IncidentQuery{})
			err := errors.Join(deviceErr, keyErr, loanErr, incidentErr)
			if !errors.Is(err, devices.ErrNewer) || errors.Is(err, devices.ErrCorrupt) {
				t.Errorf("%v", err)
			}
			// No event says so: it was written by other means, and is made good from the events.
			if _, ok := errors.AsType[*devices.DifferenceError](d.Check(ctx, nil)); !ok {
				t.Errorf("compared with the events: %v", d.Check(ctx, nil))
			}
			if err := errors.Join(d.Rebuild(ctx), d.Check(ctx, nil)); err != nil {
				t.Error(err)
			}
		})
	}
}

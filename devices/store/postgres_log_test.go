package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// sqlOn runs statements past the program.
func sqlOn(t testing.TB, url string, statements ...string) {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("pgx", url))
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestPostgresTampered changes events as only the database's owner can, who switches
// off what keeps others from it: verifying names the first that does not fit.
func TestPostgresTampered(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	for change, want := range map[string]struct {
		first  int64
		reason devices.TamperReason
	}{
		"UPDATE stowage.events SET actor = 'x' WHERE number = 7":       {7, devices.TamperChanged},
		"UPDATE stowage.events SET body = '{' WHERE number = 9":        {9, devices.TamperChanged},
		"UPDATE stowage.events SET time = 'noon' WHERE number = 11":    {11, devices.TamperChanged},
		"UPDATE stowage.events SET hashes = '' WHERE number = 12":      {12, devices.TamperChanged},
		"UPDATE stowage.events SET holder_id = 'x' WHERE number = 13":  {13, devices.TamperChanged},
		"DELETE FROM stowage.events WHERE number = 8":                  {8, devices.TamperMissing},
		"DELETE FROM stowage.events WHERE number BETWEEN 10 AND 12":    {10, devices.TamperMissing},
		"UPDATE stowage.events SET number = 1000000 WHERE number = 14": {14, devices.TamperMissing},
	} {
		url := newPostgres(t, server)
		r := registerOn(openPostgres(t, url))
		fill(t, r, 20)
		must[devices.Tree](t)(r.VerifyLog(t.Context(), nil, nil))
		sqlOn(t, url, "ALTER TABLE stowage.events DISABLE TRIGGER ALL", change)
		_, err := r.VerifyLog(t.Context(), nil, nil)
		if found := (*devices.TamperError)(nil); !errors.As(err, &found) || found.First != want.first || found.Reason != want.reason {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// TestPostgresNumbers adds events past the program: those that are not the next are
// refused, alone and in the middle of many.
func TestPostgresNumbers(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	url := newPostgres(t, server)
	fill(t, registerOn(openPostgres(t, url)), 5)
	db := must[*sql.DB](t)(sql.Open("pgx", url))
	defer db.Close()
	var last int64
	if err := db.QueryRowContext(t.Context(), "SELECT max(number) FROM stowage.events").Scan(&last); err != nil {
		t.Fatal(err)
	}
	const insert = "INSERT INTO stowage.events (number, time, actor, kind, body, hashes) SELECT n, '2026-09-07T08:30:00Z', 'x', 'x', '{}', '' FROM "
	for from, good := range map[string]bool{
		fmt.Sprintf("generate_series(%d, %d) AS n", last+2, last+2):               false,
		fmt.Sprintf("generate_series(%d, %d, 2) AS n", last+1, last+5):            false,
		fmt.Sprintf("unnest(ARRAY[%d, %d]) AS n", last+1, last+1):                 false,
		fmt.Sprintf("unnest(ARRAY[%d, %d, %d]) AS n", last+1, last+2, last+4):     false,
		fmt.Sprintf("unnest(ARRAY[%d, %d, %d]) AS n", last+3, last+1, last+2):     true,
		fmt.Sprintf("generate_series(%d, %d) AS n WHERE n < 0", last+1, last+100): true,
	} {
		tx := must[*sql.Tx](t)(db.BeginTx(t.Context(), nil))
		if _, err := tx.ExecContext(t.Context(), insert+from); (err == nil) != good {
			t.Errorf("%s: %v", from, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// copyTables copies all rows, of the columns that both have.
func copyTables(t testing.TB, from, to string) {
	t.Helper()
	ctx := t.Context()
	source, target := must[*sql.DB](t)(sql.Open("pgx", from)), must[*sql.DB](t)(sql.Open("pgx", to))
	defer source.Close()
	defer target.Close()
	tx := must[*sql.Tx](t)(target.BeginTx(ctx, nil))
	defer tx.Rollback() //nolint:errcheck // nothing is left of it after a commit
	for _, table := range []string{"events", "holders", "devices", "loans", "device_words", "holder_words"} {
		var rows, columns string
		query := "SELECT json_agg(t) FROM (SELECT * FROM stowage." + table + " ORDER BY 1) AS t"
		if err := source.QueryRowContext(ctx, query).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		query = "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_schema = 'stowage' AND table_name = $1 AND is_generated = 'NEVER'"
		if err := tx.QueryRowContext(ctx, query, table).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		query = fmt.Sprintf("INSERT INTO stowage.%[1]s (%[2]s) OVERRIDING SYSTEM VALUE SELECT %[2]s FROM json_populate_recordset(NULL::stowage.%[1]s, $1)", table, columns)
		if _, err := tx.ExecContext(ctx, query, rows); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// TestPostgresLanded brings a register up to this version that its first users wrote, and
// goes on with it: the owner, ICT of the trust, of a site, and an auditor.
func TestPostgresLanded(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	url := server.Database(t)
	for login, role := range map[string]string{"trust": "stowage_trust", "north": "stowage_site", "auditor": "stowage_auditor"} {
		sqlOn(t, url, "CREATE ROLE "+role, "CREATE ROLE "+login+" LOGIN", "GRANT "+role+" TO "+login)
	}
	dump := must[[]byte](t)(os.ReadFile("testdata/postgres-3.sql"))
	sqlOn(t, url+"&default_query_exec_mode=simple_protocol", string(dump))
	if err := store.SetUpPostgres(ctx, url, nil); err != nil {
		t.Fatal(err)
	}
	s := openPostgres(t, url)
	tree := must[devices.Tree](t)(registerOn(s).VerifyLog(ctx, nil, nil))
	if root := fmt.Sprintf("%x", tree.Root[:]); tree.Size != 22 || root != "924d158ce51ac1819a9bd6bd57b9b80ab13af1cb03e8d012588575f963d61734" {
		t.Errorf("%d %s", tree.Size, root)
	}
	if err := errors.Join(s.Check(ctx, true), registerOn(s).Check(ctx, nil)); err != nil {
		t.Error(err)
	}
	trust, north := registerOn(openPostgres(t, server.As("trust", url))), registerOn(openPostgres(t, server.As("north", url)))
	far, near := must[devices.Device](t)(trust.FindDevice(ctx, "S-1")), must[devices.Device](t)(north.FindDevice(ctx, "N-1"))
	if code := must[[]byte](t)(trust.UseRecoveryCode(ctx, ict, far.ID, "by face")); string(code) != "ciphertext for "+far.ID {
		t.Errorf("%q", code)
	}
	if code := must[[]byte](t)(north.UseRecoveryCode(ctx, ict, near.ID, "by face")); string(code) != "ciphertext for "+near.ID {
		t.Errorf("%q", code)
	}
	must[devices.Device](t)(north.Act(ctx, ict, near.ID, devices.Return, devices.Facts{Condition: "good"}))
	incident := must[[]devices.Incident](t)(trust.Incidents(ctx, devices.IncidentQuery{}))[0]
	must[devices.Incident](t)(trust.CloseIncident(ctx, ict, incident.ID, incident.Version, "none"))
	if documents := must[[]devices.Document](t)(trust.Documents(ctx, far.ID, "")); len(documents) != 1 {
		t.Error(documents)
	} else if content := must[devices.DocumentContent](t)(trust.DocumentContent(ctx, documents[0])); content.Text != "The rules" {
		t.Error(content)
	}
	must[devices.Tree](t)(registerOn(openPostgres(t, server.As("auditor", url))).VerifyLog(ctx, []devices.Witness{{Tree: tree}}, nil))
	if err := registerOn(s).Check(ctx, nil); err != nil {
		t.Error(err)
	}
}

// TestPostgresUpgrade brings a database of each older version up to this one, with all
// that was in it: not before its owner asks for it, and never one of a newer version.
func TestPostgresUpgrade(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx := t.Context()
	sourceURL := newPostgres(t, server)
	source := openPostgres(t, sourceURL)
	lately := create(t, filepath.Join(t.TempDir(), "register.db"))
	fill(t, registerOn(lately), 40)
	withoutLogins(t, lately, source)
	want := must[devices.Tree](t)(registerOn(source).Tree(ctx))
	url := server.Database(t)
	sqlOn(t, url, "CREATE SCHEMA stowage", "CREATE TABLE stowage.version (number integer NOT NULL)", "INSERT INTO stowage.version VALUES (2)")
	for _, name := range []string{"0001_register", "0002_desks"} {
		text := must[[]byte](t)(os.ReadFile("postgres/" + name + ".sql"))
		sqlOn(t, url+"&search_path=stowage&default_query_exec_mode=simple_protocol", string(text))
	}
	older := find(t, registerOn(source), devices.DeviceQuery{Sort: devices.ByHolder})
	copyTables(t, sourceURL, url)
	if _, err := store.OpenPostgres(ctx, url, nil); !errors.Is(err, store.ErrNotSetUp) {
		t.Errorf("an older database opened: %v", err)
	}
	if err := store.SetUpPostgres(ctx, url, nil); err != nil {
		t.Fatal(err)
	}
	s := openPostgres(t, url)
	if got := must[devices.Tree](t)(registerOn(s).VerifyLog(ctx, nil, nil)); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if err := errors.Join(s.Check(ctx, true), registerOn(s).Check(ctx, nil)); err != nil {
		t.Error(err)
	}
	if got := find(t, registerOn(s), devices.DeviceQuery{Sort: devices.ByHolder}); !slices.Equal(got, older) {
		t.Errorf("%q, want %q", got, older)
	}
	if got, want := find(t, registerOn(s), devices.DeviceQuery{Search: "d-0"}), find(t, registerOn(source), devices.DeviceQuery{Search: "d-0"}); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	sqlOn(t, url, "UPDATE stowage.version SET number = 1000")
	if err := store.SetUpPostgres(ctx, url, nil); !errors.Is(err, store.ErrNewer) {
		t.Errorf("a newer database: %v", err)
	}
}

// TestPostgresNewerValues reads words and fields that only a later version can have written:
// that is no damage on a server either.
func TestPostgresNewerValues(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx, url := t.Context(), newPostgres(t, server)
	r := registerOn(openPostgres(t, url))
	h := must[devices.Holder](t)(r.AddHolder(ctx, ict, devices.HolderDetails{Name: "Ann"}))
	d := add(t, r, devices.DeviceDetails{Label: "MS-1"})
	must[devices.Device](t)(r.Issue(ctx, ict, d.ID, devices.LoanDetails{Holder: h.ID}))
	must[devices.Key](t)(r.IssueKey(ctx, ict, devices.KeyDetails{Holder: h.ID, Class: "hybrid", Recipient: "age1x"}))
	must[devices.Incident](t)(r.OpenIncident(ctx, ict, d.ID, "", devices.IncidentDetails{Kind: devices.WasLost}))
	read := func() error {
		_, deviceErr := r.Devices(ctx, devices.DeviceQuery{})
		_, keyErr := r.Keys(ctx, devices.KeyQuery{})
		_, loanErr := r.Loans(ctx, devices.LoanQuery{})
		_, incidentErr := r.Incidents(ctx, devices.IncidentQuery{})
		_, allErr := r.Incidents(ctx, devices.IncidentQuery{States: devices.IncidentStates()})
		if (incidentErr == nil) != (allErr == nil) {
			t.Errorf("incidents: %v, but of all states: %v", incidentErr, allErr)
		}
		return errors.Join(deviceErr, keyErr, loanErr, incidentErr)
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	for table, columns := range map[string]map[string]string{
		"devices":     {"kind": "'toaster'", "state": "'melted'", "encryption": `'{"method":"x","tick":true}'`},
		"holder_keys": {"status": "'fine'"},
		"loans":       {"outcome": "'eaten', ended = '2026-09-07T08:30:00Z'"},
		"incidents": {
			"state":  `'appealed', record = replace(record, '"state":"open"', '"state":"appealed"')`,
			"record": `replace(record, '"state":"open"', '"insurer":"X","state":"open"')`,
		},
	} {
		for column, value := range columns {
			sqlOn(t, url, "CREATE TABLE kept AS SELECT * FROM stowage."+table, "UPDATE stowage."+table+" SET "+column+" = "+value)
			if err := read(); !errors.Is(err, devices.ErrNewer) || errors.Is(err, devices.ErrCorrupt) {
				t.Errorf("%s.%s: %v", table, column, err)
			}
			back := "UPDATE stowage." + table + " AS now SET " + column + " = kept." + column
			for _, other := range []string{"ended", "record"} {
				if column != other && strings.Contains(value, ", "+other) {
					back += ", " + other + " = kept." + other
				}
			}
			sqlOn(t, url, back+" FROM kept WHERE kept.id = now.id", "DROP TABLE kept")
			if err := read(); err != nil {
				t.Fatalf("%s.%s is not as before: %v", table, column, err)
			}
		}
	}
	sqlOn(t, url, `INSERT INTO stowage.events (number, time, actor, kind, body, hashes)
		SELECT number + 1, time, actor, 'device repaired', '{}', hashes FROM stowage.events ORDER BY number DESC LIMIT 1`)
	if err := r.Rebuild(ctx); !errors.Is(err, devices.ErrNewer) || errors.Is(err, devices.ErrCorrupt) {
		t.Errorf("an event: %v", err)
	}
}

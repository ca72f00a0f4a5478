package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// A trust is a register of two sites on a server, with a login for every duty.
type trust struct {
	server *postgrestest.Server
	url    string
	logins []string
	values map[string][]string // hostile and honest arguments, by their type
	north  devices.Device
	south  devices.Device
	code   string // the digest of the south's recovery code
}

func newTrust(t *testing.T) trust {
	t.Helper()
	ctx := t.Context()
	tr := trust{server: postgrestest.Start(t), logins: []string{"north", "trust", "auditor", "nobody"}}
	t.Cleanup(tr.server.Stop)
	tr.url = newPostgres(t, tr.server)
	for login, duty := range map[string]store.Duty{"trust": store.TrustDuty, "north": store.SiteDuty, "south": store.SiteDuty, "auditor": store.AuditorDuty} {
		var sites []string
		if duty == store.SiteDuty {
			sites = []string{strings.ToUpper(login[:1]) + login[1:]}
		}
		if err := store.Allow(ctx, tr.url, nil, login, duty, sites); err != nil {
			t.Fatal(err)
		}
	}
	sqlOn(t, tr.url, "CREATE ROLE nobody LOGIN")
	r := registerOn(openPostgres(t, tr.server.As("trust", tr.url)))
	live := func(site, label string) (devices.Device, devices.Holder, devices.Key, devices.Incident) {
		h := must[devices.Holder](t)(r.AddHolder(ctx, ict, devices.HolderDetails{Name: site + " holder", Site: site, Notes: "secret" + site}))
		d := add(t, r, devices.DeviceDetails{Label: label, Site: site, Notes: "hidden" + site})
		must[devices.Device](t)(r.Issue(ctx, ict, d.ID, devices.LoanDetails{Holder: h.ID}))
		k := must[devices.Key](t)(r.IssueKey(ctx, ict, devices.KeyDetails{Holder: h.ID, Class: "hybrid", Recipient: "age1" + site}))
		must[devices.Key](t)(r.PlaceKey(ctx, ict, k.ID, d.ID))
		must[devices.Document](t)(r.SignDocument(ctx, ict, devices.DocumentDetails{Kind: devices.RulesAccepted, Device: d.ID, Name: h.Name, Text: "The rules"}))
		i := must[devices.Incident](t)(r.OpenIncident(ctx, ict, d.ID, "", devices.IncidentDetails{Kind: devices.WasLost}))
		must[devices.Incident](t)(r.SetListing(ctx, ict, i.ID, []byte("listing "+site), time.Time{}))
		return must[devices.Device](t)(r.StoreRecoveryCode(ctx, ict, d.ID, []byte("code "+site))), h, k, i
	}
	north, ann, annsKey, here := live("North", "N-1")
	south, bob, bobsKey, there := live("South", "S-1")
	tr.north, tr.south, tr.code = north, south, south.Recovery.Digest

	q := func(texts ...string) []string {
		for i, text := range texts {
			texts[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
		return append(texts, "NULL", "''", "'x'", "repeat('x', 300)", `E'\x01\u202e'`, "'''; DROP TABLE stowage.events; --'")
	}
	ids := []string{north.ID, south.ID, ann.ID, bob.ID, annsKey.ID, bobsKey.ID, here.ID, there.ID, north.Loan, south.Loan, "new"}
	tr.values = map[string][]string{
		"text":    q(append(ids, tr.code, "ann", "'secretsouth':*", "North", "South", "2026-09-01T00:00:00Z")...),
		"bigint":  {"NULL", "0", "1", "2", "-1", "9223372036854775807", "(SELECT max(number) + 1 FROM stowage.events)"},
		"boolean": {"NULL", "true", "false"},
		"bytea":   {"NULL", "''::bytea", `'\x00'::bytea`, "decode(repeat('00', 32), 'hex')", "convert_to('code South', 'UTF8')"},
		"bytea[]": {"NULL", "ARRAY[]::bytea[]", "ARRAY[convert_to('code South', 'UTF8'), convert_to('The rules', 'UTF8'), convert_to('mine', 'UTF8')]"},
		"jsonb":   {"NULL", "'{}'", "'[]'", `'{"device":{"present":"x","past":"y","label_fold":"s-1"},"holder":{"present":"x","name_fold":"s"}}'`},
	}
	return tr
}

// tables are all that the schema holds, and functions with the types of their arguments.
func (tr trust) tables(t *testing.T) (tables []string, functions map[string][]string) {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("pgx", tr.url))
	defer db.Close()
	list := func(query string, fn func(name, more string)) {
		rows := must[*sql.Rows](t)(db.QueryContext(t.Context(), query))
		defer rows.Close()
		for rows.Next() {
			var name, more string
			if err := rows.Scan(&name, &more); err != nil {
				t.Fatal(err)
			}
			fn(name, more)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	list("SELECT relname, '' FROM pg_class WHERE relnamespace = 'stowage'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S')", func(name, _ string) { tables = append(tables, name) })
	functions = map[string][]string{}
	list(`SELECT p.oid::regprocedure::text, coalesce(string_agg(format_type(a, NULL), ',' ORDER BY n), '') FROM pg_proc p
		LEFT JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY AS u (a, n) ON true WHERE pronamespace = 'stowage'::regnamespace GROUP BY p.oid`,
		func(name, types string) {
			name, _, _ = strings.Cut(name, "(")
			if functions[name] = nil; types != "" {
				functions[name] = strings.Split(types, ",")
			}
		})
	return tables, functions
}

// succeeds runs a statement that must change nothing, and says whether it did.
func succeeds(t *testing.T, db *sql.DB, statement string) bool {
	t.Helper()
	done, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		return false
	}
	n, err := done.RowsAffected()
	return err == nil && (n > 0 || strings.HasPrefix(statement, "TRUNCATE") || strings.HasPrefix(statement, "ALTER") || strings.HasPrefix(statement, "DROP"))
}

// healthy is that the register verifies, and that another desk writes.
func (tr trust) healthy(t *testing.T) devices.Tree {
	t.Helper()
	ctx := t.Context()
	s := openPostgres(t, tr.url)
	r := registerOn(s)
	tree := must[devices.Tree](t)(r.VerifyLog(ctx, nil, nil))
	if err := r.Check(ctx, nil); err != nil {
		t.Error(err)
	}
	if err := s.Check(ctx, true); err != nil {
		t.Error(err)
	}
	south := registerOn(openPostgres(t, tr.server.As("south", tr.url)))
	must[devices.Device](t)(south.CheckIn(ctx, ict, tr.south.ID, devices.Sighting{Place: "office"}))
	return tree
}

// TestAttackPostgresTables tries every verb on every table and function's definition, as every duty.
func TestAttackPostgresTables(t *testing.T) {
	tr := newTrust(t)
	tables, functions := tr.tables(t)
	before := tr.healthy(t)
	tried := 0
	for _, login := range tr.logins {
		db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As(login, tr.url)))
		defer db.Close()
		var statements []string
		for _, table := range tables {
			name := "stowage." + table
			statements = append(statements, "INSERT INTO "+name+" DEFAULT VALUES", "INSERT INTO "+name+" SELECT * FROM "+name, "DELETE FROM "+name, "TRUNCATE "+name+" CASCADE",
				"DROP TABLE "+name, "ALTER TABLE "+name+" OWNER TO "+login, "ALTER TABLE "+name+" DISABLE TRIGGER ALL", "ALTER TABLE "+name+" DISABLE ROW LEVEL SECURITY",
				"CREATE TRIGGER t BEFORE INSERT ON "+name+" FOR EACH ROW EXECUTE FUNCTION stowage.events_stay()",
				"CREATE RULE r AS ON INSERT TO "+name+" DO INSTEAD NOTHING", "LOCK TABLE "+name+" IN ROW SHARE MODE", "LOCK TABLE "+name+" IN EXCLUSIVE MODE", "SELECT 1 FROM "+name+" FOR UPDATE",
				"SELECT setval('"+name+"', 1)", "MERGE INTO "+name+" USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE")
			for _, column := range tr.columns(t, table) {
				statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = %s", name, column, column))
			}
		}
		for name := range functions {
			statements = append(statements, "DROP FUNCTION "+name, "ALTER FUNCTION "+name+" SECURITY INVOKER", "CREATE OR REPLACE FUNCTION "+name+"() RETURNS void LANGUAGE sql AS 'SELECT 1'")
		}
		statements = append(statements, "CREATE TABLE stowage.mine (x text)", "CREATE FUNCTION stowage.my_sites() RETURNS text[] LANGUAGE sql AS 'SELECT NULL'", "DROP SCHEMA stowage CASCADE",
			"SET ROLE keeper", "SET SESSION AUTHORIZATION keeper", "GRANT keeper TO "+login, "ALTER ROLE "+login+" SUPERUSER", "GRANT ALL ON ALL TABLES IN SCHEMA stowage TO "+login)
		for _, statement := range statements {
			tried++
			if strings.HasPrefix(statement, "SELECT") || strings.HasPrefix(statement, "LOCK") || strings.HasPrefix(statement, "SET") || strings.HasPrefix(statement, "GRANT") || strings.HasPrefix(statement, "CREATE") {
				if _, err := db.ExecContext(t.Context(), statement); err == nil && !harmless(statement) {
					t.Errorf("%s may %s", login, statement)
				}
				continue
			}
			if succeeds(t, db, statement) {
				t.Errorf("%s may %s", login, statement)
			}
		}
	}
	if after := tr.healthy(t); after.Size != before.Size+1 { // the check-in of healthy itself
		t.Errorf("%d events after %d", after.Size, before.Size)
	}
	t.Logf("%d statements tried", tried)
}

// harmless are statements that the server takes with a warning, as it has nothing to do.
func harmless(statement string) bool { return strings.HasPrefix(statement, "GRANT ALL ON ALL TABLES") }

func (tr trust) columns(t *testing.T, table string) []string {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("pgx", tr.url))
	defer db.Close()
	rows := must[*sql.Rows](t)(db.QueryContext(t.Context(), "SELECT column_name FROM information_schema.columns WHERE table_schema = 'stowage' AND table_name = $1", table))
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// TestAttackPostgresFunctions calls every function with hostile arguments, as every duty.
func TestAttackPostgresFunctions(t *testing.T) {
	tr := newTrust(t)
	_, functions := tr.tables(t)
	tr.healthy(t)
	may := map[string]string{
		"sees_all": "trust north auditor", "my_sites": "trust north auditor", "my_duty": "trust north auditor", "mine_device": "trust north auditor",
		"mine_holder": "trust north auditor", "mine_words": "trust north auditor", "notes_of_device": "trust north auditor", "recovery_of_device": "trust north auditor",
		"notes_of_holder": "trust north auditor", "read_blob": "trust north auditor", "blob_digests": "trust north auditor", "last_event": "trust north auditor",
		"log_hashes": "trust north auditor", "find_devices": "trust north auditor", "find_holders": "trust north auditor", "instr": "trust north auditor", "terms_of": "trust north auditor",
		"begin_writing": "trust north", "record_event": "trust north", "put_witness": "trust north",
	}
	tried := 0
	for _, login := range tr.logins {
		db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As(login, tr.url)))
		defer db.Close()
		for name, types := range functions {
			short := strings.TrimPrefix(name, "stowage.")
			for _, args := range tr.arguments(types, 60) {
				tried++
				_, err := db.ExecContext(t.Context(), "SELECT stowage."+short+"("+strings.Join(args, ", ")+")")
				if err == nil && !strings.Contains(" "+may[short]+" ", " "+login+" ") {
					t.Errorf("%s may call %s(%s)", login, short, strings.Join(args, ", "))
				}
			}
		}
	}
	tr.healthy(t)
	t.Logf("%d calls tried", tried)
}

// arguments are lists of arguments of these types, at most so many: each value at its place
// at least once, beside the others in turn.
func (tr trust) arguments(types []string, most int) [][]string {
	if len(types) == 0 {
		return [][]string{nil}
	}
	longest := 0
	for _, typ := range types {
		longest = max(longest, len(tr.valuesOf(typ)))
	}
	var all [][]string
	for shift := range len(types) + 1 {
		for i := range longest {
			args := make([]string, len(types))
			for j, typ := range types {
				values := tr.valuesOf(typ)
				args[j] = values[(i+j*shift)%len(values)] + "::" + typ
			}
			if all = append(all, args); len(all) == most {
				return all
			}
		}
	}
	return all
}

func (tr trust) valuesOf(typ string) []string {
	if values, ok := tr.values[typ]; ok {
		return values
	}
	return []string{"NULL"}
}

// TestAttackPostgresEvents records events of every kind with hostile ids and bodies as
// the north's desk and the trust's: none is about the south's device, person, key or incident by
// the north, and whatever is taken follows from the log.
func TestAttackPostgresEvents(t *testing.T) {
	tr := newTrust(t)
	tr.healthy(t)
	ctx := t.Context()
	owner := must[*sql.DB](t)(sql.Open("pgx", tr.url))
	defer owner.Close()
	var bobs, souths, incident, key string
	if err := owner.QueryRowContext(ctx, "SELECT holder_id, (SELECT id FROM stowage.incidents WHERE device_id = $1), (SELECT key_id FROM stowage.key_places WHERE device_id = $1) FROM stowage.devices WHERE id = $1",
		tr.south.ID).Scan(&bobs, &incident, &key); err != nil {
		t.Fatal(err)
	}
	souths = tr.south.ID
	details := `"details":{"kind":"phone","label":"X","site":"%s"}`
	bodies := []string{
		`{}`, `null`, `[]`, `"x"`, `{"note":"x"}`, `{"note":1}`, `{"note":"a","note":"b"}`, `{"unknown":1}`, `{"note":null}`, `{"note":"` + strings.Repeat("x", 5000) + `"}`,
		`{"details":{"name":"Mallory","site":"North"}}`, `{"details":{"name":"Mallory","site":"South"}}`, `{"details":{"name":""}}`,
		"{" + fmt.Sprintf(details, "North") + "}", "{" + fmt.Sprintf(details, "South") + "}", `{"details":{"kind":"toaster","label":"X","site":"North"}}`,
		"{" + fmt.Sprintf(details, "North") + `,"since":"2026-01-01T00:00:00Z","state":"issued","from":"2026-01-01T00:00:00Z"}`,
		`{"from":"2026-01-01T00:00:00Z"}`, `{"from":"0001-01-01T00:00:00Z"}`, `{"from":"yesterday"}`, `{"due":"2027-01-01T00:00:00Z"}`,
		`{"method":"m","by":"b","at":"2026-01-01T00:00:00Z","encrypted":true}`, `{"at":"2026-01-01T00:00:00Z","stick":"s","older":true,"sequence":99}`,
		`{"class":"hybrid","recipient":"age1mine"}`, `{"reason":"x"}`, `{"digest":"` + tr.code + `"}`, `{"digest":"x"}`,
		`{"document":"rules accepted","name":"x","signed":"2026-01-01T00:00:00Z","text":"` + tr.code + `"}`,
		`{"reason":"x","what":"stick"}`, `{"incident":"` + incident + `","why":"x"}`, `{"incident":"` + incident + `","lessons":"x"}`, `{"incident":"new","details":{"kind":"lost","aware":"2026-01-01T00:00:00Z"}}`,
		`{"incident":"` + incident + `","details":{"kind":"lost","aware":"2026-01-01T00:00:00Z"}}`, `{"incident":"` + incident + `","into":"new"}`, `{"incident":"` + incident + `","listing":"` + tr.code + `","listed":"2026-01-01T00:00:00Z"}`,
		`{"incident":"` + incident + `","decision":{"notify":"no","why":"x","by":"x","at":"2026-01-01T00:00:00Z"}}`,
	}
	northHolder, northLoan := tr.north.Holder, tr.north.Loan
	ids := [][4]string{ // device, holder, key, loan
		{tr.north.ID},
		{souths},
		{"", bobs},
		{"", northHolder},
		{tr.north.ID, bobs},
		{souths, northHolder},
		{tr.north.ID, northHolder, "", northLoan},
		{tr.north.ID, bobs, "", "loan"},
		{tr.north.ID, bobs, key},
		{tr.north.ID, northHolder, key},
		{souths, bobs, key},
		{"", bobs, key},
		{"", northHolder, "newkey"},
		{"fresh"},
		{"fresh2", northHolder, "", "loan2"},
		{"fresh3", bobs, "", "loan3"},
		{},
		{"", "newholder"},
		{"no such device", "no such person", "no such key", "no such loan"},
	}
	tried, taken := 0, map[string]int{}
	for _, login := range []string{"north", "auditor", "trust"} {
		db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As(login, tr.url)))
		defer db.Close()
		for _, kind := range append(devices.EventKinds(), "made up", "") {
			for _, id := range ids {
				for i, body := range bodies {
					if login != "north" && i%3 != 0 { // whose sites do not matter
						continue
					}
					tried++
					null := func(text string) any {
						if text == "" {
							return nil
						}
						return text
					}
					_, err := db.ExecContext(ctx, "SELECT stowage.record_event($1, $2, $3, $4, $5, $6, $7, $8, $9)", string(kind), "Mallory", null(id[0]), null(id[1]), null(id[2]), null(id[3]),
						body, [][]byte{[]byte("mine"), []byte("The rules")}, tr.hint(i))
					if err == nil {
						taken[login]++
					}
				}
			}
		}
	}
	if taken["auditor"] > 0 || taken["north"] == 0 || taken["trust"] == 0 {
		t.Errorf("taken: %v", taken)
	}
	tr.healthy(t)
	for what, query := range map[string]string{
		"an event about the south by the north": "SELECT count(*) FROM stowage.events WHERE login = 'north' AND (device_id = $1 OR holder_id = $2 OR key_id = $3 OR body LIKE '%' || $4 || '%')",
	} {
		var n int
		if err := owner.QueryRowContext(ctx, query, souths, bobs, key, incident).Scan(&n); err != nil || n > 0 {
			t.Errorf("%d times %s: %v", n, what, err)
		}
	}
	t.Logf("%d events tried, taken: %v", tried, taken)
}

func (tr trust) hint(i int) string {
	return []string{`{}`, `[]`, `{"device":[]}`, `{"device":{"present":"a  b","label_fold":"s-1"},"holder":{"present":null}}`}[i%4]
}

// TestAttackPostgresReading reads, as the north, what is the south's.
func TestAttackPostgresReading(t *testing.T) {
	tr := newTrust(t)
	ctx := t.Context()
	trustDesk := registerOn(openPostgres(t, tr.server.As("trust", tr.url)))
	must[devices.Device](t)(trustDesk.Act(ctx, ict, tr.south.ID, devices.Lose, devices.Facts{Note: "hiddenSouth"}))
	db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As("north", tr.url)))
	defer db.Close()
	tables, _ := tr.tables(t)
	for _, table := range tables {
		for _, column := range append(tr.columns(t, table), "*") {
			rows, err := db.QueryContext(ctx, "SELECT "+column+" FROM stowage."+table)
			if err != nil {
				continue
			}
			names := must[[]string](t)(rows.Columns())
			for rows.Next() {
				values := make([]sql.RawBytes, len(names))
				to := make([]any, len(names))
				for i := range values {
					to[i] = &values[i]
				}
				if err := rows.Scan(to...); err != nil {
					t.Fatal(err)
				}
				for i, v := range values {
					for _, secret := range []string{"secretSouth", "secretsouth", "hiddenSouth", "hiddensouth", tr.code, "code South", "listing South"} {
						if strings.Contains(string(v), secret) {
							t.Errorf("the north reads %s.%s: %s", table, names[i], v)
						}
					}
				}
			}
			if err := rows.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for query, want := range map[string]int{
		"SELECT count(*) FROM stowage.read_blob('" + tr.code + "')":                                                                  0,
		"SELECT count(*) FROM stowage.read_blob('" + tr.north.Recovery.Digest + "')":                                                 1,
		"SELECT count(*) FROM stowage.find_holders('''secretsouth'':*')":                                                             0,
		"SELECT count(*) FROM stowage.find_holders('''south'':*')":                                                                   1,
		"SELECT count(*) FROM stowage.find_holders('''secretnorth'':*')":                                                             1,
		"SELECT count(*) FROM stowage.find_holders('!''secretnorth'':*')":                                                            0,
		"SELECT count(*) FROM stowage.devices WHERE stowage.notes_of_device(row) || stowage.recovery_of_device(row) LIKE '%South%'":  0,
		"SELECT count(*) FROM stowage.devices WHERE stowage.notes_of_device(row) LIKE '%North%'":                                     1,
		"SELECT count(*) FROM stowage.holders WHERE stowage.notes_of_holder(row) LIKE '%South%'":                                     0,
		"SELECT count(*) FROM generate_series(1, 100) AS n WHERE stowage.notes_of_holder(n) || stowage.notes_of_device(n) ~ 'South'": 0,
	} {
		var got int
		if err := db.QueryRowContext(ctx, query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v", query, got, err)
		}
	}
}

// TestAttackPostgresFreeze leaves changes open, switches off the limits of its own session,
// and keeps them busy: another desk writes all the same.
func TestAttackPostgresFreeze(t *testing.T) {
	tr := newTrust(t)
	ctx := t.Context()
	sqlOn(t, tr.url, "UPDATE stowage.writer SET idle = '200 ms', busy = '1 s'")
	south := registerOn(openPostgres(t, tr.server.As("south", tr.url)))
	for name, statements := range map[string][]string{
		"idle":      {"SELECT stowage.begin_writing()"},
		"unlimited": {"SET LOCAL idle_in_transaction_session_timeout = 0", "SELECT stowage.put_witness('x', 1, decode(repeat('00', 32), 'hex'), '', '')", "SET LOCAL lock_timeout = 0"},
		"savepoint": {"SELECT stowage.begin_writing()", "SAVEPOINT s"},
	} {
		db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As("north", tr.url)))
		tx := must[*sql.Tx](t)(db.BeginTx(ctx, nil))
		for _, statement := range statements {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		if _, err := south.CheckIn(ctx, ict, tr.south.ID, devices.Sighting{Place: "office"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := tx.Commit(); err == nil {
			t.Errorf("%s: the session is still there", name)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	db := must[*sql.DB](t)(sql.Open("pgx", tr.server.As("north", tr.url)))
	defer db.Close()
	watch := must[*sql.DB](t)(sql.Open("pgx", tr.url))
	defer watch.Close()
	asleep := make(chan error, 1)
	go func() {
		_, err := db.ExecContext(ctx, "SELECT stowage.begin_writing(), pg_sleep(3600)")
		asleep <- err
	}()
	for held := false; !held; {
		if err := watch.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND granted AND relation = 'stowage.writer'::regclass)").Scan(&held); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := south.CheckIn(ctx, ict, tr.south.ID, devices.Sighting{Place: "office"}); err != nil {
		t.Errorf("asleep: %v", err)
	}
	if err := <-asleep; err == nil {
		t.Error("slept on")
	}
	tr.healthy(t)
}

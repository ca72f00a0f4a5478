package devices_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"stowage/devices"
)

// shell runs statements as somebody at an SQL shell would, who first gets rid of
// what stands in the way and afterwards puts it back.
func (d *desk) shell(t testing.TB, statements ...string) {
	t.Helper()
	all := append([]string{"DROP TRIGGER events_stay", "DROP TRIGGER events_remain"}, statements...)
	d.sql(t, append(all,
		"CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
		"CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END")...)
}

func (d *desk) tree(t testing.TB) devices.Tree {
	t.Helper()
	return must[devices.Tree](t)(d.Tree(t.Context()))
}

func witness(trees ...devices.Tree) []devices.Witness {
	var all []devices.Witness
	for _, tree := range trees {
		all = append(all, devices.Witness{Tree: tree})
	}
	return all
}

// TestTampering edits, deletes and reorders rows behind the program's back.
func TestTampering(t *testing.T) {
	const copyRow = "INSERT INTO events SELECT %d, time, actor, kind, device_id, holder_id, key_id, loan_id, body, hashes, login FROM events WHERE number = %d"
	for name, test := range map[string]struct {
		statements  []string
		first, last int64
		reason      devices.TamperReason
	}{
		"time":         {[]string{"UPDATE events SET time = '2026-09-01T00:00:00Z' WHERE number = 7"}, 7, 7, devices.TamperChanged},
		"no time":      {[]string{"UPDATE events SET time = 'once' WHERE number = 7"}, 7, 7, devices.TamperChanged},
		"actor":        {[]string{"UPDATE events SET actor = 'nobody' WHERE number = 1"}, 1, 1, devices.TamperChanged},
		"kind":         {[]string{"UPDATE events SET kind = 'device found' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"device":       {[]string{"UPDATE events SET device_id = 'other' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"holder":       {[]string{"UPDATE events SET holder_id = 'other' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"key":          {[]string{"UPDATE events SET key_id = 'other' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"loan":         {[]string{"UPDATE events SET loan_id = 'other' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"body":         {[]string{"UPDATE events SET body = replace(body, '{', '{\"x\":1,') WHERE number = 9"}, 9, 9, devices.TamperChanged},
		"blank":        {[]string{"UPDATE events SET body = body || ' ' WHERE number = 9"}, 9, 9, devices.TamperChanged},
		"no body":      {[]string{"UPDATE events SET body = '' WHERE number = 9"}, 9, 9, devices.TamperChanged},
		"columns":      {[]string{"UPDATE events SET body = body || ',\"device\":\"' || device_id || '\"', device_id = NULL WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"field end":    {[]string{"UPDATE events SET actor = actor || char(31) || 'x' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"event end":    {[]string{"UPDATE events SET actor = actor || char(30) || 'x' WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"no text":      {[]string{"UPDATE events SET actor = CAST(x'ff' AS TEXT) WHERE number = 20"}, 20, 20, devices.TamperChanged},
		"leaf":         {[]string{"UPDATE events SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE number = 16"}, 16, 16, devices.TamperChanged},
		"no hashes":    {[]string{"UPDATE events SET hashes = x'' WHERE number = 16"}, 16, 16, devices.TamperChanged},
		"inner hash":   {[]string{"UPDATE events SET hashes = CAST(substr(hashes, 1, 32) || zeroblob(length(hashes) - 32) AS BLOB) WHERE number = 16"}, 1, 16, devices.TamperHashes},
		"more hashes":  {[]string{"UPDATE events SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE number = 16"}, 1, 16, devices.TamperHashes},
		"deleted":      {[]string{"DELETE FROM events WHERE number = 12"}, 12, 12, devices.TamperMissing},
		"first":        {[]string{"DELETE FROM events WHERE number = 1"}, 1, 1, devices.TamperMissing},
		"some deleted": {[]string{"DELETE FROM events WHERE number BETWEEN 12 AND 14"}, 12, 14, devices.TamperMissing},
		"closed up":    {closeUp(12), 12, 12, devices.TamperChanged},
		"swapped": {[]string{
			fmt.Sprintf(copyRow, 1_000_000, 10), "DELETE FROM events WHERE number = 10",
			fmt.Sprintf(copyRow, 10, 11), "DELETE FROM events WHERE number = 11",
			fmt.Sprintf(copyRow, 11, 1_000_000), "DELETE FROM events WHERE number = 1000000",
		}, 10, 10, devices.TamperChanged},
		"cut off":         {[]string{"DELETE FROM events WHERE number > 25"}, 26, 0, devices.TamperMissing},
		"everything gone": {[]string{"DELETE FROM events"}, 1, 0, devices.TamperMissing},
	} {
		t.Run(name, func(t *testing.T) {
			d := week(t)
			tree := d.tree(t)
			if got, err := d.VerifyLog(t.Context(), witness(tree), nil); err != nil || got != tree {
				t.Fatalf("before: %+v, %v", got, err)
			}
			d.shell(t, test.statements...)
			if test.last == 0 {
				test.last = tree.Size
			}
			_, err := d.VerifyLog(t.Context(), witness(tree), nil)
			got := as[*devices.TamperError](err)
			if got == nil || got.First != test.first || got.Last != test.last || got.Reason != test.reason {
				t.Fatalf("%v: %+v", err, got)
			}
			if !strings.Contains(err.Error(), fmt.Sprint(test.first)) {
				t.Errorf("the text does not name event %d: %v", test.first, err)
			}
		})
	}
}

// closeUp deletes an event and gives those after it the numbers below theirs.
func closeUp(gap int) []string {
	const columns = "time, actor, kind, device_id, holder_id, key_id, loan_id, body, hashes, login"
	return []string{
		fmt.Sprintf("DELETE FROM events WHERE number = %d", gap),
		"CREATE TABLE aside AS SELECT * FROM events",
		"DELETE FROM events",
		fmt.Sprintf("INSERT INTO events (number, %[1]s) SELECT CASE WHEN number > %[2]d THEN number - 1 ELSE number END, %[1]s FROM aside", columns, gap),
		"DROP TABLE aside",
	}
}

// TestRewritten forges an event and makes all hashes anew, as this program would:
// only a checkpoint from outside tells.
func TestRewritten(t *testing.T) {
	d := week(t)
	early, late := must[devices.Tree](t)(d.TreeAt(t.Context(), 5)), d.tree(t)
	rewrite(t, d, 9, "somebody else")
	if _, err := d.VerifyLog(t.Context(), nil, nil); err != nil {
		t.Fatalf("the forgery is not a good one: %v", err)
	}
	if _, err := d.VerifyLog(t.Context(), witness(early), nil); err != nil {
		t.Errorf("events 1 to 5 are as they were: %v", err)
	}
	_, err := d.VerifyLog(t.Context(), witness(late, early), nil)
	got := as[*devices.TamperError](err)
	if got == nil || got.Reason != devices.TamperRewritten || got.First != 6 || got.Last != late.Size || got.Witness == nil || got.Witness.Tree != late {
		t.Errorf("%v: %+v", err, got)
	}
	if now := must[devices.Tree](t)(d.TreeAt(t.Context(), late.Size)); now.Root == late.Root {
		t.Error("the root stayed")
	}
}

// rewrite changes who did an event, and all hashes to fit.
func rewrite(t testing.TB, d *desk, number int64, actor string) {
	t.Helper()
	var log devices.Frontier
	var statements []string
	events := must[[]devices.Event](t)(d.Events(t.Context(), devices.EventQuery{Oldest: true, Limit: devices.MaxPage}))
	for _, e := range events {
		if e.Number == number {
			e.Actor = actor
			statements = append(statements, fmt.Sprintf("UPDATE events SET actor = '%s' WHERE number = %d", actor, number))
		}
		statements = append(statements, fmt.Sprintf("UPDATE events SET hashes = x'%x' WHERE number = %d", must[[]byte](t)(log.Add(e)), e.Number))
	}
	d.shell(t, statements...)
}

// TestLogIsTheStandards compares with what golang.org/x/mod/sumdb/tlog makes of
// the canonical events, and proves events and growth to somebody outside.
func TestLogIsTheStandards(t *testing.T) {
	d, ctx := week(t), t.Context()
	events := must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{Oldest: true, Limit: devices.MaxPage}))
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	roots := []tlog.Hash{must[tlog.Hash](t)(tlog.TreeHash(0, reader))}
	for i, e := range events {
		more := must[[]tlog.Hash](t)(tlog.StoredHashes(int64(i), must[[]byte](t)(e.Canonical()), reader))
		stored = append(stored, more...)
		roots = append(roots, must[tlog.Hash](t)(tlog.TreeHash(int64(i+1), reader)))
	}
	size := int64(len(events))
	for n, root := range roots {
		tree := must[devices.Tree](t)(d.TreeAt(ctx, int64(n)))
		if tree.Root != root || tree.Size != int64(n) {
			t.Fatalf("after %d events: %+v, want %v", n, tree, root)
		}
		if n == 0 {
			continue
		}
		growth := must[tlog.TreeProof](t)(d.ProveTree(ctx, size, int64(n)))
		if err := tlog.CheckTree(growth, size, roots[size], int64(n), root); err != nil {
			t.Errorf("growth from %d: %v", n, err)
		}
		leaf := tlog.RecordHash(must[[]byte](t)(events[n-1].Canonical()))
		proof := must[tlog.RecordProof](t)(d.ProveEvent(ctx, size, int64(n)))
		if err := tlog.CheckRecord(proof, size, roots[size], int64(n-1), leaf); err != nil {
			t.Errorf("event %d: %v", n, err)
		}
	}
	for _, n := range []int64{-1, size + 1} {
		if _, err := d.TreeAt(ctx, n); !errors.Is(err, devices.ErrNotFound) {
			t.Errorf("tree at %d: %v", n, err)
		}
	}
}

// TestLogGrows: what happens later does not disturb what a checkpoint pinned.
func TestLogGrows(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	var seen []devices.Tree
	for i := range 40 {
		d.stick(t, fmt.Sprint("MS-", i))
		seen = append(seen, d.tree(t))
	}
	if err := d.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	calls := 0
	got, err := d.VerifyLog(ctx, witness(seen...), func(int64) { calls++ })
	if err != nil || got != seen[39] {
		t.Errorf("%+v, %v", got, err)
	}
	other := seen[20]
	other.Root[3] ^= 1
	_, err = d.VerifyLog(ctx, append(witness(seen...), devices.Witness{Tree: other}), nil)
	if e := as[*devices.TamperError](err); e == nil || e.First != 21 || e.Last != 21 {
		t.Errorf("%v", err)
	}
	_, err = d.VerifyLog(ctx, witness(devices.Tree{Size: 0, Root: other.Root}), nil)
	if e := as[*devices.TamperError](err); e == nil {
		t.Errorf("a checkpoint of nothing that is not: %v", err)
	}
}

func TestWitnesses(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.stick(t, "MS-1")
	w := devices.Witness{Tree: d.tree(t), Note: []byte("signed"), Place: "desk 1", Device: "MS-1"}
	if err := d.KeepWitness(ctx, w); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	again := w
	again.Place = "desk 2"
	if err := d.KeepWitness(ctx, again); err != nil {
		t.Fatal(err)
	}
	if err := d.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	w.Seen = monday
	all := must[[]devices.Witness](t)(d.Witnesses(ctx))
	if len(all) != 1 || all[0].Tree != w.Tree || !bytes.Equal(all[0].Note, w.Note) || all[0].Place != "desk 1" || !all[0].Seen.Equal(w.Seen) {
		t.Errorf("%+v", all)
	}
	for name, bad := range map[string]devices.Witness{
		"empty":    {Tree: w.Tree},
		"large":    {Tree: w.Tree, Note: make([]byte, devices.MaxCheckpoint+1)},
		"negative": {Tree: devices.Tree{Size: -1}, Note: w.Note},
		"place":    {Tree: w.Tree, Note: []byte("x"), Place: "a\x00b"},
	} {
		if err := d.KeepWitness(ctx, bad); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A body is added exactly if it is one JSON value in UTF-8, however it was looked at.
func TestBodiesOfTheLog(t *testing.T) {
	for _, body := range []string{
		`{"at":"2026-09-07T08:30:00Z","encrypted":true,"sequence":4711}`, `{"details":{"label":"MS-1","capacity":16000000000}}`,
		`{}`, ``, `{`, `"a"`, `"a`, `"`, `12`, `1.5`, `-1`, `012`, `0`, `1e5`, `true`, `tru`, `truefalse`, `false`, `null`, `[]`, `{"a":[1,2]}`,
		`{"a":"b"}}`, `{"a":"b"},`, `{"a":"b",}`, `{"a":}`, `{"a"}`, `{"a":1"b":2}`, `{"a":1 }`, `{"a":"b"} `, `{"a":"\u00e9"}`, `{"a":"é"}`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\x7f\"}", `{"a":"\"}`, `{"a":"\"",}`, `{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}`, `{"a":{"a":1}`, `{"a":01}`, `{a:1}`, `{"a":1,"a":2}`,
	} {
		_, err := new(devices.Frontier).Add(devices.Event{Number: 1, Time: monday, Actor: ict, Kind: devices.DeviceSeen, Body: json.RawMessage(body)})
		if want := json.Valid([]byte(body)) && utf8.ValidString(body); (err == nil) != want {
			t.Errorf("%q: %v, but that it is valid is %v", body, err, want)
		}
	}
}

// FuzzCanonical: the fast writer and the slow one agree on every event that the
// register can hold, and what differs has another text.
func FuzzCanonical(f *testing.F) {
	f.Add("M. Jones", "device seen", "d1", "", `{"note":"x"}`, int64(5), int64(1))
	f.Add(`"quoted\"`, "k\u2028", "\u00e9", "<&>", `{"a":[1,2.50,null,"\u003c"]}`, int64(1), int64(-5))
	f.Add("\xff", "", "", "", `{}`, int64(1), int64(0))
	f.Add("a", "b", "c", "d", `{},"device":"x"`, int64(1), int64(0))
	f.Fuzz(func(t *testing.T, actor, kind, device, loan, body string, number, seconds int64) {
		if number != 1 || len(body) > 1000 || seconds < 0 || seconds > 1<<37 {
			number, seconds = 1, 0
		}
		e := devices.Event{
			Number: number, Time: time.Unix(seconds, 0), Actor: actor, Kind: devices.EventKind(kind),
			Device: device, Loan: loan, Body: json.RawMessage(body),
		}
		var log devices.Frontier
		hashes, err := log.Add(e)
		slow, slowErr := e.Canonical()
		if err != nil {
			return
		}
		if !json.Valid(e.Body) || !utf8.Valid(e.Body) {
			t.Fatalf("taken, although %q is no JSON", e.Body)
		}
		if slowErr != nil {
			t.Fatalf("taken, although %v", slowErr)
		}
		var compact bytes.Buffer
		if json.Compact(&compact, e.Body) == nil && compact.String() == body {
			if leaf := tlog.RecordHash(slow); !bytes.Equal(hashes, leaf[:]) {
				t.Fatalf("other than %s", slow)
			}
		}
	})
}

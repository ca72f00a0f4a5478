package devices_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"stowage/devices"
)

// The bytes of events are for ever: a change here breaks every register's proof.
func TestCanonical(t *testing.T) {
	e := devices.Event{
		Number: 7, Time: time.Date(2026, 9, 7, 9, 30, 0, 0, time.FixedZone("BST", 3600)), Actor: "M. Jones <ict>",
		Kind: devices.DeviceLost, Device: "d1", Holder: "h1", Loan: "l1", Body: json.RawMessage(`{"note":"a & b"}`),
	}
	const want = `{"actor":"M. Jones <ict>","body":{"note":"a & b"},"device":"d1","holder":"h1","kind":"device lost","loan":"l1","number":7,"time":"2026-09-07T08:30:00Z"}`
	got := must[[]byte](t)(e.Canonical())
	if string(got) != want {
		t.Errorf("%s", got)
	}
	if _, err := (devices.Event{Body: json.RawMessage("{")}).Canonical(); err == nil {
		t.Error("a body that is not JSON has a canonical form")
	}
}

func TestBodiesAreCanonical(t *testing.T) {
	d, ctx := week(t), t.Context()
	events := must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{Oldest: true, Limit: devices.MaxPage}))
	for i, e := range events {
		if e.Number != int64(i+1) || e.Actor != ict || e.Time.Location() != time.UTC {
			t.Errorf("event %d: %+v", i+1, e)
		}
		var tree map[string]any
		decoder := json.NewDecoder(bytes.NewReader(e.Body))
		decoder.UseNumber()
		if err := decoder.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		encoder := json.NewEncoder(&again)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(tree); err != nil {
			t.Fatal(err)
		}
		if strings.TrimSuffix(again.String(), "\n") != string(e.Body) {
			t.Errorf("event %d: %s, canonical %s", e.Number, e.Body, again.String())
		}
		text := must[[]byte](t)(e.Canonical())
		if !bytes.Contains(text, e.Body) {
			t.Errorf("event %d: the body is not in %s", e.Number, text)
		}
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "  MS-  0042 ": "ms- 0042", "Zoë": "zoe", "ZOE\u0308": "zoe", "Straße": "strasse", "ＡＢＣ": "abc", "İ": "i", "naïve\u00a0x": "naive x",
	} {
		if got := devices.Fold(text); got != want || devices.Fold(got) != got {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

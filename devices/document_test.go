package devices_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"stowage/devices"
)

const rules = "Keep it on you.\nSay at once when it is lost."

// scribble is a signature, n pixels wide.
func scribble(t testing.TB, n int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, n, 8))
	for x := range n {
		picture.SetGray(x, x%8, color.Gray{255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocuments(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.person(t, "Ann Lee", ""), d.person(t, "Bob Roy", "")
	stick := d.issued(t, "MS-1", ann, 10)
	picture := scribble(t, 40)
	accepted := must[devices.Document](t)(d.SignDocument(ctx, ict, devices.DocumentDetails{
		Kind: devices.RulesAccepted, Device: stick.ID, Name: " Annabel Lee ", Text: rules, Signature: picture,
	}))
	if accepted.Holder != ann.ID || accepted.Loan != stick.Loan || accepted.Name != "Annabel Lee" || !accepted.Signed.Equal(monday) || accepted.Actor != ict {
		t.Errorf("%+v", accepted)
	}
	if now := must[devices.Device](t)(d.Device(ctx, stick.ID)); now != stick {
		t.Errorf("signing changed the device to %+v", now)
	}
	d.now = d.now.Add(time.Hour)
	must[devices.Document](t)(d.SignDocument(ctx, ict, devices.DocumentDetails{Kind: devices.LeavingSigned, Holder: bob.ID, Name: "Bob", Text: rules, Signed: monday}))
	d.act(t, stick.ID, devices.Return, devices.Facts{})
	back := must[devices.Document](t)(d.SignDocument(ctx, ict, devices.DocumentDetails{Kind: devices.ReturnSigned, Device: stick.ID, Holder: ann.ID, Name: "Ann Lee", Text: "It is back."}))
	if back.Loan != "" || back.Signature != "" {
		t.Errorf("%+v", back)
	}

	of := func(device, holder string) []devices.Document {
		return must[[]devices.Document](t)(d.Documents(ctx, device, holder))
	}
	if all := of(stick.ID, ""); len(all) != 2 || all[0] != accepted || all[1] != back {
		t.Errorf("%+v", all)
	}
	if all := of("", bob.ID); len(all) != 1 || all[0].Text != accepted.Text || !all[0].Signed.Equal(monday) {
		t.Errorf("%+v", all)
	}
	if all := of("", ""); len(all) != 3 {
		t.Errorf("%+v", all)
	}
	got := must[devices.DocumentContent](t)(d.DocumentContent(ctx, accepted))
	if got.Text != rules || !bytes.Equal(got.Signature, picture) {
		t.Errorf("%+v", got)
	}
	page := must[devices.DevicePage](t)(d.Devices(ctx, devices.DeviceQuery{Search: "annabel"}))
	if len(page.Devices) != 1 {
		t.Error("the device is not found by who signed for it")
	}
	events := must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{Kinds: []devices.EventKind{devices.DocumentSigned}, Oldest: true}))
	canonical := must[[]byte](t)(events[0].Canonical())
	for _, digest := range []string{accepted.Text, accepted.Signature} {
		if len(digest) != 64 || !bytes.Contains(canonical, []byte(digest)) {
			t.Errorf("digest %q is not in the event: %s", digest, canonical)
		}
	}
	d.check(t)
}

func TestDocumentsRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "")
	stick := d.issued(t, "MS-1", ann, 10)
	before := d.events(t)
	for name, change := range map[string]func(*devices.DocumentDetails){
		"kind":         func(d *devices.DocumentDetails) { d.Kind = "receipt" },
		"nobody":       func(d *devices.DocumentDetails) { d.Device = "" },
		"no name":      func(d *devices.DocumentDetails) { d.Name = " " },
		"no text":      func(d *devices.DocumentDetails) { d.Text = "" },
		"long text":    func(d *devices.DocumentDetails) { d.Text = strings.Repeat("é", devices.MaxDocumentText) },
		"future":       func(d *devices.DocumentDetails) { d.Signed = monday.AddDate(0, 0, 1) },
		"no picture":   func(d *devices.DocumentDetails) { d.Signature = []byte("GIF89a") },
		"torn picture": func(d *devices.DocumentDetails) { d.Signature = scribble(t, 30)[:50] },
		"wide picture": func(d *devices.DocumentDetails) { d.Signature = scribble(t, 5000) },
		"big picture":  func(d *devices.DocumentDetails) { d.Signature = make([]byte, devices.MaxSignature+1) },
	} {
		details := devices.DocumentDetails{Kind: devices.RulesAccepted, Device: stick.ID, Name: "Ann", Text: rules}
		change(&details)
		if _, err := d.SignDocument(ctx, ict, details); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, details := range []devices.DocumentDetails{
		{Kind: devices.RulesAccepted, Device: "nothing", Name: "Ann", Text: rules},
		{Kind: devices.RulesAccepted, Holder: "nobody", Name: "Ann", Text: rules},
	} {
		if _, err := d.SignDocument(ctx, ict, details); !errors.Is(err, devices.ErrNotFound) {
			t.Error(err)
		}
	}
	if d.events(t) != before {
		t.Error("what was refused is on record")
	}
}

func TestExchangedDocument(t *testing.T) {
	for name, statement := range map[string]string{
		"changed": "UPDATE blobs SET content = x'00' WHERE digest = ",
		"removed": "DELETE FROM blobs WHERE digest = ",
	} {
		d, ctx := newDesk(t), t.Context()
		ann := d.person(t, "Ann Lee", "")
		signed := must[devices.Document](t)(d.SignDocument(ctx, ict, devices.DocumentDetails{
			Kind: devices.RulesAccepted, Holder: ann.ID, Name: "Ann", Text: rules, Signature: scribble(t, 9),
		}))
		d.check(t)
		d.sql(t, statement+"'"+signed.Signature+"'")
		if _, err := d.DocumentContent(ctx, signed); !errors.Is(err, devices.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		if difference := as[*devices.DifferenceError](d.Check(ctx, nil)); difference == nil || difference.Record != "document" {
			t.Errorf("%s: %v", name, difference)
		}
	}
}

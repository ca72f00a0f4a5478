package devices_test

import (
	"errors"
	"testing"

	"stowage/devices"
)

func TestHolders(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	zoe := must[devices.Holder](t)(d.AddHolder(ctx, ict, devices.HolderDetails{
		Name: "  Zoe\u0308 Smith ", Email: "zoe@school.example", Notes: "two\r\nlines",
	}))
	if zoe.Name != "Zo\u00eb Smith" || zoe.Notes != "two\nlines" || zoe.Version != 1 || !zoe.Added.Equal(monday) {
		t.Errorf("added %+v", zoe)
	}
	stick := d.issued(t, "MS-0001", zoe, 30)

	details := zoe.HolderDetails
	details.Name = "Zoë Jones"
	zoe = must[devices.Holder](t)(d.EditHolder(ctx, ict, zoe.ID, zoe.Version, details))
	if now := must[devices.Device](t)(d.Device(ctx, stick.ID)); now.HolderName != "Zoë Jones" {
		t.Errorf("the device is with %q", now.HolderName)
	}
	events := d.events(t)
	must[devices.Holder](t)(d.EditHolder(ctx, ict, zoe.ID, zoe.Version, details))
	if d.events(t) != events {
		t.Error("an edit that changes nothing is an event")
	}

	held := must[devices.Holdings](t)(d.Leave(ctx, ict, zoe.ID, zoe.Version, "end of term"))
	if held.Holder.Left.IsZero() || len(held.Devices) != 1 {
		t.Errorf("left with %+v", held)
	}
	must[devices.Holdings](t)(d.Leave(ctx, ict, zoe.ID, 0, ""))
	zoe = must[devices.Holder](t)(d.Rejoin(ctx, ict, zoe.ID, 0, ""))
	if !zoe.Left.IsZero() || d.events(t) != events+2 {
		t.Errorf("rejoined: %+v after %d events", zoe, d.events(t)-events)
	}
	d.check(t)
}

func TestHolderRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@school.example")
	for _, bad := range []devices.HolderDetails{
		{}, {Name: "\u200e\n"}, {Name: "X", Email: "nobody"}, {Name: "X", Email: "X <x@y.example>"}, {Name: "two\nlines"},
	} {
		if _, err := d.AddHolder(ctx, ict, bad); as[*devices.InvalidError](err) == nil {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	_, err := d.AddHolder(ctx, ict, devices.HolderDetails{Name: "Other", Email: "ANN@school.example"})
	if dup := as[*devices.DuplicateError](err); dup == nil || dup.Existing != ann.ID || dup.Field != "email" {
		t.Errorf("second with the address: %v", err)
	}
	must[devices.Holdings](t)(d.Leave(ctx, ict, ann.ID, 0, ""))
	d.person(t, "Ann Leigh", "ann@school.example") // free again
	if _, err := d.Rejoin(ctx, ict, ann.ID, 0, ""); as[*devices.DuplicateError](err) == nil {
		t.Errorf("back with an address that is taken: %v", err)
	}
}

func TestFindHolder(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	zoe := d.person(t, "Zoë Smith", "zoe@school.example")
	john1, john2 := d.person(t, "John Smith", "john.1@school.example"), d.person(t, "John Smith", "john.2@school.example")
	gone := d.person(t, "Gus Ash", "")
	gus := d.person(t, "Gus Ash", "gus@school.example")
	left := d.person(t, "Una Vane", "una@school.example")
	must[devices.Holdings](t)(d.Leave(ctx, ict, gone.ID, 0, ""))
	must[devices.Holdings](t)(d.Leave(ctx, ict, left.ID, 0, ""))

	for text, want := range map[string]devices.Holder{
		zoe.ID: zoe, "zoe smith": zoe, "ZOE@school.example": zoe, "zo": zoe, "Smith Zoë": zoe,
		"john.2@school.example": john2, "gus ash": gus, "una": left,
	} {
		if got, err := d.FindHolder(ctx, text); err != nil || got.ID != want.ID {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string][]string{"john smith": {john1.ID, john2.ID}, "smith": {john1.ID, john2.ID, zoe.ID}} {
		_, err := d.FindHolder(ctx, text)
		ambiguous := as[*devices.AmbiguousError](err)
		if ambiguous == nil {
			t.Fatalf("%q: %v", text, err)
		}
		for i, h := range ambiguous.Candidates {
			if len(ambiguous.Candidates) != len(want) || h.ID != want[i] {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	for _, text := range []string{"", "  ", "-", "nobody", "\x00", `"*`} {
		if got, err := d.FindHolder(ctx, text); !errors.Is(err, devices.ErrNotFound) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestHoldings(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "")
	stick, laptop := d.issued(t, "MS-0001", ann, 30), d.issued(t, "LT-0001", ann, 0)
	back := d.issued(t, "MS-0002", ann, 30)
	d.act(t, back.ID, devices.Return, devices.Facts{})
	d.act(t, stick.ID, devices.Lose, devices.Facts{})
	old := must[devices.Key](t)(d.IssueKey(ctx, ict, devices.KeyDetails{Holder: ann.ID, Class: "hybrid", Recipient: "age1old"}))
	key := must[devices.Key](t)(d.IssueKey(ctx, ict, devices.KeyDetails{Holder: ann.ID, Class: "hybrid", Recipient: "age1new", Replaces: old.ID}))

	held := must[devices.Holdings](t)(d.Holdings(ctx, ann.ID))
	if len(held.Devices) != 2 || held.Devices[0].ID != laptop.ID || held.Devices[1].ID != stick.ID {
		t.Errorf("devices: %+v", held.Devices)
	}
	if len(held.Keys) != 1 || held.Keys[0].ID != key.ID {
		t.Errorf("keys: %+v", held.Keys)
	}
	if _, err := d.Holdings(ctx, "nobody"); !errors.Is(err, devices.ErrNotFound) {
		t.Error(err)
	}
}

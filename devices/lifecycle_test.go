package devices_test

import (
	"errors"
	"testing"
	"time"

	"stowage/devices"
)

func TestLoan(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "ann@school.example")
	stick := d.issued(t, "MS-0001", ann, 30)
	if stick.Holder != ann.ID || stick.HolderName != "Ann Lee" || !stick.Due.Equal(devices.DueOn(monday.AddDate(0, 0, 30))) || !stick.Since.Equal(monday) {
		t.Errorf("issued: %+v", stick)
	}

	d.now = monday.AddDate(0, 0, 31)
	if !stick.Overdue(d.now) || stick.Overdue(monday) {
		t.Error("overdue is judged wrongly")
	}
	due := d.now.AddDate(0, 0, 14)
	stick = must[devices.Device](t)(d.Extend(ctx, ict, stick.ID, stick.Version, due, "half-term trip"))
	loan := must[devices.Loan](t)(d.Loan(ctx, stick.Loan))
	if !stick.Due.Equal(due) || !loan.Due.Equal(due) || loan.Extensions != 1 || !loan.From.Equal(monday) || !loan.Ended.IsZero() {
		t.Errorf("extended: %+v, %+v", stick, loan)
	}

	back := d.now.Add(-time.Hour)
	stick = d.act(t, stick.ID, devices.Return, devices.Facts{Condition: "cap missing", Happened: back})
	loan = must[devices.Loan](t)(d.Loan(ctx, loan.ID))
	if stick.Holder != "" || stick.HolderName != "" || stick.Loan != "" || !stick.Due.IsZero() || !stick.Since.Equal(back) {
		t.Errorf("returned: %+v", stick)
	}
	if loan.Outcome != devices.Returned || !loan.Ended.Equal(back) || loan.Condition != "cap missing" || loan.Holder != ann.ID {
		t.Errorf("loan ended: %+v", loan)
	}
	if history := must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{Holder: ann.ID, Oldest: true})); len(history) != 4 || history[3].Kind != devices.DeviceReturned {
		t.Errorf("Ann's history: %+v", history)
	}
	d.check(t)
}

func TestHolderStaysOnRecord(t *testing.T) {
	for action, ended := range map[devices.Action]bool{
		devices.Lose: false, devices.Steal: false, devices.Damage: false, devices.Retire: true, devices.Destroy: true,
	} {
		t.Run(string(action), func(t *testing.T) {
			d, ctx := newDesk(t), t.Context()
			ann := d.person(t, "Ann Lee", "")
			stick := d.issued(t, "MS-0001", ann, 30)
			stick = d.act(t, stick.ID, action, devices.Facts{Note: "at home"})
			loan := must[devices.Loan](t)(d.Loan(ctx, stick.Loan))
			if stick.Holder != ann.ID || loan.Holder != ann.ID || loan.Ended.IsZero() == ended {
				t.Errorf("device %+v, loan %+v", stick, loan)
			}
			if ended && (loan.Outcome != stick.State || !stick.Due.IsZero()) {
				t.Errorf("device %+v, loan %+v", stick, loan)
			}
			if held := must[devices.Holdings](t)(d.Holdings(ctx, ann.ID)); (len(held.Devices) == 0) != ended {
				t.Errorf("Ann has %+v", held.Devices)
			}
			history := must[[]devices.Event](t)(d.Events(ctx, devices.EventQuery{Holder: ann.ID, Limit: 1}))
			if history[0].Device != stick.ID || history[0].Loan != loan.ID {
				t.Errorf("event is %+v", history[0])
			}
			d.check(t)
		})
	}
}

func TestFoundIsIssuedToSomebodyElse(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.person(t, "Ann Lee", ""), d.person(t, "Bob Roy", "")
	stick := d.issued(t, "MS-0001", ann, 30)
	first := stick.Loan
	d.act(t, stick.ID, devices.Lose, devices.Facts{})
	d.act(t, stick.ID, devices.Find, devices.Facts{})
	stick = must[devices.Device](t)(d.Issue(ctx, ict, stick.ID, devices.LoanDetails{Holder: bob.ID}))
	if stick.Holder != bob.ID || !stick.Due.IsZero() {
		t.Errorf("issued: %+v", stick)
	}
	if loan := must[devices.Loan](t)(d.Loan(ctx, first)); loan.Ended.IsZero() || loan.Outcome != devices.Issued {
		t.Errorf("Ann's loan: %+v", loan)
	}
	if loans := must[[]devices.Loan](t)(d.Loans(ctx, devices.LoanQuery{Device: stick.ID})); len(loans) != 2 || loans[0].Holder != bob.ID {
		t.Errorf("loans: %+v", loans)
	}
	d.check(t)
}

func TestRetiredFoundDamagedIsNotOverdue(t *testing.T) {
	d := newDesk(t)
	stick := d.issued(t, "MS-0001", d.person(t, "Ann Lee", ""), 30)
	for _, action := range []devices.Action{devices.Lose, devices.Retire, devices.Find, devices.Damage} {
		stick = d.act(t, stick.ID, action, devices.Facts{})
	}
	if stick.Overdue(monday.AddDate(1, 0, 0)) {
		t.Error("a loan that ended is overdue")
	}
	d.check(t)
}

func TestIssueRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, gone := d.person(t, "Ann Lee", ""), d.person(t, "Gus Ash", "")
	must[devices.Holdings](t)(d.Leave(ctx, ict, gone.ID, 0, ""))
	stick := d.stick(t, "MS-0001")
	events := d.events(t)
	for name, test := range map[string]struct {
		loan devices.LoanDetails
		is   error
		as   string // the field of an InvalidError
	}{
		"to a leaver":      {loan: devices.LoanDetails{Holder: gone.ID}, is: devices.ErrLeft},
		"to nobody":        {loan: devices.LoanDetails{Holder: "nobody"}, is: devices.ErrNotFound},
		"stale":            {loan: devices.LoanDetails{Holder: ann.ID, Version: stick.Version + 7}, is: devices.ErrChanged},
		"due before":       {loan: devices.LoanDetails{Holder: ann.ID, Due: monday.AddDate(0, 0, -1)}, as: "due"},
		"from the future":  {loan: devices.LoanDetails{Holder: ann.ID, From: monday.AddDate(0, 0, 1)}, as: "issued"},
		"negative":         {loan: devices.LoanDetails{Holder: ann.ID, Days: -1}, as: "days"},
		"unlikely":         {loan: devices.LoanDetails{Holder: ann.ID, Due: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, as: "due"},
		"hidden character": {loan: devices.LoanDetails{Holder: ann.ID, Note: "a\u202eb"}, as: "note"},
	} {
		_, err := d.Issue(ctx, ict, stick.ID, test.loan)
		invalid := as[*devices.InvalidError](err)
		if test.is != nil && !errors.Is(err, test.is) || test.as != "" && (invalid == nil || invalid.Field != test.as) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d.events(t) != events {
		t.Error("a refusal left an event")
	}
}

func TestExtendRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.person(t, "Ann Lee", "")
	stick, endless := d.issued(t, "MS-0001", ann, 30), d.issued(t, "LT-0001", ann, 0)
	for name, try := range map[string]func() (devices.Device, error){
		"shorter": func() (devices.Device, error) { return d.Extend(ctx, ict, stick.ID, 0, stick.Due, "") },
		"endless": func() (devices.Device, error) { return d.Extend(ctx, ict, endless.ID, 0, monday.AddDate(1, 0, 0), "") },
		"no date": func() (devices.Device, error) { return d.Extend(ctx, ict, stick.ID, 0, time.Time{}, "") },
	} {
		if _, err := try(); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Extend(ctx, ict, stick.ID, stick.Version-1, monday.AddDate(1, 0, 0), ""); !errors.Is(err, devices.ErrChanged) {
		t.Error(err)
	}
}

func TestActRefused(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stick := d.stick(t, "MS-0001")
	for name, test := range map[string]struct {
		action devices.Action
		facts  devices.Facts
	}{
		"no method":         {devices.Destroy, devices.Facts{Witness: "B. Roy"}},
		"in the future":     {devices.Lose, devices.Facts{Happened: monday.Add(time.Minute)}},
		"by another way":    {devices.Issue, devices.Facts{}},
		"no such action":    {"burn", devices.Facts{}},
		"not UTF-8":         {devices.Lose, devices.Facts{Note: "\xff"}},
		"control character": {devices.Lose, devices.Facts{Note: "a\x07"}},
	} {
		if _, err := d.Act(ctx, ict, stick.ID, test.action, test.facts); as[*devices.InvalidError](err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Act(ctx, " ", stick.ID, devices.Lose, devices.Facts{}); as[*devices.InvalidError](err) == nil || as[*devices.InvalidError](err).Field != "actor" {
		t.Errorf("no actor: %v", err)
	}
	if _, err := d.Act(ctx, ict, "none", devices.Lose, devices.Facts{}); !errors.Is(err, devices.ErrNotFound) {
		t.Errorf("no device: %v", err)
	}
}

func TestTwoDesks(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.person(t, "Ann Lee", ""), d.person(t, "Bob Roy", "")
	stick := d.stick(t, "MS-0001")
	must[devices.Device](t)(d.Issue(ctx, "desk 1", stick.ID, devices.LoanDetails{Version: stick.Version, Holder: ann.ID}))
	if _, err := d.Issue(ctx, "desk 2", stick.ID, devices.LoanDetails{Version: stick.Version, Holder: bob.ID}); !errors.Is(err, devices.ErrChanged) {
		t.Errorf("the second desk: %v", err)
	}
	if _, err := d.EditDevice(ctx, "desk 2", stick.ID, stick.Version, devices.DeviceDetails{Kind: devices.Laptop, Label: "X"}); !errors.Is(err, devices.ErrChanged) {
		t.Errorf("the second desk: %v", err)
	}
	if _, err := d.EditHolder(ctx, "desk 2", ann.ID, ann.Version+1, devices.HolderDetails{Name: "X"}); !errors.Is(err, devices.ErrChanged) {
		t.Errorf("the second desk: %v", err)
	}
	d.check(t)
}

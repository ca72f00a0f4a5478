package devices_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"stowage/devices"
)

// grid is the whole state table: a dash is a refusal.
const grid = `
             issue   extend  return    restock   lose  steal   find   damage   retire   destroy
in stock     issued  -       -         -         lost  stolen  -      damaged  retired  destroyed
issued       -       issued  returned  -         lost  stolen  -      damaged  retired  destroyed
returned     issued  -       -         in-stock  lost  stolen  -      damaged  retired  destroyed
lost         -       -       -         -         -     stolen  found  -        retired  -
stolen       -       -       -         -         lost  -       found  -        retired  -
found        issued  -       returned  in-stock  lost  stolen  -      damaged  retired  destroyed
damaged      -       -       returned  in-stock  lost  stolen  -      -        retired  destroyed
retired      -       -       -         in-stock  lost  stolen  found  -        -        destroyed
destroyed    -       -       -         -         -     -       found  -        -        -
`

// eachTransition runs fn on every state and action of the grid.
func eachTransition(t *testing.T, fn func(t *testing.T, from devices.State, action devices.Action, to devices.State)) {
	lines := strings.Split(strings.TrimSpace(grid), "\n")
	actions := strings.Fields(lines[0])
	if len(lines)-1 != len(devices.States()) || len(actions) != len(devices.Actions()) {
		t.Fatal("the grid is not complete")
	}
	for _, line := range lines[1:] {
		line = strings.Replace(line, "in stock", "in-stock", 1)
		cells := strings.Fields(line)
		from, err := devices.ParseState(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range cells[1:] {
			action, err := devices.ParseAction(actions[i])
			if err != nil {
				t.Fatal(err)
			}
			var to devices.State
			if cell != "-" {
				if to, err = devices.ParseState(cell); err != nil {
					t.Fatal(err)
				}
			}
			t.Run(cells[0]+"/"+actions[i], func(t *testing.T) { fn(t, from, action, to) })
		}
	}
}

func TestNext(t *testing.T) {
	eachTransition(t, func(t *testing.T, from devices.State, action devices.Action, to devices.State) {
		got, ok := devices.Next(from, action)
		if got != to || ok != (to != "") {
			t.Errorf("Next = %q, %v; want %q", got, ok, to)
		}
		if slices.Contains(devices.Allowed(from), action) != (to != "") {
			t.Errorf("Allowed = %q", devices.Allowed(from))
		}
	})
}

func TestEveryStateLeadsSomewhere(t *testing.T) {
	for _, s := range devices.States() {
		if len(devices.Allowed(s)) == 0 {
			t.Errorf("nothing can be done about a device that is %s", s)
		}
	}
}

// paths lead a new device to every state.
var paths = map[devices.State][]devices.Action{
	devices.InStock:   {},
	devices.Issued:    {devices.Issue},
	devices.Returned:  {devices.Issue, devices.Return},
	devices.Lost:      {devices.Issue, devices.Lose},
	devices.Stolen:    {devices.Issue, devices.Steal},
	devices.Found:     {devices.Issue, devices.Lose, devices.Find},
	devices.Damaged:   {devices.Issue, devices.Damage},
	devices.Retired:   {devices.Issue, devices.Retire},
	devices.Destroyed: {devices.Issue, devices.Destroy},
}

// do does any action.
func (d *desk) do(t *testing.T, id, holder string, action devices.Action) (devices.Device, error) {
	ctx := t.Context()
	switch action {
	case devices.Issue:
		return d.Issue(ctx, ict, id, devices.LoanDetails{Holder: holder, Days: 7})
	case devices.Extend:
		return d.Extend(ctx, ict, id, 0, d.now.AddDate(0, 0, 60), "")
	}
	return d.Act(ctx, ict, id, action, devices.Facts{Method: "shredded"})
}

func TestEveryActionInEveryState(t *testing.T) {
	d := newDesk(t)
	ann := d.person(t, "Ann Lee", "ann@school.example")
	eachTransition(t, func(t *testing.T, from devices.State, action devices.Action, to devices.State) {
		stick := d.stick(t, string(from)+" "+string(action))
		for _, step := range paths[from] {
			if _, err := d.do(t, stick.ID, ann.ID, step); err != nil {
				t.Fatal(err)
			}
		}
		before, events := must[devices.Device](t)(d.Device(t.Context(), stick.ID)), d.events(t)
		if before.State != from {
			t.Fatalf("path leads to %s", before.State)
		}

		after, err := d.do(t, stick.ID, ann.ID, action)
		if to != "" {
			if err != nil || after.State != to || d.events(t) != events+1 {
				t.Errorf("became %q with %v, %d events; want %q", after.State, err, d.events(t)-events, to)
			}
			return
		}
		refusal := as[*devices.Refusal](err)
		if refusal == nil {
			t.Fatalf("error is %v, want a refusal", err)
		}
		if refusal.State != from || refusal.Action != action || refusal.Device != stick.ID || !slices.Equal(refusal.Instead, devices.Allowed(from)) {
			t.Errorf("refusal is %+v", *refusal)
		}
		for _, words := range []string{string(from), string(action), stick.Label, string(refusal.Instead[0])} {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%q does not say %q", err, words)
			}
		}
		if now := must[devices.Device](t)(d.Device(t.Context(), stick.ID)); now != before || d.events(t) != events {
			t.Errorf("a refusal changed the device from %+v to %+v", before, now)
		}
	})
	d.check(t)
}

func TestParseNames(t *testing.T) {
	if s, err := devices.ParseState(" In-Stock "); s != devices.InStock || err != nil {
		t.Error(s, err)
	}
	if k, err := devices.ParseKind("memory-STICK"); k != devices.MemoryStick || err != nil {
		t.Error(k, err)
	}
	for _, bad := range []string{"", "stick", "in  stock", "issued\x00", strings.Repeat("x", 1000)} {
		if _, err := devices.ParseState(bad); as[*devices.InvalidError](err) == nil || len(err.Error()) > 300 {
			t.Errorf("ParseState(%.20q): %v", bad, err)
		}
	}
}

// TestReadmeListsTheStates: the README's table is the program's.
func TestReadmeListsTheStates(t *testing.T) {
	table := "| state | what can be done: where that leads |\n| --- | --- |\n"
	for _, state := range devices.States() {
		var ways []string
		for _, action := range devices.Allowed(state) {
			next, _ := devices.Next(state, action)
			ways = append(ways, string(action)+": "+string(next))
		}
		table += "| " + string(state) + " | " + strings.Join(ways, ", ") + " |\n"
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), table) {
		t.Errorf("the README's table of states should be:\n%s", table)
	}
}

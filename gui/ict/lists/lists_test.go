package lists_test

import (
	"maps"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"stowage/devices/lists"
	"stowage/gui"
	"stowage/gui/guitest"
	columns "stowage/gui/ict/lists"
)

const list = "Device name,Serial number,Encrypted,Primary user UPN,Last check-in,Jailbroken\nHRP-L01,PF3XK0A1,Yes,ann@hill.example,03/09/2026,Unknown\n"

// shown opens the dialog for the list as it is proposed.
func shown(t *testing.T) (w *guitest.Window, got *[]lists.Mapping, proposed lists.Mapping) {
	t.Helper()
	return shownOf(t, list)
}

// shownOf is shown for any list.
func shownOf(t *testing.T, list string) (w *guitest.Window, got *[]lists.Mapping, proposed lists.Mapping) {
	t.Helper()
	table, err := lists.Read(t.Context(), strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	if proposed, err = table.Propose(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, got = guitest.New(t, gui.Options{}), &[]lists.Mapping{}
	columns.Show(w.Session, "intune.csv", table, proposed, func(m lists.Mapping) { *got = append(*got, m) })
	w.Settle()
	return w, got, proposed
}

// choose picks an option of the first choice that has one chosen now.
func choose(t *testing.T, w *guitest.Window, now, option string) {
	t.Helper()
	var found *widget.Select
	w.Each(func(o fyne.CanvasObject) {
		if s, ok := o.(*widget.Select); ok && found == nil && s.Selected == now {
			found = s
		}
	})
	if found == nil {
		t.Fatalf("nothing is taken for %q", now)
	}
	found.SetSelected(option)
	w.Settle()
}

func TestProposalIsShownAndTaken(t *testing.T) {
	w, got, proposed := shown(t)
	w.MustSee("What is in intune.csv?", "UTF-8", "Device name", "For example: HRP-L01", "Label", "Said to be encrypted, not verified",
		"Left out", "Laptop", "Day first: 03/09/2026 is 3 September")
	if len(*got) > 0 {
		t.Fatal("taken before anybody looked")
	}
	w.Press("See what would change")
	if len(*got) != 1 || !maps.Equal((*got)[0].Columns, proposed.Columns) || (*got)[0].Source != "Intune" || (*got)[0].Kind != "laptop" || (*got)[0].MonthFirst {
		t.Errorf("%+v", *got)
	}
	w.MustNotSee("What is in intune.csv?")
}

// TestColumnsOfOneName: of columns that have one name the first is read, so that nothing can be chosen for the others.
func TestColumnsOfOneName(t *testing.T) {
	w, got, _ := shownOf(t, "Device name,Serial number,Location,Location\nHRP-L01,PF3XK0A1,North,Room 4\n")
	w.MustSee("An earlier column has the same name")
	fixed := 0
	w.Each(func(o fyne.CanvasObject) {
		if s, ok := o.(*widget.Select); ok && s.Disabled() {
			fixed++
		}
	})
	if fixed != 1 {
		t.Errorf("%d choices cannot be changed", fixed)
	}
	w.Press("See what would change")
	if len(*got) != 1 || (*got)[0].Columns[lists.Key("Location")] != lists.Site {
		t.Errorf("%+v", *got)
	}
}

func TestProposalIsChanged(t *testing.T) {
	w, got, _ := shown(t)
	choose(t, w, "Label", "Serial number")
	w.Press("See what would change")
	w.MustSee("Device name and Serial number cannot both be: Serial number.")
	choose(t, w, "Serial number", "Notes")
	choose(t, w, "Serial number", "Left out")
	w.Press("See what would change")
	w.MustSee("One column has to be the label or the serial number")
	choose(t, w, "Notes", "Label")
	choose(t, w, "Last seen", "Left out")
	choose(t, w, "Laptop", "Tablet")
	choose(t, w, "Day first: 03/09/2026 is 3 September", "Month first: 09/03/2026 is 3 September")
	w.Press("See what would change")
	want := map[string]lists.Column{"device name": lists.Label, "encrypted": lists.Said, "primary user upn": lists.Email}
	if len(*got) != 1 || !maps.Equal((*got)[0].Columns, want) || (*got)[0].Kind != "tablet" || !(*got)[0].MonthFirst {
		t.Errorf("%+v", *got)
	}
}

func TestProposalIsLeft(t *testing.T) {
	w, got, _ := shown(t)
	w.Press("Cancel")
	w.MustNotSee("What is in intune.csv?")
	w2, got2, _ := shown(t)
	w2.Key(fyne.KeyEscape)
	w2.MustNotSee("What is in intune.csv?")
	if len(*got)+len(*got2) > 0 {
		t.Error("taken although it was left")
	}
}

func TestPictures(t *testing.T) {
	guitest.Pictures(t, "lists", gui.Options{}, func(w *guitest.Window) {
		table, err := lists.Read(t.Context(), strings.NewReader(list))
		if err != nil {
			t.Fatal(err)
		}
		m, err := table.Propose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		columns.Show(w.Session, "intune.csv", table, m, func(lists.Mapping) {})
	})
}

package loss

import (
	"testing"

	"stowage/devices"
	"stowage/gui/guitest/screenstest"
)

func TestIncidentsAreMerged(t *testing.T) {
	sc := screenstest.LossSchool(t)
	first := opensIncident(t, sc, "HRP-0042", 40)
	second := opensIncident(t, sc, "HRP-0043", 2)
	w, c := caseWindow(t, sc, second, "")
	c.mergeInto()
	w.Settle()
	w.MustSee("HRP-0042", "The clock goes by the earlier of the two")
	w.Press("Cancel")
	if i, err := sc.Register().Incident(t.Context(), second.ID); err != nil || i.State != devices.IncidentOpen {
		t.Errorf("after Cancel: %v, %v", i.State, err)
	}
	c.mergeInto()
	w.Settle()
	w.Press("Merge them")
	w.Settle()
	if i, err := sc.Register().Incident(t.Context(), second.ID); err != nil || i.State != devices.IncidentMerged {
		t.Errorf("merged: %v, %v", i.State, err)
	}
	now, ok := w.Session.Current().(*Case)
	if !ok || now.id != first.ID {
		t.Errorf("the other incident is not shown: %v", w.Session.Current())
	}

	// There is nothing left to merge it with.
	now.mergeInto()
	w.Settle()
	w.MustSee("There is no other open incident")
}

package fill_test

import (
	"strings"
	"testing"

	"stowage/devices"
	"stowage/devices/papers/fill"
)

// TestByLogin: a name that is not the login's is marked as claimed, on paper as elsewhere.
func TestByLogin(t *testing.T) {
	for _, test := range []struct{ actor, login, want string }{
		{"m.jones", "M.Jones", "m.jones"},
		{"m.jones", "", "m.jones"},
		{"Head Teacher", `HILL\m.jones`, `Head Teacher (as claimed; logged in as HILL\m.jones)`},
	} {
		if got := fill.By(devices.Event{Actor: test.actor, Login: test.login}); got != test.want {
			t.Errorf("%q", got)
		}
	}
	s, _, d := newSchool(t)
	facts, err := fill.Evidence(t.Context(), s, d.ID, nil, fill.EvidenceOptions{})
	if err != nil || len(facts.History) == 0 {
		t.Fatal(facts.History, err)
	}
	for _, e := range facts.History {
		if !strings.HasPrefix(e.By, "test (as claimed; logged in as ") {
			t.Errorf("%+v", e)
		}
	}
}

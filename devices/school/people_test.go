package school_test

import (
	"errors"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school"
)

func TestAudiences(t *testing.T) {
	d := directory(t)
	tests := []struct {
		people     []string
		classes    []keys.Class
		recipients []int // with the recovery key
	}{
		{nil, []keys.Class{keys.Hybrid}, []int{1}},
		{[]string{"Alice"}, []keys.Class{keys.Hybrid}, []int{2}},
		{[]string{"Alice", "alice@hill.example", "1"}, []keys.Class{keys.Hybrid}, []int{2}},
		{[]string{"bob"}, []keys.Class{keys.X25519}, []int{2}},
		{[]string{"Bob", "Alice"}, []keys.Class{keys.Hybrid, keys.X25519}, []int{2, 2}},
	}
	for _, test := range tests {
		got, err := school.Audiences(d, test.people)
		if err != nil || len(got) != len(test.classes) {
			t.Errorf("%q: %d audiences, %v", test.people, len(got), err)
			continue
		}
		for i, a := range got {
			if a.Class != test.classes[i] || len(a.Recipients) != test.recipients[i] {
				t.Errorf("%q: audience %d is %s with %d recipients", test.people, i, a.Class, len(a.Recipients))
			}
		}
	}
	if got := (school.Audience{Class: keys.Hybrid}).Suffix(d.Policy); got != "" {
		t.Errorf("the suffix of the policy's class is %q", got)
	}
	if got := (school.Audience{Class: keys.X25519}).Suffix(d.Policy); got != ".x25519" {
		t.Errorf("the suffix of the other class is %q", got)
	}
}

func TestAudiencesRefuse(t *testing.T) {
	d := directory(t)
	for who, want := range map[string]error{"Carys": keys.ErrBlocked, "Dai": keys.ErrNoKey, "Eve": keys.ErrUnknown} {
		_, err := school.Audiences(d, []string{"Alice", who})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", who, err, want)
		}
		if p, ok := errors.AsType[*school.PersonError](err); !ok || p.Who != who {
			t.Errorf("%s: it is about %v", who, p)
		}
	}
	d.Recovery = d.Recovery[:1]
	if _, err := school.Audiences(d, []string{"Bob"}); !errors.Is(err, keys.ErrValue) {
		t.Errorf("without a recovery key of Bob's class: %v", err)
	}
}

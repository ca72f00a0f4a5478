package filecrypt_test

import (
	"errors"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/schooltest"
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
		got, err := filecrypt.Audiences(d, test.people)
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
	if got := (filecrypt.Audience{Class: keys.Hybrid}).Suffix(d.Policy); got != "" {
		t.Errorf("the suffix of the policy's class is %q", got)
	}
	if got := (filecrypt.Audience{Class: keys.X25519}).Suffix(d.Policy); got != ".x25519" {
		t.Errorf("the suffix of the other class is %q", got)
	}
}

func TestAudiencesRefuse(t *testing.T) {
	d := directory(t)
	for who, want := range map[string]error{"Carys": keys.ErrBlocked, "Dai": keys.ErrNoKey, "Eve": keys.ErrUnknown} {
		_, err := filecrypt.Audiences(d, []string{"Alice", who})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", who, err, want)
		}
		if p, ok := errors.AsType[*school.PersonError](err); !ok || p.Who != who {
			t.Errorf("%s: it is about %v", who, p)
		}
	}
	d.Recovery = d.Recovery[:1]
	if _, err := filecrypt.Audiences(d, []string{"Bob"}); !errors.Is(err, keys.ErrValue) {
		t.Errorf("without a recovery key of Bob's class: %v", err)
	}
}

// directory makes a directory with people of both classes.
func directory(t *testing.T) *keys.Directory {
	t.Helper()
	d := &keys.Directory{Policy: schooltest.Quick()}
	hybrid := func() string {
		i, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		return i.Recipient().String()
	}
	x25519 := func() string {
		i, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		return i.Recipient().String()
	}
	d.Recovery = []string{hybrid(), x25519()}
	d.People = []keys.Person{
		{ID: "1", Name: "Alice", Email: "alice@hill.example", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyCurrent}}},
		{ID: "2", Name: "Bob", Keys: []keys.PersonKey{{Recipient: x25519(), Status: keys.KeyCurrent}}},
		{ID: "3", Name: "Carys", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyRevoked}}},
		{ID: "4", Name: "Dai", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyReplaced}}},
	}
	return d
}

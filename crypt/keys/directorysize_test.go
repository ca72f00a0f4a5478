package keys_test

import (
	"fmt"
	"testing"

	"stowage/crypt/keys"
)

// TestLargeDirectory is a trust of fifty schools with post-quantum keys.
func TestLargeDirectory(t *testing.T) {
	people := 5000
	if testing.Short() {
		people = 500
	}
	a := authority(t)
	d := directory(t, a)
	for i := range people {
		d.AddKey(fmt.Sprint("x", i), fmt.Sprint("Person ", i), "", holderKey(t, a, keys.Hybrid).Recipient(), now)
	}
	msg := must(d.Sign(a))(t)
	for _, verifier := range []string{a.Verifier(), ""} {
		got, err := keys.OpenDirectory(msg, verifier)
		if err != nil || len(got.People) != len(d.People) {
			t.Fatalf("%d bytes: %v", len(msg), err)
		}
		if who, err := must(got.Find(fmt.Sprint("person ", people-1)))(t).Current(); err != nil || len(who) != 1 {
			t.Errorf("the last one: %v, %v", who, err)
		}
	}
}

// BenchmarkOpenDirectory opens one with 1000 hybrid keys.
func BenchmarkOpenDirectory(b *testing.B) {
	a := authority(b)
	d := directory(b, a)
	for i := range 1000 {
		d.AddKey(fmt.Sprint("x", i), fmt.Sprint("Person ", i), "", holderKey(b, a, keys.Hybrid).Recipient(), now)
	}
	msg := must(d.Sign(a))(b)
	for name, verifier := range map[string]string{"known": a.Verifier(), "first-sight": ""} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := keys.OpenDirectory(msg, verifier); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

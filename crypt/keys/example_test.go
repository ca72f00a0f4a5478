package keys_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
)

// ICT makes the school's authority and issues a key; the holder chooses a
// passphrase of their own and uses the key.
func Example() {
	now := time.Date(2026, 9, 1, 8, 30, 0, 0, time.UTC)
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor() // in tests alone
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}

	// ICT, once.
	authority, err := keys.NewAuthority("Hill School", now)
	check(err)
	defer authority.Wipe()

	// ICT, for each holder.
	key, err := keys.NewHolderKey(authority.School(), authority.Verifier(), keys.Holder{ID: "h-1", Name: "Ann Example"}, policy.Class, now)
	check(err)
	defer key.Wipe()
	temporary, err := keys.GeneratePassphrase(policy.Words)
	check(err)
	defer clear(temporary)
	file, err := key.Seal(temporary, policy.WorkFactor)
	check(err)

	// The holder, at first use.
	chosen := []byte("purple otters juggle 14 lanterns")
	_, err = keys.Judge(chosen, policy, key.Holder.Name, key.School)
	check(err)
	issued, err := keys.OpenHolderKey(file, temporary)
	check(err)
	defer issued.Wipe()
	file, err = issued.Choose(temporary, chosen, policy.WorkFactor, now.Add(time.Hour))
	check(err)

	// The holder, every day.
	mine, err := keys.OpenHolderKey(file, chosen)
	check(err)
	defer mine.Wipe()
	fmt.Println(mine.Holder.Name, mine.School, mine.Temporary)
	// Output: Ann Example Hill School false
}

// The school publishes who can be encrypted to, and who cannot any more.
func ExampleDirectory() {
	now := time.Date(2026, 9, 1, 8, 30, 0, 0, time.UTC)
	authority, err := keys.NewAuthority("Hill School", now)
	if err != nil {
		log.Fatal(err)
	}
	key, err := keys.NewHolderKey(authority.School(), authority.Verifier(), keys.Holder{ID: "h-1", Name: "Ann Example"}, keys.Hybrid, now)
	if err != nil {
		log.Fatal(err)
	}
	directory := &keys.Directory{
		School: authority.School(), Verifier: authority.Verifier(), Serial: 2, Published: now,
		Policy: keys.DefaultPolicy(), Recovery: authority.RecoveryRecipients(),
	}
	directory.AddKey("h-1", "Ann Example", "ann@hill.example", key.Recipient(), now)
	if err := directory.SetStatus(key.Recipient(), keys.KeyRevoked, "on a lost device", now); err != nil {
		log.Fatal(err)
	}
	note, err := directory.Sign(authority)
	if err != nil {
		log.Fatal(err)
	}

	seen, err := keys.OpenDirectory(note, authority.Verifier())
	if err != nil {
		log.Fatal(err)
	}
	ann, err := seen.Find("ann@hill.example")
	if err != nil {
		log.Fatal(err)
	}
	_, err = ann.Current()
	fmt.Println(err)
	fmt.Println(errors.Is(seen.Newer(3), keys.ErrOlder))
	// Output:
	// Ann Example: the key is blocked, since 2026-09-01: on a lost device
	// true
}

// A telephone code is taken however it is typed, and a mistake is told at once.
func ExampleNormaliseCode() {
	code, err := keys.NormaliseCode([]byte("o1abc odef1 ghjkm npqrs tvwxy z89n7"))
	fmt.Printf("%s %v\n", code, err)
	_, err = keys.NormaliseCode([]byte("o1abc odef1 ghjkm npqrs tvwxy z89n8"))
	fmt.Println(err)
	// Output:
	// 01ABC-0DEF1-GHJKM-NPQRS-TVWXY-Z89N7 <nil>
	// incorrect recovery code: it was mistyped
}

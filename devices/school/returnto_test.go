package school_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
)

func TestReturnAddress(t *testing.T) {
	s := schooltest.Ticking(t)
	says := func(want string) {
		t.Helper()
		if got, err := s.ReturnAddress(); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	says("Hill Road Primary")
	if err := s.SetReturnAddress("  Hill Road Primary \n\nHill Road, Swansea\n"); err != nil {
		t.Fatal(err)
	}
	says("Hill Road Primary\nHill Road, Swansea")
	for _, bad := range []string{strings.Repeat("x", 501), "a\x00b", "a\x1b[2Jb", "\xff"} {
		if err := s.SetReturnAddress(bad); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	says("Hill Road Primary\nHill Road, Swansea")
	if err := s.SetReturnAddress(" "); err != nil {
		t.Fatal(err)
	}
	says("Hill Road Primary")
}

// TestContact: how ICT is reached is in the directory, stays there whatever is published next, and is in
// the note and the text for a finder of what is issued from then on.
func TestContact(t *testing.T) {
	const contact = "01792 000000\nict@hillroad.example\nRoom 12"
	s := schooltest.Ticking(t)
	says := func(want string) {
		t.Helper()
		if got, err := s.Contact(); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	says("")
	if _, err := s.SetContact(t.Context(), " 01792 000000 \n\nict@hillroad.example\r\nRoom 12\n"); err != nil {
		t.Fatal(err)
	}
	says(contact)
	for _, bad := range []string{strings.Repeat("0", 501), "a\x1b[2Jb", "\xff", "0179\u202e2"} {
		if _, err := s.SetContact(t.Context(), bad); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	alice, _ := schooltest.Person(t, s, "Alice Jones") // publishes again
	policy := s.Policy()
	policy.LoanDays++
	if _, err := s.SetPolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	says(contact)
	m, issued := schooltest.Issued(t, s, alice, "HRP-1")
	if issued.Note.Contact != contact {
		t.Errorf("the note says %q", issued.Note.Contact)
	}
	if found := string(m.ReadFile("IF FOUND.txt")); !strings.Contains(found, "Room 12") {
		t.Errorf("a finder reads %q", found)
	}
	if _, err := s.SetContact(t.Context(), "\n"); err != nil {
		t.Fatal(err)
	}
	says("")
	if seen, err := stick.Inspect(m, s.Verifier()); err != nil || seen.Note.Contact != contact {
		t.Errorf("%+v, %v", seen, err)
	}
}

// TestInitAsks: a school can know from its first day where things are brought and whom to ring.
func TestInitAsks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "school")
	p := school.Plan{Name: "Hill Road Primary", Passphrase: schooltest.AuthorityPassphrase(), Policy: schooltest.Quick(), Return: " Hill Road\nSwansea ", Contact: "01792 000000\n"}
	if err := school.Init(t.Context(), dir, p, schooltest.TickingOptions()); err != nil {
		t.Fatal(err)
	}
	s := schooltest.Open(t, dir)
	address, err := s.ReturnAddress()
	contact, err2 := s.Contact()
	if address != "Hill Road\nSwansea" || contact != "01792 000000" || err != nil || err2 != nil {
		t.Errorf("%q, %q: %v, %v", address, contact, err, err2)
	}
	p.Contact = "\x00"
	if err := school.Init(t.Context(), filepath.Join(t.TempDir(), "b"), p, schooltest.TickingOptions()); !errors.Is(err, keys.ErrValue) {
		t.Errorf("a text that cannot be kept: %v", err)
	}
}

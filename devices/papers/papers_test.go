package papers_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"stowage/devices/papers"
)

func TestLayout(t *testing.T) {
	for _, p := range all(t) {
		if p.name == "labels" {
			continue // TestLabelsStayOnTheirLabels
		}
		t.Run(p.name, func(t *testing.T) {
			got := read(t, p.make)
			checkLayout(t, got, 20)
			for i := range got.pages {
				if want := fmt.Sprintf("Page %d of %d", i+1, len(got.pages)); !strings.Contains(got.text(i), want) {
					t.Errorf("page %d does not say %q", i+1, want)
				}
			}
		})
	}
}

func TestPageCounts(t *testing.T) {
	want := map[string]int{"scripts": 4, "evidence": 5, "slip": 1, "labels": 2, "audit": 3, "receipt": 1, "destruction": 1}
	for _, p := range all(t) {
		if got := len(read(t, p.make).pages); got != want[p.name] {
			t.Errorf("%s has %d pages, want %d", p.name, got, want[p.name])
		}
	}
}

func TestEvidenceSays(t *testing.T) {
	text := read(t, func(w io.Writer) error { return papers.Evidence(w, head(), evidence()) }).all()
	for _, want := range []string{
		"HRP-0042", "Siân Ŵyn Jones", "Hill Road Primary School", "Made by Bronwen Evans on 25 September 2026 at 15:30 (14:30 UTC)",
		"24 September 2026 at 16:05 (15:05 UTC)", "27 September 2026 at 16:05", "48 hours and 35 minutes left",
		"about £200", "as its backup has it", "This does not hold if the passphrase was written down", "N = 2^18", "256 MiB",
		"212 files", "stow register verify", "AQGu0dZ5Zc0Z0RkH0YyYk7tBv4QyWz6Vq7XjS1HzQdQk", "a person to decide",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the evidence does not say %q", want)
		}
	}
	for _, never := range []string{"need not be notified", "does not need to be notified", "no duty", "wipe", "remotely", "from afar"} {
		if strings.Contains(strings.ToLower(text), never) {
			t.Errorf("the evidence says %q", never)
		}
	}
	if strings.Index(text, "In short") > strings.Index(text, "Technical annex") {
		t.Error("the annex comes before the plain words")
	}
}

func TestEvidenceOfWhatWasNotEncrypted(t *testing.T) {
	e := evidence()
	e.Protection = papers.Protection{}
	say := func() string {
		return read(t, func(w io.Writer) error { return papers.Evidence(w, head(), e) }).all()
	}
	if text := say(); !strings.Contains(text, "must be treated as if it was not") || strings.Contains(text, "is encrypted, names") {
		t.Errorf("a device that was never checked: %s", text)
	}
	e.Protection.Checks = []papers.Verification{{Method: "BitLocker", By: "B. Evans", At: at(3, 9, 0)}}
	if text := say(); !strings.Contains(text, "it was NOT encrypted") {
		t.Errorf("a device that was not encrypted: %s", text)
	}
}

func TestClock(t *testing.T) {
	for _, test := range []struct {
		made time.Time
		want string
	}{
		{at(24, 15, 5), "72 hours left"},
		{at(27, 14, 5), "1 hour left"},
		{at(27, 15, 4), "1 minute left"},
		{at(28, 15, 5), "ended 24 hours before"},
		{at(30, 16, 5), "ended 3 days and 1 hour before"},
	} {
		h := head()
		h.Made = test.made
		if text := read(t, func(w io.Writer) error { return papers.Evidence(w, h, evidence()) }).all(); !strings.Contains(text, test.want) {
			t.Errorf("at %v the evidence does not say %q", test.made, test.want)
		}
	}
}

func TestSlipAndItsPassphrase(t *testing.T) {
	s := slip(t)
	got := read(t, func(w io.Writer) error { return papers.Slip(w, head(), s) })
	strip := got.text(0)[strings.Index(got.text(0), "Tear off here"):]
	for _, want := range []string{string(s.Passphrase), "HRP-0042", "destroy this strip"} {
		if !strings.Contains(strip, want) {
			t.Errorf("the strip does not say %q: %s", want, strip)
		}
	}
	for _, b := range got.pages[0] {
		if b.top > 249 && (strings.Contains(b.text, "Jones") || strings.Contains(b.text, "Hill Road")) {
			t.Errorf("the strip names whose it is: %v", b)
		}
	}
	s.Passphrase = []byte("orange \U0001f43b walrus")
	if err := papers.Slip(io.Discard, head(), s); !errors.Is(err, papers.ErrLetters) {
		t.Errorf("a passphrase that cannot be shown: %v", err)
	}
	s.Passphrase = nil
	if text := read(t, func(w io.Writer) error { return papers.Slip(w, head(), s) }).all(); strings.Contains(text, "Tear off") || strings.Contains(text, "emporary") {
		t.Error("a slip without a passphrase has a strip")
	}
	for i := 1; i <= 5; i++ {
		if !strings.Contains(got.text(0), fmt.Sprintf(" %d ", i)) {
			t.Errorf("rule %d is missing", i)
		}
	}
}

func TestBadSignatures(t *testing.T) {
	for name, data := range map[string][]byte{
		"text":  []byte("not a picture"),
		"torn":  signature(t)[:200],
		"large": bytes.Repeat([]byte{1}, 5<<20),
		"bomb":  []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x00\x00\x00\x00\x00\x00\x00\x00"),
	} {
		var out bytes.Buffer
		if err := papers.Slip(&out, head(), papers.SlipFacts{Signature: data}); !errors.Is(err, papers.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestDestructionSays(t *testing.T) {
	d := destruction()
	say := func() string {
		return read(t, func(w io.Writer) error { return papers.Destruction(w, head(), d) }).all()
	}
	text := say()
	for _, want := range []string{"shredded to 6 mm", "NIST SP 800-88 Destroy", "B. Evans", "number 1,203", "of 1,204 entries", d.Checkpoint.Root} {
		if !strings.Contains(text, want) {
			t.Errorf("the certificate does not say %q", want)
		}
	}
	d.Checkpoint.Events = 1100
	if text := say(); !strings.Contains(text, "which the next one will cover") {
		t.Error("a checkpoint from before the entry is passed off as covering it")
	}
}

func TestAuditSays(t *testing.T) {
	text := read(t, func(w io.Writer) error { return papers.Audit(w, head(), audit()) }).all()
	for _, want := range []string{"159 devices in the register", "118 verified as encrypted", "Bob Evans", "HRP-0011", "BitLocker, protection off", "notify the regulator, by Mr Pugh", "number 1,100 to number 1,204"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	empty := read(t, func(w io.Writer) error { return papers.Audit(w, head(), papers.AuditFacts{}) }).all()
	for _, want := range []string{"Nothing is overdue.", "There were none in this time", "no entry from this time", "from the beginning until now"} {
		if !strings.Contains(empty, want) {
			t.Errorf("an empty report does not say %q", want)
		}
	}
}

package loss_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school"
	"stowage/devices/school/loss"
	"stowage/devices/school/schooltest"
)

// deliver puts a report into the inbox of a school and returns its file.
func deliver(t *testing.T, s *school.School, inbox string, r loss.LossReport) string {
	t.Helper()
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := loss.ICTOf(d).Seal(r)
	if err != nil {
		t.Fatal(err)
	}
	path, err := loss.Deliver(inbox, loss.ReportName(r), sealed)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// inboxOf opens the inbox of a school.
func inboxOf(t *testing.T, s *school.School, dir string) *loss.Inbox {
	t.Helper()
	in, err := loss.OpenInbox(s, dir)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func reports(t *testing.T, in *loss.Inbox) []loss.Report {
	t.Helper()
	all, err := in.Reports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFileNameSaysNothingPersonal(t *testing.T) {
	r := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	name := loss.ReportName(r)
	if !strings.HasPrefix(name, "loss-20260924-") || !strings.HasSuffix(name, loss.ReportExtension) {
		t.Errorf("name %q", name)
	}
	for _, personal := range []string{"alice", "jones", "0042", r.ID} {
		if strings.Contains(strings.ToLower(name), personal) {
			t.Errorf("%q says %q", name, personal)
		}
	}
	if loss.ReportName(r) == name {
		t.Error("two files of one name")
	}
}

func TestInboxFromDeliveryToHandled(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	second := lossReport("Bob Lee", "HRP-0007", schooltest.Day().Add(time.Hour))
	first := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	deliver(t, s, inbox, second)
	deliver(t, s, inbox, first)
	in := inboxOf(t, s, inbox)
	got := reports(t, in)
	if len(got) != 2 || got[0].ID != second.ID || got[1].ID != first.ID || got[0].Err != nil || got[0].Same != nil {
		t.Fatalf("got %+v", got)
	}
	if err := got[1].Handled(); err != nil {
		t.Fatal(err)
	}
	if err := got[1].Handled(); !errors.Is(err, loss.ErrHandled) {
		t.Errorf("handled twice: %v", err)
	}
	if left := reports(t, in); len(left) != 1 || left[0].ID != second.ID {
		t.Errorf("left: %+v", left)
	}
	done, err := in.HandledReports(t.Context())
	if err != nil || len(done) != 1 || done[0].ID != first.ID {
		t.Fatalf("done: %+v, %v", done, err)
	}
	if content, _ := os.ReadFile(done[0].File); bytes.Contains(content, []byte("Alice")) {
		t.Error("what was dealt with lies there in plain")
	}
}

func TestLockedInboxCounts(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	s.Lock()
	in := inboxOf(t, s, inbox)
	if waiting, err := in.Waiting(); err != nil || len(waiting) != 1 {
		t.Errorf("waiting %v, %v", waiting, err)
	}
	if got := reports(t, in); len(got) != 1 || !errors.Is(got[0].Err, school.ErrLocked) || got[0].Received.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestDamagedReportsKeepNobody(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	good := deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	sealed, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	other := mustSeal(t, lossReport("Alice Jones", "HRP-0042", schooltest.Day()), schooltest.OtherAuthority(t))
	nonsense, err := keys.WrapFor([]byte("no report"), schooltest.Must(s.Directory()).Recovery[:1])
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]error{
		"a" + loss.ReportExtension: crypt.ErrNotAge,
		"b" + loss.ReportExtension: crypt.ErrDamaged,
		"c" + loss.ReportExtension: crypt.ErrNoIdentity,
		"d" + loss.ReportExtension: loss.ErrReport,
		"e" + loss.ReportExtension: loss.ErrReport,
		"f" + loss.ReportExtension: crypt.ErrDamaged,
		filepath.Base(good):        nil,
	}
	for name, content := range map[string][]byte{
		"a": nil, "b": flipped, "c": other, "d": bytes.Repeat([]byte("x"), 1<<20), "f": sealed[:len(sealed)/2],
	} {
		schooltest.Write(t, filepath.Join(inbox, name+loss.ReportExtension), content)
	}
	for _, content := range nonsense {
		schooltest.Write(t, filepath.Join(inbox, "e"+loss.ReportExtension), content)
	}
	schooltest.Write(t, filepath.Join(inbox, "holiday.jpg"), nil) // not ours
	if err := os.Mkdir(filepath.Join(inbox, "folder"+loss.ReportExtension), 0o700); err != nil {
		t.Fatal(err)
	}
	// Those that cannot be read are one line, and are put away like any other, one by one.
	in := inboxOf(t, s, inbox)
	for unread := len(want) - 1; ; unread-- {
		got := reports(t, in)
		if len(got) != 1+min(unread, 1) || got[0].File != good || got[0].Err != nil {
			t.Fatalf("%d reports, the first %v; %d cannot be read", len(got), got[0].Err, unread)
		}
		if unread == 0 {
			break
		}
		r := got[1]
		wanted, known := want[filepath.Base(r.File)]
		if !known || wanted == nil || !errors.Is(r.Err, wanted) || r.Unread != unread || r.ID != "" {
			t.Errorf("%s: %v, want %v; %d cannot be read, want %d", filepath.Base(r.File), r.Err, wanted, r.Unread, unread)
		}
		if err := r.Handled(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDuplicatesAreSpotted(t *testing.T) {
	const hour, week = time.Hour, 7 * 24 * time.Hour
	for _, c := range []struct {
		name string
		turn func(r *loss.LossReport)
		want bool
	}{
		{"another device of another person", func(r *loss.LossReport) { r.Device.Label, r.Reporter.Name = "HRP-0001", "Bob" }, false},
		{"the same label, written otherwise, by another", func(r *loss.LossReport) { r.Device.Label, r.Reporter.Name = "hrp-0042 ", "Bob" }, true},
		{"the same label next week", func(r *loss.LossReport) { r.Made = schooltest.Day().Add(week) }, true},
		{"the same label a month later", func(r *loss.LossReport) { r.Made = schooltest.Day().Add(5 * week) }, false},
		{"the same person, no label", func(r *loss.LossReport) { r.Device.Label, r.Made = "", schooltest.Day().Add(hour) }, true},
		{"the same person, another label", func(r *loss.LossReport) { r.Device.Label = "HRP-0001" }, false},
		{"another person, no label", func(r *loss.LossReport) { r.Device.Label, r.Reporter.Name = "", "Bob" }, false},
		{"another stick of that label", func(r *loss.LossReport) { r.Device.Stick = "b" }, false},
		{"the same stick, no label", func(r *loss.LossReport) { r.Device.Stick, r.Device.Label, r.Reporter.Name = "a", "", "Bob" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, inbox := schooltest.Ticking(t), t.TempDir()
			first := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
			first.Device.Stick = "a"
			second := lossReport("alice jones", "HRP-0042", schooltest.Day().Add(hour))
			c.turn(&second)
			second = loss.NewLossReport(second, second.Made)
			deliver(t, s, inbox, first)
			deliver(t, s, inbox, second)
			for _, r := range reports(t, inboxOf(t, s, inbox)) {
				if (r.Same != nil) != c.want {
					t.Errorf("same: %v, want %v", r.Same, c.want)
				}
			}
		})
	}
}

func TestDuplicateOfOneDealtWith(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	in := inboxOf(t, s, inbox)
	deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	first := reports(t, in)[0]
	if err := first.Handled(); err != nil {
		t.Fatal(err)
	}
	deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day().Add(time.Hour)))
	if got := reports(t, in); len(got) != 1 || !slices.Equal(got[0].Same, []string{first.ID}) {
		t.Errorf("got %+v", got)
	}
}

func TestReceivedByHand(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	in := inboxOf(t, s, inbox)
	r := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	sealed, err := loss.ICTOf(schooltest.Must(s.Directory())).Seal(r)
	if err != nil {
		t.Fatal(err)
	}
	attached := filepath.Join(t.TempDir(), "attachment (1).age")
	schooltest.Write(t, attached, sealed)
	got, err := in.Receive(t.Context(), attached)
	if err != nil || got.ID != r.ID || filepath.Dir(got.File) != inbox {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(reports(t, in)) != 1 {
		t.Error("it is not in the inbox")
	}
	schooltest.Write(t, attached, sealed[:100])
	if _, err := in.Receive(t.Context(), attached); err == nil {
		t.Error("a damaged file was taken")
	}
	if n := len(reports(t, in)); n != 1 {
		t.Errorf("%d reports after a refusal", n)
	}
}

// Every way in which delivery fails leaves the folder as it was.
func TestDeliveryFailsCleanly(t *testing.T) {
	root := t.TempDir()
	inbox, file := filepath.Join(root, "inbox"), filepath.Join(root, "file")
	if err := os.Mkdir(inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	schooltest.Write(t, file, nil)
	taken := "taken" + loss.ReportExtension
	schooltest.Write(t, filepath.Join(inbox, taken), []byte("first"))
	name := "loss-1" + loss.ReportExtension
	for _, c := range []struct {
		what, inbox, name string
		want              error
	}{
		{"no folder known", "", name, loss.ErrNoInbox},
		{"the network drive is not connected", filepath.Join(root, "gone"), name, loss.ErrNoInbox},
		{"a file in its place", file, name, loss.ErrNoInbox},
		{"the name is taken", inbox, taken, safefile.ErrExists},
		{"a name that leads elsewhere", inbox, "../x" + loss.ReportExtension, loss.ErrReport},
		{"a name that is none", inbox, "x.age", loss.ErrReport},
	} {
		if _, err := loss.Deliver(c.inbox, c.name, []byte("sealed")); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if got := schooltest.Names(t, root); !slices.Equal(got, []string{"file", "inbox"}) {
		t.Errorf("left behind: %v", got)
	}
	if got := schooltest.Names(t, inbox); !slices.Equal(got, []string{taken}) {
		t.Errorf("left behind: %v", got)
	}
	if content, _ := os.ReadFile(filepath.Join(inbox, taken)); string(content) != "first" {
		t.Errorf("replaced by %q", content)
	}
}

// A program that died while it put a report away is no trouble to the next.
func TestPuttingAwayAgain(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	file := deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	done := filepath.Join(inbox, "done", filepath.Base(file))
	if err := os.Mkdir(filepath.Dir(done), 0o700); err != nil {
		t.Fatal(err)
	}
	r := reports(t, inboxOf(t, s, inbox))[0]

	schooltest.Write(t, done, []byte("something else of that name"))
	if err := r.Handled(); !errors.Is(err, safefile.ErrExists) {
		t.Errorf("handled over another file: %v", err)
	}
	schooltest.Write(t, done, content)
	if err := r.Handled(); err != nil {
		t.Error(err)
	}
	if got := schooltest.Names(t, inbox); !slices.Equal(got, []string{"done"}) {
		t.Errorf("inbox: %v", got)
	}
}

// TestAttackBuriedReport fills the inbox with what is no report, whose names and times are
// before, beside and after those of the real one: it is the first that is listed.
func TestAttackBuriedReport(t *testing.T) {
	s, inbox := schooltest.Ticking(t), t.TempDir()
	const junk = 20_000
	for i := range junk {
		content := []byte("x")
		if i%10 == 0 {
			content = []byte("age-encryption.org/v1\n-> X25519 junk\n")
		}
		schooltest.Write(t, filepath.Join(inbox, fmt.Sprintf("loss-%d-%05d%s", 20250101+i%2*20000, i, loss.ReportExtension)), content)
	}
	r := lossReport("Alice Jones", "HRP-0042", schooltest.Day())
	deliver(t, s, inbox, r)
	got := reports(t, inboxOf(t, s, inbox))
	if len(got) != 2 || got[0].ID != r.ID || got[1].Unread != junk {
		t.Errorf("%d lines", len(got))
	}
}

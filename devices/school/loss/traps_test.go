//go:build unix

package loss_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/loss"
	"stowage/devices/school/remembered"
	"stowage/devices/school/schooltest"
)

// TestHandledFolderIsALink has a link in the inbox, as every member of staff can put there, to
// where reports that were dealt with go: nothing is written to what it leads to, and the report stays.
func TestHandledFolderIsALink(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	inbox, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(inbox, "done")); err != nil {
		t.Fatal(err)
	}
	file := deliver(t, s, inbox, lossReport("Alice Jones", "HRP-0042", schooltest.Day()))
	in := inboxOf(t, s, inbox)
	all, err := in.Reports(ctx)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d reports, %v", len(all), err)
	}
	if err := all[0].Handled(); err == nil {
		t.Error("it was put away through a link")
	}
	if left := schooltest.Names(t, outside); len(left) != 0 {
		t.Errorf("outside are now %q", left)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the report is gone: %v", err)
	}
}

// TestPipesInTheSharedFolder has pipes where the computers of staff and ICT look for files: nobody waits for them.
func TestPipesInTheSharedFolder(t *testing.T) {
	s, ctx := schooltest.Ticking(t), t.Context()
	shared, err := s.Shared()
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Directory()
	if err != nil {
		t.Fatal(err)
	}
	who, _ := schooltest.Person(t, s, "Alice Jones")
	m, issued := schooltest.Issued(t, s, who, "HRP-0042")
	for _, name := range []string{
		school.DirectoryFile, school.CheckpointFile, "inbox/x" + loss.ReportExtension, "inbox/y.stowage-found.age",
		"backup/" + issued.Note.ID,
	} {
		path := filepath.Join(shared.Dir, filepath.FromSlash(name))
		_ = os.Remove(path)
		if err := syscall.Mkfifo(path, 0o644); err != nil {
			t.Skip(err)
		}
	}
	if _, err := shared.Directory(""); !errors.Is(err, safefile.ErrNotRegular) {
		t.Errorf("the directory: %v", err)
	}
	if _, err := (remembered.Serials{}).Newest(shared.DirectoryPath(), ""); !errors.Is(err, safefile.ErrNotRegular) {
		t.Errorf("the newest directory: %v", err)
	}
	in := inboxOf(t, s, shared.Inbox())
	if all, err := in.Reports(ctx); err != nil || len(all) != 0 {
		t.Errorf("the inbox: %v, %v", all, err)
	}
	if _, err := in.Receive(ctx, filepath.Join(shared.Inbox(), "x"+loss.ReportExtension)); !errors.Is(err, safefile.ErrNotRegular) {
		t.Errorf("a report: %v", err)
	}
	if found, err := loss.FoundSticks(ctx, s); err != nil || len(found) != 0 {
		t.Errorf("sightings: %v, %v", found, err)
	}
	if _, err := backup.Stick(ctx, shared, backup.Plan{Drive: m, Verifier: d.Verifier}); !errors.Is(err, stick.ErrSpecial) {
		t.Errorf("the backup: %v", err)
	}
}

package webdav_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stowage/crypt/stick"
)

// TestFailedUploadsAreRemembered: what a full stick did not take is named until it is
// stored or given up, and what is left of it never takes a good file's place.
func TestFailedUploadsAreRemembered(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "report.odt", "good")
	d.wants(201, "PUT", "lu1.tmp", "") // as davfs2 makes a file before it sends it
	d.mem.SetCapacity(1)
	large := strings.Repeat("x", 200_000)
	d.wants(507, "PUT", "lu1.tmp", large)
	d.wants(507, "PUT", "b.txt", large)
	if got := fmt.Sprint(d.drive.Failed()); !strings.Contains(got, "lu1.tmp") || !strings.Contains(got, "b.txt") || len(d.drive.Failed()) != 2 {
		t.Errorf("failed: %s", got)
	}
	d.wants(507, "MOVE", "lu1.tmp", "", "Destination: "+d.drive.Address()+"report.odt", "Overwrite: T")
	d.has("report.odt", "good")
	d.mem.SetCapacity(1 << 30)
	d.wants(201, "PUT", "b.txt", large)
	d.wants(204, "DELETE", "lu1.tmp", "")
	if got := d.drive.Failed(); len(got) != 0 {
		t.Errorf("still failed: %v", got)
	}
}

// TestComputersOwnDiskFails: it is said to be the computer's, not the stick's.
func TestComputersOwnDiskFails(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	none := t.TempDir() + "/none"
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, none)
	}
	if _, err := os.Stat(none); err == nil {
		t.Fatal("it is there")
	}
	if said := d.wants(500, "PUT", "film.mov", strings.Repeat("x", 5<<20)); !strings.Contains(said, "this computer's own disk") {
		t.Errorf("it says %q", said)
	}
	if got := d.drive.Failed(); len(got) != 1 || got[0].Path != "film.mov" {
		t.Errorf("failed: %v", got)
	}
}

package webdav_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
	"stowage/crypt/stick/webdav"
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

// tempIn has temporary files made in a folder.
func tempIn(t *testing.T, folder string) {
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, folder)
	}
}

// TestComputersOwnDiskIsFull saves a large file while the computer's own temporary folder, on a
// real drive, is full: that is said to be so, and not of the stick, and nothing of it stays.
func TestComputersOwnDiskIsFull(t *testing.T) {
	temp := smalldrive.New(t, 1<<20)
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "film.mov", "short")
	tempIn(t, temp)
	film := strings.Repeat("x", 5<<20)
	status, headers, said := d.ask("PUT", "film.mov", film)
	if status != 503 || headers.Get("Retry-After") == "" || !strings.Contains(said, webdav.ErrComputerFull.Error()) {
		t.Errorf("answered with %d, %q, %v", status, said, headers)
	}
	if got := d.drive.Failed(); len(got) != 1 || got[0].Path != "film.mov" || !errors.Is(got[0].Err, webdav.ErrComputerFull) || errors.Is(got[0].Err, stick.ErrFull) {
		t.Errorf("failed: %v", got)
	}
	d.has("film.mov", "short")
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	d.wants(201, "PUT", "film.mov", "short again") // what needs no disk is stored
	tempIn(t, t.TempDir())
	d.wants(201, "PUT", "film.mov", film)
	if got := d.drive.Failed(); len(got) != 0 {
		t.Errorf("still failed: %v", got)
	}
	d.has("film.mov", film)
}

// TestEveryErrorHasItsOwnAnswer: a client, and whoever reads what it logs, can tell what went
// wrong by the status and the sentence.
func TestEveryErrorHasItsOwnAnswer(t *testing.T) {
	large := strings.Repeat("x", 5<<20)
	answers := map[string]string{}
	for name, c := range map[string]struct {
		status int
		ask    func(t *testing.T, d *desk) (int, string)
		o      stick.OpenOptions
	}{
		"the stick is full": {507, func(t *testing.T, d *desk) (int, string) {
			d.mem.SetCapacity(1 << 20)
			return d.do("PUT", "a", large)
		}, stick.OpenOptions{}},
		"the computer is full": {503, func(t *testing.T, d *desk) (int, string) {
			tempIn(t, smalldrive.New(t, 1<<20))
			return d.do("PUT", "a", large)
		}, stick.OpenOptions{}},
		"the computer fails": {500, func(t *testing.T, d *desk) (int, string) {
			tempIn(t, filepath.Join(t.TempDir(), "none"))
			return d.do("PUT", "a", large)
		}, stick.OpenOptions{}},
		"too large":  {413, func(t *testing.T, d *desk) (int, string) { return d.do("PUT", ".DS_Store", large) }, stick.OpenOptions{}},
		"not a name": {403, func(t *testing.T, d *desk) (int, string) { return d.do("PUT", ".wh.a", "x") }, stick.OpenOptions{}},
		"only reads": {403, func(t *testing.T, d *desk) (int, string) { return d.do("PUT", "a", "x") }, stick.OpenOptions{ReadOnly: true}},
		"onto a folder": {405, func(t *testing.T, d *desk) (int, string) {
			d.wants(201, "MKCOL", "folder", "")
			return d.do("PUT", "folder", "x")
		}, stick.OpenOptions{}},
		"pulled": {504, func(t *testing.T, d *desk) (int, string) {
			d.mem.SetGone(true)
			return d.do("PUT", "a", "x")
		}, stick.OpenOptions{}},
		"locked": {504, func(t *testing.T, d *desk) (int, string) {
			check(t, d.stick.Close())
			return d.do("PUT", "a", "x")
		}, stick.OpenOptions{}},
	} {
		t.Run(name, func(t *testing.T) {
			status, said := c.ask(t, newDesk(t, c.o))
			if status != c.status || strings.Contains(said, "Internal Server Error") {
				t.Errorf("answered with %d, %q; want %d", status, said, c.status)
			}
			answer := fmt.Sprint(status, said)
			if other, taken := answers[answer]; taken {
				t.Errorf("%s is answered with %q as well", other, answer)
			}
			answers[answer] = name
		})
	}
}

// TestComputersOwnDiskFails: it is said to be the computer's, not the stick's.
func TestComputersOwnDiskFails(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	none := t.TempDir() + "/none"
	tempIn(t, none)
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

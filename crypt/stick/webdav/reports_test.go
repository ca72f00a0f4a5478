package webdav_test

import (
	"strings"
	"testing"

	"stowage/crypt/stick"
)

// windows is how Windows' own client names itself.
const windows = "User-Agent: Microsoft-WebDAV-MiniRedir/10.0.19045"

// TestReportTwoFoldersOfOneName replays Cryptomator #622: a drive that holds "dev" and "Dev", as another system may have
// stored them, is used from Windows. There one of the two was shown empty, could not be renamed, and then neither was reached.
func TestReportTwoFoldersOfOneName(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	for _, folder := range []string{"dev", "Dev"} { // a client to which case matters
		d.wants(201, "MKCOL", folder, "")
		d.wants(201, "PUT", folder+"/notes.txt", "in "+folder)
	}
	for _, folder := range []string{"dev", "Dev"} {
		if got := d.wants(200, "GET", folder+"/notes.txt", "", windows); got != "in "+folder {
			t.Errorf("%s from Windows: %q", folder, got)
		}
		if list := d.wants(207, "PROPFIND", folder, "", windows, "Depth: 1"); !strings.Contains(list, folder+"/notes.txt") {
			t.Errorf("%s is shown as %s", folder, list)
		}
	}
	d.wants(201, "MOVE", "dev", "", windows, "Destination: "+d.drive.Address()+"dev_old", "Overwrite: F")
	d.has("dev_old/notes.txt", "in dev")
	d.has("Dev/notes.txt", "in Dev")
	if got := d.wants(200, "GET", "dev/notes.txt", "", windows); got != "in Dev" { // now one name again
		t.Errorf("what is left: %q", got)
	}
}

// TestReportRenamedInCaseAlone replays Cryptomator #1654: a file, and a folder, whose name was changed in its case alone
// was gone from view.
func TestReportRenamedInCaseAlone(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "MKCOL", "Reports", "", windows)
	d.wants(201, "PUT", "Reports/June.odt", "june", windows)
	d.wants(201, "MOVE", "Reports/June.odt", "", windows, "Destination: "+d.drive.Address()+"Reports/june.odt", "Overwrite: F")
	d.wants(201, "MOVE", "Reports", "", windows, "Destination: "+d.drive.Address()+"REPORTS", "Overwrite: F")
	for folder, want := range map[string]string{"": "/REPORTS/", "REPORTS": "/REPORTS/june.odt", "reports": "/june.odt"} {
		if list := d.wants(207, "PROPFIND", folder, "", windows, "Depth: 1"); !strings.Contains(list, want) {
			t.Errorf("%q shows no %s: %s", folder, want, list)
		}
	}
	d.has("REPORTS/june.odt", "june")
	d.lacks("Reports")
	if list, err := d.stick.List("."); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestReportFullDrive replays gocryptfs #550: what was stored before the disk was full could not be opened afterwards.
func TestReportFullDrive(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "MKCOL", "kept", "")
	before := strings.Repeat("b", 100_000)
	d.wants(201, "PUT", "kept/before.db", before)
	d.mem.SetCapacity(1)
	full := strings.Repeat("x", 300_000)
	for _, name := range []string{"kept/before.db", "kept/new.db", "other/new.db"} {
		if status, _ := d.do("PUT", name, full); status < 400 {
			t.Errorf("%s: stored with no room: %d", name, status)
		}
		if status, _ := d.do("MKCOL", "folder", ""); status != 507 {
			t.Errorf("a folder with no room: %d", status)
		}
	}
	d.has("kept/before.db", before)
	d.mem.SetCapacity(1 << 30)
	found, err := d.stick.Check(t.Context(), nil)
	if err != nil || !found.Healthy() {
		t.Errorf("after it was full: %+v, %v", found, err)
	}
	d.has("kept/before.db", before)
	d.lacks("kept/new.db")
	d.wants(201, "PUT", "kept/new.db", full)
	d.has("kept/new.db", full)
}

package webdav_test

import (
	"testing"

	"stowage/crypt/stick"
)

// TestNamesInAnyCase: for Windows' and macOS's own clients, a name in another case is the
// file that is there, and no twin comes to be; for others both are names of their own.
func TestNamesInAnyCase(t *testing.T) {
	for _, agent := range []string{"Microsoft-WebDAV-MiniRedir/10.0.19045", "WebDAVFS/3.0.0 (03008000) Darwin/23.0.0"} {
		d := newDesk(t, stick.OpenOptions{})
		who := "User-Agent: " + agent
		d.wants(201, "MKCOL", "Pläne", "", who)
		d.wants(201, "PUT", "Pläne/Plan.txt", "first", who)
		if got := d.wants(200, "GET", "pLÄNE/PLAN.TXT", "", who); got != "first" {
			t.Errorf("%s: got %q", agent, got)
		}
		d.wants(201, "PUT", "PLÄNE/plan.TXT", "second", who)
		d.has("Pläne/Plan.txt", "second")
		d.wants(405, "MKCOL", "PLÄNE", "", who)
		d.wants(201, "PUT", "new.tmp", "third", who)
		d.wants(204, "MOVE", "NEW.tmp", "", who, "Destination: "+d.drive.Address()+"pläne/PLAN.txt", "Overwrite: T")
		d.saved("Pläne/Plan.txt", "third", "second")
		d.wants(201, "MOVE", "pläne/plan.txt", "", who, "Destination: "+d.drive.Address()+"Pläne/PLAN.txt", "Overwrite: F")
		d.has("Pläne/PLAN.txt", "third")
		d.lacks("Pläne/Plan.txt")
		if list, err := d.stick.List("."); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
		d.wants(404, "GET", "PLÄNE/PLAN.txt", "") // a client to which case matters
	}
}

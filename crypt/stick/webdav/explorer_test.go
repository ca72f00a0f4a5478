package webdav_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"stowage/crypt/stick"
)

const (
	lockBody = `<?xml version="1.0" encoding="utf-8" ?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>` +
		`<D:locktype><D:write/></D:locktype><D:owner><D:href>SCHOOL\alex</D:href></D:owner></D:lockinfo>`
	timesBody = `<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop>` +
		`<Z:Win32CreationTime>Mon, 05 Jan 2026 09:00:00 GMT</Z:Win32CreationTime>` +
		`<Z:Win32LastModifiedTime>Tue, 06 Jan 2026 10:11:12 GMT</Z:Win32LastModifiedTime>` +
		`<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`
)

// What Windows' Explorer sends for a file that is copied to the drive, and for one that
// is then renamed while it is locked.
func TestCopiedByExplorer(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	const name, want = "Bericht%20%C3%A4%20100%25%20%231.docx", "what the file says"
	before := d.layers()
	d.wants(207, "PROPFIND", "", "", "Depth: 0")
	d.wants(404, "PROPFIND", name, "", "Depth: 0")
	d.wants(201, "PUT", name, "")
	_, header, _ := d.ask("LOCK", name, lockBody, "Timeout: Second-3600")
	token := header.Get("Lock-Token")
	mine := "If: (" + token + ")"
	d.wants(207, "PROPPATCH", name, timesBody, mine)
	d.wants(200, "HEAD", name, "")
	d.wants(423, "PUT", name, "somebody else's")
	d.wants(201, "PUT", name, want, mine)
	d.wants(207, "PROPPATCH", name, timesBody, mine)
	d.has("Bericht ä 100% #1.docx", want)
	modified := time.Date(2026, 1, 6, 10, 11, 12, 0, time.UTC)
	if e, err := d.stick.Stat("Bericht ä 100% #1.docx"); err != nil || !e.ModTime.Equal(modified) {
		t.Errorf("the time of the file: %v, %v", e.ModTime, err)
	}
	if said := d.wants(207, "PROPFIND", name, "", "Depth: 0"); !strings.Contains(said, "Tue, 06 Jan 2026 10:11:12 GMT</D:getlastmodified>") {
		t.Errorf("the time that is told: %s", said)
	}
	if d.settle(); d.layers()-before != 1 {
		t.Errorf("it took %d layers", d.layers()-before)
	}
	there := "Destination: " + d.drive.Address() + "renamed.docx"
	d.wants(423, "MOVE", name, "", there)
	d.wants(201, "MOVE", name, "", there, "Overwrite: F", mine)
	d.wants(204, "UNLOCK", name, "", "Lock-Token: "+token)
	d.has("renamed.docx", want)
}

// TestTimesAreStoredTogether: where Windows sends a file's time only after the file, the file is
// safe before, and the times of many are stored in one go.
func TestTimesAreStoredTogether(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	before := d.layers()
	modified := time.Date(2026, 1, 6, 10, 11, 12, 0, time.UTC)
	var tags []string
	for i := range 5 {
		name := fmt.Sprintf("f%d.docx", i)
		d.wants(201, "PUT", name, "")
		_, header, _ := d.ask("LOCK", name, lockBody, "Timeout: Second-3600")
		token := header.Get("Lock-Token")
		d.wants(201, "PUT", name, "content of "+name, "If: ("+token+")")
		d.has(name, "content of "+name)
		d.wants(207, "PROPPATCH", name, timesBody, "If: ("+token+")")
		d.wants(204, "UNLOCK", name, "", "Lock-Token: "+token)
		if said := d.wants(207, "PROPFIND", name, "", "Depth: 0"); !strings.Contains(said, "Tue, 06 Jan 2026 10:11:12 GMT</D:getlastmodified>") {
			t.Errorf("%s: the time that is told: %s", name, said)
		}
		tags = append(tags, d.tag(name))
	}
	if n := d.layers() - before; n != 5 {
		t.Errorf("5 files took %d layers", n)
	}
	d.settle()
	if n := d.layers() - before; n != 6 {
		t.Errorf("5 files and their times took %d layers", n)
	}
	for i, tag := range tags {
		name := fmt.Sprintf("f%d.docx", i)
		d.has(name, "content of "+name)
		if e, err := d.stick.Stat(name); err != nil || !e.ModTime.Equal(modified) {
			t.Errorf("%s: its time is %v, %v", name, e.ModTime, err)
		}
		d.wants(201, "PUT", name, "newer", "If-Match: "+tag) // which the client knows
	}
	d.wants(201, "PUT", "f0.docx", "with no time")
	d.wants(207, "PROPPATCH", "f0.docx", timesBody)
	d.wants(201, "PUT", "f0.docx", "with a time of its own", "X-OC-Mtime: 1000000000")
	before = d.layers()
	d.settle()
	if e, err := d.stick.Stat("f0.docx"); err != nil || e.ModTime.Unix() != 1_000_000_000 || d.layers() != before {
		t.Errorf("f0.docx: its time is %v, %v; %d layers more", e.ModTime, err, d.layers()-before)
	}
}

// Whoever has one file locked cannot move it over another that somebody has locked.
func TestMovedOntoALockedFile(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	tokens := map[string]string{}
	for _, name := range []string{"a.txt", "b.txt"} {
		d.wants(201, "PUT", name, name)
		_, header, _ := d.ask("LOCK", name, lockBody)
		tokens[name] = header.Get("Lock-Token")
	}
	there := "Destination: " + d.drive.Address() + "b.txt"
	d.wants(412, "MOVE", "a.txt", "", there, "If: ("+tokens["a.txt"]+")")
	d.has("b.txt", "b.txt")
	d.wants(412, "MOVE", "a.txt", "", "Destination: "+d.drive.Address()+"c.txt", "If: (<urn:x:none>)")
	d.lacks("c.txt")
}

// What is noted about a file or folder changes nothing else of it.
func TestNotesLeaveFilesAlone(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	const note = `<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:z"><D:set><D:prop><Z:colour>blue</Z:colour></D:prop></D:set></D:propertyupdate>`
	d.wants(201, "PUT", "a.txt", "content")
	d.wants(201, "MKCOL", "folder", "")
	before := d.layers()
	for _, name := range []string{"a.txt", "folder"} {
		d.wants(207, "PROPPATCH", name, note)
		if said := d.wants(207, "PROPFIND", name, "", "Depth: 0"); !strings.Contains(said, "blue") {
			t.Errorf("%s: the note is not told: %s", name, said)
		}
	}
	d.wants(207, "PROPPATCH", "folder", timesBody)
	d.wants(404, "PROPPATCH", "none.txt", note)
	d.lacks("none.txt")
	d.has("a.txt", "content")
	if d.layers() != before {
		t.Errorf("notes took %d layers", d.layers()-before)
	}
}

// The top's time is one that every client can show.
func TestTimeOfTheTop(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	if said := d.wants(207, "PROPFIND", "", "", "Depth: 0"); strings.Contains(said, "0001") {
		t.Error(said)
	}
}

// A web page learns nothing and changes nothing, even one that got to know the address.
func TestWebPagesAreToldNothing(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a.txt", "secret")
	for _, header := range []string{"Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"} {
		d.wants(404, "GET", "a.txt", "", header)
		d.wants(404, "PUT", "b.txt", "x", header)
		d.wants(404, "OPTIONS", "a.txt", "", header)
		d.lacks("b.txt")
	}
	d.wants(200, "GET", "a.txt", "", "Sec-Fetch-Site: none") // typed by a person
}

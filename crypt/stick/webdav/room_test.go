package webdav_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestSaveAfterSaveOnASmallStick saves a document of 3 MB twenty times on a stick of 12 MB, as programs do that write
// over it, and as those that rename a new file over it: old versions make room.
func TestSaveAfterSaveOnASmallStick(t *testing.T) {
	mem := sticktest.New()
	mem.SetCapacity(12e6)
	d := newDeskOn(t, mem, stick.OpenOptions{})
	content := func(i int) string { return strings.Repeat(fmt.Sprintf("%07d\n", i), 3e6/8) }
	d.wants(201, "PUT", "report.odt", content(0))
	for i := 1; i < 20; i++ {
		if i%2 == 0 {
			d.wants(201, "PUT", "report.odt", content(i))
		} else {
			d.wants(201, "PUT", "lu1.tmp", content(i))
			d.wants(204, "MOVE", "lu1.tmp", "", "Destination: "+d.drive.Address()+"report.odt", "Overwrite: T")
		}
		d.has("report.odt", content(i))
	}
	if d.stick.GivenUp() == 0 || len(d.drive.Failed()) > 0 {
		t.Errorf("%d given up, failed: %v", d.stick.GivenUp(), d.drive.Failed())
	}
}

// TestMixedUseStaysFew saves, renames and deletes through the drive and beside it, and folds now and then as the end of a
// drive does: the layers stay few, and every version that was saved is there.
func TestMixedUseStaysFew(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	ctx := t.Context()
	random := rand.New(rand.NewPCG(1, 2))
	now := map[string]string{}
	saved := map[string]map[string]bool{} // all contents that a document ever had
	for round := range 4 {
		for i := range 60 {
			name := fmt.Sprintf("doc%d.txt", random.IntN(12))
			content := fmt.Sprintf("round %d, save %d of %s", round, i, name)
			switch {
			case random.IntN(5) == 0 && now[name] != "":
				d.wants(204, "DELETE", name, "")
				delete(now, name)
				continue
			case i%3 == 0:
				d.wants(201, "PUT", "lu1.tmp", content)
				status, _ := d.do("MOVE", "lu1.tmp", "", "Destination: "+d.drive.Address()+name, "Overwrite: T")
				if status != 201 && status != 204 {
					t.Fatalf("MOVE: %d", status)
				}
			case i%3 == 1:
				d.do("PUT", name, content)
			default:
				_, err := d.stick.PutReader(ctx, name, strings.NewReader(content), start, stick.PutOptions{Clash: stick.Replace})
				check(t, err)
			}
			now[name] = content
			if saved[name] == nil {
				saved[name] = map[string]bool{}
			}
			saved[name][content] = true
		}
		if before := d.layers(); before < 60 {
			t.Errorf("round %d: only %d layers before", round, before)
		}
		_, err := d.stick.Tidy(ctx, stick.TidyOptions{Fold: true})
		check(t, err)
		if after := d.layers(); after > 4 {
			t.Errorf("round %d: %d layers are left", round, after)
		}
	}
	for name, content := range now {
		d.has(name, content)
	}
	for name, contents := range saved {
		versions, err := d.stick.Versions(name)
		check(t, err)
		for _, v := range versions {
			r, err := d.stick.OpenVersion(v)
			check(t, err)
			found := make([]byte, v.Size)
			_, err = r.ReadAt(found, 0)
			check(t, err)
			check(t, r.Close())
			delete(contents, string(found))
		}
		if len(contents) > 0 {
			t.Errorf("%s: lost %d versions: %v", name, len(contents), contents)
		}
	}
}

// TestRoomThatIsShown: on a drive that is nearly full, what old versions would be given up for a file counts as free,
// as some clients do not even begin to send what does not fit.
func TestRoomThatIsShown(t *testing.T) {
	mem := sticktest.New()
	mem.SetCapacity(12e6)
	d := newDeskOn(t, mem, stick.OpenOptions{})
	shown := func() int64 {
		said := d.wants(207, "PROPFIND", "", `<propfind xmlns="DAV:"><prop><quota-available-bytes/></prop></propfind>`, "Depth: 0")
		_, said, _ = strings.Cut(said, "quota-available-bytes>")
		said, _, _ = strings.Cut(said, "</")
		var bytes int64
		if _, err := fmt.Sscan(said, &bytes); err != nil {
			t.Fatalf("%q: %v", said, err)
		}
		return bytes
	}
	for i := range 3 {
		d.do("PUT", "report.odt", strings.Repeat(fmt.Sprint(i), 3.3e6))
	}
	free, _, err := mem.Free()
	check(t, err)
	if got := shown(); free > 12e6/8 || got < free+6e6 || got > free+7e6 {
		t.Errorf("%d bytes are free, and %d are shown", free, got)
	}
	d.wants(201, "PUT", "film.mov", strings.Repeat("x", 5e6))
}

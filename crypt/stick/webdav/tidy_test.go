package webdav_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"stowage/crypt/stick"
)

// TestTidiedWhileOpen tidies and erases while programs have the drive: what one of them
// is reading it reads to the end, what it opens then is as it was, and what it knew of a
// file is still true, so that it may save it.
func TestTidiedWhileOpen(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	large := strings.Repeat("0123456789abcdef", 1<<20) // more than is on its way at once
	d.wants(201, "PUT", "large.bin", large)
	for i := range 12 { // layers that are mostly dead
		d.ask("PUT", "report.odt", fmt.Sprintf("version %02d", i))
	}
	d.wants(201, "PUT", "secret.txt", "secret")
	_, header, _ := d.ask("GET", "report.odt", "")
	tag := header.Get("ETag")

	reading, err := d.http.Do(d.request("GET", "large.bin", nil))
	check(t, err)
	defer reading.Body.Close()
	start := make([]byte, 1<<10)
	_, err = io.ReadFull(reading.Body, start)
	check(t, err)

	tidied, err := d.stick.Tidy(t.Context(), stick.TidyOptions{All: true})
	check(t, err)
	if tidied.Removed == 0 {
		t.Fatal("nothing was tidied")
	}
	_, err = d.stick.EraseForGood(t.Context(), []string{"large.bin", "secret.txt"}, nil)
	check(t, err)

	rest, err := io.ReadAll(reading.Body)
	if err != nil || string(start)+string(rest) != large {
		t.Errorf("what was being read: %d bytes, %v", len(start)+len(rest), err)
	}
	d.wants(404, "GET", "large.bin", "")
	d.wants(404, "GET", "secret.txt", "")
	_, header, said := d.ask("GET", "report.odt", "")
	if said != "version 11" || header.Get("ETag") != tag {
		t.Errorf("it became %q, %s; was %s", said, header.Get("ETag"), tag)
	}
	d.wants(201, "PUT", "report.odt", "version 12", "If-Match: "+tag)
	d.wants(412, "PUT", "report.odt", "too late", "If-Match: "+tag)
	d.has("report.odt", "version 12")
}

// TestTidiedWhileManyReadAndWrite has clients at work while the stick is tidied again and again.
func TestTidiedWhileManyReadAndWrite(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			name := fmt.Sprintf("f%d", i)
			for j := range 12 {
				want := strings.Repeat(fmt.Sprint(i, j), 5000)
				if status, said := d.do("PUT", name, want); status != 201 {
					t.Errorf("%s: %d %s", name, status, said)
				}
				if status, said := d.do("GET", name, ""); status != 200 || said != want {
					t.Errorf("%s, version %d: %d, %.20q", name, j, status, said)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { clients.Wait(); close(done) }()
	for tidying := true; tidying; {
		select {
		case <-done:
			tidying = false
		default:
		}
		if _, err := d.stick.Tidy(t.Context(), stick.TidyOptions{All: true}); err != nil {
			t.Error(err)
			<-done
			tidying = false
		}
	}
	if result, err := d.stick.Check(t.Context(), nil); err != nil || !result.Healthy() || result.Files != 4 {
		t.Errorf("%+v, %v", result, err)
	}
}

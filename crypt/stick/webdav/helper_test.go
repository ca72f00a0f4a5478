package webdav_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/leaktest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/crypt/stick/webdav"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

var start = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

func clock() time.Time { return start }

// desk is a stick that is open as a drive.
type desk struct {
	t     testing.TB
	mem   *sticktest.Mem // nil on another drive
	stick *stick.Stick
	drive *webdav.Drive
	http  *http.Client
	late  chan func() // what is to be done when it is late
	key   *keys.HolderKey
}

// newDesk makes a stick, opens it, and shows it as a drive.
func newDesk(t testing.TB, o stick.OpenOptions) *desk {
	t.Helper()
	mem := sticktest.New()
	d := newDeskOn(t, mem, o)
	d.mem = mem
	return d
}

// newDeskOn is newDesk on a given drive.
func newDeskOn(t testing.TB, fsys stick.FS, o stick.OpenOptions) *desk {
	t.Helper()
	a, err := keys.NewAuthority("Example School", start)
	check(t, err)
	k, err := keys.NewHolderKey("Example School", a.Verifier(), keys.Holder{ID: "h-1", Name: "Alex Example"}, keys.Hybrid, start)
	check(t, err)
	k.Chosen(start)
	_, err = stick.Issue(t.Context(), fsys, stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Label: "IT-0042", Return: "Example School",
		Policy: keys.DefaultPolicy(), Holders: []string{k.Recipient()}, Clock: clock,
	})
	check(t, err)
	o.Clock = clock
	s, err := stick.Open(t.Context(), fsys, stick.WithHolderKey(k), o)
	check(t, err)
	late := make(chan func(), 10_000)
	d, err := webdav.Open(s, webdav.Options{Space: fsys.Free, Clock: clock, After: func(_ time.Duration, f func()) { late <- f }})
	check(t, err)
	transport := &http.Transport{}
	t.Cleanup(func() {
		check(t, d.Close(context.WithoutCancel(t.Context())))
		_ = s.Close()
		transport.CloseIdleConnections()
	})
	return &desk{t, nil, s, d, &http.Client{Transport: transport}, late, k}
}

// beLate lets the time pass after which what is pending is written.
func (d *desk) beLate() {
	for len(d.late) > 0 {
		(<-d.late)()
	}
}

// settle waits for that.
func (d *desk) settle() {
	d.t.Helper()
	for d.beLate(); d.drive.Waiting() > 0; {
		runtime.Gosched()
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// request makes a request about a name on the drive; headers are "Name: value".
func (d *desk) request(method, name string, body io.Reader, headers ...string) *http.Request {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.drive.Address()+name, body)
	check(d.t, err)
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		if key == "Host" {
			r.Host = value
		}
		r.Header.Set(key, value)
	}
	return r
}

// do makes a request and returns the status and what was answered.
func (d *desk) do(method, name, body string, headers ...string) (int, string) {
	d.t.Helper()
	status, _, said := d.ask(method, name, body, headers...)
	return status, said
}

func (d *desk) ask(method, name, body string, headers ...string) (int, http.Header, string) {
	d.t.Helper()
	answer, err := d.http.Do(d.request(method, name, strings.NewReader(body), headers...))
	check(d.t, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	check(d.t, err)
	return answer.StatusCode, answer.Header, string(said)
}

// wants makes a request that is to be answered with a status.
func (d *desk) wants(status int, method, name, body string, headers ...string) string {
	d.t.Helper()
	got, said := d.do(method, name, body, headers...)
	if got != status {
		d.t.Errorf("%s %s: got %d (%.100s), want %d", method, name, got, said, status)
	}
	return said
}

// has compares a file on the stick itself.
func (d *desk) has(name, want string) {
	d.t.Helper()
	r, err := d.stick.OpenFile(name)
	if err != nil {
		d.t.Errorf("%s: %v", name, err)
		return
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, []byte(want)) {
		d.t.Errorf("%s: got %.40q, %v", name, got, err)
	}
}

// lacks says that nothing has that name on the stick.
func (d *desk) lacks(name string) {
	d.t.Helper()
	if e, err := d.stick.Stat(name); err == nil {
		d.t.Errorf("%s is there: %+v", name, e)
	}
}

// layers is how many layers the stick has.
func (d *desk) layers() int {
	n := 0
	for _, name := range d.mem.Files() {
		if strings.HasPrefix(name, "stowage/layers/") {
			n++
		}
	}
	return n
}

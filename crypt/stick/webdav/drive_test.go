package webdav_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

func TestWhoMayAsk(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a.txt", "secret")
	address := d.drive.Address()
	top := address[:strings.LastIndex(strings.TrimSuffix(address, "/"), "/")+1]
	token := strings.Trim(strings.TrimPrefix(address, top), "/")
	port := top[strings.LastIndex(top, ":") : len(top)-1]
	for _, c := range []struct {
		method, url, host string
		want              int
	}{
		{"GET", address + "a.txt", "", 200},
		{"GET", address + "a.txt", "localhost" + port, 200},
		{"GET", address + "a.txt", "evil.example", 404},
		{"GET", address + "a.txt", "evil.example" + port, 404},
		{"GET", address + "a.txt", "127.0.0.1:1", 404},
		{"GET", top, "", 404},
		{"PROPFIND", top, "", 404},
		{"GET", top + "a.txt", "", 404},
		{"GET", top + token[1:] + "/a.txt", "", 404},
		{"GET", top + token + "x/a.txt", "", 404},
		{"GET", top + token[:31] + "!/a.txt", "", 404},
		{"GET", top + "x/" + token + "/a.txt", "", 404},
		{"PUT", top + "x/b.txt", "", 404},
		{"OPTIONS", top, "", 200}, // Windows asks; it says nothing
		{"OPTIONS", top, "evil.example", 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, c.url, nil)
		check(t, err)
		r.Host = c.host
		answer, err := d.http.Do(r)
		check(t, err)
		said, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s %s for %q: got %d, want %d", c.method, c.url, c.host, answer.StatusCode, c.want)
		}
		if c.want == 404 && strings.Contains(string(said), "secret") {
			t.Errorf("%s %s: told %q", c.method, c.url, said)
		}
	}
	_, header, _ := d.ask("GET", "a.txt", "")
	if header.Get("Cache-Control") != "no-store" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the answer lets browsers keep or run it: %v", header)
	}
}

func TestFilesAndFolders(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a.txt", "one")
	d.has("a.txt", "one")
	d.wants(409, "PUT", "no/such/a.txt", "x")
	d.wants(201, "MKCOL", "dir", "")
	d.wants(405, "MKCOL", "dir", "")
	d.wants(409, "MKCOL", "no/such", "")
	d.wants(405, "PUT", "dir", "x")
	d.wants(201, "PUT", "dir/na%C3%AFve%20%E2%98%83.txt", "snow")
	d.has("dir/naïve ☃.txt", "snow")
	d.wants(201, "PUT", "dir/nai%CC%88ve%20%E2%98%83.txt", "as macOS writes it") // normal form D
	d.has("dir/naïve ☃.txt", "as macOS writes it")
	d.wants(201, "COPY", "dir", "", "Destination: "+d.drive.Address()+"copy")
	d.has("copy/naïve ☃.txt", "as macOS writes it")
	d.wants(201, "MOVE", "a.txt", "", "Destination: "+d.drive.Address()+"copy/b.txt")
	d.lacks("a.txt")
	d.has("copy/b.txt", "one")
	d.wants(412, "MOVE", "copy/b.txt", "", "Destination: "+d.drive.Address()+"dir", "Overwrite: F")
	d.wants(204, "DELETE", "copy", "")
	d.wants(404, "PROPFIND", "copy", "", "Depth: 0")
	d.settle()
	d.lacks("copy")
	d.wants(404, "GET", "copy", "")
	d.wants(404, "GET", ".wh.a", "")
	d.wants(403, "PUT", ".wh.a", "x") // would delete, in a layer
	d.wants(403, "DELETE", "", "")    // the whole stick at once
	if said := d.wants(207, "PROPFIND", "", "", "Depth: 1"); !strings.Contains(said, "quota-available-bytes") || !strings.Contains(said, "/dir/") {
		t.Errorf("the top is %s", said)
	}
	if said := d.wants(206, "GET", "dir/nai%CC%88ve%20%E2%98%83.txt", "", "Range: bytes=3-7"); said != "macOS" {
		t.Errorf("the middle is %q", said)
	}
	d.wants(400, "PUT", "dir/part", "x", "Content-Range: bytes 0-0/2")
	d.wants(201, "PUT", "timed.txt", "x", "X-OC-Mtime: 1000000000")
	if e, err := d.stick.Stat("timed.txt"); err != nil || e.ModTime.Unix() != 1_000_000_000 {
		t.Errorf("its time is %v, %v", e.ModTime, err)
	}
}

func TestVersionsAreTold(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{}) // whose clock stands still
	_, header, _ := d.ask("PUT", "a.txt", "one")
	first := header.Get("ETag")
	_, header, _ = d.ask("PUT", "a.txt", "two")
	second := header.Get("ETag")
	if first == "" || first == second {
		t.Fatalf("both versions are %q", first)
	}
	if _, header, _ := d.ask("HEAD", "a.txt", ""); header.Get("ETag") != second {
		t.Errorf("it is %q now, not %q", header.Get("ETag"), second)
	}
	d.wants(412, "PUT", "a.txt", "three", "If-Match: "+first)
	d.wants(412, "PUT", "a.txt", "three", "If-None-Match: *")
	d.wants(412, "PUT", "a.txt", "three", "If: (["+first+"])")
	d.has("a.txt", "two")
	d.wants(201, "PUT", "a.txt", "three", "If: (["+second+"])")
	d.wants(304, "GET", "a.txt", "", "If-None-Match: "+d.tag("a.txt"))
	d.has("a.txt", "three")
}

func (d *desk) tag(name string) string {
	_, header, _ := d.ask("HEAD", name, "")
	return header.Get("ETag")
}

func TestClutterStaysInMemory(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "MKCOL", "dir", "")
	before := d.layers()
	for _, name := range []string{".DS_Store", "dir/._report.odt", "dir/Thumbs.db", "desktop.ini", "dir/~$report.docx", "dir/.~lock.report.odt%23"} {
		d.wants(201, "PUT", name, "clutter")
		if said := d.wants(200, "GET", name, ""); said != "clutter" {
			t.Errorf("%s: got %q", name, said)
		}
	}
	if said := d.wants(207, "PROPFIND", "dir", "", "Depth: 1"); strings.Count(said, "<D:response>") != 5 {
		t.Errorf("the folder is %s", said)
	}
	d.wants(413, "PUT", ".DS_Store", strings.Repeat("x", 2<<20))
	d.wants(403, "MKCOL", "System%20Volume%20Information", "")
	d.wants(204, "DELETE", "desktop.ini", "")
	d.wants(404, "GET", "desktop.ini", "")
	if d.layers() != before {
		t.Errorf("%d layers were written for it", d.layers()-before)
	}
	// It goes with its folder, and becomes a file when somebody makes it one.
	d.wants(201, "MOVE", "dir", "", "Destination: "+d.drive.Address()+"moved")
	d.wants(200, "GET", "moved/Thumbs.db", "")
	d.wants(201, "MOVE", "moved/._report.odt", "", "Destination: "+d.drive.Address()+"moved/report.odt")
	d.has("moved/report.odt", "clutter")
	d.wants(204, "DELETE", "moved", "")
	d.wants(404, "GET", "moved/Thumbs.db", "")
	// What was on the stick before is somebody's.
	_, err := d.stick.PutReader(t.Context(), "Desktop.ini", strings.NewReader("mine"), start, stick.PutOptions{})
	check(t, err)
	d.wants(201, "PUT", "Desktop.ini", "changed")
	d.has("Desktop.ini", "changed")
}

func TestCancelledUploadLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	d := newDesk(t, stick.OpenOptions{})
	d.wants(201, "PUT", "a.txt", "first")
	before := d.layers()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		answer, err := d.http.Do(d.request("PUT", "a.txt", r).WithContext(ctx))
		if err == nil {
			answer.Body.Close()
			err = fmt.Errorf("it was answered with %d", answer.StatusCode)
		}
		ended <- err
	}()
	_, err := w.Write(make([]byte, 20<<20)) // so that it is being kept on the disk
	check(t, err)
	cancel()
	w.CloseWithError(context.Canceled) // which net/http may wait for
	if err := <-ended; ctx.Err() == nil || strings.Contains(err.Error(), "answered") {
		t.Fatal(err)
	}
	check(t, d.drive.Close(t.Context())) // which waits for it
	d.has("a.txt", "first")
	if d.layers() != before {
		t.Errorf("%d layers were written", d.layers()-before)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// zeros is a large file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// heap samples what is alive on the heap, garbage aside.
type heap struct {
	mu            sync.Mutex
	bytes, looked int64 // seen go by, and at the last look
	before, peak  uint64
}

func newHeap() *heap {
	h := &heap{}
	h.look()
	h.before, h.peak = h.peak, 0
	return h
}

func (h *heap) look() {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	h.peak = max(h.peak, m.HeapAlloc)
}

// pass looks once every 8 MiB that go by.
func (h *heap) pass(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes += int64(n); h.bytes-h.looked >= 8<<20 {
		h.looked = h.bytes
		h.look()
	}
}

// Write counts what a client is sent.
func (h *heap) Write(p []byte) (int, error) { h.pass(len(p)); return len(p), nil }

// sampled is what a client sends.
type sampled struct {
	io.Reader
	heap *heap
}

func (s sampled) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.heap.pass(n)
	return n, err
}

// sampledFS and sampledFile look while a stick is written.
type sampledFS struct {
	*stick.DirFS
	heap *heap
}

type sampledFile struct {
	stick.File
	heap *heap
}

func (f sampledFS) Create(name string) (stick.File, error) {
	file, err := f.DirFS.Create(name)
	return sampledFile{file, f.heap}, err
}

func (f sampledFile) Write(p []byte) (int, error) { f.heap.pass(len(p)); return f.File.Write(p) }

// TestLargeFilesTakeLittleMemory sends a file of many times the memory that it may
// take, while it arrives, while it is stored and while it is read, to a stick that lies
// on a disk.
func TestLargeFilesTakeLittleMemory(t *testing.T) {
	const size, most = 256 << 20, 32 << 20
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	fsys, err := stick.NewDirFS(t.TempDir())
	check(t, err)
	defer fsys.Close()
	h := &heap{}
	d := newDeskOn(t, sampledFS{fsys, h}, stick.OpenOptions{})
	*h = heap{before: newHeap().before}
	request := d.request("PUT", "film.mov", sampled{io.LimitReader(zeros{}, size), h})
	request.ContentLength = size
	answer, err := d.http.Do(request)
	check(t, err)
	answer.Body.Close()
	if answer.StatusCode != 201 {
		t.Fatal(answer.Status)
	}
	if h.bytes < 2*size {
		t.Fatalf("only %d MiB were seen: to arrive and to be stored are two", h.bytes>>20)
	}
	got, err := d.http.Do(d.request("GET", "film.mov", nil))
	check(t, err)
	defer got.Body.Close()
	if n, err := io.Copy(h, got.Body); n != size || err != nil {
		t.Errorf("got %d bytes, %v", n, err)
	}
	if grown := int64(h.peak) - int64(h.before); grown > most {
		t.Errorf("%d MiB of it were in memory at once", grown>>20)
	} else {
		t.Logf("%d KiB", grown>>10)
	}
	if left, err := os.ReadDir(tmp); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestManyAtOnceShareLayers(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	before := d.layers()
	const many = 40
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	d.mem.SetHook(func(int, sticktest.Op) error { // the first is slow, as sticks are
		once.Do(func() { close(held); <-release })
		return nil
	})
	var all sync.WaitGroup
	put := func(i int) {
		all.Go(func() { d.wants(201, "PUT", fmt.Sprintf("f%d", i), fmt.Sprint("content ", i)) })
	}
	put(0)
	<-held
	for i := 1; i < many; i++ {
		put(i)
	}
	for d.drive.Waiting() < many-1 {
		runtime.Gosched()
	}
	close(release)
	all.Wait()
	d.mem.SetHook(nil)
	for i := range many {
		d.has(fmt.Sprintf("f%d", i), fmt.Sprint("content ", i))
	}
	if n := d.layers() - before; n > 2 {
		t.Errorf("%d files took %d layers", many, n)
	}
}

// TestClientsSideBySideShareLayers has four clients send file after file, as rclone does.
func TestClientsSideBySideShareLayers(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	const clients, each = 4, 25
	before := d.layers()
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for j := range each {
				d.wants(201, "PUT", fmt.Sprintf("f%d-%d", i, j), "content")
			}
		})
	}
	all.Wait()
	n := d.layers() - before
	t.Logf("%d files in %d layers", clients*each, n)
	if n > clients*each*9/10 { // some 30 where nothing else runs
		t.Errorf("%d files took %d layers", clients*each, n)
	}
}

func TestUsedByManyAtOnce(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 5 {
				// One name is one client's at a time: the others are told that it is locked.
				name := fmt.Sprintf("f%d-%d", i, j%2)
				d.wants(201, "PUT", name, strings.Repeat(fmt.Sprint(i), 1000))
				if said := d.wants(200, "GET", name, ""); len(said) != 1000 || strings.Trim(said, said[:1]) != "" {
					t.Errorf("%s is %.20q", name, said)
				}
				d.wants(207, "PROPFIND", "", "", "Depth: 1")
			}
		})
	}
	all.Wait()
}

func TestWhatGoesWrongIsSaid(t *testing.T) {
	t.Run("pulled", func(t *testing.T) {
		d := newDesk(t, stick.OpenOptions{})
		d.wants(201, "PUT", "a.txt", "one")
		d.mem.SetGone(true)
		if said := d.wants(504, "PUT", "b.txt", "two"); !strings.Contains(said, "no longer there") {
			t.Errorf("it said %q", said)
		}
		<-d.drive.Gone()
	})
	t.Run("full", func(t *testing.T) {
		d := newDesk(t, stick.OpenOptions{})
		d.mem.SetCapacity(4 << 20)
		d.wants(507, "PUT", "large", strings.Repeat("x", 5<<20))
		d.lacks("large")
		d.wants(201, "PUT", "small", "x")
	})
	t.Run("read-only", func(t *testing.T) {
		d := newDesk(t, stick.OpenOptions{ReadOnly: true})
		d.wants(403, "PUT", "a.txt", "x")
		d.wants(403, "MKCOL", "dir", "")
		d.wants(207, "PROPFIND", "", "", "Depth: 0")
	})
	t.Run("locked", func(t *testing.T) {
		d := newDesk(t, stick.OpenOptions{})
		check(t, d.stick.Close())
		d.wants(504, "GET", "a.txt", "")
		<-d.drive.Gone()
	})
}

func TestWhatProgramsHaveLockedIsNamed(t *testing.T) {
	d := newDesk(t, stick.OpenOptions{})
	const body = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`
	tokens := map[string]string{}
	for _, name := range []string{"b.odt", "a.odt", ".~lock.a.odt%23"} {
		_, header, _ := d.ask("LOCK", name, body, "Timeout: Second-600")
		tokens[name] = header.Get("Lock-Token")
	}
	if got := d.drive.InUse(); !slices.Equal(got, []string{"a.odt", "b.odt"}) {
		t.Errorf("in use: %q", got)
	}
	d.wants(204, "UNLOCK", "a.odt", "", "Lock-Token: "+tokens["a.odt"])
	if got := d.drive.InUse(); !slices.Equal(got, []string{"b.odt"}) {
		t.Errorf("in use: %q", got)
	}
	d.wants(201, "PUT", "c.txt", "written without a lock")
	if got := d.drive.InUse(); !slices.Equal(got, []string{"b.odt"}) {
		t.Errorf("after a request: %q", got)
	}
}

package webdav

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// Options are the options of Open. All may be zero.
type Options struct {
	// Space says how many bytes are free on the stick's drive and how large it is,
	// for programs that ask; unknown when nil. It is [stick.FS].Free as a rule.
	Space func() (free, total int64, err error)
	// Changed is called, on a goroutine of the drive's, after something on the
	// stick was changed through the drive. It must not block.
	Changed func()
	// Failed is called, on a goroutine of the drive's, when a file that a program saves
	// cannot be stored: not every client tells its program. It must not block.
	Failed func(Failure)
	// Clock is the time, time.Now when nil.
	Clock func() time.Time
	// After calls a function on another goroutine when so much time has passed;
	// [time.AfterFunc] when nil.
	After func(time.Duration, func())
}

// Drive is a stick that is shown as a drive. Close ends it.
type Drive struct {
	server  *http.Server
	address string
	files   *files
	gate    *gate
	served  chan struct{} // closed when the server has ended
	cancel  context.CancelFunc
	once    sync.Once
}

// Open begins to serve the stick on a port of the loopback interface that the
// system chooses. The stick stays the caller's, who closes the drive first.
func Open(s *stick.Stick, o Options) (*Drive, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.After == nil {
		o.After = func(d time.Duration, f func()) { time.AfterFunc(d, f) }
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Failed == nil {
		o.Failed = func(Failure) {}
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on the loopback interface: %w", err)
	}
	token := newToken()
	ctx, cancel := context.WithCancel(context.Background())
	d := &Drive{
		address: fmt.Sprintf("http://%s/%s/", listener.Addr(), token),
		files:   newFiles(ctx, s, o),
		served:  make(chan struct{}),
		cancel:  cancel,
	}
	d.gate = newGate(d.files, listener.Addr().(*net.TCPAddr).Port, token, o)
	d.server = &http.Server{
		Handler:           d.gate,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // it would name files
	}
	go func() {
		defer close(d.served)
		_ = d.server.Serve(ownListener{listener, sameOwner})
	}()
	return d, nil
}

// newToken returns 160 random bits in letters and digits that are safe in an address.
func newToken() string {
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(random[:]))
}

// Address is where the drive is, with the token that opens it. It is a secret of
// whoever opened the stick.
func (d *Drive) Address() string { return d.address }

// Used is when a file or folder was last read or changed through the drive; merely
// looking at what is there does not count, since file managers do that on their own.
func (d *Drive) Used() time.Time { return d.gate.used() }

// Waiting is how many files have arrived and wait to be stored, and how many names have to
// be made or removed besides.
func (d *Drive) Waiting() int { return d.files.saver.count() + d.files.pending.names() }

// InUse are the paths of files that programs have locked, as they do before they write:
// taking the drive away may lose what is not saved in them yet. Not every client locks.
func (d *Drive) InUse() []string { return d.gate.held.names(time.Now()) }

// Failed are the files that programs have saved and that are not on the stick so, sorted
// by path: those that were stored later, or deleted, are not among them.
func (d *Drive) Failed() []Failure { return d.files.lost.list() }

// Gone is closed when the stick turns out not to be there any more.
func (d *Drive) Gone() <-chan struct{} { return d.files.gone }

// Close ends the drive when requests under way are done, so that what is being
// written is stored, and writes what is pending. When ctx ends before, they are broken off, which leaves nothing
// of them, and the error is the context's. Closing again does nothing.
func (d *Drive) Close(ctx context.Context) error {
	var err error
	d.once.Do(func() {
		if err = d.server.Shutdown(ctx); err != nil {
			d.cancel()
			err = errors.Join(err, d.server.Close())
		}
		<-d.served
		d.gate.wait()
		d.files.pending.close()
		d.files.saver.wait()
		d.files.saver.ctx = context.WithoutCancel(d.files.saver.ctx) // what is pending was answered for
		err = errors.Join(err, d.files.saver.settle())
		d.files.saver.wait()
		d.cancel()
		d.files.clutter.wipe()
	})
	return err
}

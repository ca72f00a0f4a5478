package webdav

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/webdav"

	"stowage/crypt/stick"
)

// maxBody is the most that a request other than an upload may say, in bytes.
const maxBody = 1 << 20

// gate lets in who knows the token, and puts what goes wrong into the status codes
// that clients understand.
type gate struct {
	files *files
	dav   webdav.Handler // where the address has the token
	top   webdav.Handler // where a header has it
	token string
	hosts []string
	clock func() time.Time
	held  *held
	last  atomic.Int64 // when the drive was last used, in Unix nanoseconds
	open  sync.WaitGroup
}

func newGate(f *files, port int, token string, o Options) *gate {
	h := &held{byToken: map[string]heldLock{}}
	l := locks{webdav.NewMemLS(), f, h}
	g := &gate{
		files: f,
		held:  h,
		dav:   webdav.Handler{Prefix: "/" + token, FileSystem: f, LockSystem: l},
		top:   webdav.Handler{FileSystem: f, LockSystem: l},
		token: token,
		clock: o.Clock,
	}
	for _, name := range []string{"127.0.0.1", "localhost"} {
		g.hosts = append(g.hosts, net.JoinHostPort(name, strconv.Itoa(port)))
	}
	g.last.Store(o.Clock().UnixNano())
	return g
}

func (g *gate) used() time.Time { return time.Unix(0, g.last.Load()) }

// wait returns when no request is under way.
func (g *gate) wait() { g.open.Wait() }

// ServeHTTP implements [http.Handler].
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.open.Add(1)
	defer g.open.Done()
	header := w.Header()
	header.Set("Cache-Control", "no-store") // it is decrypted
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer") // the address is a secret
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case !g.knowsHost(r.Host), fromPage(r.Header):
		http.NotFound(w, r)
		return
	case r.Method == http.MethodOptions && r.URL.Path == "/": // Windows asks this first
		header.Set("DAV", "1, 2")
		header.Set("MS-Author-Via", "DAV")
		return
	case g.knowsToken(r.URL.Path):
		g.serve(w, r, &g.dav)
	case g.hasToken(r):
		g.serve(w, r, &g.top)
	default:
		http.NotFound(w, r)
	}
}

// knowsHost says whether a request is meant for this server, and not for a name
// that somebody has made to lead here.
func (g *gate) knowsHost(host string) bool {
	for _, known := range g.hosts {
		if strings.EqualFold(host, known) {
			return true
		}
	}
	return false
}

// fromPage says whether a browser asks for a page of somebody's, as no WebDAV client
// does: such a page is told nothing, even one that got to know the address.
func fromPage(h http.Header) bool {
	site := h.Get("Sec-Fetch-Site")
	return h.Get("Origin") != "" || site != "" && site != "none" && site != "same-origin"
}

func (g *gate) knowsToken(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return subtle.ConstantTimeCompare([]byte(first), []byte(g.token)) == 1
}

// hasToken says whether a client has the token for its password, which keeps it out of
// the address that the system shows to everybody for what is mounted.
func (g *gate) hasToken(r *http.Request) bool {
	_, password, _ := r.BasicAuth()
	return subtle.ConstantTimeCompare([]byte(password), []byte(g.token)) == 1
}

// serve answers a request of who may ask.
func (g *gate) serve(w http.ResponseWriter, r *http.Request, dav *webdav.Handler) {
	switch r.Method {
	case "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "HEAD":
	default:
		g.last.Store(g.clock().UnixNano())
		defer func() { g.last.Store(g.clock().UnixNano()) }()
	}
	g.files.inAnyCase(r, dav.Prefix)
	name := strings.TrimPrefix(r.URL.Path, dav.Prefix)
	t := &trouble{}
	answer := &answer{ResponseWriter: w, trouble: t, method: r.Method}
	ctx := context.WithValue(r.Context(), troubleKey{}, t)
	ctx = context.WithValue(ctx, timeKey{}, sentTime(r.Header))
	if r.Method == "MOVE" {
		if r.Header.Get("Overwrite") == "" { // which the handler takes for no (RFC 4918, 10.6)
			r.Header.Set("Overwrite", "T")
		}
		ctx = context.WithValue(ctx, movedKey{}, name)
	}
	r = r.WithContext(ctx)
	switch {
	case r.Method == http.MethodPut && r.Header.Get("Content-Range") != "":
		http.Error(w, "a file is stored whole", http.StatusBadRequest) // RFC 9110, 14.5
		return
	case !g.files.matches(ctx, name, r.Header):
		http.Error(w, "the file is another one by now", http.StatusPreconditionFailed)
		return
	case r.Method == http.MethodPut && !g.files.fits(r.ContentLength):
		g.files.lost.add(clean(name), stick.ErrFull)
		http.Error(w, sentence(stick.ErrFull), http.StatusInsufficientStorage)
		return
	case r.Method == "MOVE" && g.files.lost.of(clean(name)) != nil: // nothing of it may take another's place
		err := g.files.lost.of(clean(name))
		http.Error(w, sentence(err), statusOf(err))
		return
	case r.Method == "PROPFIND" || r.Method == "PROPPATCH":
		body, err := wellNamed(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "this is not understood", http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength = body, int64(body.Len())
	case r.Method != http.MethodPut:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	if r.Method == http.MethodPut && !ctx.Value(timeKey{}).(time.Time).IsZero() {
		w.Header().Set("X-OC-Mtime", "accepted")
	}
	dav.ServeHTTP(answer, r)
	g.files.lost.outcome(r.Method, name, answer)
}

// wellNamed reads what a client asks, and refuses prefixes that stand for nothing
// (Namespaces in XML 1.0, 2.2), which the WebDAV handler takes. Whatever else is
// wrong is left to it.
func wellNamed(r io.Reader) (inMemory, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return inMemory{}, err
	}
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.RawToken()
		if err != nil {
			return inMemory{bytes.NewReader(body)}, nil
		}
		start, _ := token.(xml.StartElement)
		for _, attr := range start.Attr {
			if attr.Name.Space == "xmlns" && attr.Value == "" {
				return inMemory{}, fmt.Errorf("the prefix %q stands for nothing", attr.Name.Local)
			}
		}
	}
}

// sentTime is the modification time that some clients send along with a file, in
// seconds since 1970; zero for none.
func sentTime(h http.Header) time.Time {
	seconds, err := strconv.ParseFloat(h.Get("X-OC-Mtime"), 64)
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

package webdav

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"stowage/crypt/stick"
)

type (
	troubleKey struct{}
	timeKey    struct{}
	movedKey   struct{} // the name that a MOVE is about
)

// trouble remembers the first thing that went wrong while a request was served,
// since the WebDAV handler tells little of it.
type trouble struct {
	mu  sync.Mutex
	err error
}

// noted remembers an error for the answer, and returns it.
func noted(ctx context.Context, err error) error {
	if t, ok := ctx.Value(troubleKey{}).(*trouble); ok && err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.err == nil {
			t.err = err
		}
	}
	return err
}

func (t *trouble) status() (code int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if code := statusOf(t.err); code != 0 || t.err == nil {
		return code, t.err
	}
	return http.StatusInternalServerError, t.err
}

// statusOf is the status code that tells a client of an error; 0 leaves it to the handler.
// To the client the stick is what lies behind this server: it gives no answer any more (504),
// or a wrong one (502), or has no room (507). What this computer lacks itself is 503.
func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &tooLarge), errors.Is(err, stick.ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrComputerFull):
		return http.StatusServiceUnavailable
	case errors.Is(err, stick.ErrFull):
		return http.StatusInsufficientStorage
	case errors.Is(err, stick.ErrGone), errors.Is(err, stick.ErrClosed), errors.Is(err, stick.ErrReopen):
		return http.StatusGatewayTimeout
	case errors.Is(err, stick.ErrFailing):
		return http.StatusBadGateway
	case errors.Is(err, stick.ErrInUse):
		return http.StatusLocked
	case errors.Is(err, stick.ErrChanged):
		return http.StatusConflict
	case errors.Is(err, stick.ErrMissing):
		return http.StatusFailedDependency
	case errors.Is(err, stick.ErrReadOnly), errors.Is(err, stick.ErrName):
		return http.StatusForbidden
	case errors.Is(err, stick.ErrKind):
		return http.StatusMethodNotAllowed
	case errors.Is(err, stick.ErrDamaged), errors.Is(err, stick.ErrForged), errors.Is(err, ErrComputerFailing):
		return http.StatusInternalServerError
	}
	return 0
}

// sentence says of an error what a program may show to a person; it names no file.
func sentence(err error) string {
	for _, known := range []error{
		ErrComputerFull, ErrComputerFailing, stick.ErrTooLarge, stick.ErrFailing, stick.ErrInUse, stick.ErrChanged, stick.ErrMissing,
		stick.ErrFull, stick.ErrGone, stick.ErrClosed, stick.ErrReopen,
		stick.ErrReadOnly, stick.ErrName, stick.ErrKind, stick.ErrDamaged, stick.ErrForged,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return http.StatusText(http.StatusInternalServerError)
}

// answer is a response whose status says what really went wrong.
type answer struct {
	http.ResponseWriter
	trouble  *trouble
	method   string
	begun    bool
	code     int  // that was sent
	replaced bool // the body was written here, and the handler's is dropped
}

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(code int) {
	if a.begun {
		return
	}
	a.begun = true
	better, err := a.trouble.status()
	// The handler does not notice that a file that a lock makes was not stored.
	if better != 0 && (code >= 400 || a.method == "LOCK") {
		if better == http.StatusServiceUnavailable {
			a.Header().Set("Retry-After", "60") // somebody has to make room
		}
		a.replaced = true
		a.Header().Del("Lock-Token")
		a.Header().Del("X-OC-Mtime")
		a.code = better
		http.Error(a.ResponseWriter, sentence(err), better)
		return
	}
	a.code = code
	a.ResponseWriter.WriteHeader(code)
}

// Write implements [io.Writer].
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.replaced {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

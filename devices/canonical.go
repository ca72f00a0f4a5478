package devices

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxBody is the size of the largest body of an event in bytes.
const maxBody = 64 << 10

// Canonical returns the one form of bytes that an event has for ever: a JSON
// object with sorted names and without blanks, as encoding/json writes it
// without escaping HTML. Its digest pins the event.
func (e Event) Canonical() ([]byte, error) {
	sorted := struct {
		Actor  string          `json:"actor"`
		Body   json.RawMessage `json:"body"`
		Device string          `json:"device,omitempty"`
		Holder string          `json:"holder,omitempty"`
		Key    string          `json:"key,omitempty"`
		Kind   EventKind       `json:"kind"`
		Loan   string          `json:"loan,omitempty"`
		Login  string          `json:"login,omitempty"`
		Number int64           `json:"number"`
		Time   time.Time       `json:"time"`
	}{e.Actor, e.Body, e.Device, e.Holder, e.Key, e.Kind, e.Loan, e.Login, e.Number, e.Time.UTC()}
	text, err := marshal(sorted)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Number, err)
	}
	return text, nil
}

// canonicalBody returns what is in v as the body of an event.
func canonicalBody(v any) (json.RawMessage, error) {
	text, err := marshal(v)
	if err != nil {
		return nil, err
	}
	// Maps are written with sorted names; structs are not.
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	if text, err = marshal(tree); err != nil {
		return nil, err
	}
	if len(text) > maxBody {
		return nil, fmt.Errorf("body of %d bytes is too large", len(text))
	}
	return text, nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnreadJSON says what an error means that a strict decoder of JSON gave: [ErrNewer] for
// a field that this version does not know, and otherwise [ErrCorrupt].
func UnreadJSON(err error) error {
	if strings.HasPrefix(err.Error(), "json: unknown field ") { // it has no type of its own
		return ErrNewer
	}
	return ErrCorrupt
}

// unpack reads an event's body into v, which must take all of it.
func (e Event) unpack(v any) error {
	if len(e.Body) > maxBody {
		return fmt.Errorf("event %d: %w: body is too large", e.Number, ErrCorrupt)
	}
	decoder := json.NewDecoder(bytes.NewReader(e.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("event %d: %w: body: %w", e.Number, UnreadJSON(err), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("event %d: %w: body has something after it", e.Number, ErrCorrupt)
	}
	return nil
}

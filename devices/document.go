package devices

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"strconv"
	"time"
)

// DocumentKind says what a document was signed for.
type DocumentKind string

// The kinds of document.
const (
	RulesAccepted DocumentKind = "rules accepted"   // when a device or key was handed out
	ReturnSigned  DocumentKind = "return signed"    // when a device came back
	LeavingSigned DocumentKind = "leaving signed"   // when a person left, for all that was dealt with
	HandedOver    DocumentKind = "handover signed"  // when a device went on to another person
	OtherDocument DocumentKind = "something signed" // anything else
)

// DocumentKinds lists every kind.
func DocumentKinds() []DocumentKind {
	return []DocumentKind{RulesAccepted, ReturnSigned, LeavingSigned, HandedOver, OtherDocument}
}

// Limits of a document.
const (
	MaxDocumentText = 64 << 10  // bytes of what was read and signed
	MaxSignature    = 256 << 10 // bytes of the picture
	maxSignatureDim = 4096      // pixels of each of its sides
)

// DocumentDetails is a document as it is signed.
type DocumentDetails struct {
	Kind   DocumentKind
	Device string // the device's id; empty if it is about a person alone
	Holder string // the id of who signed; empty takes who has the device
	Name   string // as typed by who signed
	Text   string // what they had before their eyes, such as the rules
	// Signature is a PNG picture, at most MaxSignature bytes; empty if the
	// typed name stands alone.
	Signature []byte
	Signed    time.Time // zero for now
}

// A Document is something that a person signed. Text and picture are kept by
// their digests (SHA-256, hexadecimal), which the event carries: neither can be
// exchanged afterwards unseen.
type Document struct {
	Number    int64        `json:"number"` // of the event that recorded it
	Recorded  time.Time    `json:"recorded"`
	Actor     string       `json:"actor"`
	Kind      DocumentKind `json:"kind"`
	Device    string       `json:"device,omitempty"`
	Holder    string       `json:"holder,omitempty"`
	Loan      string       `json:"loan,omitempty"`
	Name      string       `json:"name"`
	Signed    time.Time    `json:"signed"`
	Text      string       `json:"text"`                // digest
	Signature string       `json:"signature,omitempty"` // digest
}

// DocumentContent is what a document's digests stand for.
type DocumentContent struct {
	Text      string
	Signature []byte // PNG; empty if there is none
}

// SignDocument records a document. It fails with [*InvalidError] for a picture
// that is no PNG or is too large, and for a text that is missing or too long.
func (r *Register) SignDocument(ctx context.Context, actor string, d DocumentDetails) (Document, error) {
	var signed Document
	err := r.change(ctx, actor, func(c *change) (err error) {
		signed, err = c.signDocument(ctx, d)
		return err
	})
	if err != nil {
		return Document{}, fmt.Errorf("sign document: %w", err)
	}
	return signed, nil
}

func (c *change) signDocument(ctx context.Context, d DocumentDetails) (Document, error) {
	if err := d.clean(c.time); err != nil {
		return Document{}, err
	}
	e := Event{Kind: DocumentSigned, Device: d.Device, Holder: d.Holder}
	if d.Device != "" {
		device, err := c.Device(ctx, d.Device)
		if err != nil {
			return Document{}, fmt.Errorf("device: %w", err)
		}
		if e.Holder == "" {
			e.Holder = device.Holder
		}
		if device.Holder == e.Holder {
			e.Loan = device.Loan
		}
	}
	if e.Holder != "" {
		if _, err := c.Holder(ctx, e.Holder); err != nil {
			return Document{}, fmt.Errorf("holder: %w", err)
		}
	}
	body := documentBody{Document: d.Kind, Name: d.Name, Signed: d.Signed, Text: digestOf([]byte(d.Text))}
	if err := c.PutBlob(ctx, body.Text, []byte(d.Text)); err != nil {
		return Document{}, err
	}
	if len(d.Signature) > 0 {
		body.Signature = digestOf(d.Signature)
		if err := c.PutBlob(ctx, body.Signature, d.Signature); err != nil {
			return Document{}, err
		}
	}
	if err := c.record(ctx, e, body); err != nil {
		return Document{}, err
	}
	return documentOf(c.recorded, body), nil
}

func (d *DocumentDetails) clean(now time.Time) error {
	var c cleaner
	if !slices.Contains(DocumentKinds(), d.Kind) {
		c.fail(&InvalidError{Field: "document", Value: shorten(string(d.Kind)), Problem: "is none of " + joinNames(DocumentKinds())})
	}
	if d.Device == "" && d.Holder == "" {
		c.fail(&InvalidError{Field: "device", Problem: "or holder is needed"})
	}
	c.line("name", &d.Name)
	c.required("name", d.Name)
	c.clean("text", &d.Text, func(field, text string) (string, error) { return clean(field, text, MaxDocumentText, true) })
	c.required("text", d.Text)
	if len(d.Text) > MaxDocumentText {
		c.fail(&InvalidError{Field: "text", Problem: fmt.Sprintf("is longer than %d bytes", MaxDocumentText)})
	}
	c.moment("signed", &d.Signed, now)
	if d.Signed.IsZero() {
		d.Signed = now
	}
	if len(d.Signature) > 0 {
		c.fail(checkSignature(d.Signature))
	}
	return c.err
}

// checkSignature refuses a picture that cannot be shown.
func checkSignature(picture []byte) error {
	if len(picture) > MaxSignature {
		return &InvalidError{Field: "signature", Problem: fmt.Sprintf("has %d bytes", len(picture))}
	}
	config, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Width > maxSignatureDim || config.Height > maxSignatureDim {
		return &InvalidError{Field: "signature", Problem: "is not a PNG picture of a likely size"}
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		return &InvalidError{Field: "signature", Problem: "is not a whole PNG picture"}
	}
	return nil
}

func documentOf(e Event, body documentBody) Document {
	return Document{
		Number: e.Number, Recorded: e.Time, Actor: e.Actor, Kind: body.Document, Device: e.Device, Holder: e.Holder,
		Loan: e.Loan, Name: body.Name, Signed: body.Signed, Text: body.Text, Signature: body.Signature,
	}
}

// Documents returns what was signed for a device, by a person or both, oldest
// first; empty ids leave that open.
func (r *Register) Documents(ctx context.Context, device, holder string) ([]Document, error) {
	return view(ctx, r, "documents", func(reader Reader) ([]Document, error) {
		var all []Document
		err := eachDocument(ctx, reader, EventQuery{Device: device, Holder: holder}, func(d Document) error {
			all = append(all, d)
			return nil
		})
		return all, err
	})
}

// DocumentContent returns the text and the picture of a document. The error
// wraps [ErrCorrupt] if they are not what was signed.
func (r *Register) DocumentContent(ctx context.Context, d Document) (DocumentContent, error) {
	return view(ctx, r, "document", func(reader Reader) (DocumentContent, error) { return content(ctx, reader, d) })
}

func content(ctx context.Context, reader Reader, d Document) (DocumentContent, error) {
	text, err := signedBlob(ctx, reader, d.Text)
	if err != nil {
		return DocumentContent{}, err
	}
	found := DocumentContent{Text: string(text)}
	if d.Signature != "" {
		found.Signature, err = signedBlob(ctx, reader, d.Signature)
	}
	return found, err
}

func signedBlob(ctx context.Context, reader Reader, digest string) ([]byte, error) {
	blob, err := reader.Blob(ctx, digest)
	if errors.Is(err, ErrNotFound) || err == nil && digestOf(blob) != digest {
		return nil, fmt.Errorf("what was signed (%.16s): %w", digest, ErrCorrupt)
	}
	return blob, err
}

// eachDocument reads all documents that fit, oldest first.
func eachDocument(ctx context.Context, reader Reader, q EventQuery, fn func(Document) error) error {
	q.Kinds, q.Oldest, q.Limit = []EventKind{DocumentSigned}, true, MaxPage
	for {
		events, err := reader.Events(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range events {
			var body documentBody
			if err := e.unpack(&body); err != nil {
				return err
			}
			if err := fn(documentOf(e, body)); err != nil {
				return err
			}
			q.After = e.Number
		}
		if len(events) < q.Limit {
			return nil
		}
	}
}

// checkDocuments checks that everything that was signed is still there, as it
// was signed.
func checkDocuments(ctx context.Context, reader Reader) error {
	return eachDocument(ctx, reader, EventQuery{}, func(d Document) error {
		if _, err := content(ctx, reader, d); err != nil {
			if errors.Is(err, ErrCorrupt) {
				return &DifferenceError{Record: "document", ID: strconv.FormatInt(d.Number, 10)}
			}
			return err
		}
		return nil
	})
}

// applyDocument lets a device be found by who signed for it. What was signed
// changes nothing else.
func applyDocument(ctx context.Context, t Tables, e Event) error {
	var body documentBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	if e.Holder != "" {
		if _, err := t.Holder(ctx, e.Holder); err != nil {
			return fmt.Errorf("event %d: holder: %w", e.Number, err)
		}
	}
	if e.Device == "" {
		return nil
	}
	if _, err := t.Device(ctx, e.Device); err != nil {
		return fmt.Errorf("event %d: device: %w", e.Number, err)
	}
	return t.AddText(ctx, e.Device, body.Name)
}

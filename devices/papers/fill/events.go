package fill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
)

// body is what the papers show of an event's body.
type body struct {
	Due       time.Time        `json:"due"`
	Happened  time.Time        `json:"happened"`
	At        time.Time        `json:"at"`
	Note      string           `json:"note"`
	Condition string           `json:"condition"`
	Method    string           `json:"method"`
	Witness   string           `json:"witness"`
	By        string           `json:"by"`
	Encrypted *bool            `json:"encrypted"`
	Place     string           `json:"place"`
	Health    string           `json:"health"`
	Older     bool             `json:"older"`
	Reason    string           `json:"reason"`
	Why       string           `json:"why"`
	Lessons   string           `json:"lessons"`
	Name      string           `json:"name"`
	Document  string           `json:"document"`
	Decision  *json.RawMessage `json:"decision"`
}

// bodyOf reads what a paper shows of an event; what it cannot read is left out.
func bodyOf(e devices.Event) body {
	var b body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return body{}
	}
	return b
}

// happened is when what an event tells of took place.
func happened(e devices.Event, b body) time.Time {
	if !b.Happened.IsZero() {
		return b.Happened
	}
	return e.Time
}

// By is who did what an event tells of: the name given, and the login beside it where that is another.
func By(e devices.Event) string {
	if e.Claimed() {
		return e.Actor + " (as claimed; logged in as " + e.Login + ")"
	}
	return e.Actor
}

// entry is an event as one line of a history.
func entry(e devices.Event) papers.Entry {
	return papers.Entry{Number: e.Number, At: e.Time, By: By(e), What: string(e.Kind), More: details(e)}
}

// details are an event's, in words.
func details(e devices.Event) string {
	b := bodyOf(e)
	var parts []string
	add := func(name, text string) {
		if text != "" {
			parts = append(parts, name+text)
		}
	}
	add("due ", day(devices.DueDay(b.Due, time.Local)))
	add("happened ", moment(b.Happened))
	if b.Encrypted != nil {
		found := "found encrypted"
		if !*b.Encrypted {
			found = "found NOT encrypted"
		}
		add("", found)
		add("looked: ", b.By)
	}
	add("", b.Document)
	add("signed by ", b.Name)
	add("method: ", b.Method)
	add("witness: ", b.Witness)
	add("condition: ", b.Condition)
	add("place: ", b.Place)
	add("check: ", b.Health)
	if b.Older {
		add("", "older than when it was seen before")
	}
	add("", b.Reason)
	add("", b.Why)
	add("lessons: ", b.Lessons)
	add("", b.Note)
	return strings.Join(parts, "; ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2 January 2006")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2 January 2006, 15:04")
}

// history is all that happened to a device, oldest first.
func history(ctx context.Context, s *school.School, device string) ([]devices.Event, error) {
	return events(ctx, s, devices.EventQuery{Device: device, Oldest: true})
}

// events reads all the events that fit.
func events(ctx context.Context, s *school.School, q devices.EventQuery) ([]devices.Event, error) {
	var all []devices.Event
	q.Limit = devices.MaxPage
	for {
		page, err := s.Register().Events(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < q.Limit {
			return all, nil
		}
		q.After = page[len(page)-1].Number
	}
}

// checks are the verifications of a device's encryption, the newest first.
func checks(ctx context.Context, s *school.School, d devices.Device) ([]papers.Verification, error) {
	found, err := events(ctx, s, devices.EventQuery{Device: d.ID, Kinds: []devices.EventKind{devices.DeviceVerified}})
	if err != nil {
		return nil, err
	}
	var list []papers.Verification
	if v := d.Encryption; !v.At.IsZero() { // also one that came with an import
		list = append(list, papers.Verification{Method: v.Method, By: v.By, At: v.At, Encrypted: v.Encrypted, Note: v.Note})
	}
	for _, e := range found {
		b := bodyOf(e)
		v := papers.Verification{Method: b.Method, By: b.By, At: b.At, Encrypted: b.Encrypted != nil && *b.Encrypted, Note: b.Note}
		if len(list) == 0 || v != list[0] {
			list = append(list, v)
		}
	}
	return list, nil
}

// carried is how many sticks a paper names that brought a checkpoint back.
const carried = 5

// checkpoint is the register's newest checkpoint, signed now if the authority is
// unlocked, and where others like it were seen. Without one it is empty.
func checkpoint(ctx context.Context, s *school.School) (papers.Checkpoint, error) {
	note, err := integrity.Checkpoint(ctx, s)
	if errors.Is(err, school.ErrLocked) {
		return papers.Checkpoint{}, nil
	}
	if err != nil {
		return papers.Checkpoint{}, err
	}
	d, err := s.Directory()
	if err != nil {
		return papers.Checkpoint{}, err
	}
	tree, err := integrity.ReadCheckpoint(note, d.Verifier)
	if err != nil {
		return papers.Checkpoint{}, err
	}
	c := papers.Checkpoint{Events: tree.Size, Root: rootOf(note), Note: string(note), Verifier: d.Verifier}
	all, err := s.Register().Witnesses(ctx)
	if err != nil {
		return c, err
	}
	for i := len(all) - 1; i >= 0 && len(c.Seen) < carried; i-- {
		if w := all[i]; w.Device != "" {
			c.Seen = append(c.Seen, w.Device+", brought back on "+day(w.Seen))
		}
	}
	return c, nil
}

// rootOf is the root hash as the note has it.
func rootOf(note []byte) string {
	if lines := bytes.SplitN(note, []byte("\n"), 4); len(lines) == 4 {
		return string(lines[2])
	}
	return ""
}

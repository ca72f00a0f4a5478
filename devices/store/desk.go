package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"stowage/devices"
)

// A desk is a change by a login to PostgreSQL that is not the owner's. It writes to no
// table: the server takes each event, decides whether the login may record it, and
// derives the present state itself.
type desk struct {
	moment time.Time // by the server's clock
	blobs  [][]byte  // that the next event names
}

// begin queues for the right to write.
func (s *session) begin(ctx context.Context, duty string) error {
	var moment string
	_, err := one(ctx, s, func(r row) (none struct{}, err error) { return none, r.Scan(&moment, &s.login) }, "SELECT moment, login FROM begin_writing()")
	if err != nil || duty == ownerDuty {
		return err
	}
	s.desk = &desk{}
	s.desk.moment, err = time.Parse(time.RFC3339, moment)
	return err
}

// ownerOnly is [ErrNotAllowed] at a desk.
func (s *session) ownerOnly() error {
	if s.desk == nil {
		return nil
	}
	return fmt.Errorf("%w: only the owner of the database does this", ErrNotAllowed)
}

// recordAtDesk is Record at a desk. The event is applied to a draft, for what is wrong with
// it in the program's own words and for what the server cannot make itself.
func (s *session) recordAtDesk(ctx context.Context, e devices.Event, apply func(devices.Tables, devices.Event) error) (devices.Event, error) {
	e.Time, e.Login = s.desk.moment, s.login
	d := &draft{session: s, devices: map[string]devices.Device{}, past: map[string]string{}}
	if err := apply(d, e); err != nil {
		return devices.Event{}, err
	}
	hints, err := json.Marshal(d.hints(e))
	if err != nil {
		return devices.Event{}, err
	}
	blobs := s.desk.blobs
	s.desk.blobs = nil
	return e, s.exec(ctx, "SELECT record_event(?, ?, ?, ?, ?, ?, ?, ?, ?)", string(e.Kind), e.Actor,
		null(e.Device), null(e.Holder), null(e.Key), null(e.Loan), string(e.Body), blobs, string(hints))
}

// A draft is what one event changes, before it is on record.
type draft struct {
	*session
	devices map[string]devices.Device
	holder  *devices.Holder
	past    map[string]string // words of events, by the device
}

func (d *draft) Device(ctx context.Context, id string) (devices.Device, error) {
	if drafted, ok := d.devices[id]; ok {
		return drafted, nil
	}
	return d.session.Device(ctx, id)
}

func (d *draft) PutDevice(ctx context.Context, put devices.Device, texts ...string) error {
	d.devices[put.ID] = put
	if text := strings.TrimSpace(strings.Join(texts, " ")); text != "" {
		return d.AddText(ctx, put.ID, text)
	}
	return nil
}

func (d *draft) PutHolder(_ context.Context, h devices.Holder) error { d.holder = &h; return nil }

func (d *draft) PutKey(context.Context, devices.Key) error           { return nil }
func (d *draft) PutLoan(context.Context, devices.Loan) error         { return nil }
func (d *draft) PutIncident(context.Context, devices.Incident) error { return nil }

func (d *draft) AddText(ctx context.Context, device, text string) error {
	before, err := d.textBefore(ctx, device)
	if err != nil && !errors.Is(err, devices.ErrNotFound) { // it is new
		return err
	}
	d.past[device] = merge(before, text)
	return nil
}

// hints are the folded texts and words of the records that an event is about.
func (d *draft) hints(e devices.Event) map[string]map[string]string {
	hints := map[string]map[string]string{}
	if device, ok := d.devices[e.Device]; ok {
		hints["device"] = map[string]string{
			"label_fold":  devices.Fold(device.Label),
			"serial_fold": devices.Fold(device.Serial),
			"label_key":   sortKey(device.Label),
			"serial_key":  sortKey(device.Serial),
			"make_key":    sortKey(device.Make),
			"model_key":   sortKey(device.Model),
			"site_key":    sortKey(device.Site),
			"present":     deviceWords(device),
		}
	}
	if past, ok := d.past[e.Device]; ok {
		if hints["device"] == nil {
			hints["device"] = map[string]string{}
		}
		hints["device"]["past"] = past
	}
	if h := d.holder; h != nil {
		hints["holder"] = map[string]string{
			"name_fold":  devices.Fold(h.Name),
			"email_fold": devices.Fold(h.Email),
			"name_key":   sortKey(h.Name),
			"present":    holderWords(*h),
		}
	}
	return hints
}

// computerLogin is who is logged in to this computer, as the system says.
func computerLogin() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "unknown"
	}
	return u.Username
}

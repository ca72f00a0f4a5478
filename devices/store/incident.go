package store

import (
	"context"
	"encoding/json"
	"fmt"

	"stowage/devices"
)

const incidentColumns = "id, version, state, aware, coalesce(device_id, ''), coalesce(holder_id, ''), record"

// Incident implements [devices.Reader].
func (s *session) Incident(ctx context.Context, id string) (devices.Incident, error) {
	return one(ctx, s, scanIncident, "SELECT "+incidentColumns+" FROM incidents WHERE id = ?", id)
}

// Incidents implements [devices.Reader].
func (s *session) Incidents(ctx context.Context, q devices.IncidentQuery) ([]devices.Incident, error) {
	f := &filter{}
	states := q.States
	if len(states) == 0 {
		states = []devices.IncidentState{devices.IncidentOpen, devices.IncidentClosed}
	}
	names := make([]string, len(states))
	for i, state := range states {
		names[i] = string(state)
	}
	in(f, "state", names)
	if q.Device != "" {
		f.add("device_id = ?", q.Device)
	}
	if q.Holder != "" {
		f.add("holder_id = ?", q.Holder)
	}
	end := ""
	switch {
	case q.Limit == 0 || q.Limit > devices.MaxPage:
		end = fmt.Sprint(" LIMIT ", devices.MaxPage)
	case q.Limit > 0:
		end = fmt.Sprint(" LIMIT ", q.Limit)
	}
	return all(ctx, s, scanIncident, "SELECT "+incidentColumns+" FROM incidents"+f.where()+
		" ORDER BY state <> 'open', aware DESC, row DESC"+end, f.args...)
}

// PutIncident implements [devices.Tables].
func (s *session) PutIncident(ctx context.Context, i devices.Incident) error {
	record, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return s.put(ctx, "incidents", []field{
		{"id", i.ID},
		{"version", i.Version},
		{"state", string(i.State)},
		{"aware", timeText(i.Aware)},
		{"device_id", null(i.Device)},
		{"holder_id", null(i.Holder)},
		{"record", string(record)},
	})
}

func scanIncident(r row) (devices.Incident, error) {
	var i devices.Incident
	var id, state, aware, device, holder, record string
	var version int64
	if err := r.Scan(&id, &version, &state, &aware, &device, &holder, &record); err != nil {
		return devices.Incident{}, err
	}
	check := reading{record: "incident", id: id}
	if err := json.Unmarshal([]byte(record), &i); err != nil {
		check.fail("record", record)
		return devices.Incident{}, check.err
	}
	if i.ID != id || i.Version != version || string(i.State) != state || timeText(i.Aware) != aware || i.Device != device || i.Holder != holder {
		check.fail("record", record)
	}
	return i, check.err
}

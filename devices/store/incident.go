package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	switch { // what a later version knows as a state is kept from nobody who asks for all
	case len(q.States) == 0:
		f.add("state <> ?", string(devices.IncidentMerged))
	case len(q.States) < len(devices.IncidentStates()):
		in(f, "state", texts(q.States))
	}
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

// texts are words as texts, which is what every database takes.
func texts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return all
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
	decoder := json.NewDecoder(strings.NewReader(record))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&i); err != nil {
		check.wrong(devices.UnreadJSON(err), "record", record)
		return devices.Incident{}, check.err
	}
	if i.ID != id || i.Version != version || string(i.State) != state || timeText(i.Aware) != aware || i.Device != device || i.Holder != holder {
		check.fail("record", record)
	}
	if !slices.Contains(devices.IncidentStates(), i.State) {
		check.unknown("state", state)
	}
	return i, check.err
}

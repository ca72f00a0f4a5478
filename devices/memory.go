package devices

import (
	"context"
	"maps"
	"slices"
)

// memory is the present state in memory: to compare a store with, or to fill one.
type memory struct {
	devices table[Device]
	holders table[Holder]
	keys    table[Key]
	loans   table[Loan]
	cases   table[Incident]
	held    map[string]map[string]bool // the devices of every holder
	texts   map[string][]string        // the words of every device's events; nil if not wanted
}

// A table is records by their ids, and the ids in the order they came.
type table[T any] struct {
	records map[string]T
	ids     []string
}

func newTable[T any]() table[T] { return table[T]{records: map[string]T{}} }

func (t *table[T]) get(id string) (T, error) {
	found, ok := t.records[id]
	if !ok {
		return found, ErrNotFound
	}
	return found, nil
}

func (t *table[T]) put(id string, record T) {
	if _, ok := t.records[id]; !ok {
		t.ids = append(t.ids, id)
	}
	t.records[id] = record
}

// each runs fn on every record in order.
func (t *table[T]) each(ctx context.Context, fn func(context.Context, T) error) error {
	for _, id := range t.ids {
		if err := fn(ctx, t.records[id]); err != nil {
			return err
		}
	}
	return nil
}

func newMemory() *memory {
	return &memory{
		devices: newTable[Device](),
		holders: newTable[Holder](),
		keys:    newTable[Key](),
		loans:   newTable[Loan](),
		cases:   newTable[Incident](),
		held:    map[string]map[string]bool{},
	}
}

func (m *memory) Device(_ context.Context, id string) (Device, error) { return m.devices.get(id) }
func (m *memory) Holder(_ context.Context, id string) (Holder, error) { return m.holders.get(id) }
func (m *memory) Key(_ context.Context, id string) (Key, error)       { return m.keys.get(id) }
func (m *memory) Loan(_ context.Context, id string) (Loan, error)     { return m.loans.get(id) }

func (m *memory) Incident(_ context.Context, id string) (Incident, error) { return m.cases.get(id) }

func (m *memory) PutIncident(_ context.Context, i Incident) error { m.cases.put(i.ID, i); return nil }

func (m *memory) PutDevice(_ context.Context, d Device, texts ...string) error {
	if m.texts != nil {
		m.texts[d.ID] = append(m.texts[d.ID], texts...)
	}
	if before := m.devices.records[d.ID].Holder; before != d.Holder {
		delete(m.held[before], d.ID)
		if m.held[d.Holder] == nil {
			m.held[d.Holder] = map[string]bool{}
		}
		m.held[d.Holder][d.ID] = true
	}
	m.devices.put(d.ID, d)
	return nil
}

func (m *memory) PutHolder(_ context.Context, h Holder) error { m.holders.put(h.ID, h); return nil }
func (m *memory) PutKey(_ context.Context, k Key) error       { m.keys.put(k.ID, k); return nil }
func (m *memory) PutLoan(_ context.Context, l Loan) error     { m.loans.put(l.ID, l); return nil }

func (m *memory) HeldBy(_ context.Context, holder string) ([]string, error) {
	return slices.Sorted(maps.Keys(m.held[holder])), nil
}

func (m *memory) AddText(_ context.Context, device, text string) error {
	if m.texts != nil {
		m.texts[device] = append(m.texts[device], text)
	}
	return nil
}

// writeTo puts everything into t, each record once.
func (m *memory) writeTo(ctx context.Context, t Tables) error {
	if err := m.holders.each(ctx, t.PutHolder); err != nil {
		return err
	}
	if err := m.devices.each(ctx, func(ctx context.Context, d Device) error { return t.PutDevice(ctx, d, m.texts[d.ID]...) }); err != nil {
		return err
	}
	if err := m.loans.each(ctx, t.PutLoan); err != nil {
		return err
	}
	if err := m.keys.each(ctx, t.PutKey); err != nil {
		return err
	}
	return m.cases.each(ctx, t.PutIncident)
}

package devices

import (
	"context"
	"maps"
	"slices"
)

// memory is the present state in memory, to compare a store with.
type memory struct {
	devices map[string]Device
	holders map[string]Holder
	keys    map[string]Key
	loans   map[string]Loan
	held    map[string]map[string]bool // the devices of every holder
}

func newMemory() *memory {
	return &memory{
		devices: map[string]Device{},
		holders: map[string]Holder{},
		keys:    map[string]Key{},
		loans:   map[string]Loan{},
		held:    map[string]map[string]bool{},
	}
}

func lookUp[T any](all map[string]T, id string) (T, error) {
	found, ok := all[id]
	if !ok {
		return found, ErrNotFound
	}
	return found, nil
}

func (m *memory) Device(_ context.Context, id string) (Device, error) { return lookUp(m.devices, id) }
func (m *memory) Holder(_ context.Context, id string) (Holder, error) { return lookUp(m.holders, id) }
func (m *memory) Key(_ context.Context, id string) (Key, error)       { return lookUp(m.keys, id) }
func (m *memory) Loan(_ context.Context, id string) (Loan, error)     { return lookUp(m.loans, id) }

func (m *memory) PutDevice(_ context.Context, d Device) error {
	if before := m.devices[d.ID].Holder; before != d.Holder {
		delete(m.held[before], d.ID)
		if m.held[d.Holder] == nil {
			m.held[d.Holder] = map[string]bool{}
		}
		if d.Holder != "" {
			m.held[d.Holder][d.ID] = true
		}
	}
	m.devices[d.ID] = d
	return nil
}

func (m *memory) PutHolder(_ context.Context, h Holder) error { m.holders[h.ID] = h; return nil }
func (m *memory) PutKey(_ context.Context, k Key) error       { m.keys[k.ID] = k; return nil }
func (m *memory) PutLoan(_ context.Context, l Loan) error     { m.loans[l.ID] = l; return nil }

func (m *memory) HeldBy(_ context.Context, holder string) ([]string, error) {
	return slices.Sorted(maps.Keys(m.held[holder])), nil
}

func (m *memory) AddText(context.Context, string, string) error { return nil }

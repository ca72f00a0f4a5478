package devices

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// apply carries what an event says into the tables. It is the only code that
// changes them, and it depends on nothing but the event and the tables, so that
// applying all events in order to empty tables gives the present state.
func apply(ctx context.Context, t Tables, e Event) error {
	if action, ok := actionOf(e.Kind); ok {
		return applyAction(ctx, t, e, action)
	}
	switch e.Kind {
	case HolderAdded, HolderEdited, HolderLeft, HolderRejoined:
		return applyHolder(ctx, t, e)
	case DeviceAdded, DeviceImported:
		return applyNewDevice(ctx, t, e)
	case DeviceEdited, DeviceVerified, DeviceSeen, CodeStored, CodeUsed:
		return applyDevice(ctx, t, e)
	case KeyWasIssued:
		return applyNewKey(ctx, t, e)
	case KeyWasReplaced, KeyWasRevoked, KeyPlaced, KeyRemoved:
		return applyKey(ctx, t, e)
	case IncidentWasOpened, IncidentWasEdited, IncidentReported, IncidentListed,
		IncidentDecided, IncidentWasClosed, IncidentReopened, IncidentWasMerged:
		return applyIncident(ctx, t, e)
	case FilesOpened:
		return applyOpening(ctx, t, e)
	case DocumentSigned:
		return applyDocument(ctx, t, e)
	case RegisterRestored:
		return e.unpack(&Restored{}) // it changes nothing present
	}
	return fmt.Errorf("event %d: %w: kind %q is not known", e.Number, ErrNewer, e.Kind)
}

func applyHolder(ctx context.Context, t Tables, e Event) error {
	h := Holder{ID: e.Holder, Added: e.Time}
	if e.Kind != HolderAdded {
		var err error
		if h, err = t.Holder(ctx, e.Holder); err != nil {
			return fmt.Errorf("event %d: holder: %w", e.Number, err)
		}
	}
	h.Version = e.Number
	switch e.Kind {
	case HolderLeft, HolderRejoined:
		var body noteBody
		if err := e.unpack(&body); err != nil {
			return err
		}
		h.Left = time.Time{}
		if e.Kind == HolderLeft {
			h.Left = e.Time
		}
	default:
		var body holderBody
		if err := e.unpack(&body); err != nil {
			return err
		}
		h.HolderDetails = body.Details
	}
	if err := t.PutHolder(ctx, h); err != nil {
		return err
	}
	if e.Kind == HolderEdited {
		return renameHolder(ctx, t, h)
	}
	return nil
}

// renameHolder carries a holder's name to the devices it is shown with.
func renameHolder(ctx context.Context, t Tables, h Holder) error {
	held, err := t.HeldBy(ctx, h.ID)
	if err != nil {
		return err
	}
	for _, id := range held {
		d, err := t.Device(ctx, id)
		if err != nil {
			return err
		}
		if d.HolderName == h.Name {
			continue
		}
		d.HolderName = h.Name
		if err := t.PutDevice(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

func applyNewKey(ctx context.Context, t Tables, e Event) error {
	var body keyBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	return t.PutKey(ctx, Key{
		ID: e.Key, Version: e.Number, Holder: e.Holder,
		Class: body.Class, Recipient: body.Recipient, Status: KeyIssued, Issued: e.Time,
	})
}

func applyKey(ctx context.Context, t Tables, e Event) error {
	k, err := t.Key(ctx, e.Key)
	if err != nil {
		return fmt.Errorf("event %d: key: %w", e.Number, err)
	}
	var body reasonBody
	if err := e.unpack(&body); err != nil {
		return err
	}
	k.Version = e.Number
	switch e.Kind {
	case KeyWasReplaced, KeyWasRevoked:
		k.Status, k.Reason, k.Ended = KeyReplaced, body.Reason, e.Time
		if e.Kind == KeyWasRevoked {
			k.Status = KeyRevoked
		}
	case KeyPlaced:
		k.Devices = append(slices.Clone(k.Devices), e.Device)
		slices.Sort(k.Devices)
		k.Devices = slices.Compact(k.Devices)
	case KeyRemoved:
		k.Devices = slices.DeleteFunc(slices.Clone(k.Devices), func(id string) bool { return id == e.Device })
		if len(k.Devices) == 0 {
			k.Devices = nil
		}
	}
	return t.PutKey(ctx, k)
}

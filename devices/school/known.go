package school

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"stowage/crypt/stick"
	"stowage/devices"
)

// ErrUnknownStick: the school signed for the stick, but the register does not know it.
var ErrUnknownStick = errors.New("the stick is not in the register")

// DeviceOf is the device that is the stick with this note. It fails with
// [ErrUnknownStick].
func (s *School) DeviceOf(ctx context.Context, n stick.Note) (devices.Device, error) {
	d, err := s.Register().FindDevice(ctx, n.Label)
	if err == nil {
		if id, _ := knownStick(d); id == n.ID {
			return d, nil
		}
	}
	if err == nil || errors.Is(err, devices.ErrNotFound) {
		return devices.Device{}, fmt.Errorf("%s: %w", n.Label, ErrUnknownStick)
	}
	return devices.Device{}, err
}

// seenAs is what the register calls a stick.
func seenAs(n stick.Note) string {
	if n.Generation <= 1 {
		return n.ID
	}
	return fmt.Sprintf("%s.%d", n.ID, n.Generation)
}

// knownStick is the stick that a device was last seen as; id is empty for a
// device that never was one.
func knownStick(d devices.Device) (id string, generation int) {
	id, number, again := strings.Cut(d.Seen.Stick, ".")
	if !again {
		return id, 1
	}
	generation, err := strconv.Atoi(number)
	if err != nil {
		return "", 0
	}
	return id, generation
}

// Recognise finds the device that was scanned or typed: by its asset label, its
// hardware's serial, its id in the register, or the id of the stick that it
// was last seen as. It fails with devices.ErrNotFound for a stranger.
func (s *School) Recognise(ctx context.Context, scanned string) (devices.Device, error) {
	scanned = strings.TrimSpace(scanned)
	d, err := s.Register().FindDevice(ctx, scanned)
	if !errors.Is(err, devices.ErrNotFound) {
		return d, err
	}
	id, parsed := uuid.Parse(scanned)
	if parsed != nil {
		return devices.Device{}, err
	}
	all, listed := s.Register().AllDevices(ctx, devices.DeviceQuery{})
	if listed != nil {
		return devices.Device{}, listed
	}
	for _, d := range all {
		if known, _ := knownStick(d); known == id.String() {
			return d, nil
		}
	}
	return devices.Device{}, err
}

// PluggedIn is the device that a stick of the school is. It fails with
// stick.ErrNotStick and [ErrUnknownStick], and with keys.ErrForged and its like
// for a stick of others.
func (s *School) PluggedIn(ctx context.Context, fsys stick.FS) (devices.Device, error) {
	summary, err := stick.Inspect(fsys, s.Verifier())
	if err != nil {
		return devices.Device{}, err
	}
	return s.DeviceOf(ctx, summary.Note)
}

// sighting is what an opened stick says of its state. Since the register knows
// layers by number and digest, it is told no layer where those would mislead
// it: a stick of an earlier generation than it was seen in is older whatever
// its layers are, and while a stick is being rotated its newest layer changes.
func (s *School) sighting(fsys stick.FS, opened *stick.Stick, d devices.Device) (devices.Sighting, error) {
	free, total, err := fsys.Free()
	if err != nil {
		return devices.Sighting{}, fmt.Errorf("look how full the stick is: %w", err)
	}
	note, head := opened.Note(), opened.Head()
	seen := devices.Sighting{Stick: seenAs(note), Sequence: head.Seq, Digest: head.Digest, Format: 1, Used: total - free, Size: total}
	id, generation := knownStick(d)
	seen.Traced = id == note.ID && note.Generation >= generation
	switch {
	case seen.Traced && head.Seq < d.Seen.Sequence: // its newest layer is damaged, and not forgotten
		seen.Sequence, seen.Digest = d.Seen.Sequence, d.Seen.Digest
	case id == note.ID && note.Generation < generation:
		seen.Stick, seen.Sequence, seen.Digest = d.Seen.Stick, 0, ""
	case opened.Rotating() && note.Generation > generation:
		seen.Sequence, seen.Digest = 0, ""
	case opened.Rotating():
		seen.Sequence, seen.Digest = d.Seen.Sequence, d.Seen.Digest
	}
	return seen, nil
}

// find is FindDevice for a name that may be empty or unknown.
func find(ctx context.Context, r *devices.Register, name string) (d devices.Device, ok bool, err error) {
	if name == "" {
		return d, false, nil
	}
	d, err = r.FindDevice(ctx, name)
	if errors.Is(err, devices.ErrNotFound) {
		return devices.Device{}, false, nil
	}
	return d, err == nil, err
}

// Package known says which device of the register a stick is, and how it stands there. It needs no key: what a
// stick says of itself counts as far as the caller has checked the school's signature of its note.
package known

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

// School is what is asked of a school: its register, and the key that it signs with, or "" where that is not known.
type School interface {
	Register() *devices.Register
	Verifier() string
}

// ErrUnknownStick: the school signed for the stick, but the register does not know it.
var ErrUnknownStick = errors.New("the stick is not in the register")

// Device is the device that is the stick with this note. It fails with
// [ErrUnknownStick].
func Device(ctx context.Context, r *devices.Register, n stick.Note) (devices.Device, error) {
	d, err := r.FindDevice(ctx, n.Label)
	if err == nil {
		if id, _ := Stick(d); id == n.ID {
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

// Stick is the stick that a device was last seen as; id is empty for a
// device that never was one.
func Stick(d devices.Device) (id string, generation int) {
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
func Recognise(ctx context.Context, r *devices.Register, scanned string) (devices.Device, error) {
	scanned = strings.TrimSpace(scanned)
	d, err := r.FindDevice(ctx, scanned)
	if !errors.Is(err, devices.ErrNotFound) {
		return d, err
	}
	id, parsed := uuid.Parse(scanned)
	if parsed != nil {
		return devices.Device{}, err
	}
	all, listed := r.AllDevices(ctx, devices.DeviceQuery{})
	if listed != nil {
		return devices.Device{}, listed
	}
	for _, d := range all {
		if known, _ := Stick(d); known == id.String() {
			return d, nil
		}
	}
	return devices.Device{}, err
}

// PluggedIn is the device that a stick of the school is. It fails with
// stick.ErrNotStick and [ErrUnknownStick], and with keys.ErrForged and its like
// for a stick of others.
func PluggedIn(ctx context.Context, s School, fsys stick.FS) (devices.Device, error) {
	summary, err := stick.Inspect(fsys, s.Verifier())
	if err != nil {
		return devices.Device{}, err
	}
	return Device(ctx, s.Register(), summary.Note)
}

// Sighting is what an opened stick says of its state. Since the register knows
// layers by number and digest, the sighting names none where those would mislead
// it: a stick of an earlier generation than it was seen in is older whatever
// its layers are, and while a stick is being rotated its newest layer changes.
func Sighting(fsys stick.FS, opened *stick.Stick, d devices.Device) (devices.Sighting, error) {
	free, total, err := fsys.Free()
	if err != nil {
		return devices.Sighting{}, fmt.Errorf("read how full the stick is: %w", err)
	}
	note, head := opened.Note(), opened.Head()
	seen := devices.Sighting{Stick: seenAs(note), Sequence: head.Seq, Digest: head.Digest, Format: 1, Used: total - free, Size: total}
	id, generation := Stick(d)
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

// Find is FindDevice for a name that may be empty or unknown.
func Find(ctx context.Context, r *devices.Register, name string) (d devices.Device, ok bool, err error) {
	if name == "" {
		return d, false, nil
	}
	d, err = r.FindDevice(ctx, name)
	if errors.Is(err, devices.ErrNotFound) {
		return devices.Device{}, false, nil
	}
	return d, err == nil, err
}

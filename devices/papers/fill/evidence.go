package fill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
	"stowage/devices/school/loss"
	"stowage/devices/school/openings"
)

// EvidenceOptions say how much the evidence tells.
type EvidenceOptions struct {
	Contents bool // what was on the device, for which the authority must be unlocked
	Names    bool // with the names of the files
}

// Evidence gathers the evidence about a device, and about an incident if i is not
// nil; a device may be named, or else the incident's is meant.
func Evidence(ctx context.Context, s *school.School, device string, i *devices.Incident, o EvidenceOptions) (papers.EvidenceFacts, error) {
	var f papers.EvidenceFacts
	var d devices.Device
	var err error
	if i != nil {
		f.Incident = incident(*i)
		device = cmp.Or(device, i.Device)
	}
	if device == "" { // a thing that the register does not know
		f.Device = papers.Device{Label: i.What, State: string(i.Kind)}
		f.Checkpoint, err = checkpoint(ctx, s)
		return f, err
	}
	if d, err = s.Register().FindDevice(ctx, device); err != nil {
		return f, err
	}
	for _, step := range []func() error{
		func() (err error) { f.Device, err = Device(ctx, s, d); return err },
		func() (err error) { f.Protection, err = protection(ctx, s, d); return err },
		func() (err error) { f.BackedUp, err = backedUp(ctx, s, d); return err },
		func() (err error) { f.Contents, err = contents(ctx, s, d, i, o); return err },
		func() error {
			all, err := history(ctx, s, d.ID)
			for _, e := range all {
				f.History = append(f.History, entry(e))
			}
			return err
		},
		func() (err error) { f.Checkpoint, err = checkpoint(ctx, s); return err },
	} {
		if err := step(); err != nil {
			return f, fmt.Errorf("evidence about %s: %w", d.Name(), err)
		}
	}
	f.Seen = papers.Sighting{At: d.Seen.At, Place: seenAt(d.Seen), Health: string(d.Seen.Health), Used: d.Seen.Used, Size: d.Seen.Size, Layers: d.Seen.Sequence}
	f.Commands = []string{"stow register verify", "stow register history " + d.Name()}
	return f, nil
}

// protection gathers how a device is protected.
func protection(ctx context.Context, s *school.School, d devices.Device) (papers.Protection, error) {
	p := papers.Protection{Stick: d.Seen.Stick != "", PlainFiles: -1}
	var err error
	if p.Checks, err = checks(ctx, s, d); err != nil || !p.Stick {
		return p, err
	}
	directory, err := s.Directory()
	if err != nil {
		return p, err
	}
	policy := directory.Policy
	p.Passphrase = papers.Passphrase{WorkFactor: int(policy.WorkFactor), WorkFactorFrom: fromPolicy, MinGuesses: policy.MinGuesses, MinLength: policy.MinLength}
	there, err := s.Register().Keys(ctx, devices.KeyQuery{Device: d.ID})
	if err != nil {
		return p, err
	}
	p.KeyOnStick = len(there) > 0
	if !p.KeyOnStick && d.Holder != "" {
		key, ok, err := s.Register().CurrentKey(ctx, d.Holder)
		if err != nil {
			return p, err
		}
		if ok {
			there = append(there, key)
		}
	}
	for _, k := range there {
		if err := addKey(ctx, s, &p, k, d); err != nil {
			return p, err
		}
	}
	if err := workFactor(ctx, s, &p.Passphrase, d, there); err != nil {
		return p, err
	}
	for _, r := range directory.Recovery {
		class, err := keys.ClassOf(r)
		if err != nil {
			return p, err
		}
		if class == policy.Class {
			p.Recipients = append(p.Recipients, papers.Recipient{Whose: "the school's recovery key", Class: string(class), Key: r})
		}
	}
	if d.Recovery.Digest != "" {
		code := "a random recovery code, which the school keeps encrypted"
		if !d.Recovery.Used.IsZero() {
			code += " and which was given out on " + day(d.Recovery.Used)
		}
		p.Recipients = append(p.Recipients, papers.Recipient{Whose: code})
	}
	return p, nil
}

// addKey adds a holder's key that opens the stick.
func addKey(ctx context.Context, s *school.School, p *papers.Protection, k devices.Key, d devices.Device) error {
	h, err := s.Register().Holder(ctx, k.Holder)
	if err != nil {
		return err
	}
	p.Recipients = append(p.Recipients, papers.Recipient{Whose: h.Name, Class: k.Class, Key: k.Recipient})
	switch {
	case !k.Ended.IsZero():
		p.KeyBlocked = k.Ended
	case p.KeyOnStick && (d.State == devices.Lost || d.State == devices.Stolen):
		p.KeyBlocked = d.Since
	}
	// A copy whose passphrase is as old as the key may still have the one that was
	// generated. That a stick's copy has no newer one cannot be known, so the
	// estimate goes by the policy's least either way.
	set, err := keyfiles.PassphraseSet(s, k)
	if err == nil && set.After(k.Issued.Add(time.Second)) {
		p.Passphrase.Set = set
	}
	if errors.Is(err, keyfiles.ErrNoKeyFile) {
		err = nil
	}
	return err
}

// none are the errors that say that there is no backup to read from.
func none(err error) bool {
	for _, e := range []error{school.ErrNoShared, known.ErrUnknownStick, stick.ErrNoBackup} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// backedUp is when the stick's backup was last complete; zero if there is none or
// the shared folder cannot be reached.
func backedUp(ctx context.Context, s *school.School, d devices.Device) (time.Time, error) {
	id, err := backup.StickOf(ctx, s, d.ID)
	if err == nil {
		var shared school.Shared
		if shared, err = s.Shared(); err == nil {
			var status stick.BackupStatus
			if status, err = backup.Status(shared, nil, id); err == nil {
				return status.When, nil
			}
		}
	}
	if none(err) {
		err = nil
	}
	return time.Time{}, err
}

// contents is what was on the device: as listed with the incident, or else as the
// school last knew; nil if that is not asked for or not known.
func contents(ctx context.Context, s *school.School, d devices.Device, i *devices.Incident, o EvidenceOptions) (*papers.Contents, error) {
	if !o.Contents {
		return nil, nil
	}
	var l backup.Listing
	var err error
	if i != nil && i.Listing != "" {
		l, err = loss.IncidentListing(ctx, s, i.ID, openings.PurposeEvidence)
	} else if l, err = backup.LastKnown(ctx, s, d.ID, openings.PurposeEvidence); none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sum := newSum("the "+l.From, l.At, o)
	if l.From == backup.FromCheckIn {
		sum.Source = "the last check-in"
	}
	if l.More > 0 {
		sum.Source += fmt.Sprintf(" (where %d more files found no room in the list)", l.More)
	}
	for _, f := range l.Files {
		sum.add(f.Path, f.Size)
	}
	return sum.contents(), nil
}

// sum counts files by type.
type sum struct {
	papers.Contents
	types map[string]papers.TypeCount
	names bool
}

func newSum(source string, at time.Time, o EvidenceOptions) *sum {
	return &sum{papers.Contents{Source: source, At: at}, map[string]papers.TypeCount{}, o.Names}
}

func (s *sum) add(name string, size int64) {
	kind := strings.ToLower(path.Ext(name))
	if len(kind) < 2 || len(kind) > 8 { // what is longer is part of a name, and may say too much
		kind = ""
	}
	t := s.types[kind]
	s.types[kind] = papers.TypeCount{Type: kind, Files: t.Files + 1, Bytes: t.Bytes + size}
	s.Files++
	s.Bytes += size
	if s.names {
		s.Names = append(s.Names, name)
	}
}

func (s *sum) contents() *papers.Contents {
	for _, t := range s.types {
		s.Types = append(s.Types, t)
	}
	return &s.Contents
}

// seenAt is where a device was seen: another system's word on its encryption goes with that system.
func seenAt(s devices.Sighting) string {
	if s.Said() {
		return s.Place + ": " + s.Note
	}
	return s.Place
}

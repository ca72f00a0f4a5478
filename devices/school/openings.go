package school

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/internal/files"
)

// OpeningsFolder is in the school's folder and holds, for each device, what its holder is to be told of what ICT
// opened, signed and encrypted to them, until a check-in takes it to the stick.
const OpeningsFolder = "opened"

// ErrNoReason: somebody's files are to be opened with the recovery key, and nobody said why.
var ErrNoReason = errors.New("no reason was given for opening somebody's files")

// Purposes that the program records by itself, where ICT does what it is there for.
const (
	purposeReturned = "it came back after it was lost: compared with what was on it"
	purposeFork     = "check-in: to name what was lost when it was put back to an earlier state"
	purposeRestored = "restored to its holder"
	// PurposeDamage: a check-in names files that are damaged.
	PurposeDamage = "check-in: to name what is damaged"
	// PurposeEvidence: what was on a device goes into a document.
	PurposeEvidence = "a document about the device: what was on it"
)

// openingsIntro is the first line of what a holder is told; JSON follows.
const openingsIntro = "stowage opened v1\n"

// ToldOpening is one thing that ICT opened, as its holder is told.
type ToldOpening struct {
	Number int64          `json:"number"` // of the register's event
	Time   time.Time      `json:"time"`
	What   devices.Opened `json:"what"`
	Reason string         `json:"reason"`
}

// openings is what the note on the stick says.
type openings struct {
	Stick  string        `json:"stick"`
	Opened []ToldOpening `json:"opened"`
}

// RecordOpening records that files are about to be opened with the recovery key: nothing may be shown before it
// returns nil. It fails with [ErrLocked], [ErrNoReason] and the register's refusals.
func (s *School) RecordOpening(ctx context.Context, o devices.Opening) error {
	if _, err := s.Authority(); err != nil {
		return err
	}
	if strings.TrimSpace(o.Reason) == "" {
		return ErrNoReason
	}
	if err := s.Register().RecordOpening(ctx, s.Actor(), o); err != nil {
		return err
	}
	return s.keepOpenings(ctx, o)
}

// RecordStickOpening is [School.RecordOpening] of a stick that is at hand, whose holder is told by the stick itself. A stick
// that takes nothing now, since it is full, write-protected or in use, gets it at its next check-in.
func (s *School) RecordStickOpening(ctx context.Context, drive stick.FS, n stick.Note, reason string) error {
	d, err := s.DeviceOf(ctx, n)
	if errors.Is(err, ErrUnknownStick) {
		return s.RecordOpening(ctx, devices.Opening{What: devices.OpenedStick, Reason: aboutUnknown(reason, n.Label)})
	}
	if err != nil {
		return err
	}
	if err := s.RecordOpening(ctx, devices.Opening{What: devices.OpenedStick, Device: d.ID, Reason: reason}); err != nil {
		return err
	}
	_, err = s.carryOpenings(ctx, func(sealed []byte) error { return stick.PutOpenings(drive, sealed) }, d)
	if errors.Is(err, stick.ErrReadOnly) || errors.Is(err, stick.ErrLocked) {
		return nil
	}
	return err
}

// aboutUnknown is the reason for opening what the register does not know; the reason itself stays required.
func aboutUnknown(reason, what string) string {
	if strings.TrimSpace(reason) == "" {
		return ""
	}
	return reason + " (" + what + ", which is not in the register)"
}

// RestorePurpose is why the backup of a device is opened to be restored for a person, where that needs no other
// reason since the files are that person's own; "" otherwise.
func (s *School) RestorePurpose(ctx context.Context, device, who string) (string, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if errors.Is(err, devices.ErrNotFound) {
		return "", nil // the id of a stick that a device was before: nobody knows whose it was
	}
	if err != nil {
		return "", err
	}
	h, err := s.Register().FindHolder(ctx, who)
	if err != nil {
		return "", AboutPerson(who, err)
	}
	if h.ID != d.Holder {
		return "", nil
	}
	return purposeRestored, nil
}

// keepOpenings signs for what the holder is to be told while the authority is unlocked: check-ins need none.
func (s *School) keepOpenings(ctx context.Context, o devices.Opening) error {
	if o.Device != "" {
		d, err := s.Register().Device(ctx, o.Device)
		if err != nil {
			return err
		}
		_, err = s.openingsFor(ctx, d)
		return err
	}
	if o.Holder == "" {
		return nil
	}
	theirs, err := s.Register().Devices(ctx, devices.DeviceQuery{Holder: o.Holder})
	if err != nil {
		return err
	}
	for _, d := range theirs.Devices {
		if _, err := s.openingsFor(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// openingsFor is what a device's holder is to be told, signed and sealed; nil if there is nothing to tell, nobody to
// tell it, or it cannot be signed now.
func (s *School) openingsFor(ctx context.Context, d devices.Device) ([]byte, error) {
	if d.Holder == "" {
		return nil, nil
	}
	list, err := s.Register().Openings(ctx, d.Holder, d.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	key, ok, err := s.Register().CurrentKey(ctx, d.Holder)
	if err != nil || !ok {
		return nil, err
	}
	path := s.openingsPath(d, key, list[0].Number)
	if kept, err := files.ReadSmall(path); err == nil {
		return kept, nil
	}
	a, _ := s.Authority()
	if a == nil {
		return nil, nil
	}
	sealed, err := sealOpenings(a, d, key, list)
	if err != nil {
		return nil, fmt.Errorf("tell the holder: %w", err)
	}
	return sealed, s.replaceOpenings(path, d.ID, sealed)
}

func (s *School) openingsPath(d devices.Device, key devices.Key, newest int64) string {
	stickID, _ := knownStick(d)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s", d.Holder, key.Recipient, newest, stickID))
	return filepath.Join(s.Dir(), OpeningsFolder, d.ID+"-"+hex.EncodeToString(sum[:8])+".age")
}

func sealOpenings(a *keys.Authority, d devices.Device, key devices.Key, list []devices.RecordedOpening) ([]byte, error) {
	var told openings
	told.Stick, _ = knownStick(d)
	for _, o := range list {
		told.Opened = append(told.Opened, ToldOpening{o.Number, o.Time, o.What, o.Reason})
	}
	text, err := json.Marshal(told)
	if err != nil {
		return nil, err
	}
	signed, err := a.Sign(openingsIntro + string(text) + "\n")
	if err != nil {
		return nil, err
	}
	sealed, err := keys.WrapFor(signed, append([]string{key.Recipient}, a.RecoveryRecipients()...))
	return sealed[keys.Class(key.Class)], err
}

// replaceOpenings keeps what a holder is to be told in place of what was kept for the device.
func (s *School) replaceOpenings(path, device string, sealed []byte) error {
	folder := filepath.Dir(path)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := safefile.Write(path, sealed, true); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), device+"-") && e.Name() != filepath.Base(path) {
			_ = os.Remove(filepath.Join(folder, e.Name())) // it is only out of date
		}
	}
	return err
}

// carryOpenings gives a stick what its holder is to be told, and reports whether there is any. put is nil for a stick that
// cannot be written; one that is full stays without.
func (s *School) carryOpenings(ctx context.Context, put func([]byte) error, d devices.Device) (bool, error) {
	if put == nil {
		return false, nil
	}
	sealed, err := s.openingsFor(ctx, d)
	if err != nil || sealed == nil {
		return false, err
	}
	err = put(sealed)
	if errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrTooLarge) {
		return false, nil
	}
	return err == nil, err
}

// Openings are what ICT opened, as a stick tells the holder whose key opened it; the newest first. What the school did not
// sign, is about another stick, or is sealed to somebody else is not believed. What a later version wrote is
// keys.ErrNewer: there is something to tell, and this version cannot.
func Openings(ctx context.Context, drive stick.FS, k *keys.HolderKey, n stick.Note, verifier string) ([]ToldOpening, error) {
	found, err := stick.Openings(drive)
	if err != nil {
		return nil, nil // what is told is a courtesy, and the stick opens without
	}
	var newer error
	for _, sealed := range found {
		signed, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, k.Identity())
		if err != nil {
			continue
		}
		text, err := keys.OpenNote(signed, verifier)
		if err != nil {
			continue
		}
		told, err := readOpenings(text)
		switch {
		case errors.Is(err, keys.ErrNewer):
			newer = err
		case err == nil && (told.Stick == "" || told.Stick == n.ID):
			return told.Opened, nil
		}
	}
	return nil, newer
}

// readOpenings reads what the school signed about what it opened.
func readOpenings(text string) (openings, error) {
	body, ok := strings.CutPrefix(text, openingsIntro)
	switch {
	case !ok && files.LaterVersion(text, openingsIntro):
		return openings{}, keys.ErrNewer
	case !ok:
		return openings{}, keys.ErrForged
	}
	told, _, err := keys.ReadJSON([]byte(body), openings{})
	for _, o := range told.Opened {
		if !slices.Contains(devices.OpenedKinds(), o.What) {
			return openings{}, fmt.Errorf("opened %q: %w", o.What, keys.ErrNewer)
		}
	}
	return told, err
}

// NewOpenings are those of the openings that this computer has not told of yet. A register that was restored from an older
// backup counts from a lower number again, so that a later time is news as well.
func (h Heads) NewOpenings(stickID string, all []ToldOpening) []ToldOpening {
	path, err := h.path(stickID)
	var last ToldOpening
	if err == nil && h.Dir != "" {
		if content, err := files.ReadSmall(path + toldSuffix); err == nil {
			_ = json.Unmarshal(content, &last) // one that cannot be read tells again
		}
	}
	var fresh []ToldOpening
	for _, o := range all {
		if o.Number > last.Number || o.Time.After(last.Time) {
			fresh = append(fresh, o)
		}
	}
	return fresh
}

// Told remembers that the openings were told of.
func (h Heads) Told(stickID string, all []ToldOpening) error {
	path, err := h.path(stickID)
	if err != nil || h.Dir == "" || len(all) == 0 {
		return err
	}
	if err := os.MkdirAll(h.Dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	content, err := json.Marshal(ToldOpening{Number: all[0].Number, Time: all[0].Time}) // not why: that is between the stick and its holder
	if err != nil {
		return err
	}
	return safefile.Write(path+toldSuffix, append(content, '\n'), true)
}

// toldSuffix is how the file ends that remembers of what was told, beside a stick's head.
const toldSuffix = ".told"

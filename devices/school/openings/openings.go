// Package openings records what ICT opens with the recovery key, with the reason and before it is shown, and has the
// holder's sticks show it. What a holder sees is signed by the school and encrypted to the holder; it is shown by
// the next stick that was checked in, and not at once.
package openings

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
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/known"
	"stowage/devices/school/remembered"
)

// School is what is needed of a school: its register, who signs, and where sealed notes wait. A *school.School is one.
type School interface {
	Dir() string
	Register() *devices.Register
	Actor() string
	Authority() (*keys.Authority, error)
}

// Folder is in the school's folder and holds, for each device, the notice to its holder of what ICT
// opened, signed and encrypted to them, until a check-in takes it to the stick.
const Folder = "opened"

// ErrNoReason: somebody's files are to be opened with the recovery key, and nobody said why.
var ErrNoReason = errors.New("no reason was given for opening somebody's files")

// Purposes that the program records by itself, where ICT does what it is there for.
const (
	PurposeReturned = "it came back after it was lost: compared with what was on it"
	PurposeFork     = "check-in: to name what was lost when it was put back to an earlier state"
	purposeRestored = "restored to its holder"
	// PurposeDamage: a check-in names files that are damaged.
	PurposeDamage = "check-in: to name what is damaged"
	// PurposeEvidence: what was on a device goes into a document.
	PurposeEvidence = "a document about the device: what was on it"
)

// intro is the first line of a notice; JSON follows.
const intro = "stowage opened v1\n"

// ToldOpening is one thing that ICT opened, as its holder sees it.
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

// Record records that files are about to be opened with the recovery key: nothing may be shown before it
// returns nil. It fails with [school.ErrLocked], [ErrNoReason] and the register's refusals.
func Record(ctx context.Context, s School, o devices.Opening) error {
	if _, err := s.Authority(); err != nil {
		return err
	}
	if strings.TrimSpace(o.Reason) == "" {
		return ErrNoReason
	}
	if err := s.Register().RecordOpening(ctx, s.Actor(), o); err != nil {
		return err
	}
	return sealAll(ctx, s, o)
}

// RecordStick is [Record] of a stick that is at hand, which carries the notice to its holder at once. A stick
// that takes nothing now, since it is full, write-protected or in use, gets it at its next check-in.
func RecordStick(ctx context.Context, s School, drive stick.FS, n stick.Note, reason string) error {
	d, err := known.Device(ctx, s.Register(), n)
	if errors.Is(err, known.ErrUnknownStick) {
		return Record(ctx, s, devices.Opening{What: devices.OpenedStick, Reason: AboutUnknown(reason, n.Label)})
	}
	if err != nil {
		return err
	}
	if err := Record(ctx, s, devices.Opening{What: devices.OpenedStick, Device: d.ID, Reason: reason}); err != nil {
		return err
	}
	_, err = Carry(ctx, s, func(sealed []byte) error { return stick.PutOpenings(drive, sealed) }, d)
	if errors.Is(err, stick.ErrReadOnly) || errors.Is(err, stick.ErrInUse) {
		return nil
	}
	return err
}

// AboutUnknown is the reason for opening what the register does not know; the reason itself stays required.
func AboutUnknown(reason, what string) string {
	if strings.TrimSpace(reason) == "" {
		return ""
	}
	return reason + " (" + what + ", which is not in the register)"
}

// RestorePurpose is why the backup of a device is opened to be restored for a person, where that needs no other
// reason since the files are that person's own; "" otherwise.
func RestorePurpose(ctx context.Context, s School, device, who string) (string, error) {
	d, err := s.Register().FindDevice(ctx, device)
	if errors.Is(err, devices.ErrNotFound) {
		return "", nil // the id of a stick that a device was before: nobody knows whose it was
	}
	if err != nil {
		return "", err
	}
	h, err := s.Register().FindHolder(ctx, who)
	if err != nil {
		return "", school.AboutPerson(who, err)
	}
	if h.ID != d.Holder {
		return "", nil
	}
	return purposeRestored, nil
}

// sealAll signs the notices to a holder while the authority is unlocked: check-ins need none.
func sealAll(ctx context.Context, s School, o devices.Opening) error {
	if o.Device != "" {
		d, err := s.Register().Device(ctx, o.Device)
		if err != nil {
			return err
		}
		_, err = sealedFor(ctx, s, d)
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
		if _, err := sealedFor(ctx, s, d); err != nil {
			return err
		}
	}
	return nil
}

// sealedFor is the notice to a device's holder, signed and sealed; nil if nothing was opened, the device has no holder
// with a key, or it cannot be signed now.
func sealedFor(ctx context.Context, s School, d devices.Device) ([]byte, error) {
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
	path := pathOf(s, d, key, list[0].Number)
	if kept, err := files.ReadSmall(path); err == nil {
		return kept, nil
	}
	a, _ := s.Authority()
	if a == nil {
		return nil, nil
	}
	sealed, err := seal(a, d, key, list)
	if err != nil {
		return nil, fmt.Errorf("tell the holder: %w", err)
	}
	return sealed, replace(s, path, d.ID, sealed)
}

func pathOf(s School, d devices.Device, key devices.Key, newest int64) string {
	stickID, _ := known.Stick(d)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s", d.Holder, key.Recipient, newest, stickID))
	return filepath.Join(s.Dir(), Folder, d.ID+"-"+hex.EncodeToString(sum[:8])+".age")
}

func seal(a *keys.Authority, d devices.Device, key devices.Key, list []devices.RecordedOpening) ([]byte, error) {
	var told openings
	told.Stick, _ = known.Stick(d)
	for _, o := range list {
		told.Opened = append(told.Opened, ToldOpening{o.Number, o.Time, o.What, o.Reason})
	}
	text, err := json.Marshal(told)
	if err != nil {
		return nil, err
	}
	signed, err := a.Sign(intro + string(text) + "\n")
	if err != nil {
		return nil, err
	}
	sealed, err := keys.WrapFor(signed, append([]string{key.Recipient}, a.RecoveryRecipients()...))
	return sealed[keys.Class(key.Class)], err
}

// replace keeps a notice in place of the one that was kept for the device.
func replace(s School, path, device string, sealed []byte) error {
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

// Carry writes the notice to its holder onto a stick, and reports whether there is one. put is nil for a stick that
// cannot be written; one that is full stays without.
func Carry(ctx context.Context, s School, put func([]byte) error, d devices.Device) (bool, error) {
	if put == nil {
		return false, nil
	}
	sealed, err := sealedFor(ctx, s, d)
	if err != nil || sealed == nil {
		return false, err
	}
	err = put(sealed)
	if errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrTooLarge) {
		return false, nil
	}
	return err == nil, err
}

// OnStick reads the notice on a stick with the holder's key: what ICT opened, newest first. What the school did not
// sign, is about another stick, or is sealed to somebody else is not believed. What a later version wrote is
// keys.ErrNewer: there is a notice, and this version cannot read it.
func OnStick(ctx context.Context, drive stick.FS, k *keys.HolderKey, n stick.Note, verifier string) ([]ToldOpening, error) {
	found, err := stick.Openings(drive)
	if err != nil {
		return nil, nil // the notice is a courtesy, and the stick opens without
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
		told, err := read(text)
		switch {
		case errors.Is(err, keys.ErrNewer):
			newer = err
		case err == nil && (told.Stick == "" || told.Stick == n.ID):
			return told.Opened, nil
		}
	}
	return nil, newer
}

// read reads what the school signed about what it opened.
func read(text string) (openings, error) {
	body, ok := strings.CutPrefix(text, intro)
	switch {
	case !ok && files.LaterVersion(text, intro):
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

// New are those of the openings that this computer has not shown yet. A register that was restored from an older
// backup counts from a lower number again, so that a later time is news as well.
func New(h remembered.Heads, stickID string, all []ToldOpening) []ToldOpening {
	path, err := h.Path(stickID)
	var last ToldOpening
	if err == nil && h.Dir != "" {
		if content, err := files.ReadSmall(path + toldSuffix); err == nil {
			_ = json.Unmarshal(content, &last) // where it cannot be read, all are shown again
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

// MarkShown remembers that the openings were shown.
func MarkShown(h remembered.Heads, stickID string, all []ToldOpening) error {
	path, err := h.Path(stickID)
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

// toldSuffix ends the name of the file that remembers the newest opening shown, beside a stick's head.
const toldSuffix = ".told"

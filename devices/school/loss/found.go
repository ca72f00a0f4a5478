package loss

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/known"
)

// foundExtension is how the files of sightings end; they lie in the inbox.
const foundExtension = ".stowage-found.age"

// Bounds of what is believed of the inbox.
const (
	maxFound      = 64 << 10
	maxFoundFiles = 1000
)

// A FoundStick is what a computer that has no register reports to ICT about a lost
// stick that was plugged into it. Anybody who reaches the inbox can write one: it
// is a hint to go and look.
type FoundStick struct {
	Stick string    `json:"stick"` // its id
	Label string    `json:"label"`
	Seen  time.Time `json:"seen"`
	Place string    `json:"place"` // which computer
	File  string    `json:"-"`     // path in the inbox
}

// LostStick is what the directory says of a stick that it lists as lost.
func LostStick(d *keys.Directory, n stick.Note) (lost keys.LostDevice, ok bool) {
	for _, l := range d.Lost {
		if l.ID == n.ID {
			return l, true
		}
	}
	return keys.LostDevice{}, false
}

// ReportFound reports to ICT that a lost stick was plugged in, encrypted to the recovery
// key: once a day for each stick. It fails with [school.ErrNoShared].
func ReportFound(sh school.Shared, d *keys.Directory, n stick.Note, place string, now time.Time) error {
	if err := sh.Reachable(); err != nil {
		return err
	}
	id, err := uuid.Parse(n.ID)
	if err != nil {
		return fmt.Errorf("report a found stick: %w", err)
	}
	plain, err := json.Marshal(FoundStick{Stick: id.String(), Label: n.Label, Seen: now.UTC().Truncate(time.Second), Place: place})
	if err != nil {
		return fmt.Errorf("report a found stick: %w", err)
	}
	sealed, err := keys.WrapFor(plain, d.Recovery)
	if err != nil {
		return fmt.Errorf("report a found stick: %w", err)
	}
	name := "found-" + now.UTC().Format("20060102") + "-" + id.String() + foundExtension
	err = files.WritePublic(filepath.Join(sh.Inbox(), name), sealed[d.Policy.Class], false)
	if err != nil && !errors.Is(err, safefile.ErrExists) {
		return fmt.Errorf("report a found stick: %w", err)
	}
	return nil
}

// isFound says whether a file of the inbox is a message about a lost stick.
func isFound(e os.DirEntry) bool {
	return strings.HasSuffix(e.Name(), foundExtension) && e.Type().IsRegular()
}

// FoundSticks reads what computers reported of lost sticks that turned up, the
// oldest first. What cannot be read, or is about no device of the register, is left out;
// where a later version wrote some of them, the error is keys.ErrNewer beside the others.
func FoundSticks(ctx context.Context, s School) ([]FoundStick, error) {
	a, err := s.Authority()
	if err != nil {
		return nil, err
	}
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(shared.Inbox())
	if err != nil {
		return nil, fmt.Errorf("read the inbox: %w: %w", ErrNoInbox, err)
	}
	var list []FoundStick
	var newer error             // about one of those that a later version wrote
	for _, e := range entries { // by name, and so by day
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if !isFound(e) || len(list) == maxFoundFiles {
			continue
		}
		f, err := readFound(ctx, s, a, filepath.Join(shared.Inbox(), e.Name()))
		switch {
		case err == nil:
			list = append(list, f)
		case errors.Is(err, keys.ErrNewer):
			newer = fmt.Errorf("read %s: %w", e.Name(), err)
		}
	}
	return list, newer
}

func readFound(ctx context.Context, s School, a *keys.Authority, path string) (FoundStick, error) {
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFound {
		return FoundStick{}, errors.Join(err, ErrReport)
	}
	sealed, err := files.ReadSmall(path)
	if err != nil {
		return FoundStick{}, err
	}
	plain, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, a.Identities()...)
	if err != nil {
		return FoundStick{}, err
	}
	f, err := ReadFound(plain)
	if err != nil {
		return FoundStick{}, err
	}
	f.File = path
	_, err = known.Device(ctx, s.Register(), stick.Note{ID: f.Stick, Label: f.Label})
	return f, err
}

// ReadFound reads what a computer reported of a lost stick, in the clear. What no honest program
// says is [ErrReport], and what a later version says keys.ErrNewer.
func ReadFound(plain []byte) (FoundStick, error) {
	f, err := files.ReadUnversioned[FoundStick](plain, ErrReport)
	if err != nil {
		return FoundStick{}, err
	}
	for _, text := range []string{f.Label, f.Place} {
		if len(text) > MaxReportLine || keys.CheckValue(text) != nil {
			return FoundStick{}, ErrReport
		}
	}
	if id, err := uuid.Parse(f.Stick); err != nil || id.String() != f.Stick {
		return FoundStick{}, fmt.Errorf("%w: the stick %.100q", ErrReport, f.Stick)
	}
	return f, nil
}

// RecordFound records in the register where a lost stick was seen, and puts the
// message away. The device stays lost until somebody has it in hand.
func RecordFound(ctx context.Context, s School, f FoundStick) (devices.Device, error) {
	d, err := known.Device(ctx, s.Register(), stick.Note{ID: f.Stick, Label: f.Label})
	if err != nil {
		return d, err
	}
	seen := devices.Sighting{At: f.Seen, Place: f.Place, Note: "plugged into another computer while it was lost"}
	if f.Seen.After(s.Now()) {
		seen.At = time.Time{}
	}
	if d, err = s.Register().CheckIn(ctx, s.Actor(), d.ID, seen); err != nil {
		return d, err
	}
	return d, os.Remove(f.File)
}

package integrity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// BackUp writes a copy of the register, as it is at one moment, as an
// age file to the recovery key: the register holds personal data, and only the
// authority opens the copy. A register that [Verify] refuses is not
// copied. The file appears when it is complete; an existing
// one is safefile.ErrExists.
func BackUp(ctx context.Context, s School, path string) error {
	if _, err := Verify(ctx, s, nil, nil); err != nil {
		return fmt.Errorf("back the register up: %w", err)
	}
	if err := ExportEncrypted(s, path, func(w io.Writer) error { return s.Store().Backup(ctx, w) }); err != nil {
		return fmt.Errorf("back the register up: %w", err)
	}
	return nil
}

// ExportEncrypted runs write with a new age file to the recovery key, for
// what leaves the building. The file appears when it is complete.
func ExportEncrypted(s School, path string, write func(io.Writer) error) error {
	d, err := s.Directory()
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	audience, err := filecrypt.Audiences(d, nil)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	out, err := safefile.Create(path, false)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer out.Discard()
	w, err := crypt.NewEncryptWriter(out, audience[0].Recipients...)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer w.Abort()
	if err := write(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return out.Commit()
}

// Restored says what restoring a register came to.
type Restored struct {
	Events int64     `json:"events"` // that were in the backup
	Newest time.Time `json:"newest"` // when the last of them happened
	// Lost are those that the register had which was replaced, and that are not in the backup, oldest first:
	// the last [maxLost] of them, as far as they could still be read.
	Lost []devices.Event `json:"lost"`
	// Had is how many events that register is known to have had at least: by what could be read of it, and by
	// the school's last checkpoint. With AllRead it had no more.
	Had     int64 `json:"had"`
	AllRead bool  `json:"all_read"`
	// Recorded is the event about the restore, after those of the backup.
	Recorded devices.Event `json:"recorded"`
}

// maxLost bounds how many events are named that are not in a backup.
const maxLost = 1000

// Restore replaces the register of the school in dir by the backup of that name
// read from r, which is decrypted with the authority and checked completely
// first. It works also when the register there is damaged or missing; if
// anything fails, the register stays as it was. The passphrase is the
// authority's. What is lost since the backup is named, as far as the register that is
// replaced can still be read.
//
// That it was restored, and what it replaced, is an event of the restored register, which
// the authority signs: see [Verify]. The checkpoint in the folder is set aside
// under a name with the events it counted.
func Restore(ctx context.Context, dir, name string, r io.Reader, passphrase []byte, o school.Options) (Restored, error) {
	restored, err := restore(ctx, dir, name, r, passphrase, o)
	if err != nil {
		return Restored{}, fmt.Errorf("restore the register: %w", err)
	}
	return restored, nil
}

func restore(ctx context.Context, dir, name string, r io.Reader, passphrase []byte, o school.Options) (Restored, error) {
	if _, err := os.Lstat(filepath.Join(dir, school.RegisterURLFile)); err == nil {
		return Restored{}, school.ErrOnServer
	}
	sealed, err := files.ReadSmall(filepath.Join(dir, school.AuthorityFile))
	if err != nil {
		return Restored{}, err
	}
	a, err := keys.OpenAuthority(sealed, passphrase)
	if err != nil {
		return Restored{}, err
	}
	defer a.Wipe()
	digest := sha256.New()
	plain, err := crypt.NewDecryptReader(crypt.Reader(ctx, io.TeeReader(r, digest), nil), a.Identities()...)
	if err != nil {
		return Restored{}, err
	}
	defer plain.Close()
	restoring := &restoring{dir: dir, authority: a, options: o, restored: devices.Restored{Backup: name}}
	path := filepath.Join(dir, school.RegisterFile)
	before, allRead := lastEvents(ctx, path, maxLost)
	err = store.Restore(ctx, path, plain, store.RestoreOptions{
		Rename: rename,
		Record: func(present, backup *store.SQLite) error {
			restoring.restored.Digest = hex.EncodeToString(digest.Sum(nil))
			return restoring.record(ctx, present, backup)
		},
	})
	if err != nil {
		return Restored{}, err
	}
	counted, err := setCheckpointAside(dir, a.Verifier())
	if err != nil {
		return Restored{}, err
	}
	out := restoring.out
	out.Had, out.AllRead = max(counted, lastNumber(before)), allRead
	for _, e := range slices.Backward(before) {
		if e.Number > out.Events {
			out.Lost = append(out.Lost, e)
		}
	}
	out.AllRead = out.AllRead && out.Had <= max(out.Events, lastNumber(before))
	return out, nil
}

func lastNumber(events []devices.Event) int64 {
	if len(events) == 0 {
		return 0
	}
	return events[0].Number
}

// lastEvents are the last events of the register in a file, newest first, at most so many. whole is false
// when they could not all be read.
func lastEvents(ctx context.Context, path string, most int) (events []devices.Event, whole bool) {
	s, err := store.Open(ctx, path)
	if err != nil {
		return nil, errors.Is(err, fs.ErrNotExist)
	}
	defer s.Close()
	register := devices.NewRegister(s, devices.Options{})
	for len(events) < most {
		q := devices.EventQuery{Limit: min(devices.MaxPage, most-len(events))}
		if len(events) > 0 {
			q.After = events[len(events)-1].Number
		}
		page, err := register.Events(ctx, q)
		events = append(events, page...)
		if err != nil || len(page) < q.Limit {
			return events, err == nil
		}
	}
	return events, true
}

// Check checks the register's file for damage, replays all its
// events to see that the present state follows from them, and holds it against the last checkpoint in
// the school's folder: one that has lost its newest events fails with [ErrTampered].
func Check(ctx context.Context, s School) error {
	if err := s.Store().Check(ctx, true); err != nil {
		return err
	}
	if err := s.Register().Check(ctx, nil); err != nil {
		return err
	}
	_, err := lastCheckpoint(ctx, s, s.Register())
	return err
}

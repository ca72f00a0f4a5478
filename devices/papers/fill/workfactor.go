package fill

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"

	"stowage/crypt"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/papers"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/keyfiles"
)

// Where a work factor is known from.
const (
	fromBackup = "read from the key file on the stick, as its backup has it"
	fromSchool = "read from the school's copy of the key file"
	fromPolicy = "as the school's policy says; no copy of the key file is at hand"
)

// workFactor takes the cost of a guess from a key file, since the policy may have
// been another when that was made: from the stick's own, as its backup has it, or
// else from the school's copy. Of several the least counts.
func workFactor(ctx context.Context, s *school.School, p *papers.Passphrase, d devices.Device, there []devices.Key) error {
	onStick, err := backupKeys(ctx, s, d)
	if err != nil {
		return err
	}
	if least := leastFactor(onStick); least > 0 {
		p.WorkFactor, p.WorkFactorFrom = least, fromBackup
		return nil
	}
	var copies [][]byte
	for _, k := range there {
		path, err := keyfiles.Path(s, k)
		if errors.Is(err, keyfiles.ErrNoKeyFile) {
			continue
		}
		if err != nil {
			return err
		}
		sealed, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // another desk has just replaced it
			continue
		}
		if err != nil {
			return err
		}
		copies = append(copies, sealed)
	}
	if least := leastFactor(copies); least > 0 {
		p.WorkFactor, p.WorkFactorFrom = least, fromSchool
	}
	return nil
}

// backupKeys are the holder's key files in the stick's backup; none if there is no
// backup that can be read.
func backupKeys(ctx context.Context, s *school.School, d devices.Device) ([][]byte, error) {
	id, err := backup.StickOf(ctx, s, d.ID)
	if err == nil {
		var shared school.Shared
		if shared, err = s.Shared(); err == nil {
			if err = shared.Reachable(); err == nil {
				var sealed [][]byte
				sealed, err = backup.Keys(shared, id)
				if err == nil || !none(err) && !errors.Is(err, stick.ErrDamaged) {
					return sealed, err
				}
			}
		}
	}
	if none(err) || errors.Is(err, stick.ErrDamaged) {
		err = nil
	}
	return nil, err
}

// leastFactor is the least work factor of key files; 0 if none says.
func leastFactor(files [][]byte) int {
	least := 0
	for _, sealed := range files {
		info, err := crypt.Inspect(bytes.NewReader(sealed), int64(len(sealed)))
		if err == nil && info.Passphrase() && (least == 0 || info.WorkFactor < least) {
			least = info.WorkFactor
		}
	}
	return least
}

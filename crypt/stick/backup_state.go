package stick

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
)

// Where things are in a backup; FORMAT.md, "Backup". The layers lie where they
// do on the stick.
const (
	backupLockName = "lock"
	recordName     = "backup.json"
	statesDir      = "states"
	incomingDir    = "incoming"
)

// Limits of what is believed in a backup, which many people can write to.
const (
	maxRecord = 32 << 20
	maxState  = 16 << 20
	// maxStates is how many newest states are kept. Of every generation of the
	// note, which the school signs, the first two are kept as well: a stick in
	// bad hands cannot push them out.
	maxStates   = 12
	firstStates = 2
)

// backupRecord is what a backup says of itself. It saves work and tells people
// how old the backup is; nothing depends on it being right.
type backupRecord struct {
	Stick    string               `json:"stick"`
	When     time.Time            `json:"when"`     // when everything was last in the backup
	Layers   map[string]string    `json:"layers"`   // digest by layer, of those that were compared
	Replaced map[string]time.Time `json:"replaced"` // since when these are not needed any more
}

// readRecord reads the record; one that is missing or damaged is an empty one.
func readRecord(from FS) (*backupRecord, error) {
	r := &backupRecord{}
	data, err := drive.ReadAll(from, recordName, maxRecord)
	switch {
	case err == nil:
		if json.Unmarshal(data, r) != nil {
			r = &backupRecord{}
		}
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrTooLarge):
		return nil, fmt.Errorf("read the backup's record: %w", err)
	}
	if r.Layers == nil {
		r.Layers = map[string]string{}
	}
	return r, nil
}

// saveRecord writes the record.
func (b *backup) saveRecord() error {
	data, err := json.MarshalIndent(b.record, "", " ")
	if err != nil {
		return fmt.Errorf("write the backup's record: %w", err)
	}
	return b.replace(recordName, append(data, '\n'))
}

// stateNames are the files of a stick besides its layers that a backup takes:
// those that can open it. The recovery code, which ICT keeps, is none of them.
func stateNames() []string {
	names := []string{layout.Note, layout.NoteB}
	for _, name := range slotPair(holderSlot).Names {
		names = append(names, name, chosenName(name))
	}
	for _, class := range keys.Classes() {
		slots := slotPair(stickSlot(class)).Names
		names = append(names, slots[0], slots[1])
	}
	return names
}

// readState reads a stick's notes and keys, as far as a backup may have them.
func readState(from FS, may mayKeep) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range stateNames() {
		data, err := drive.ReadAll(from, name, maxKeyFile)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrTooLarge) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the stick's keys: %w", err)
		}
		files[name] = data
	}
	may.strip(files)
	return files, nil
}

// packState makes a tar of them. The same files make the same tar.
func packState(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	t := tar.NewWriter(&out)
	for _, name := range stateNames() {
		data, ok := files[name]
		if !ok {
			continue
		}
		err := t.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(data)), Format: tar.FormatUSTAR})
		if err == nil {
			_, err = t.Write(data)
		}
		if err != nil {
			return nil, fmt.Errorf("pack the stick's keys: %w", err)
		}
	}
	err := t.Close()
	return out.Bytes(), err
}

// unpackState reads such a tar. Other files in it are ignored.
func unpackState(data []byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	t := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the backup's keys: %w", ErrDamaged, err)
		}
		if h.Typeflag != tar.TypeReg || h.Size > maxKeyFile || !slices.Contains(stateNames(), h.Name) {
			continue
		}
		content, err := io.ReadAll(t)
		if err != nil {
			return nil, fmt.Errorf("%w: the backup's keys: %w", ErrDamaged, err)
		}
		files[h.Name] = content
	}
}

// stateFile is a state in a backup: GENERATION-NUMBER.tar.
type stateFile struct {
	generation, number int
}

var statePattern = regexp.MustCompile(`^([0-9]{6})-([0-9]{8})\.tar$`)

func (f stateFile) name() string {
	return path.Join(statesDir, fmt.Sprintf("%06d-%08d.tar", f.generation, f.number))
}

// listStates lists the states in a backup, the oldest first.
func listStates(from FS) ([]stateFile, error) {
	entries, err := from.ReadDir(statesDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the backup's keys: %w", err)
	}
	var states []stateFile
	for _, e := range entries { // sorted by name
		if m := statePattern.FindStringSubmatch(e.Name()); m != nil && e.Type().IsRegular() {
			generation, _ := strconv.Atoi(m[1])
			number, _ := strconv.Atoi(m[2])
			states = append(states, stateFile{generation, number})
		}
	}
	return states, nil
}

// keepState keeps the stick's notes and keys, unless they are those that were
// kept last.
func (b *backup) keepState() error {
	states, err := listStates(b.to)
	if err != nil {
		return err
	}
	next := stateFile{b.note.Generation, 1}
	for _, f := range states {
		next.number = max(next.number, f.number+1)
	}
	var same []stateFile
	for _, f := range states {
		if f.generation == next.generation {
			same = append(same, f)
		}
	}
	if len(same) > 0 {
		data, err := drive.ReadAll(b.to, same[len(same)-1].name(), maxState)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrTooLarge) {
			return err
		}
		if bytes.Equal(data, b.state) {
			return b.purgeStates(states)
		}
	}
	if next.generation > 999_999 || next.number > 99_999_999 {
		return fmt.Errorf("the backup's keys: %w", ErrTooLarge)
	}
	if err := b.replace(next.name(), b.state); err != nil {
		return err
	}
	if err := b.dropStates(append(states, next)); err != nil {
		return err
	}
	return b.purgeStates(states)
}

// dropStates removes states that there are too many of.
func (b *backup) dropStates(states []stateFile) error {
	slices.SortFunc(states, func(x, y stateFile) int { return x.number - y.number })
	seen := map[int]int{}
	for i, f := range states {
		seen[f.generation]++
		if i >= len(states)-maxStates || seen[f.generation] <= firstStates {
			continue
		}
		if err := drive.IfThere(drive.RemoveWiped(b.to, f.name())); err != nil {
			return err
		}
	}
	return nil
}

package stick

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// BackupStatus says how a stick's backup stands.
type BackupStatus struct {
	Stick       string    // whose it is
	When        time.Time // when everything was last in it; zero for never
	Layers      int       // layers in the backup
	Bytes       int64     // their size
	Behind      int       // layers on the stick that are not in the backup
	BehindBytes int64     // their size
	Older       bool      // the backup has newer layers than the stick
}

// ReadBackupStatus says how the backup stands, compared by name and size with
// the stick on the drive, which may be nil. It needs no key and no lock, and is
// quick. It fails with [ErrNoBackup] when there is none.
func ReadBackupStatus(drive, from FS) (BackupStatus, error) {
	r, err := readRecord(from)
	if err != nil {
		return BackupStatus{}, err
	}
	if r.Stick == "" {
		return BackupStatus{}, ErrNoBackup
	}
	have, err := layer.FilesIn(from)
	if err != nil {
		return BackupStatus{}, err
	}
	out := BackupStatus{Stick: r.Stick, When: r.When, Layers: len(have)}
	for _, files := range have {
		for _, n := range files.Parts {
			out.Bytes += n
		}
	}
	if drive == nil {
		return out, nil
	}
	on, err := layer.FilesIn(drive)
	if err != nil {
		return BackupStatus{}, err
	}
	var newest int64
	for id, files := range on {
		newest = max(newest, id.Seq)
		if kept := have[id]; kept == nil || !slices.Equal(kept.Sizes(), files.Sizes()) {
			out.Behind++
			for _, n := range files.Parts {
				out.BehindBytes += n
			}
		}
	}
	for id := range have {
		out.Older = out.Older || id.Seq > newest
	}
	return out, nil
}

// OpenBackup opens a backup as the stick it is of, for reading only. Of the
// notes and keys that were backed up, the newest that the school signed for and
// that the unlock opens are taken. It fails with [ErrNoBackup] and as [Open] does.
func OpenBackup(ctx context.Context, from FS, with Unlock, o OpenOptions) (*Stick, error) {
	o.ReadOnly = true
	states, err := listStates(from)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(states, func(a, b stateFile) int {
		return cmp.Or(b.generation-a.generation, b.number-a.number)
	})
	first := fmt.Errorf("open the backup: %w", ErrNoBackup)
	for i, f := range states {
		s, err := openState(ctx, from, f, with, o)
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrGone) || errors.Is(err, ErrTooMuch) {
			return s, err
		}
		if i == 0 {
			first = fmt.Errorf("open the backup: %w", err)
		}
	}
	return nil, first
}

func openState(ctx context.Context, from FS, f stateFile, with Unlock, o OpenOptions) (*Stick, error) {
	data, err := drive.ReadAll(from, f.name(), maxState)
	if err != nil {
		return nil, err
	}
	files, err := unpackState(data)
	if err != nil {
		return nil, err
	}
	return Open(ctx, &backupView{from, files}, with, o)
}

// BackupKeys returns the holder's protected key files that a backup has, from
// the newest state that has any.
func BackupKeys(from FS) ([][]byte, error) {
	states, err := listStates(from)
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Backward(states) {
		data, err := drive.ReadAll(from, f.name(), maxState)
		if err != nil {
			return nil, fmt.Errorf("read the backup's keys: %w", err)
		}
		files, err := unpackState(data)
		if err != nil {
			continue
		}
		if sealed, err := HolderKeys(&backupView{from, files}); err == nil && len(sealed) > 0 {
			return sealed, nil
		}
	}
	return nil, nil
}

// BackupNote is the newest note in a backup that the verifier's school signed;
// with an empty verifier, what the newest one says.
func BackupNote(from FS, verifier string) (Note, error) {
	states, err := listStates(from)
	if err != nil {
		return Note{}, err
	}
	first := fmt.Errorf("read the backup's note: %w", ErrNoBackup)
	for i, f := range slices.Backward(states) {
		data, err := drive.ReadAll(from, f.name(), maxState)
		var files map[string][]byte
		if err == nil {
			files, err = unpackState(data)
		}
		if err == nil {
			var summary *Summary
			if summary, err = Inspect(&backupView{from, files}, verifier); err == nil {
				return summary.Note, nil
			}
		}
		if i == len(states)-1 {
			first = fmt.Errorf("read the backup's note: %w", err)
		}
	}
	return Note{}, first
}

// backupView shows a backup as the drive of the stick it is of.
type backupView struct {
	FS
	state map[string][]byte // notes and keys, by their names on the stick
}

// memFile is a file of the state.
type memFile struct {
	*bytes.Reader
	info memInfo
}

func (memFile) Write([]byte) (int, error)    { return 0, ErrReadOnly }
func (memFile) Sync() error                  { return nil }
func (memFile) Close() error                 { return nil }
func (f memFile) Stat() (fs.FileInfo, error) { return f.info, nil }

type memInfo struct {
	name string
	size int64
}

func (i memInfo) Name() string     { return i.name }
func (i memInfo) Size() int64      { return i.size }
func (memInfo) Mode() fs.FileMode  { return 0o600 }
func (memInfo) ModTime() time.Time { return time.Time{} }
func (memInfo) IsDir() bool        { return false }
func (memInfo) Sys() any           { return nil }

func notThere(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// inLayers reports whether a name is that of a layer, or of their folder.
func inLayers(name string) bool {
	return name == layout.Layers || strings.HasPrefix(name, layout.Layers+"/")
}

// Open implements [FS].
func (v *backupView) Open(name string) (File, error) {
	if data, ok := v.state[name]; ok {
		return memFile{bytes.NewReader(data), memInfo{path.Base(name), int64(len(data))}}, nil
	}
	if inLayers(name) {
		return v.FS.Open(name)
	}
	return nil, notThere("open", name)
}

// ReadDir implements [FS].
func (v *backupView) ReadDir(name string) ([]fs.DirEntry, error) {
	if inLayers(name) {
		return v.FS.ReadDir(name)
	}
	var list []fs.DirEntry
	for _, file := range stateNames() {
		if data, ok := v.state[file]; ok && path.Dir(file) == name {
			list = append(list, fs.FileInfoToDirEntry(memInfo{path.Base(file), int64(len(data))}))
		}
	}
	if list == nil {
		return nil, notThere("readdir", name)
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// Stat implements [FS].
func (v *backupView) Stat(name string) (fs.FileInfo, error) {
	if data, ok := v.state[name]; ok {
		return memInfo{path.Base(name), int64(len(data))}, nil
	}
	if inLayers(name) {
		return v.FS.Stat(name)
	}
	return nil, notThere("stat", name)
}

// Create implements [FS].
func (v *backupView) Create(string) (File, error) { return nil, ErrReadOnly }

// Mkdir implements [FS].
func (v *backupView) Mkdir(string) error { return ErrReadOnly }

// Remove implements [FS].
func (v *backupView) Remove(string) error { return ErrReadOnly }

// Overwrite implements [FS].
func (v *backupView) Overwrite(string, []byte) error { return ErrReadOnly }

// SyncDir implements [FS].
func (v *backupView) SyncDir(string) error { return ErrReadOnly }

// Lock implements [FS]: layers in a backup never change, so none is needed.
func (v *backupView) Lock(string, bool) (io.Closer, error) { return io.NopCloser(nil), nil }

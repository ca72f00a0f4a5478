package sticktest

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"stowage/crypt/stick"
)

var _ stick.BackupFS = (*Mem)(nil)

// Open implements [stick.FS].
func (m *Mem) Open(name string) (stick.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	op := Op{Kind: Open, Name: name}
	if err := m.begin(op); err != nil {
		return nil, err
	}
	n := m.nodes[name]
	if n == nil {
		return nil, pathError(op, fs.ErrNotExist)
	}
	return &file{m: m, n: n}, nil
}

// Create implements [stick.FS].
func (m *Mem) Create(name string) (stick.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(Op{Kind: Create, Name: name}); err != nil {
		return nil, err
	}
	return &file{m: m, n: m.nodes[name], writing: true}, nil
}

// Mkdir implements [stick.FS].
func (m *Mem) Mkdir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(Op{Kind: Mkdir, Name: name})
}

// Remove implements [stick.FS].
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(Op{Kind: Remove, Name: name})
}

// Overwrite implements [stick.FS].
func (m *Mem) Overwrite(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(Op{Kind: Write, Name: name, Data: data, Over: true}); err != nil {
		return err
	}
	return m.change(Op{Kind: Sync, Name: name, Over: true})
}

// Rename implements [stick.BackupFS].
func (m *Mem) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(Op{Kind: Rename, Name: from, To: to})
}

// SyncDir implements [stick.FS].
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(Op{Kind: SyncDir, Name: name})
}

// Free implements [stick.FS].
func (m *Mem) Free() (free, total int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.begin(Op{Kind: Free}); err != nil {
		return 0, 0, err
	}
	return max(0, m.capacity-m.used), m.capacity, nil
}

// Stat implements [stick.FS].
func (m *Mem) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	op := Op{Kind: Stat, Name: name}
	if err := m.begin(op); err != nil {
		return nil, err
	}
	n := m.nodes[name]
	if n == nil {
		return nil, pathError(op, fs.ErrNotExist)
	}
	return n.info(), nil
}

// ReadDir implements [stick.FS].
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	op := Op{Kind: ReadDir, Name: name}
	if err := m.begin(op); err != nil {
		return nil, err
	}
	if n := m.nodes[name]; n == nil || !n.dir {
		return nil, pathError(op, fs.ErrNotExist)
	}
	var list []fs.DirEntry
	for other, n := range m.nodes {
		if other != "." && path.Dir(other) == name {
			list = append(list, fs.FileInfoToDirEntry(n.info()))
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// file is an open file. Files are written from start to end.
type file struct {
	m       *Mem
	n       *node
	writing bool
	closed  bool
	off     int64
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.off)
	f.off += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	op := Op{Kind: Read, Name: f.n.name, Off: off}
	if f.closed || f.writing || f.n.dir {
		return 0, pathError(op, fs.ErrInvalid)
	}
	if err := f.m.begin(op); err != nil {
		return 0, err
	}
	if off >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.n.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Write(p []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	op := Op{Kind: Write, Name: f.n.name, Off: f.off, Data: p}
	if f.closed || !f.writing {
		return 0, pathError(op, fs.ErrInvalid)
	}
	before := int64(len(f.n.data))
	err := f.m.change(op)
	wrote := int64(len(f.n.data)) - before
	f.off += wrote
	return int(wrote), err
}

func (f *file) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	return f.m.change(Op{Kind: Sync, Name: f.n.name})
}

func (f *file) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	return nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.m.gone {
		return nil, stick.ErrGone
	}
	return f.n.info(), nil
}

// info describes a node; the copy is of that moment.
func (n *node) info() fs.FileInfo {
	return fileInfo{path.Base(n.name), int64(len(n.data)), n.dir, n.mtime}
}

type fileInfo struct {
	name  string
	size  int64
	dir   bool
	mtime time.Time
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) ModTime() time.Time { return i.mtime }
func (i fileInfo) IsDir() bool        { return i.dir }
func (i fileInfo) Sys() any           { return nil }

func (i fileInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o700
	}
	return 0o600
}

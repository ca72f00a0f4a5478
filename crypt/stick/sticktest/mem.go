// Package sticktest has a drive in memory for tests of what is written against
// [stick.FS]. It counts operations and syncs, can be full, small, read-only or
// gone, fails on demand at any operation, and can record every operation so
// that a test may replay some of them, as a drive does that was pulled.
//
// It promises the behaviour of a well-behaved drive between failures; it does
// not model FAT. It is for tests only.
package sticktest

import (
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// Kind is a kind of operation.
type Kind string

// The operations of [stick.FS] and [stick.File].
const (
	Open    Kind = "open"
	Create  Kind = "create"
	Mkdir   Kind = "mkdir"
	ReadDir Kind = "readdir"
	Stat    Kind = "stat"
	Remove  Kind = "remove"
	SyncDir Kind = "syncdir"
	Free    Kind = "free"
	Lock    Kind = "lock"
	Read    Kind = "read"
	Write   Kind = "write"
	Sync    Kind = "sync"
	Rename  Kind = "rename" // of [stick.BackupFS]
)

// Op is one operation. Off and Data are those of a Write, To that of a Rename.
type Op struct {
	Kind Kind
	Name string
	To   string
	Off  int64
	Data []byte
	Over bool // a Write over what is there, which takes no room
}

// Mem is a drive in memory; it implements [stick.FS] and [stick.BackupFS]. The zero value is not
// ready, use New. It is safe for concurrent use.
type Mem struct {
	mu       sync.Mutex
	nodes    map[string]*node
	locks    map[string]int // -1 exclusive, else how many share it
	counts   map[Kind]int
	total    int
	used     int64
	capacity int64
	maxFile  int64
	readOnly bool
	gone     bool
	hook     func(n int, op Op) error
	record   bool
	log      []Op
}

// node is a file or folder. It outlives its name while it is open.
type node struct {
	name   string
	dir    bool
	data   []byte
	shared bool // a clone has the same data, which is copied before it is overwritten
	mtime  time.Time
}

// New returns an empty drive of practically unlimited size.
func New() *Mem {
	return &Mem{
		nodes:    map[string]*node{".": {name: ".", dir: true}},
		locks:    map[string]int{},
		counts:   map[Kind]int{},
		capacity: 1 << 50,
		maxFile:  1 << 50,
	}
}

// Replay returns a drive on which the operations given were done. Operations
// that cannot be done, since one they depend on is missing, are left out.
func Replay(ops []Op) *Mem {
	m := New()
	for _, op := range ops {
		_ = m.apply(op)
	}
	return m
}

// SetCapacity sets the drive's size in bytes.
func (m *Mem) SetCapacity(bytes int64) { m.with(func() { m.capacity = bytes }) }

// SetMaxFile sets how large one file may be.
func (m *Mem) SetMaxFile(bytes int64) { m.with(func() { m.maxFile = bytes }) }

// SetReadOnly makes every change fail with [stick.ErrReadOnly].
func (m *Mem) SetReadOnly(on bool) { m.with(func() { m.readOnly = on }) }

// SetGone makes every operation fail with [stick.ErrGone], as if the drive was pulled.
func (m *Mem) SetGone(on bool) { m.with(func() { m.gone = on }) }

// SetHook has f asked before every operation: it gets how many came before
// since the last ResetCounts, and an error of its own is the operation's
// result, the operation not being done. A Write whose hook fails with an
// [Short] error is done in part. The hook must not use the drive.
func (m *Mem) SetHook(f func(n int, op Op) error) { m.with(func() { m.hook = f }) }

// Short is an error a hook may return for a Write, of which the first Bytes
// then reach the drive.
type Short struct {
	Bytes int
	Err   error
}

func (s *Short) Error() string { return s.Err.Error() }

// Unwrap returns the error behind it.
func (s *Short) Unwrap() error { return s.Err }

// FailAt makes the nth operation from now, and every later one, fail with err.
func (m *Mem) FailAt(n int, err error) {
	m.ResetCounts()
	m.SetHook(func(i int, _ Op) error {
		if i >= n {
			return err
		}
		return nil
	})
}

// Record starts recording the operations that change the drive.
func (m *Mem) Record() { m.with(func() { m.record, m.log = true, nil }) }

// Recorded returns the operations recorded so far, syncs included.
func (m *Mem) Recorded() []Op {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.log)
}

// Count returns how many operations of a kind there were since ResetCounts.
func (m *Mem) Count(kind Kind) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[kind]
}

// Total returns how many operations there were since ResetCounts.
func (m *Mem) Total() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.total
}

// ResetCounts sets all counts to zero.
func (m *Mem) ResetCounts() { m.with(func() { m.total = 0; clear(m.counts) }) }

func (m *Mem) with(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// Clone returns an independent copy of the drive's contents, without its
// limits, hook, locks and counts.
func (m *Mem) Clone() *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := New()
	c.used = m.used
	for name, n := range m.nodes {
		n.shared = true
		twin := *n
		twin.data = slices.Clip(n.data) // so that what is appended to one is not in the other
		c.nodes[name] = &twin
	}
	return c
}

// Files returns the names of all files, sorted.
func (m *Mem) Files() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(m.nodes)) {
		if !m.nodes[name].dir {
			names = append(names, name)
		}
	}
	return names
}

// ReadFile returns a copy of a file's content, or nil when there is none.
func (m *Mem) ReadFile(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.nodes[name]; n != nil {
		return slices.Clone(n.data)
	}
	return nil
}

// WriteFile sets a file's content behind the back of whoever uses the drive,
// making folders as needed. Nil data removes the file.
func (m *Mem) WriteFile(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.nodes[name]; old != nil {
		m.used -= int64(len(old.data))
		delete(m.nodes, name)
	}
	if data == nil {
		return
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if m.nodes[dir] == nil {
			m.nodes[dir] = &node{name: dir, dir: true}
		}
	}
	m.nodes[name] = &node{name: name, data: slices.Clone(data)}
	m.used += int64(len(data))
}

// begin counts an operation and returns the error it is to fail with.
// m.mu is held.
func (m *Mem) begin(op Op) error {
	n := m.total
	m.total++
	m.counts[op.Kind]++
	if m.gone {
		return pathError(op, stick.ErrGone)
	}
	if m.hook != nil {
		if err := m.hook(n, op); err != nil {
			return err
		}
	}
	return nil
}

// change does an operation that changes the drive. m.mu is held.
func (m *Mem) change(op Op) error {
	err := m.begin(op)
	if short, ok := err.(*Short); ok && op.Kind == Write {
		op.Data = op.Data[:min(short.Bytes, len(op.Data))]
		m.logged(op, m.apply(op))
		return err
	}
	if err != nil {
		return err
	}
	if m.readOnly {
		return pathError(op, stick.ErrReadOnly)
	}
	return m.logged(op, m.apply(op))
}

// logged records op if it was done.
func (m *Mem) logged(op Op, err error) error {
	if err == nil && m.record {
		op.Data = slices.Clone(op.Data)
		m.log = append(m.log, op)
	}
	return err
}

// apply does what op says to the contents.
func (m *Mem) apply(op Op) error {
	n := m.nodes[op.Name]
	switch op.Kind {
	case Create, Mkdir:
		if n != nil {
			return pathError(op, fs.ErrExist)
		}
		if up := m.nodes[path.Dir(op.Name)]; up == nil || !up.dir {
			return pathError(op, fs.ErrNotExist)
		}
		m.nodes[op.Name] = &node{name: op.Name, dir: op.Kind == Mkdir}
	case Write:
		if n == nil {
			return pathError(op, fs.ErrNotExist)
		}
		return m.write(n, op)
	case Remove:
		if n == nil {
			return pathError(op, fs.ErrNotExist)
		}
		if n.dir && m.hasChildren(op.Name) {
			return pathError(op, fs.ErrExist)
		}
		m.used -= int64(len(n.data))
		delete(m.nodes, op.Name)
	case Rename:
		return m.rename(n, op)
	}
	return nil
}

// rename moves a file to another name, in place of a file that has it.
func (m *Mem) rename(n *node, op Op) error {
	up := m.nodes[path.Dir(op.To)]
	switch {
	case n == nil || up == nil || !up.dir:
		return pathError(op, fs.ErrNotExist)
	case n.dir || m.nodes[op.To] != nil && m.nodes[op.To].dir:
		return pathError(op, fs.ErrInvalid)
	}
	if old := m.nodes[op.To]; old != nil {
		m.used -= int64(len(old.data))
	}
	delete(m.nodes, op.Name)
	n.name = op.To
	m.nodes[op.To] = n
	return nil
}

func (m *Mem) write(n *node, op Op) error {
	end := op.Off + int64(len(op.Data))
	if end > m.maxFile {
		return pathError(op, stick.ErrTooLarge)
	}
	grows := max(0, end-int64(len(n.data)))
	if m.used+grows > m.capacity {
		return pathError(op, stick.ErrFull)
	}
	if n.shared && op.Off < int64(len(n.data)) {
		n.data, n.shared = slices.Clone(n.data), false
	}
	if grows > 0 {
		n.data = slices.Grow(n.data, int(grows))[:end]
		m.used += grows
	}
	copy(n.data[op.Off:], op.Data)
	return nil
}

func (m *Mem) hasChildren(name string) bool {
	for other := range m.nodes {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

func pathError(op Op, err error) error {
	return &fs.PathError{Op: string(op.Kind), Path: op.Name, Err: err}
}

// lock is a held lock.
type lock struct {
	m         *Mem
	name      string
	exclusive bool
	once      sync.Once
}

// Lock implements [stick.FS].
func (m *Mem) Lock(name string, exclusive bool) (io.Closer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	op := Op{Kind: Lock, Name: name}
	if err := m.begin(op); err != nil {
		return nil, err
	}
	if m.nodes[name] == nil {
		if !exclusive {
			return nil, pathError(op, fs.ErrNotExist)
		}
		create := Op{Kind: Create, Name: name}
		if m.readOnly {
			return nil, pathError(op, stick.ErrReadOnly)
		}
		if err := m.logged(create, m.apply(create)); err != nil {
			return nil, err
		}
	} else if exclusive && m.readOnly {
		return nil, pathError(op, stick.ErrReadOnly)
	}
	if held := m.locks[name]; held < 0 || held > 0 && exclusive {
		return nil, pathError(op, stick.ErrInUse)
	}
	if exclusive {
		m.locks[name] = -1
	} else {
		m.locks[name]++
	}
	return &lock{m: m, name: name, exclusive: exclusive}, nil
}

// Close frees the lock.
func (l *lock) Close() error {
	l.once.Do(func() {
		l.m.mu.Lock()
		defer l.m.mu.Unlock()
		if l.exclusive {
			l.m.locks[l.name] = 0
		} else {
			l.m.locks[l.name]--
		}
	})
	return nil
}

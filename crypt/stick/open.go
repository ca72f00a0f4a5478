package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// OpenOptions are the options of [Open]. The zero value is usable.
type OpenOptions struct {
	// ReadOnly opens the stick without changing a byte on it. Damage that
	// would keep it from being opened for writing is then only a warning.
	ReadOnly bool
	// LastSeen is the newest state that the caller knows of the stick: an older one is a warning.
	LastSeen Head
	// At opens the stick, or its backup, as it was when the layer of that number was its newest; 0 for as it is. It needs
	// ReadOnly, and fails with [ErrNoState] when there is no such layer.
	At int64
	// Program is the name that whoever finds the stick in use gets to see; one word.
	Program string
	// Clock is the time, time.Now when nil.
	Clock func() time.Time
	// PartSize is how large one file of a layer gets, 1 GiB when 0. It is for tests.
	PartSize int64
	// FoldLayers: folding puts tiny layers together when there are more; 32 when 0. It is for tests.
	FoldLayers int
}

// Stick is an open stick. It is safe for concurrent use; Close ends it.
type Stick struct {
	fs   FS
	o    OpenOptions
	lock io.Closer
	// interrupted is since when a program had the stick that did not end; zero when the last one did.
	interrupted time.Time
	note        Note
	ring        ringFile
	stale       []string     // notes and keys that an interrupted change left
	keys        []*layer.Key // the current one first; then the retired one, while rotating
	unlocked    *unlocked

	write    sync.Mutex     // held during a change: they happen one after the other
	nextSeq  int64          // number of the next layer
	reserved int64          // see reserve.go
	tables   []*layer.Table // oldest first
	untabled []*layer.Layer // the newest ones, that wait for a table
	spend    layer.Budget   // what the stick may still cost

	mu         sync.Mutex // protects what follows; held for moments only
	tree       *layer.Tree
	layers     []*layer.Layer  // those that count, oldest first
	unreadable []*layer.Layer  // those that should count and cannot be read, as far as a table tells what they held
	partial    []layer.Partial // those on the drive that are not whole
	warnings   []Warning
	readers    layer.Readers
	// mustChange: the holder's passphrase is one that ICT knows.
	mustChange bool
	uncertain  bool // see ErrReopen
	givenUp    int  // see GivenUp
	closed     bool
}

// Open opens a stick. It fails with [ErrNotStick], an [InUseError],
// [ErrReadOnly] (then open it with that option), [ErrNoKey], [ErrKeysGone], [ErrSwapped],
// [keys.ErrPassphrase], [keys.ErrCode], [keys.ErrWrongKey],
// [keys.ErrOtherSchool], [keys.ErrForged], or an error of the drive. What is
// wrong with single layers is in [Stick.Warnings] instead. Whatever an
// interrupted change left behind is removed, and so is the recovery code that opened it.
//
// The caller closes the stick; fsys stays the caller's, and must stay open as long.
func Open(ctx context.Context, fsys FS, with Unlock, o OpenOptions) (*Stick, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.PartSize == 0 {
		o.PartSize = layer.DefaultPartSize
	}
	if o.FoldLayers == 0 {
		o.FoldLayers = foldLayers
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	notes, err := sticknote.Read(fsys)
	if err != nil {
		return nil, err
	}
	lock, interrupted, err := lockStick(fsys, &o)
	if err != nil {
		return nil, err
	}
	s := &Stick{fs: fsys, o: o, lock: lock, interrupted: interrupted}
	if err = s.unlock(notes, with); err == nil {
		err = s.load(ctx)
	}
	if err == nil {
		err = s.useCode()
	}
	if err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// useCode removes the recovery code that opened the stick, which opens it once. One that can only be read keeps it.
func (s *Stick) useCode() error {
	if s.unlocked.keyring == nil || s.o.ReadOnly {
		return nil
	}
	change := pair.Change{FS: s.fs}
	gone, err := keysGone(s.fs)
	if err == nil && gone { // with the code's file the last key would go; who holds the stick now, the code does not say
		ring := *s.ring.keyring
		ring.holders = nil
		_, err = s.writeRing(&change, &ring)
	}
	if err == nil {
		change.Drop(slotPair(codeSlot))
		err = change.Finish()
	}
	if err != nil {
		return fmt.Errorf("use the recovery code up: %w", err)
	}
	return nil
}

// unlock opens the stick's identity and checks that the school vouches for it.
func (s *Stick) unlock(notes []sticknote.File, with Unlock) error {
	u, err := with.unlock(s.fs)
	if err != nil {
		return s.ifGone(err)
	}
	s.unlocked = u
	s.mustChange = u.holder != nil && u.holder.Temporary
	rings, err := openKeyrings(s.fs, u)
	if err != nil {
		return s.ifGone(err)
	}
	note, name, ring, err := chooseNote(notes, rings, u.verifier)
	for _, r := range rings {
		if r.keyring != ring.keyring {
			defer r.wipe()
		}
	}
	if err != nil {
		return err
	}
	s.note, s.ring = *note, ring
	for _, f := range notes {
		if f.Name != name {
			s.stale = append(s.stale, f.Name)
		}
	}
	for _, r := range rings {
		if sticknote.RecipientDigest(r.current.Recipient()) != note.Recipient {
			s.stale = append(s.stale, r.name)
		}
	}
	s.keys, err = ring.stickKeys()
	return err
}

// ifGone says of a key that is not there whether all of them are gone.
func (s *Stick) ifGone(err error) error {
	if errors.Is(err, ErrNoKey) && KeysGone(s.fs) {
		return fmt.Errorf("%w: %v", ErrKeysGone, err) // that one of them is not there would be less than the truth
	}
	return err
}

// load reads what is on the stick, and removes what an interrupted change left.
func (s *Stick) load(ctx context.Context) error {
	s.spend = *layer.NewBudget()
	l := layer.NewLoader(s.fs, s.note.ID, s.keys, &s.spend)
	l.Lenient = s.o.ReadOnly
	if s.o.ReadOnly {
		l.At = s.o.At
	}
	c, err := l.Load(ctx)
	if err != nil {
		return err
	}
	s.layers, s.unreadable, s.tables = c.Layers, l.Unreadable, l.Tables
	if err := s.plant(&c); err != nil {
		return err
	}
	s.nextSeq = l.MaxSeq + 1
	if !s.o.ReadOnly {
		if err := s.cleanUp(l, &c); err != nil {
			return err
		}
		// What hinders that, such as a program that runs, does not hinder opening the stick.
		_ = s.finishPrograms(ctx, crypt.NoProgress{})
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if !s.o.ReadOnly {
		s.reserved = findReserve(s.fs)
	}
	s.partial = l.Partial
	if err := s.plantKnown(); err != nil {
		return err
	}
	s.warnings = c.Warnings
	if w := s.recall(s.o.LastSeen); w != nil {
		s.warnings = append(s.warnings, *w)
	}
	return nil
}

// maxSaid bounds the warnings about entries that make no sense: who writes such can write a million.
const maxSaid = 1000

// plant makes the tree of the layers that count.
func (s *Stick) plant(c *layer.Chain) error {
	s.tree = layer.NewTree()
	s.tree.Most = max(1, int(s.spend.Left))
	said := 0
	for _, l := range c.Layers {
		err := s.tree.Apply(l, func(r *layer.Record, err error) {
			if said++; said <= maxSaid {
				c.Warnings = append(c.Warnings, Warning{Kind: WarnEntry, Name: l.ID.Part(0), Seq: l.ID.Seq, Err: err})
			}
		})
		if err != nil {
			return err
		}
	}
	s.tree.Most = 0
	return s.spend.Charge(s.tree.Cost)
}

// plantKnown finds out whether the tree of all that is known fits the budget as well, which checking and repairing
// make of a stick whose layers cannot all be read.
func (s *Stick) plantKnown() error {
	if len(s.unreadable)+len(s.partial) == 0 {
		return nil
	}
	t := layer.NewTree()
	t.Most = max(1, int(s.spend.Left))
	for _, l := range s.known() {
		if err := t.Apply(l, func(*layer.Record, error) {}); err != nil {
			return err
		}
	}
	return nil
}

// cleanUp removes what an interrupted change left behind, and writes the
// tables of contents that are missing.
func (s *Stick) cleanUp(l *layer.Loader, c *layer.Chain) error {
	if err := s.cleanKeys(); err != nil {
		return err
	}
	for _, dir := range l.NoFolder { // somebody removed an empty or needless folder
		if err := s.fs.Mkdir(dir); err != nil {
			return fmt.Errorf("make the folder %s: %w", dir, err)
		}
		if err := s.fs.SyncDir(drive.Parent(dir)); err != nil {
			return fmt.Errorf("make the folder %s: %w", dir, err)
		}
	}
	removed := false
	for _, files := range l.Leftovers(c, s.interrupted) {
		for _, n := range slices.Backward(slices.Sorted(maps.Keys(files.Parts))) {
			if err := s.fs.Remove(files.ID.Part(n)); err != nil {
				return fmt.Errorf("remove an unfinished layer: %w", err)
			}
			removed = true
		}
	}
	for _, old := range slices.Backward(c.Superseded) { // oldest first
		if !c.Complete() {
			break
		}
		if err := layer.RemoveParts(s.fs, old.ID, len(old.Parts)); err != nil {
			return err
		}
		removed = true
	}
	if removed {
		if err := s.fs.SyncDir(layout.Layers); err != nil {
			return fmt.Errorf("sync the layers: %w", err)
		}
	}
	for _, name := range l.BadTables {
		_ = s.fs.Remove(name)
	}
	s.pruneTables()
	counts := s.countingLayers()
	for _, key := range s.keys {
		var uncached []*layer.Layer
		for _, layer := range only(l.Uncached, counts) {
			if layer.Key == key {
				uncached = append(uncached, layer)
			}
		}
		if len(uncached) > 0 {
			s.addTable(uncached...)
		}
	}
	return nil
}

// cleanKeys removes the notes and keys that an interrupted change left: those
// of an identity that is not in force, and the copy of the holder's key that
// the passphrase just used does not open. Of two passphrases, the one used
// holds; nobody knows the other.
func (s *Stick) cleanKeys() error {
	change := pair.Change{FS: s.fs}
	for _, name := range append(s.stale, wipedKeys(s.fs)...) {
		change.Discard(pairOf(name), name)
	}
	if s.unlocked.slot != "" {
		holder := slotPair(holderSlot)
		for _, name := range holder.Names {
			if name != s.unlocked.slot {
				change.Discard(holder, name)
			}
		}
	}
	if err := change.Finish(); err != nil {
		return err
	}
	return s.keepMark()
}

// head is the newest layer, zero when there is none.
func (s *Stick) head() layer.Ref {
	if len(s.layers) == 0 {
		return layer.Ref{}
	}
	return s.layers[len(s.layers)-1].Ref()
}

// Close frees the stick and wipes its keys, when a change under way is done.
// The [FS] is not closed. Closing again does nothing.
func (s *Stick) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	if !s.o.ReadOnly {
		s.tableNow()
		s.mergeTables(tablesAtClose)
	}
	return s.release()
}

// release frees everything that Open took hold of.
func (s *Stick) release() error {
	s.readers.Close()
	if !s.o.ReadOnly {
		_ = s.fs.Remove(layout.Owner)
	}
	err := s.lock.Close()
	for _, key := range s.keys {
		key.MAC.Wipe()
	}
	if s.ring.keyring != nil {
		s.ring.wipe()
	}
	if s.unlocked != nil {
		s.unlocked.wipe()
	}
	return err
}

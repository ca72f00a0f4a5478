package stick

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"

	"stowage/crypt"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// BackupFS is the folder that a stick's backup is kept in, which belongs to
// that stick alone. Unlike a stick it is on a file system that may rename.
type BackupFS interface {
	FS
	// Rename gives a file another name, in place of a file that has it.
	Rename(from, to string) error
}

// The errors of backups that callers decide on.
var (
	// ErrBackingUp: another computer is backing the stick up now.
	ErrBackingUp = errors.New("another computer is backing the stick up now")
	// ErrNoBackup: there is no backup of the stick, or none that was ever finished.
	ErrNoBackup = errors.New("there is no backup")
	// ErrOtherBackup: the folder holds the backup of another stick.
	ErrOtherBackup = errors.New("the backup of another stick")
)

// maxBackupLayers bounds how many layers a backup takes.
const maxBackupLayers = 100_000

// keepReplaced is how long a backup keeps layers that the stick has replaced.
const keepReplaced = 30 * 24 * time.Hour

// BackupOptions are the options of backing up. All but Verifier may be zero.
type BackupOptions struct {
	// Verifier is the school's note verifier key. Without an opened stick it is
	// needed: nothing is taken from a stick that the school did not sign for.
	Verifier string
	// KeepReplaced is how long layers that tidying replaced on the stick stay in
	// the backup: 30 days when 0. It protects from a holder's mistake.
	KeepReplaced time.Duration
	Clock        func() time.Time // time.Now when nil
	Progress     crypt.Progress   // encrypted bytes copied; may be nil
}

// BackupResult says what a backup did. It is right even when there is an error.
type BackupResult struct {
	Copied  int   // layers that were copied
	Bytes   int64 // their size
	Layers  int   // layers of the stick that are in the backup now
	Removed int   // layers that were removed from the backup, being replaced for long
	// Differing names layers that are not the same on the stick and in the
	// backup, though layers never change. The backup keeps what it has.
	Differing []string
	// Older: the backup has newer layers than the stick, which somebody may
	// have put back to an earlier state.
	Older bool
	// Fork is what the backup has of a history that the opened stick has no more. If it was forked, nothing was copied: both
	// together would be neither.
	Fork *Fork
	// Unclear: without a key, the stick has other layers than the backup in their place, as one has that was put
	// back to an earlier state and then written on. Nothing was copied; who opens the stick learns what it is.
	Unclear bool
}

// Backup copies what is new on a stick that nobody has opened into its backup.
// No key is needed: it copies sealed files. Each is synced, read back and
// compared before it appears in the backup; interrupted at any moment, the next
// run goes on. No layer is ever removed or replaced: without a key nobody knows
// what of it is still needed. A holder's key is taken only once its holder has chosen
// the passphrase, and taken out of what is there if not. FORMAT.md, "Backup".
//
// It fails with [ErrNotStick], the errors of [keys.OpenNote], an [InUseError] when
// a program has the stick open, [ErrBackingUp], [ErrOtherBackup], a [NoSpaceError],
// [ErrTooLarge], or an error of one of the drives.
func Backup(ctx context.Context, drive FS, to BackupFS, o BackupOptions) (BackupResult, error) {
	b := newBackup(drive, to, o)
	err := b.readSource()
	if err == nil {
		err = b.run(ctx)
	}
	return b.result(err)
}

// Backup copies what is new on the opened stick into its backup, as [Backup]
// does, but only layers that are authentic. A layer that was damaged in the
// backup is replaced. Layers that were replaced by tidying or rotating are removed
// from the backup in the end, some time after everything that replaces them is
// there. Reading and changing the stick go on meanwhile.
func (s *Stick) Backup(ctx context.Context, to BackupFS, o BackupOptions) (BackupResult, error) {
	o.Clock = cmpClock(o.Clock, s.o.Clock)
	var b *backup
	var err error
	for range 3 { // a layer may be tidied away while it is being copied
		b = newBackup(s.fs, to, o)
		if err = b.readOpened(s); err == nil {
			err = b.run(ctx)
		}
		if !errors.Is(err, ErrMissing) {
			break
		}
	}
	return b.result(err)
}

func cmpClock(clocks ...func() time.Time) func() time.Time {
	for _, c := range clocks {
		if c != nil {
			return c
		}
	}
	return time.Now
}

// backup is one run.
type backup struct {
	from   FS
	to     BackupFS
	o      BackupOptions
	p      crypt.Progress
	note   Note
	layers []sourceLayer // to be in the backup, oldest first
	state  []byte        // the stick's notes and keys, as a tar
	may    mayKeep       // which of the holder's keys may be among them
	opened *Stick        // nil without a key
	record *backupRecord
	have   map[layer.ID]*layer.Files // in the backup
	out    BackupResult
}

func newBackup(from FS, to BackupFS, o BackupOptions) *backup {
	o.Clock = cmpClock(o.Clock)
	o.KeepReplaced = cmp.Or(o.KeepReplaced, keepReplaced)
	return &backup{from: from, to: to, o: o, p: crypt.OrNoProgress(o.Progress)}
}

func (b *backup) result(err error) (BackupResult, error) {
	if err != nil {
		err = fmt.Errorf("back up the stick: %w", err)
	}
	return b.out, err
}

// run copies, and then says so in the backup's record.
func (b *backup) run(ctx context.Context) error {
	lock, err := b.prepare()
	if err != nil {
		return err
	}
	defer lock.Close()
	if b.have, err = layer.FilesIn(b.to); err != nil {
		return err
	}
	missing, err := b.compare(ctx)
	if err != nil {
		return err
	}
	if b.out.Unclear || b.out.Fork != nil && b.out.Fork.Kind == WarnForked {
		return nil
	}
	if err := b.fits(missing); err != nil {
		return err
	}
	for _, l := range missing {
		b.p.Expect(l.size())
	}
	for _, l := range missing {
		if err = b.copyLayer(ctx, l); err != nil {
			break
		}
	}
	if err == nil {
		err = b.finish(ctx)
	}
	if errors.Is(err, ErrFull) { // somebody else took the room meanwhile
		if space := b.fits(missing); errors.Is(space, ErrFull) {
			err = fmt.Errorf("%w: %w", space, err)
		}
	}
	if saved := b.saveRecord(); err == nil {
		err = saved
	}
	return err
}

// finish is what may only happen when every layer is in the backup: the keys
// that open the newest ones are kept, and old layers go.
func (b *backup) finish(ctx context.Context) error {
	if err := b.keepState(); err != nil {
		return err
	}
	if b.opened != nil && !b.out.Older && len(b.out.Differing) == 0 {
		if err := b.prune(ctx); err != nil {
			return err
		}
	}
	b.record.When = now(b.o.Clock)
	return nil
}

// prepare makes the folders, takes the lock and clears away what an interrupted
// run left.
func (b *backup) prepare() (lock io.Closer, err error) {
	for _, dir := range []string{layout.Base, layout.Layers, statesDir, incomingDir} {
		err := b.to.Mkdir(dir)
		if err == nil {
			err = b.to.SyncDir(drive.Parent(dir))
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	lock, err = b.to.Lock(backupLockName, true)
	if errors.Is(err, ErrInUse) {
		return nil, ErrBackingUp
	}
	if err != nil {
		return nil, fmt.Errorf("lock the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
			lock = nil
		}
	}()
	if b.record, err = readRecord(b.to); err != nil {
		return lock, err
	}
	if b.record.Stick != "" && b.record.Stick != b.note.ID {
		return lock, ErrOtherBackup
	}
	b.record.Stick = b.note.ID
	return lock, drive.RemoveFiles(b.to, incomingDir, func(string) bool { return true })
}

// fits refuses what the stick cannot hold, as sparse files that somebody made
// on it, and what the backup has no room for.
func (b *backup) fits(missing []sourceLayer) error {
	var all, need int64
	for _, l := range b.layers {
		all += l.size()
	}
	for _, l := range missing {
		need += l.size()
	}
	if _, total, err := b.from.Free(); err != nil || all > total {
		return cmp.Or(err, fmt.Errorf("%d bytes on a drive of %d: %w", all, total, ErrTooLarge))
	}
	free, _, err := b.to.Free()
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if need > 0 && need+reserveSize > free {
		return &NoSpaceError{Need: need + reserveSize, Free: free}
	}
	return nil
}

// prune removes layers that were replaced long ago. What the backup itself
// says counts, with the stick's keys: so nothing goes that its newest layers
// still need, whatever became of the stick.
func (b *backup) prune(ctx context.Context) error {
	s := b.opened
	if s.Rotating() {
		return nil
	}
	l := s.loaderOf(b.to)
	if err := l.FindLayers(); err != nil {
		return err
	}
	found, err := l.ReadLayers(ctx)
	if err != nil {
		return err
	}
	c := layer.Follow(found)
	l.Classify(&c)
	c.Warnings = append(l.Warnings, c.Warnings...)
	if !c.Complete() {
		b.record.Replaced = nil
		return nil
	}
	var old []*layer.Files
	for _, layer := range slices.Backward(c.Superseded) { // oldest first
		old = append(old, l.Files[layer.ID])
	}
	replaced := map[string]time.Time{}
	for _, files := range append(old, l.Leftover...) { // these are of an identity that the stick has no more
		name := files.ID.String()
		since, known := b.record.Replaced[name]
		if !known || since.After(now(b.o.Clock)) {
			since = now(b.o.Clock)
		}
		if now(b.o.Clock).Sub(since) < b.o.KeepReplaced {
			replaced[name] = since
			continue
		}
		if err := removeLayer(b.to, files); err != nil {
			return err
		}
		delete(b.record.Layers, name)
		b.out.Removed++
	}
	b.record.Replaced = replaced
	return b.to.SyncDir(layout.Layers)
}

// incoming is the name of a file in the backup while it is being written.
func incoming(final string) string { return path.Join(incomingDir, path.Base(final)) }

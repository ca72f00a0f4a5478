package stick_test

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// How thorough the crash suite is. The two states that keep all and nothing of
// what was not synced are always tried.
var (
	crashes   = longtest.Int("crashes", 2, 24, "random crash states after every operation of the drive; 24 make tens of thousands in all")
	crashSeed = flag.Uint64("crash-seed", 1, "where the random crash states begin")
)

// change is something done to a stick, during which it is pulled.
type change struct {
	do func(t *testing.T, sc *school, s *stick.Stick)
	// whole: the files are all as before or all as after, never something
	// between. Otherwise that is so for each file.
	whole bool
	// plain names files on the drive that are being taken into the stick: each
	// is on the drive or on the stick at any time.
	plain map[string]string
	// part is the size of a layer's parts, 48 KiB when 0.
	part int64
	// prepare changes the stick beforehand; room is how much is free on the drive then, as much as one wants when 0.
	prepare func(t *testing.T, s *stick.Stick)
	room    int64
	// spoil damages the drive beforehand, for what repairs it; a file that cannot
	// be read then is one that is not there. It returns a backup, or nil.
	spoil func(t *testing.T, d *plainDrive) *sticktest.Mem
	// again does the change once more after the drive was pulled; the stick then
	// holds what it would have held at once.
	again func(ctx context.Context, s *stick.Stick, backup *sticktest.Mem) error
	// keeps: every layer that was on the stick stays as it was, damaged or not, and is warned of.
	keeps bool
	// passphrases that may open the stick, the one that must in the end last.
	passphrases [][]byte
}

// pulledFiles are on the stick before every change.
var pulledFiles = map[string]string{
	"keep.txt": "always here", "a/old.txt": text(5, 3000), "a/b/deep.txt": "deep", "a/empty/": "", "big.bin": text(6, 150_000),
}

var newPassphrase = []byte("another horse, another staple")

var changes = map[string]change{
	"put one": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		put(t, s, map[string]string{"keep.txt": "newer", "x/new.txt": text(7, 100_000)})
	}},
	"put many layers": {part: 8 << 20, do: func(t *testing.T, _ *school, s *stick.Stick) {
		big := strings.Repeat("0123456789abcdef", 2<<20) // 32 MiB: a layer of its own
		put(t, s, map[string]string{"film.mov": big, "x/1.txt": "one", "x/2.txt": "two", "big.bin": "small now"})
	}},
	"remove": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		check(t, s.Remove(t.Context(), "a", "big.bin"))
	}},
	"rename": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		check(t, s.Rename(t.Context(), "a", "moved/here"))
	}},
	"undelete": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		must(s.Undelete(t.Context(), []string{"gone.txt"}, stick.PutOptions{}))(t)
	}},
	"tidy": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		must(s.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
	}},
	"erase": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		must(s.EraseForGood(t.Context(), []string{"big.bin"}, nil))(t)
	}},
	"make room": {
		whole: true, room: 600_000, part: 1 << 30,
		prepare: func(t *testing.T, s *stick.Stick) {
			put(t, s, map[string]string{"doc": text(1, 400_000), "beside": text(2, 30_000)})
			put(t, s, map[string]string{"doc": text(3, 400_000)})
			put(t, s, map[string]string{"doc": "now", "lately": "deleted now"})
			check(t, s.Remove(t.Context(), "lately"))
		},
		do: func(t *testing.T, _ *school, s *stick.Stick) {
			put(t, s, map[string]string{"doc": text(4, 700_000)})
			if s.GivenUp() == 0 || len(must(s.Deleted("."))(t)) != 2 {
				t.Errorf("%d versions given up, deleted are %v", s.GivenUp(), must(s.Deleted("."))(t))
			}
		},
	},
	"remove without room": {whole: true, room: -1, do: func(t *testing.T, _ *school, s *stick.Stick) {
		check(t, s.Remove(t.Context(), "a", "big.bin"))
	}},
	"fold": {
		whole: true,
		prepare: func(t *testing.T, s *stick.Stick) {
			for i := range 12 {
				doc := fmt.Sprintf("docs/%d.txt", i%5)
				put(t, s, map[string]string{"docs/new.tmp": text(i, 2000+i)})
				check(t, s.RenameOver(t.Context(), "docs/new.tmp", doc))
				if i%4 == 3 {
					check(t, s.Remove(t.Context(), doc))
				}
			}
			put(t, s, map[string]string{"docs/1.txt": "again", "last": "1"})
			put(t, s, map[string]string{"last": "2"})
			put(t, s, map[string]string{"last": "3"})
		},
		do: func(t *testing.T, _ *school, s *stick.Stick) {
			if r := must(s.Tidy(t.Context(), stick.TidyOptions{Fold: true}))(t); r.Removed < 33 || r.Written != 1 {
				t.Errorf("folded: %+v", r)
			}
		},
	},
	"repair": {whole: true, spoil: spoilWithout, again: repairAgain},
	// What of a layer's copy arrived may make some of its files readable before others.
	"repair with a backup": {spoil: spoilWith, again: repairAgain},
	"repair keeps":         {whole: true, keeps: true, again: repairKeeping, spoil: spoilWithout},
	"repair keeps what has no head": {whole: true, keeps: true, again: repairKeeping, spoil: func(t *testing.T, d *plainDrive) *sticktest.Mem {
		d.flip(t, d.names(t, "stowage/layers")[1], 40)
		return nil
	}},
	"repair keeps without tables": {keeps: true, again: repairKeeping, spoil: func(t *testing.T, d *plainDrive) *sticktest.Mem {
		for _, name := range d.names(t, "stowage/contents") {
			check(t, d.Remove(name))
		}
		return spoilWithout(t, d)
	}},
	// The first of its files can be saved: also where a repair was cut short while it stored that.
	"repair keeps the newest": {whole: true, keeps: true, again: repairKeeping, spoil: spoilNewest(100_000, 100_000)},
	"repair keeps, a layer is gone": {keeps: true, again: repairKeeping, spoil: func(t *testing.T, d *plainDrive) *sticktest.Mem {
		check(t, d.Remove(d.names(t, "stowage/layers")[0]))
		return spoilWithout(t, d)
	}},
	"repair keeps, with a backup of less": {keeps: true, again: repairKeeping, spoil: func(t *testing.T, d *plainDrive) *sticktest.Mem {
		backup := d.Clone()
		spoilBig(t, &plainDrive{backup, d.school})
		spoilBig(t, d)
		return backup
	}},
	"repair of the newest": {whole: true, again: repairAgain, spoil: spoilNewest(100_000, 100_000)},
	// All of it can be saved, so that the layer goes.
	"repair of padding": {whole: true, part: 8 << 20, again: repairKeeping, spoil: spoilNewest(4_200_000)},
	"passphrase": {
		whole: true, passphrases: [][]byte{passphrase, newPassphrase},
		do: func(t *testing.T, _ *school, s *stick.Stick) {
			check(t, s.ChangePassphrase(passphrase, newPassphrase))
		},
	},
	"rekey": {
		whole: true, passphrases: [][]byte{passphrase, newPassphrase},
		do: func(t *testing.T, sc *school, s *stick.Stick) {
			k := must(keys.NewHolderKey(sc.authority.School(), sc.authority.Verifier(), keys.Holder{ID: "h-2"}, keys.Hybrid, start))(t)
			sealed := must(k.Seal(newPassphrase, policy.WorkFactor))(t)
			check(t, s.Rekey(t.Context(), stick.RekeyOptions{Holders: []string{k.Recipient()}, HolderKey: sealed}))
		},
	},
	"rotate": {
		whole: true, passphrases: [][]byte{passphrase},
		do: func(t *testing.T, sc *school, s *stick.Stick) {
			check(t, s.Rotate(t.Context(), stick.RotateOptions{School: sc.authority}))
		},
	},
	"programs": {whole: true, do: func(t *testing.T, sc *school, s *stick.Stick) {
		check(t, s.SetPrograms(t.Context(), stick.ProgramsOptions{School: sc.authority, Programs: []stick.NewProgram{windowsOne, linuxOne}}))
	}},
	"recovery code": {whole: true, do: func(t *testing.T, _ *school, s *stick.Stick) {
		check(t, s.ReplaceCode(must(keys.GenerateCode())(t)))
	}},
	"convert": {
		plain: map[string]string{"letter.txt": "dear", "photos/one.jpg": text(8, 70_000), "photos/two.jpg": text(9, 500)},
		do: func(t *testing.T, _ *school, s *stick.Stick) {
			must(s.Convert(t.Context(), stick.ConvertOptions{BatchSize: 1000}))(t)
		},
	},
}

// spoilBig damages the layer of pulledFiles, in the middle of its largest file.
func spoilBig(t *testing.T, d *plainDrive) {
	t.Helper()
	layers := d.names(t, "stowage/layers")
	i := slices.IndexFunc(layers, func(name string) bool { return strings.Contains(name, "/00000002-") })
	if i < 0 || !strings.Contains(layers[i+1], "/00000002-") {
		t.Fatalf("no second layer of several parts among %q", layers)
	}
	d.flip(t, layers[i+1], 10_000)
}

// spoilNewest adds a layer with files of these sizes, and damages it at its end.
func spoilNewest(sizes ...int) func(*testing.T, *plainDrive) *sticktest.Mem {
	return func(t *testing.T, d *plainDrive) *sticktest.Mem {
		t.Helper()
		s := d.school.openWith(t, d.Mem, stick.OpenOptions{})
		files := map[string]string{}
		for i, size := range sizes {
			files[fmt.Sprintf("x/%d.bin", i)] = text(10+i, size)
		}
		put(t, s, files)
		check(t, s.Close())
		layers := d.names(t, "stowage/layers")
		d.flip(t, layers[len(layers)-1], -1)
		return nil
	}
}

func spoilWithout(t *testing.T, d *plainDrive) *sticktest.Mem {
	spoilBig(t, d)
	return nil
}

func spoilWith(t *testing.T, d *plainDrive) *sticktest.Mem {
	backup := d.Clone()
	spoilBig(t, d)
	return backup
}

func repairAgain(ctx context.Context, s *stick.Stick, backup *sticktest.Mem) error {
	o := stick.RepairOptions{Discard: true}
	if backup != nil {
		o.Backup = backup
	}
	_, err := s.Repair(ctx, o)
	return err
}

// repairKeeping repairs without giving anything up.
func repairKeeping(ctx context.Context, s *stick.Stick, backup *sticktest.Mem) error {
	var o stick.RepairOptions
	if backup != nil {
		o.Backup = backup
	}
	_, err := s.Repair(ctx, o)
	return err
}

// TestPulledAtAnyMoment pulls the stick after every single operation of the
// drive during every kind of change, and opens what may then be found on it.
// No file that was reported as stored may be missing or different, the change
// is there or not, no repair by hand is needed, and the next write works.
func TestPulledAtAnyMoment(t *testing.T) {
	longtest.SkipRaced(t)
	var tried, lost atomic.Int64
	t.Run("changes", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				states, bad := pull(t, changes[name])
				fmt.Printf("crash suite: %s: %d crash states tried, %d lost data\n", name, states, bad)
				tried.Add(states)
				lost.Add(bad)
			})
		}
	})
	fmt.Printf("crash suite: changes of a stick: %d crash states tried, %d lost data\n", tried.Load(), lost.Load())
}

// pulled is one change that was recorded, to be replayed with a crash.
type pulled struct {
	change
	school        *school
	base          *sticktest.Mem
	ops           []sticktest.Op
	done          int // how many operations had been asked for when the change returned
	before, after map[string]string
	backup        *sticktest.Mem
}

// ways are the crash states to try after an operation: nothing and everything
// that was not synced kept, and some of it, torn, as many times as said.
func ways(random *rand.Rand, some int) []func(sticktest.Op) (sticktest.Op, bool) {
	keeps := []func(sticktest.Op) (sticktest.Op, bool){sticktest.KeepAll, sticktest.KeepNone}
	for range some {
		keeps = append(keeps, sticktest.KeepSome(random))
	}
	return keeps
}

// crashCount counts the crash states of a test that ends at the first that
// loses data, and prints how many there were.
func crashCount(t *testing.T, what string) *int {
	tried := new(int)
	t.Cleanup(func() {
		lost := 0
		if t.Failed() {
			lost = 1
		}
		fmt.Printf("crash suite: %s: %d crash states tried, %d lost data\n", what, *tried, lost)
	})
	return tried
}

// crashRandom is where chance comes from, the same in every run.
func crashRandom() *rand.Rand { return rand.New(rand.NewPCG(*crashSeed, 2)) }

// pull tries the crash states of one change, and returns how many there were and
// how many of them lost data.
func pull(t *testing.T, c change) (tried, lost int64) {
	p := recordChange(t, c)
	random := crashRandom()
	stride, some := 1, *crashes
	if testing.Short() {
		stride = 11
	}
	if c.part > 0 { // for large files: each state takes ten times as long
		some = (some + 3) / 4
	}
	for n := 0; n <= len(p.ops); n += stride {
		for i, keep := range ways(random, some) {
			found := sticktest.Crash(p.base, p.ops[:n], keep)
			tried++
			if err := p.checkPulled(t.Context(), found, n >= p.done); err != nil {
				lost++
				t.Errorf("pulled after operation %d of %d (returned after %d), way %d: %v", n, len(p.ops), p.done, i, err)
			}
		}
	}
	return tried, lost
}

// TestRepairPulledTwice pulls the stick while a repair repeats one during which it had been pulled before.
func TestRepairPulledTwice(t *testing.T) {
	longtest.SkipRaced(t)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if changes[name].again == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := recordChange(t, changes[name])
			random := crashRandom()
			tried := crashCount(t, name+", twice")
			for range 3 * *crashes {
				first := random.IntN(len(p.ops) + 1)
				keeps := ways(random, 1)
				found := sticktest.Crash(p.base, p.ops[:first], keeps[random.IntN(len(keeps))])
				ops := p.recordAgain(t, found)
				for range max(*crashes/4, 2) {
					*tried++
					second := random.IntN(len(ops) + 1)
					twice := sticktest.Crash(found, ops[:second], keeps[random.IntN(len(keeps))])
					if err := p.checkPulled(t.Context(), twice, false); err != nil {
						t.Fatalf("pulled after operation %d of %d, then after %d of %d: %v", first, len(p.ops), second, len(ops), err)
					}
				}
			}
		})
	}
}

// recordAgain repeats a change that was cut short, and returns what that did to the drive.
func (p *pulled) recordAgain(t *testing.T, found *sticktest.Mem) []sticktest.Op {
	t.Helper()
	drive := found.Clone()
	drive.Record()
	s := p.school.openWith(t, drive, stick.OpenOptions{PartSize: cmp.Or(p.part, 48<<10)})
	check(t, p.again(t.Context(), s, p.backup))
	check(t, s.Close())
	return drive.Recorded()
}

// recordChange does a change on a stick with some history, recording it.
func recordChange(t *testing.T, c change) *pulled {
	t.Helper()
	p := &pulled{change: c, school: newSchool(t, "Hill School"), base: sticktest.New()}
	d := &plainDrive{p.base, p.school}
	o := stick.OpenOptions{PartSize: cmp.Or(c.part, 48<<10)}
	p.school.issue(t, p.base)
	s := p.school.openWith(t, p.base, o)
	put(t, s, map[string]string{"gone.txt": "deleted later", "keep.txt": "first version"})
	put(t, s, pulledFiles)
	check(t, s.Remove(t.Context(), "gone.txt"))
	if c.prepare != nil {
		c.prepare(t, s)
	}
	check(t, s.Close())
	for _, name := range slices.Sorted(maps.Keys(c.plain)) {
		d.write(t, name, c.plain[name])
	}
	if c.spoil != nil {
		p.backup = c.spoil(t, d)
	}
	drive := p.base.Clone()
	if c.room != 0 {
		drive.SetCapacity(usedOn(drive) + max(c.room, 0))
	}
	drive.Record()
	s = p.school.openWith(t, drive, o)
	p.before = must(p.files(s))(t)
	if c.do != nil {
		c.do(t, p.school, s)
	} else {
		check(t, c.again(t.Context(), s, p.backup))
	}
	p.done = len(drive.Recorded())
	p.after = must(p.files(s))(t)
	check(t, s.Close())
	p.ops = drive.Recorded()
	return p
}

// files are the files of a stick, on a damaged one those that can be read.
func (p *pulled) files(s *stick.Stick) (map[string]string, error) {
	if p.spoil == nil {
		return filesOn(s)
	}
	return readableOn(s)
}

func (p *pulled) checkPulled(ctx context.Context, found *sticktest.Mem, done bool) error {
	if err := p.checkPassphrases(ctx, found, done); err != nil {
		return err
	}
	if err := p.checkKept(found); err != nil {
		return err
	}
	s, err := stick.Open(ctx, found, stick.WithRecovery(p.school.authority.Identities(), p.school.authority.Verifier()), stick.OpenOptions{Clock: clock})
	if err != nil {
		return err
	}
	defer s.Close()
	got, err := p.files(s)
	if err != nil {
		return err
	}
	if err := p.checkFiles(got, found, done); err != nil {
		return err
	}
	if p.again != nil {
		if err := p.again(ctx, s, p.backup); err != nil {
			return fmt.Errorf("once more: %w", err)
		}
		if got, err = readableOn(s); err != nil || !maps.Equal(got, p.after) {
			return fmt.Errorf("once more, the stick holds %q: %w", slices.Sorted(maps.Keys(got)), err)
		}
		if err := p.checkKept(found); err != nil {
			return fmt.Errorf("once more: %w", err)
		}
	} else if err := onlyTorn(s); err != nil {
		return err
	}
	return p.goOn(ctx, found, s, got)
}

// checkKept sees whether the layers are there that must stay.
func (p *pulled) checkKept(found *sticktest.Mem) error {
	if !p.keeps {
		return nil
	}
	for _, name := range layerFiles(p.base) {
		if !bytes.Equal(found.ReadFile(name), p.base.ReadFile(name)) {
			return fmt.Errorf("%s is not as it was", name)
		}
	}
	return nil
}

// onlyTorn wants no warning but that a layer was not written to its end.
func onlyTorn(s *stick.Stick) error {
	for _, w := range s.Warnings() {
		if w.Kind != stick.WarnTorn {
			return fmt.Errorf("a warning: %v", w)
		}
	}
	return nil
}

// checkPassphrases sees which passphrases open the stick.
func (p *pulled) checkPassphrases(ctx context.Context, found *sticktest.Mem, done bool) error {
	if len(p.passphrases) == 0 {
		return nil
	}
	opened := -1
	var last error
	for i, passphrase := range p.passphrases {
		s, err := stick.Open(ctx, found.Clone(), stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock})
		if err == nil {
			opened = i
			_ = s.Close()
			continue
		}
		last = err
	}
	if opened < 0 || done && opened != len(p.passphrases)-1 {
		return fmt.Errorf("the passphrase does not open it: %w", last)
	}
	return nil
}

// differences says of each file by which it differs from before and after.
func differences(got, before, after map[string]string) string {
	var list []string
	for i, want := range []map[string]string{before, after} {
		when := []string{"before", "after"}[i]
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if content, there := got[name]; !there {
				list = append(list, fmt.Sprintf("%s was there %s", name, when))
			} else if content != want[name] {
				list = append(list, fmt.Sprintf("%s was %.20q %s, not %.20q", name, want[name], when, content))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if _, there := want[name]; !there {
				list = append(list, fmt.Sprintf("%s was not there %s", name, when))
			}
		}
	}
	return strings.Join(list, "; ")
}

// checkFiles compares what is on the stick with before and after the change.
func (p *pulled) checkFiles(got map[string]string, found *sticktest.Mem, done bool) error {
	if done && !maps.Equal(got, p.after) {
		return fmt.Errorf("the change had been reported as done, and is not there: %q", slices.Sorted(maps.Keys(got)))
	}
	if p.whole && !maps.Equal(got, p.before) && !maps.Equal(got, p.after) {
		return fmt.Errorf("neither as before nor as after: %s", differences(got, p.before, p.after))
	}
	names := maps.Clone(p.before)
	maps.Copy(names, p.after)
	maps.Copy(names, got)
	for name := range names {
		content, there := got[name]
		before, was := p.before[name]
		after, will := p.after[name]
		if (there != was || content != before) && (there != will || content != after) {
			return fmt.Errorf("%s is neither as before nor as after: there %v, %d bytes", name, there, len(content))
		}
	}
	for name, content := range p.plain {
		if got[name] != content && string(found.ReadFile(name)) != content {
			return fmt.Errorf("%s is neither on the stick nor on the drive", name)
		}
	}
	return nil
}

// goOn writes to the stick that was pulled, and opens it once more.
func (p *pulled) goOn(ctx context.Context, found *sticktest.Mem, s *stick.Stick, want map[string]string) error {
	next := map[string]string{"written afterwards.txt": "works"}
	if _, err := s.PutItems(ctx, items(next), stick.PutOptions{}); err != nil {
		return fmt.Errorf("the next write: %w", err)
	}
	if err := s.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	again, err := stick.Open(ctx, found, stick.WithRecovery(p.school.authority.Identities(), p.school.authority.Verifier()), stick.OpenOptions{Clock: clock})
	if err != nil {
		return fmt.Errorf("open again: %w", err)
	}
	defer again.Close()
	got, err := p.files(again)
	if err != nil {
		return err
	}
	maps.Copy(want, next)
	if !maps.Equal(got, want) {
		return fmt.Errorf("after the next write the stick holds %q", slices.Sorted(maps.Keys(got)))
	}
	if p.keeps {
		return p.checkKept(found)
	}
	return onlyTorn(again)
}

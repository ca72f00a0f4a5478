package stick_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/longtest"
	"stowage/crypt/stick"
)

// The size of the stick that decays, and how often it does.
var (
	decayedMB     = longtest.Int("decay", 6, 220, "megabytes on the large stick that decays")
	decayedRounds = flag.Int("decays", 3, "how often it does, each time anew")
)

// noise is content that does not repeat, made again when it is needed.
type noise struct {
	seed byte
	n    uint16
	size int64
}

func (c noise) open() io.Reader {
	seed := [32]byte{c.seed, byte(c.n), byte(c.n >> 8)}
	return io.LimitReader(rand.NewChaCha8(seed), c.size)
}

func (c noise) item(path string) stick.Item {
	return stick.Item{Path: path, Kind: stick.KindFile, Size: c.size, ModTime: start, Open: func() (stick.ItemReader, error) {
		return textReader{c.open(), nil}, nil
	}}
}

// largeStick stores files of all sizes on a stick in a folder, renames and replaces and
// removes some, and returns what it holds.
func largeStick(t *testing.T, sc *school, top string, random *rand.Rand) map[string]noise {
	t.Helper()
	d := must(stick.NewDirFS(top))(t)
	defer d.Close()
	sc.issue(t, d)
	s := sc.openWith(t, d, stick.OpenOptions{PartSize: int64(*decayedMB) << 20 / 32})
	today, left := map[string]noise{}, int64(*decayedMB)<<20
	for n := uint16(0); left > 0; n++ {
		files := map[string]noise{}
		if large := int64(33 << 20); n%5 == 4 && left > large {
			files[fmt.Sprintf("films/%d.mp4", n)] = noise{1, n, large + random.Int64N(5<<20)}
		} else {
			for i := range 4 + random.IntN(24) {
				files[fmt.Sprintf("folder %d/file %d", n, i)] = noise{byte(i), n, 1 + random.Int64N(1<<(8+random.IntN(12)))}
			}
		}
		if names := slices.Sorted(maps.Keys(today)); len(names) > 8 {
			files[names[random.IntN(len(names))]] = noise{99, n, 1 + random.Int64N(100_000)} // another version
		}
		var list []stick.Item
		for _, p := range slices.Sorted(maps.Keys(files)) {
			list = append(list, files[p].item(p))
			today[p] = files[p]
			left -= files[p].size
		}
		if r := must(s.PutItems(t.Context(), list, stick.PutOptions{Clash: stick.Replace}))(t); len(r.Skipped) > 0 {
			t.Fatal(r.Skipped)
		}
		names := slices.Sorted(maps.Keys(today))
		from, gone := names[random.IntN(len(names))], names[random.IntN(len(names))]
		to := fmt.Sprintf("moved/%d", n)
		check(t, s.Rename(t.Context(), from, to))
		today[to] = today[from]
		delete(today, from)
		if gone != from {
			check(t, s.Remove(t.Context(), gone))
			delete(today, gone)
		}
	}
	check(t, s.Close())
	return today
}

// lyingAt is where the content of a file lies in a layer's plaintext.
type lyingAt struct {
	layer     string
	off, size int64
}

// onDrive is a layer as it lies on the drive.
type onDrive struct {
	parts   []string // names, in order
	starts  []int64  // where each begins in the age file
	size    int64
	payload int64 // where its chunks begin
}

// places reads the layers of a stick with age and tar alone, as FORMAT.md says, and
// returns where everything on the stick lies.
func places(t *testing.T, sc *school, top string) (map[string]lyingAt, map[string]*onDrive) {
	t.Helper()
	dir := filepath.Join(top, "stowage", "layers")
	sealed := must(os.ReadFile(filepath.Join(top, "stowage", "keys", "stick-hybrid-a.age")))(t)
	id := must(keys.ParseStickIdentity(must(keys.Unwrap(sealed, sc.holder.Identity()))(t)))(t)
	layers, files := map[string]*onDrive{}, map[string]lyingAt{}
	for _, e := range must(os.ReadDir(dir))(t) { // sorted by number and part
		name, _, _ := strings.Cut(e.Name(), ".age")
		l := layers[name]
		if l == nil {
			l = &onDrive{}
			layers[name] = l
		}
		l.parts = append(l.parts, filepath.Join(dir, e.Name()))
		l.starts = append(l.starts, l.size)
		l.size += must(e.Info())(t).Size()
	}
	for _, name := range slices.Sorted(maps.Keys(layers)) {
		readPlaces(t, name, layers[name], id.Identity(), files)
	}
	return files, layers
}

// countedReader counts what is read, and does not let the reader of tars skip.
type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func readPlaces(t *testing.T, name string, l *onDrive, id age.Identity, files map[string]lyingAt) {
	t.Helper()
	var parts []io.Reader
	for _, part := range l.parts {
		f := must(os.Open(part))(t)
		defer f.Close()
		parts = append(parts, f)
	}
	header := must(age.ExtractHeader(io.MultiReader(parts...)))(t)
	l.payload = int64(len(header)) + 16
	for _, part := range parts { // from the start again
		must(part.(io.Seeker).Seek(0, io.SeekStart))(t)
	}
	plain := &countedReader{r: must(age.Decrypt(io.MultiReader(parts...), id))(t)}
	var gone []string
	for tape := tar.NewReader(plain); ; {
		h, err := tape.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		check(t, err)
		dir, base := filepath.Split(h.Name)
		switch removed, isRemoved := strings.CutPrefix(base, ".wh."); {
		case isRemoved:
			gone = append(gone, dir+removed)
		case h.Typeflag == tar.TypeReg:
			files[h.Name] = lyingAt{name, plain.n, h.Size}
		case h.Typeflag == tar.TypeLink:
			files[h.Name] = files[h.Linkname]
		}
	}
	for _, p := range gone {
		maps.DeleteFunc(files, func(other string, _ lyingAt) bool { return other == p || strings.HasPrefix(other, p+"/") })
	}
}

// span is a stretch of a layer's age file that is not as it was.
type span struct{ from, to int64 }

// spoil damages a layer in one of the ways in which drives do, and returns where.
func spoil(t *testing.T, l *onDrive, random *rand.Rand) []span {
	t.Helper()
	n := random.IntN(len(l.parts))
	part, at := l.parts[n], l.starts[n]
	data, err := os.ReadFile(part)
	if errors.Is(err, os.ErrNotExist) {
		return nil // gone already
	}
	check(t, err)
	if len(data) == 0 {
		return nil
	}
	from := random.IntN(len(data))
	switch random.IntN(6) {
	case 0: // some bits
		to := min(from+1+random.IntN(3000), len(data))
		for i := from; i < to; i++ {
			data[i] ^= byte(1 + random.IntN(255))
		}
		check(t, os.WriteFile(part, data, 0o600))
		return []span{{at + int64(from), at + int64(to)}}
	case 1, 2: // a block of the drive that reads as zeros
		to := min((from|0xfff)+1, len(data))
		from &^= 0xfff
		clear(data[from:to])
		check(t, os.WriteFile(part, data, 0o600))
		return []span{{at + int64(from), at + int64(to)}}
	case 3: // a file cut short
		check(t, os.Truncate(part, int64(from)))
		return []span{{at + int64(from), at + int64(len(data))}}
	case 4: // a file gone
		check(t, os.Remove(part))
		return []span{{at, at + int64(len(data))}}
	}
	for _, part := range l.parts { // all of them
		_ = os.Remove(part)
	}
	return []span{{0, l.size}}
}

// sealedChunk is the size of a chunk of an age file, and plainChunk of what is in it.
const (
	plainChunk  = 64 << 10
	sealedChunk = plainChunk + 16
)

// survives reports whether a stretch of plaintext can still be read for certain: the age
// header is whole, every chunk of it, and the first or the last chunk, one of which it takes
// to know that the header is the school's.
func (l *onDrive) survives(p lyingAt, damage []span) bool {
	hit := func(from, to int64) bool {
		return slices.ContainsFunc(damage, func(s span) bool { return s.from < to && from < s.to })
	}
	chunk := func(n int64) bool {
		from := l.payload + n*sealedChunk
		return hit(from, min(from+sealedChunk, l.size))
	}
	last := (l.size - l.payload - 1) / sealedChunk
	if hit(0, l.payload) || chunk(0) && chunk(last) {
		return false
	}
	for n := p.off / plainChunk; n <= (p.off+p.size-1)/plainChunk; n++ {
		if chunk(n) {
			return false
		}
	}
	return true
}

// TestDamageInALargeStick damages a stick of many layers at random places. The check names every
// layer that was hit. Repairing brings back exactly the files of which every byte is intact, and names
// exactly the others; with a backup it brings back everything, and says which layers that took.
func TestDamageInALargeStick(t *testing.T) {
	sc := newSchool(t, "Example School")
	random := rand.New(rand.NewPCG(*crashSeed, 5))
	base := t.TempDir()
	today := largeStick(t, sc, base, random)
	lying, layers := places(t, sc, base)
	if !slices.Equal(slices.Sorted(maps.Keys(lying)), slices.Sorted(maps.Keys(today))) {
		t.Fatal("age and tar find other files than were stored")
	}
	names := slices.Sorted(maps.Keys(layers))
	tried, lostFiles, spoiled := 0, 0, 0
	rounds := *decayedRounds
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		top := filepath.Join(t.TempDir(), "stick")
		check(t, os.CopyFS(top, os.DirFS(base)))
		_, here := places(t, sc, top)
		damage := map[string][]span{}
		for range 1 + random.IntN(1+len(names)/3) {
			name := names[random.IntN(len(names))]
			if hit := spoil(t, here[name], random); hit != nil {
				damage[name] = append(damage[name], hit...)
				tried++
			}
		}
		var lost []string
		for p, at := range lying {
			if hit, is := damage[at.layer]; is && !layers[at.layer].survives(at, hit) {
				lost = append(lost, p)
			}
		}
		slices.Sort(lost)
		hurt := slices.Sorted(maps.Keys(damage))
		lostFiles, spoiled = lostFiles+len(lost), spoiled+len(hurt)
		withBackup := filepath.Join(t.TempDir(), "stick")
		check(t, os.CopyFS(withBackup, os.DirFS(top)))
		recovers(t, sc, top, "", round, hurt, today, lost)
		recovers(t, sc, withBackup, base, round, hurt, today, nil)
		check(t, errors.Join(os.RemoveAll(top), os.RemoveAll(withBackup)))
	}
	fmt.Printf("decay: %d MB, %d files, %d layers; %d damages to %d layers, all named; %d files lost without a backup, each named, and none with one\n",
		*decayedMB, len(today), len(names), tried, spoiled, lostFiles)
}

// recovers checks and repairs one damaged stick.
func recovers(t *testing.T, sc *school, top, backup string, round int, hurt []string, today map[string]noise, lost []string) {
	t.Helper()
	d := must(stick.NewDirFS(top))(t)
	defer d.Close()
	s := sc.open(t, d)
	found := must(s.Check(t.Context(), nil))(t)
	named := map[string]bool{}
	for _, p := range found.Problems {
		named[fmt.Sprintf("%08d", p.Seq)] = true
		for _, f := range p.Files {
			named[f] = true
		}
	}
	for _, name := range hurt {
		if number, _, _ := strings.Cut(name, "-"); !named[number] {
			t.Errorf("round %d: damage to layer %s is not found: %v", round, name, found.Problems)
		}
	}
	for _, p := range lost {
		if !named[p] {
			t.Errorf("round %d: the check does not say that %s cannot be read", round, p)
		}
	}
	o := stick.RepairOptions{Discard: true}
	if backup != "" {
		from := must(stick.NewDirFS(backup))(t)
		defer from.Close()
		o.Backup = from
	}
	result := must(s.Repair(t.Context(), o))(t)
	if !slices.Equal(result.Lost, lost) {
		t.Errorf("round %d, backup %v: said to be lost are\n%q, and lost are\n%q", round, backup != "", result.Lost, lost)
	}
	if backup != "" {
		var want []string
		for _, name := range hurt {
			want = append(want, "stowage/layers/"+name+".age")
		}
		if !slices.Equal(result.Restored, want) {
			t.Errorf("round %d: restored %q, damaged were %q", round, result.Restored, want)
		}
	}
	again := sc.reopen(t, s, d)
	if found := must(again.Check(t.Context(), nil))(t); !found.Healthy() {
		t.Errorf("round %d: not healthy after the repair: %v", round, found.Problems)
	}
	left := maps.Clone(today)
	for _, p := range lost {
		delete(left, p)
	}
	if !t.Failed() {
		holds(t, again, left)
	}
	if t.Failed() {
		t.Fatalf("round %d, backup %v: damaged %q; %+v", round, backup != "", hurt, found.Problems)
	}
	check(t, again.Close())
}

// holds fails the test unless a stick holds exactly these files, byte for byte.
func holds(t *testing.T, s *stick.Stick, want map[string]noise) {
	t.Helper()
	seen := 0
	check(t, s.Walk(".", func(e stick.Entry) error {
		if e.IsFolder() {
			return nil
		}
		content, there := want[e.Path]
		if !there {
			t.Errorf("%s should not be there", e.Path)
			return nil
		}
		seen++
		f, err := s.OpenFile(e.Path)
		if err != nil {
			return err
		}
		defer f.Close()
		if got := must(io.ReadAll(f))(t); !bytes.Equal(got, must(io.ReadAll(content.open()))(t)) {
			t.Errorf("%s does not hold what was stored", e.Path)
		}
		return nil
	}))
	if seen != len(want) {
		t.Errorf("%d of %d files are there", seen, len(want))
	}
}

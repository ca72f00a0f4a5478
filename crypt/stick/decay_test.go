package stick_test

import (
	"context"
	"errors"
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

// decayed is how many single-bit flips are tried.
var decayed = longtest.Int("flips", 6000, 50_000, "single-bit flips of a small stick, spread over its files; 0 tries every bit, which takes some minutes")

// small is a stick with something of everything, and small keys so that a check is fast.
func small(t *testing.T, class keys.Class) (*school, *sticktest.Mem, map[string]string) {
	t.Helper()
	sc := newSchool(t, "Example School")
	o := sc.options()
	o.Policy.Class = class
	holder := must(keys.NewHolderKey("Example School", sc.authority.Verifier(), keys.Holder{ID: "h-1"}, class, start))(t)
	holder.Chosen(start)
	sc.holder = holder
	for _, name := range stick.ProgramNames() {
		o.Programs = append(o.Programs, program(name, "v1.0.0", text(len(name), 500)))
	}
	o.Holders, o.HolderKey = []string{holder.Recipient()}, must(holder.Seal(passphrase, policy.WorkFactor))(t)
	base := sticktest.New()
	must(stick.Issue(t.Context(), base, o))(t)
	check(t, stick.PutCheckpoint(base, must(sc.authority.Sign("a checkpoint\n"))(t)))
	check(t, stick.PutDirectory(base, []byte(text(9, 3000)))) // sealed for real, which is all the same here
	st := sc.open(t, base)
	put(t, st, map[string]string{"a.txt": "first", "b/c.txt": text(1, 2000)})
	want := contents(t, st)
	check(t, st.Close())
	return sc, base, want
}

// TestEveryBitFlipIsDetected flips single bits of all files of a small stick, one
// at a time, and has the stick checked: every one is named.
func TestEveryBitFlipIsDetected(t *testing.T) {
	longtest.SkipRaced(t)
	sc, base, _ := small(t, keys.X25519)
	files := thatSaySomething(base)
	var tried, missed atomic.Int64
	t.Run("files", func(t *testing.T) {
		for i, name := range files {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				drive := base.Clone()
				s := sc.openWith(t, drive, stick.OpenOptions{ReadOnly: true})
				good := drive.ReadFile(name)
				for _, bit := range bitsToFlip(rand.New(rand.NewPCG(*crashSeed, uint64(i))), 8*len(good), len(files)) {
					bad := slices.Clone(good)
					bad[bit/8] ^= 1 << (bit % 8)
					drive.WriteFile(name, bad)
					tried.Add(1)
					if must(well(t.Context(), s, drive))(t) {
						missed.Add(1)
						t.Errorf("bit %d flipped, and nothing is said about it", bit)
					}
				}
				drive.WriteFile(name, good)
				if !must(well(t.Context(), s, drive))(t) {
					t.Error("the stick as it was is not healthy")
				}
			})
		}
	})
	fmt.Printf("decay: %d single-bit flips tried in %d files, %d missed\n", tried.Load(), len(files), missed.Load())
}

// thatSaySomething are the files of a drive without the one that only takes up room.
func thatSaySomething(m *sticktest.Mem) []string {
	return slices.DeleteFunc(m.Files(), func(name string) bool { return name == "stowage/reserve.note" })
}

// well reports whether a check of a stick and its programs finds everything in order, as
// stow and the window check it.
func well(ctx context.Context, s *stick.Stick, drive stick.FS) (bool, error) {
	result, err := s.Check(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("check: %w", err)
	}
	programs, err := stick.CheckPrograms(ctx, drive, s.Note(), nil)
	bad := slices.ContainsFunc(programs, func(p stick.ProgramFound) bool { return p.State != stick.ProgramGood })
	return result.Healthy() && !bad, err
}

// TestBitFlipsWhenOpening opens a stick of which one bit was flipped. It then does not
// open, or what it holds is as it was stored, or a check names what is not.
func TestBitFlipsWhenOpening(t *testing.T) {
	longtest.SkipRaced(t)
	sc, base, want := small(t, keys.Hybrid)
	random := rand.New(rand.NewPCG(*crashSeed, 3))
	outcomes := map[string]int{}
	files := thatSaySomething(base)
	for _, name := range files {
		for range 25 {
			data := base.ReadFile(name)
			if len(data) == 0 {
				continue
			}
			bit := random.IntN(8 * len(data))
			data[bit/8] ^= 1 << (bit % 8)
			drive := base.Clone()
			drive.WriteFile(name, data)
			outcome, err := decay(t, sc, drive, want)
			if err != nil {
				t.Fatalf("bit %d of %s: %v", bit, name, err)
			}
			// Opening makes a table of contents again.
			if outcome == "unharmed" && !strings.HasPrefix(name, "stowage/contents/") {
				t.Errorf("bit %d of %s flipped, and nothing is said about it", bit, name)
			}
			outcomes[outcome]++
		}
	}
	if outcomes["detected"] == 0 || outcomes["refused"] == 0 {
		t.Errorf("%v: the test does not test", outcomes)
	}
}

// bitsToFlip are the bits of one file to flip.
func bitsToFlip(random *rand.Rand, bits, files int) []int {
	var list []int
	if *decayed == 0 || bits <= *decayed/files {
		for bit := range bits {
			list = append(list, bit)
		}
		return list
	}
	for range *decayed / files {
		list = append(list, random.IntN(bits))
	}
	return list
}

// decay opens and checks a drive with damage: "refused" when it does not open,
// "detected" when a check names it, else "unharmed". Other content than wanted
// is an error.
func decay(t *testing.T, sc *school, drive *sticktest.Mem, want map[string]string) (string, error) {
	s, err := stick.Open(t.Context(), drive, stick.WithPassphrase(passphrase), stick.OpenOptions{Clock: clock})
	if err != nil {
		return "refused", nil
	}
	defer s.Close()
	healthy, err := well(t.Context(), s, drive)
	if err != nil {
		return "", err
	}
	got, err := readableOn(s)
	if err != nil {
		return "", err
	}
	files := maps.Clone(want)
	maps.DeleteFunc(files, func(p, _ string) bool { return strings.HasSuffix(p, "/") })
	for p, content := range got {
		if files[p] != content {
			return "", fmt.Errorf("%s reads otherwise than it was stored", p)
		}
	}
	switch {
	case !healthy:
		return "detected", nil
	case !maps.Equal(got, files):
		return "", errors.New("files are missing, and the check says all is well")
	}
	return "unharmed", nil
}

// TestRandomDamage damages a stick of many layers at random places, and repairs
// it: what the check does not name is unharmed, what is neither lost nor damaged
// reads as it was stored, and with a backup everything does.
func TestRandomDamage(t *testing.T) {
	longtest.SkipRaced(t)
	sc := newSchool(t, "Example School")
	base := sticktest.New()
	sc.issue(t, base)
	st := sc.openWith(t, base, stick.OpenOptions{PartSize: 256 << 10})
	for i := range 12 {
		files := map[string]string{}
		for j := range 8 {
			files[fmt.Sprintf("folder %d/file %d", i, j)] = text(100*i+j, 1000+17_000*j)
		}
		put(t, st, files)
	}
	want := must(readableOn(st))(t)
	check(t, st.Close())

	random := rand.New(rand.NewPCG(*crashSeed, 4))
	for round := range 6 {
		drive := base.Clone()
		layers := layerFiles(drive)
		for range 1 + random.IntN(4) {
			name := layers[random.IntN(len(layers))]
			data := drive.ReadFile(name)
			from := random.IntN(len(data))
			for i := from; i < min(from+1+random.IntN(2000), len(data)); i++ {
				data[i] ^= byte(1 + random.IntN(255))
			}
			drive.WriteFile(name, data)
		}
		for _, backup := range []*sticktest.Mem{nil, base} {
			repaired(t, sc, drive.Clone(), backup, round, want)
		}
	}
}

func repaired(t *testing.T, sc *school, drive, backup *sticktest.Mem, round int, want map[string]string) {
	t.Helper()
	s := sc.open(t, drive)
	if result := must(s.Check(t.Context(), nil))(t); result.Healthy() {
		t.Errorf("round %d: the check finds nothing", round)
	}
	readable := must(readableOn(s))(t)
	o := stick.RepairOptions{Discard: true}
	if backup != nil {
		o.Backup, readable = backup, want
	}
	result := must(s.Repair(t.Context(), o))(t)
	again := sc.reopen(t, s, drive)
	if found := must(again.Check(t.Context(), nil))(t); !found.Healthy() {
		t.Errorf("round %d: not healthy after the repair: %v", round, found.Problems)
	}
	got := must(readableOn(again))(t)
	for p, content := range want {
		have, there := got[p]
		lost := slices.Contains(result.Lost, p)
		switch {
		case there && have != content:
			t.Errorf("round %d: %s reads otherwise than it was stored", round, p)
		case !there && readable[p] != "":
			t.Errorf("round %d: %s could be read before the repair, and not after it", round, p)
		case there == lost:
			t.Errorf("round %d, backup %v: %s: there %v, said to be lost %v", round, backup != nil, p, there, lost)
		}
	}
	check(t, again.Close())
}

package stick_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// decayed is how many single-bit flips are tried.
var decayed = flag.Int("flips", 300, "single-bit flips of a small stick, spread over its files; 0 tries every bit, which takes an hour")

// unchecked are files that a check cannot judge: texts for people, on which
// nothing relies, and the recovery code's copy of the key, which can only be
// read with the code. That one is a gap: its damage shows when the code is used.
var unchecked = []string{"IF FOUND.txt", "stowage/lock", "stowage/in-use.txt", "stowage/keys/code-a.age"}

// TestEveryBitFlipIsDetected flips single bits of a small stick's files. The
// stick then does not open, or a check names damage; or what it holds is
// unharmed, which is so only of unchecked files and of tables of contents, which
// are a cache. In no case does it show other content than was stored.
func TestEveryBitFlipIsDetected(t *testing.T) {
	sc := newSchool(t, "Example School")
	base := sticktest.New()
	sc.issue(t, base)
	st := sc.open(t, base)
	put(t, st, map[string]string{"a.txt": "first", "b/c.txt": text(1, 2000)})
	want := contents(t, st)
	check(t, st.Close())

	random := rand.New(rand.NewPCG(*crashSeed, 3))
	outcomes := map[string]int{}
	files := base.Files()
	for _, name := range files {
		bits := 8 * len(base.ReadFile(name))
		for _, bit := range places(random, bits, len(files)) {
			data := base.ReadFile(name)
			data[bit/8] ^= 1 << (bit % 8)
			drive := base.Clone()
			drive.WriteFile(name, data)
			outcome, err := decay(t, sc, drive, want)
			if err != nil {
				t.Fatalf("bit %d of %s: %v", bit, name, err)
			}
			if outcome == "unharmed" && !slices.Contains(unchecked, name) && !strings.HasPrefix(name, "stowage/contents/") {
				t.Errorf("bit %d of %s flipped, and nothing is said about it", bit, name)
			}
			outcomes[outcome]++
		}
	}
	fmt.Printf("decay: single-bit flips: %v\n", outcomes)
	if outcomes["detected"] == 0 || outcomes["refused"] == 0 {
		t.Errorf("%v: the test does not test", outcomes)
	}
}

// places are the bits of one file to flip.
func places(random *rand.Rand, bits, files int) []int {
	var list []int
	if *decayed == 0 {
		for bit := range bits {
			list = append(list, bit)
		}
		return list
	}
	for range min(bits, *decayed/files) {
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
	result, err := s.Check(t.Context(), nil)
	if err != nil {
		return "", fmt.Errorf("check: %w", err)
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
	case !result.Healthy():
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
	o := stick.RepairOptions{}
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

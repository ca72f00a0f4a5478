package pair_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/sticktest"
)

// TestReplacedAtAnyMoment: whenever the drive is pulled while a file is replaced, also over what an earlier
// interruption left, a whole one of the old and the new is there.
func TestReplacedAtAnyMoment(t *testing.T) {
	p := pair.Pair{What: "key", Names: [2]string{"k-a.age", "k-b.age"}, Limit: 1 << 10, Sum: true, Secret: true, Mark: ".mark"}
	random := rand.New(rand.NewPCG(1, 2))
	bases := []*sticktest.Mem{sticktest.New()}
	if err := p.Write(bases[0], p.Names[0], content(0)); err != nil {
		t.Fatal(err)
	}
	states := 0
	for round := 1; round <= 3; round++ {
		var left []*sticktest.Mem
		for _, base := range bases {
			drive := base.Clone()
			drive.Record()
			change := pair.Change{FS: drive}
			_, err := change.Write(p, wholeName(t, p, base), content(round))
			if err == nil {
				err = change.Finish()
			}
			if err != nil {
				t.Fatal(err)
			}
			ops := drive.Recorded()
			for n := range len(ops) + 1 {
				for _, keep := range []func(sticktest.Op) (sticktest.Op, bool){sticktest.KeepAll, sticktest.KeepNone, sticktest.KeepSome(random)} {
					pulled := sticktest.Crash(base, ops[:n], keep)
					states++
					if got := wholeName(t, p, pulled); got == "" {
						t.Fatalf("round %d, pulled after %d of %d steps: no whole file", round, n, len(ops))
					}
					if round < 3 && states%7 == 0 {
						left = append(left, pulled)
					}
				}
			}
			if files, err := p.Read(drive); err != nil || len(files) != 1 || !bytes.Equal(files[0].Data, content(round)) {
				t.Fatalf("round %d: %d files, %v", round, len(files), err)
			}
		}
		bases = append(left, bases[0])
	}
	if states < 300 {
		t.Errorf("only %d states", states)
	}
}

func content(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "content %d\n", n), 50) }

// wholeName is the name of a file of which every byte is as some round wrote it.
func wholeName(t *testing.T, p pair.Pair, drive *sticktest.Mem) string {
	t.Helper()
	files, err := p.Read(drive)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for n := range 4 {
			if bytes.Equal(f.Data, content(n)) {
				return f.Name
			}
		}
	}
	return ""
}

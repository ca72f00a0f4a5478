package webdav_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

var pulls = longtest.Int("pulls", 2, 40, "random histories of a drive whose stick is pulled")

// none stands for no file.
const none = "\x00none"

// pulled is a drive of which is known what a client was told, and since when.
type pulled struct {
	*desk
	base   *sticktest.Mem
	now    map[string]string // what each name holds; none
	stages map[string][]stage
}

// stage is what a name held from a moment on.
type stage struct {
	begun, told int    // how much was asked of the stick before the request, and before its answer
	holds       string // content, empty or none
	safe        bool   // the answer says that it is stored
}

// takes notes that a request, which is made, gave a name another content.
func (p *pulled) takes(request func(), safe bool, holds map[string]string) {
	begun := len(p.mem.Recorded())
	request()
	told := len(p.mem.Recorded())
	for name, content := range holds {
		p.now[name] = content
		p.stages[name] = append(p.stages[name], stage{begun, told, content, safe})
	}
}

// TestStickPulledFromDrive has a client save, delete, move and make, in all the orders that
// programs do, and pulls the stick at every moment: what the client was told is stored is
// there, unless it asked for something else since.
func TestStickPulledFromDrive(t *testing.T) {
	for seed := range uint64(*pulls) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p := &pulled{desk: newDesk(t, stick.OpenOptions{}), now: map[string]string{}, stages: map[string][]stage{}}
			p.base = p.mem.Clone()
			p.mem.Record()
			random := rand.New(rand.NewPCG(seed, 16))
			for i := range 40 {
				p.step(random, i)
			}
			p.settle()
			for name, holds := range p.now {
				if got := held(t, p.stick, name); got != holds {
					t.Errorf("in the end %s holds %.40q, want %.40q", name, got, holds)
				}
			}
			p.pull(random)
		})
	}
}

// step makes one request of those that programs save by.
func (p *pulled) step(random *rand.Rand, i int) {
	names := []string{"a", "b", "dir/a", "dir/b", "dir/sub/a"}
	name := names[random.IntN(len(names))]
	other := names[random.IntN(len(names))]
	content := fmt.Sprintf("content %d of %s %s", i, name, strings.Repeat("x", random.IntN(100_000)))
	now, known := p.now[name]
	has := known && now != none
	above := path.Dir(name)
	switch random.IntN(8) {
	case 0, 1:
		p.folders(above)
		p.takes(func() { p.wants(201, "PUT", name, content) }, true, map[string]string{name: content})
	case 2:
		p.folders(above)
		p.takes(func() { p.wants(201, "PUT", name, "") }, false, map[string]string{name: ""})
	case 3:
		if has {
			p.takes(func() { p.wants(204, "DELETE", name, "") }, false, map[string]string{name: none})
		}
	case 4:
		if has && name != other {
			p.folders(path.Dir(other))
			p.takes(func() {
				if status, said := p.do("MOVE", name, "", "Destination: "+p.drive.Address()+other, "Overwrite: T"); status != 201 && status != 204 {
					p.t.Errorf("MOVE: %d %s", status, said)
				}
			}, true, map[string]string{other: now, name: none})
		}
	case 5:
		gone := map[string]string{}
		for n := range p.now {
			if strings.HasPrefix(n, "dir/") {
				gone[n] = none
			}
		}
		if status, _ := p.do("PROPFIND", "dir", "", "Depth: 0"); status == 207 {
			p.takes(func() { p.wants(204, "DELETE", "dir", "") }, false, gone)
		}
	case 6:
		p.beLate()
	case 7:
		if has {
			p.wants(207, "PROPPATCH", name, timesBody)
		}
	}
}

// folders makes the folders that a name is in.
func (p *pulled) folders(folder string) {
	if folder == "." {
		return
	}
	p.folders(path.Dir(folder))
	if status, said := p.do("MKCOL", folder, ""); status != 201 && status != 405 {
		p.t.Errorf("MKCOL %s: %d %s", folder, status, said)
	}
}

// pull pulls the stick at every moment, and opens what is left.
func (p *pulled) pull(random *rand.Rand) {
	ops := p.mem.Recorded()
	keeps := []func(sticktest.Op) (sticktest.Op, bool){sticktest.KeepAll, sticktest.KeepNone, sticktest.KeepSome(random)}
	for n := range len(ops) + 1 {
		found := sticktest.Crash(p.base, ops[:n], keeps[n%len(keeps)])
		s, err := stick.Open(p.t.Context(), found, stick.WithHolderKey(p.key), stick.OpenOptions{Clock: clock, ReadOnly: true})
		if err != nil {
			p.t.Fatalf("pulled after %d: %v", n, err)
		}
		for name, stages := range p.stages {
			if got := held(p.t, s, name); !slices.Contains(possible(stages, n), got) {
				p.t.Errorf("pulled after %d of %d: %s holds %.40q; %+.300v", n, len(ops), name, got, stages)
			}
		}
		check(p.t, s.Close())
	}
}

// possible is what a name may hold when the stick is pulled after n operations.
func possible(stages []stage, n int) []string {
	list := []string{none}
	for _, s := range stages {
		switch {
		case s.told <= n && s.safe:
			list = []string{s.holds}
		case s.begun <= n:
			list = append(list, s.holds)
		}
	}
	return list
}

// held is what a name holds on a stick.
func held(t testing.TB, s *stick.Stick, name string) string {
	r, err := s.OpenFile(name)
	if err != nil {
		return none
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	check(t, err)
	return string(content)
}

package drives

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// plugs is a computer whose drives a test plugs in and pulls out.
type plugs struct {
	mu      sync.Mutex
	mark    string
	lookErr error
	drives  []Drive
	listErr error
	lists   int
}

func (p *plugs) look() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mark, p.lookErr
}

func (p *plugs) list(context.Context) ([]Drive, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lists++
	return p.drives, p.listErr
}

// plug changes the drives and the sign of it.
func (p *plugs) plug(drives ...Drive) {
	p.change(func() {
		p.drives = drives
		p.mark += "."
	})
}

// change changes the computer under the watch.
func (p *plugs) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// listed tells how often the drives were listed.
func (p *plugs) listed() (n int) {
	p.change(func() { n = p.lists })
	return n
}

// news gives what the channel holds once all has settled, and whether there is
// anything.
func news(seen <-chan Seen) (Seen, bool) {
	synctest.Wait()
	select {
	case s, ok := <-seen:
		return s, ok
	default:
		return Seen{}, false
	}
}

// watching runs a test against a watch with a clock of its own.
func watching(t *testing.T, test func(t *testing.T, p *plugs, seen <-chan Seen)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := &plugs{drives: []Drive{{Path: "/a", Free: 10}}}
		seen := watch(ctx, time.Second, p.look, p.list)
		if s, ok := news(seen); !ok || len(s.Drives) != 1 {
			t.Errorf("at the start: %+v %v", s, ok)
		}
		test(t, p, seen)
		cancel()
		synctest.Wait()
		if _, open := <-seen; open {
			t.Error("the channel is open after the end")
		}
	})
}

func TestWatchTellsChanges(t *testing.T) {
	watching(t, func(t *testing.T, p *plugs, seen <-chan Seen) {
		p.plug(Drive{Path: "/a"}, Drive{Path: "/b"})
		if _, ok := news(seen); ok {
			t.Error("told before it looked")
		}
		time.Sleep(time.Second)
		if s, ok := news(seen); !ok || len(s.Drives) != 2 {
			t.Errorf("plugged in: %+v %v", s, ok)
		}
		p.plug()
		time.Sleep(time.Second)
		if s, ok := news(seen); !ok || len(s.Drives) != 0 || s.Err != nil {
			t.Errorf("pulled out: %+v %v", s, ok)
		}
	})
}

func TestWatchDoesNoWorkWithoutChange(t *testing.T) {
	watching(t, func(t *testing.T, p *plugs, seen <-chan Seen) {
		time.Sleep(time.Hour)
		if _, ok := news(seen); ok || p.listed() != 1 {
			t.Errorf("told: %v, listed %d times", ok, p.listed())
		}
		// Free space alone is not told, nor is what no drive was part of.
		p.plug(Drive{Path: "/a", Free: 5})
		time.Sleep(time.Hour)
		if _, ok := news(seen); ok || p.listed() != 2 {
			t.Errorf("told: %v, listed %d times", ok, p.listed())
		}
	})
}

func TestWatchGivesSlowReceiversTheNewest(t *testing.T) {
	watching(t, func(t *testing.T, p *plugs, seen <-chan Seen) {
		for _, path := range []string{"/b", "/c", "/d"} {
			p.plug(Drive{Path: path})
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if s, ok := news(seen); !ok || len(s.Drives) != 1 || s.Drives[0].Path != "/d" {
			t.Errorf("%+v %v", s, ok)
		}
		if s, ok := news(seen); ok {
			t.Errorf("an older one after it: %+v", s)
		}
	})
}

func TestWatchTellsErrorsOnce(t *testing.T) {
	watching(t, func(t *testing.T, p *plugs, seen <-chan Seen) {
		p.change(func() { p.listErr = errors.New("no table") })
		p.plug()
		time.Sleep(time.Second)
		if s, ok := news(seen); !ok || s.Err == nil {
			t.Errorf("%+v %v", s, ok)
		}
		time.Sleep(10 * time.Second)
		if s, ok := news(seen); ok {
			t.Errorf("told again: %+v", s)
		}
		p.change(func() { p.listErr = nil }) // and the sign of change has not moved
		time.Sleep(time.Second)
		if s, ok := news(seen); !ok || s.Err != nil {
			t.Errorf("after recovery: %+v %v", s, ok)
		}
	})
}

// Where no sign of change can be had, the drives are listed every time.
func TestWatchWithoutSign(t *testing.T) {
	watching(t, func(t *testing.T, p *plugs, seen <-chan Seen) {
		p.change(func() {
			p.lookErr = errors.New("no sign")
			p.drives = []Drive{{Path: "/a"}, {Path: "/b"}}
		})
		time.Sleep(time.Second)
		if s, ok := news(seen); !ok || len(s.Drives) != 2 {
			t.Errorf("%+v %v", s, ok)
		}
	})
}

func TestWatchIntervalIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := &plugs{lookErr: errors.New("no sign")}
		seen := watch(ctx, -1, p.look, p.list)
		if _, ok := news(seen); !ok {
			t.Error("nothing at the start")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if most := int(time.Second/shortest) + 1; p.listed() > most {
			t.Errorf("listed %d times in a second", p.listed())
		}
	})
}

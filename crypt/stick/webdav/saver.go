package webdav

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// maxTogether is how many files are stored in one go.
const maxTogether = 1000

// company is how long a layer is put off for clients that were just answered and send
// their next file: far less than a stick takes to sync one.
const company = 5 * time.Millisecond

// saver stores files. What is closed while others are being stored goes into the
// next layer together, so that many small files do not cost a layer and its syncs
// each. A client that sends one file after the other never waits for company.
type saver struct {
	ctx   context.Context // of the drive: what has arrived is stored, whoever has left
	stick *stick.Stick
	runs  sync.WaitGroup
	came  chan struct{} // something waits that did not before

	mu      sync.Mutex
	busy    bool
	waiting []*saving
	writes  map[string]int // how often a name was written, for tags
}

// saving is a file that waits to be stored.
type saving struct {
	item stick.Item
	done chan error
}

func newSaver(ctx context.Context, s *stick.Stick) *saver {
	return &saver{ctx: ctx, stick: s, came: make(chan struct{}, 1), writes: map[string]int{}}
}

// save stores a file, in place of one that has its name, and returns when it is safe.
func (s *saver) save(item stick.Item) error {
	one := &saving{item, make(chan error, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, one)
	if !s.busy {
		s.busy = true
		s.runs.Add(1)
		go s.run()
	}
	s.mu.Unlock()
	select {
	case s.came <- struct{}{}:
	default:
	}
	return <-one.done
}

// count is how many files wait for their turn.
func (s *saver) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// wait returns when nothing is being stored.
func (s *saver) wait() { s.runs.Wait() }

// run stores what is waiting until there is nothing more.
func (s *saver) run() {
	defer s.runs.Done()
	for {
		batch := s.next()
		if len(batch) == 0 {
			return
		}
		s.store(batch)
		if many := len(batch) + s.count(); many > 1 {
			s.gather(many)
		}
	}
}

// gather waits a moment for as many files as there were clients a moment ago.
func (s *saver) gather(many int) {
	late := time.NewTimer(company)
	defer late.Stop()
	for s.count() < min(many, maxTogether) {
		select {
		case <-s.came:
		case <-late.C:
			return
		}
	}
}

// next takes what is stored next: of several versions of a file only the first, so
// that the last to be closed is the one that stays.
func (s *saver) next() []*saving {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch, rest []*saving
	taken := map[string]bool{}
	for _, one := range s.waiting {
		if taken[one.item.Path] || len(batch) == maxTogether {
			rest = append(rest, one)
			continue
		}
		taken[one.item.Path] = true
		batch = append(batch, one)
	}
	s.waiting = rest
	s.busy = len(batch) > 0
	return batch
}

// store stores a batch and tells everybody what became of their file.
func (s *saver) store(batch []*saving) {
	failed := s.put(batch)
	for i, one := range batch {
		err := failed[i]
		if err != nil && len(batch) > 1 && errors.Is(err, stick.ErrFull) {
			err = s.put(batch[i : i+1])[0] // it may fit alone
		}
		if err == nil {
			s.mu.Lock()
			s.writes[one.item.Path]++
			s.mu.Unlock()
		}
		one.done <- err
	}
}

// put stores a batch and returns an error for each file, nil where it is stored.
func (s *saver) put(batch []*saving) []error {
	items := make([]stick.Item, len(batch))
	for i, one := range batch {
		items[i] = one.item
		items[i].Source = strconv.Itoa(i)
	}
	result, err := s.stick.PutItems(s.ctx, items, stick.PutOptions{Clash: stick.Replace})
	failed := make([]error, len(batch))
	for i := range failed {
		failed[i] = cmp.Or(err, errors.New("it was not stored"))
	}
	for _, skipped := range result.Skipped {
		if i, err := strconv.Atoi(skipped.Path); err == nil && i < len(failed) {
			failed[i] = skipped.Err
		}
	}
	for _, stored := range result.Stored {
		if i, err := strconv.Atoi(stored.Source); err == nil && i < len(failed) {
			failed[i] = nil
		}
	}
	return failed
}

// tag tells one version of a file from another. Times on a stick are whole seconds,
// so that what is written through the drive is counted besides. Tidying changes no tag:
// programs that have a file open would take it for another's.
func (s *saver) tag(e stick.Entry) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf(`"%x-%x-%x-%x"`, e.Version, e.ModTime.Unix(), e.Size, s.writes[e.Path])
}

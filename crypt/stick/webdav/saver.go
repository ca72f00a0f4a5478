package webdav

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// maxTogether is how many files are stored in one go.
const maxTogether = 1000

// How long a layer is put off for clients that were just answered together and send their next
// file: no longer than the last one took, which is what that saves.
const (
	minCompany = 5 * time.Millisecond
	maxCompany = 200 * time.Millisecond
)

// saver stores files. What is closed while others are being stored goes into the
// next layer together, so that many small files do not cost a layer and its syncs
// each. A client that sends one file after the other never waits for company.
type saver struct {
	ctx     context.Context // of the drive: what has arrived is stored, whoever has left
	stick   *stick.Stick
	pending *pending
	runs    sync.WaitGroup
	came    chan struct{} // something waits that did not before

	mu      sync.Mutex
	busy    bool
	waiting []*saving
	settles []chan error   // wait for what is pending to be written
	writes  map[string]int // how often a name was written, for tags
}

// saving is a file that waits to be stored.
type saving struct {
	item stick.Item
	done chan error
}

func newSaver(ctx context.Context, s *stick.Stick, p *pending) *saver {
	v := &saver{ctx: ctx, stick: s, pending: p, came: make(chan struct{}, 1), writes: map[string]int{}}
	p.plainTag = v.tag
	p.soon = func() { v.add(func() { v.settles = append(v.settles, make(chan error, 1)) }) }
	return v
}

// save stores a file, in place of one that has its name, and returns when it is safe.
func (s *saver) save(item stick.Item) error {
	one := &saving{item, make(chan error, 1)}
	s.add(func() { s.waiting = append(s.waiting, one) })
	return <-one.done
}

// settle writes what is pending, and returns when it is safe.
func (s *saver) settle() error {
	if s.pending.names() == 0 {
		return nil
	}
	done := make(chan error, 1)
	s.add(func() { s.settles = append(s.settles, done) })
	return <-done
}

// add adds to what waits, and has it done.
func (s *saver) add(what func()) {
	s.mu.Lock()
	what()
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
		batch, settles := s.next()
		if len(batch)+len(settles) == 0 {
			return
		}
		if len(settles) > 0 {
			_, err := s.putAll(nil, true)
			for _, done := range settles {
				done <- err
			}
		}
		if len(batch) == 0 {
			continue
		}
		began := time.Now()
		s.store(batch)
		if many := len(batch) + s.count(); many > 1 {
			s.gather(many, min(max(time.Since(began), minCompany), maxCompany))
		}
	}
}

// gather waits a moment for as many files as there were clients a moment ago. One client that
// sends file after file is alone, and so never waits.
func (s *saver) gather(many int, moment time.Duration) {
	late := time.NewTimer(moment)
	defer late.Stop()
	for s.count() < min(many, maxTogether) {
		select {
		case <-s.came:
		case <-late.C:
			return
		}
	}
}

// next takes what is done next, and who waits for what is pending: of several versions of a
// file only the first, so that the last to be closed is the one that stays.
func (s *saver) next() (batch []*saving, settles []chan error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rest []*saving
	taken := map[string]bool{}
	for _, one := range s.waiting {
		if taken[one.item.Path] || len(batch) == maxTogether {
			rest = append(rest, one)
			continue
		}
		taken[one.item.Path] = true
		batch = append(batch, one)
	}
	settles = s.settles
	s.waiting, s.settles = rest, nil
	s.busy = len(batch)+len(settles) > 0
	return batch, settles
}

// store stores a batch and tells everybody what became of their file.
func (s *saver) store(batch []*saving) {
	failed, _ := s.putAll(batch, false)
	for i, one := range batch {
		err := failed[i]
		if err != nil && len(batch) > 1 && errors.Is(err, stick.ErrFull) {
			again, _ := s.putAll(batch[i:i+1], false) // it may fit alone
			err = again[0]
		}
		if err == nil {
			s.mu.Lock()
			s.writes[one.item.Path]++
			s.mu.Unlock()
			s.pending.isStored(one.item.Path)
		}
		one.done <- err
	}
}

// putAll stores a batch, and with it the folders that are pending or, with all, everything that
// is: once what is gone is, for that would take away what is stored now. It returns an error for
// each of the batch, and the stick's.
func (s *saver) putAll(batch []*saving, all bool) ([]error, error) {
	if err := s.pending.writeGone(s.ctx); err != nil {
		return slices.Repeat([]error{err}, len(batch)), err
	}
	pending := s.pending.begin(all)
	items := make([]stick.Item, 0, len(pending)+len(batch))
	for _, w := range pending {
		items = append(items, w.item)
	}
	for _, one := range batch {
		items = append(items, one.item)
	}
	if len(items) == 0 {
		return nil, nil
	}
	failed, err := s.put(items)
	if len(pending) > 0 {
		s.pending.end(pending, failed[:len(pending)], err)
	}
	return failed[len(pending):], err
}

// put stores items and returns an error for each, nil where it is stored; err is the stick's.
func (s *saver) put(items []stick.Item) (failed []error, err error) {
	for i := range items {
		items[i].Source = strconv.Itoa(i)
	}
	result, err := s.stick.PutItems(s.ctx, items, stick.PutOptions{Clash: stick.Replace})
	failed = make([]error, len(items))
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
	return failed, err
}

// tag tells one version of a file from another. Times on a stick are whole seconds,
// so that what is written through the drive is counted besides. Tidying changes no tag:
// programs that have a file open would take it for another's.
func (s *saver) tag(e stick.Entry) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf(`"%x-%x-%x-%x"`, e.Version, e.ModTime.Unix(), e.Size, s.writes[e.Path])
}

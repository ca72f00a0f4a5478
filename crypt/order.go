package crypt

import "sync"

// inOrder moves buffers through three steps on up to so many goroutines, and
// returns when all are done. take fills a buffer and reports whether there was
// anything to fill it with; work happens concurrently; give passes the buffers
// on in the order in which they were taken, and ends everything by reporting
// false. Take and give are each called by one goroutine at a time.
//
// A goroutine keeps its buffer through all three steps, so that it stays in the
// core's cache, and is only started when the one before it had something to do,
// so that small streams do not pay for many cores.
func inOrder[B any](workers int, buffer func() B, take func(B) bool, work func(B), give func(B) bool) {
	l := &line[B]{buffer: buffer, take: take, work: work, give: give}
	l.moved.L = &l.giving
	l.worker(workers - 1)
	l.running.Wait()
}

// line is where the goroutines of one inOrder queue.
type line[B any] struct {
	buffer func() B
	take   func(B) bool
	work   func(B)
	give   func(B) bool

	running sync.WaitGroup

	taking sync.Mutex // held while taking; guards the next two
	taken  int        // how many buffers were filled
	empty  bool       // there is no more to take

	giving sync.Mutex // guards the next three; not held while giving
	moved  sync.Cond
	given  int  // how many buffers were passed on
	over   bool // give ended everything
}

// worker takes, works and gives until there is no more, starting as many others.
func (l *line[B]) worker(others int) {
	b := l.buffer()
	for {
		ticket, ok := l.next(b)
		if !ok {
			return
		}
		if others > 0 {
			left := others - 1
			l.running.Go(func() { l.worker(left) })
			others = 0
		}
		l.work(b)
		l.deliver(ticket, b)
	}
}

// next fills b and says which place in the order it has.
func (l *line[B]) next(b B) (ticket int, ok bool) {
	l.taking.Lock()
	defer l.taking.Unlock()
	if l.empty || l.isOver() || !l.take(b) {
		l.empty = true
		return 0, false
	}
	l.taken++
	return l.taken - 1, true
}

// deliver passes b on when its turn has come.
func (l *line[B]) deliver(ticket int, b B) {
	l.giving.Lock()
	for l.given != ticket {
		l.moved.Wait()
	}
	over := l.over
	l.giving.Unlock()

	over = over || !l.give(b)

	l.giving.Lock()
	l.over = over
	l.given++
	l.moved.Broadcast()
	l.giving.Unlock()
}

func (l *line[B]) isOver() bool {
	l.giving.Lock()
	defer l.giving.Unlock()
	return l.over
}

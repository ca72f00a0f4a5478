package crypt

import (
	"sync"
	"sync/atomic"
)

// inOrder moves buffers through three steps on several goroutines, and returns
// when all are done. take fills a buffer and reports whether there was anything
// to fill it with; work happens concurrently; give passes the buffers on in the
// order in which they were taken, and ends everything by reporting false. Take
// and give are each called by one goroutine at a time. A goroutine keeps its
// buffer through all three steps, so that it stays in the core's cache.
func inOrder[B any](workers int, buffer func() B, take func(B) bool, work func(B), give func(B) bool) {
	var (
		taking, giving sync.Mutex
		moved          = sync.NewCond(&giving)
		tickets, turn  int
		empty, over    atomic.Bool
		running        sync.WaitGroup
	)
	step := func(b B) bool {
		taking.Lock()
		if empty.Load() || over.Load() || !take(b) {
			empty.Store(true)
			taking.Unlock()
			return false
		}
		ticket := tickets
		tickets++
		taking.Unlock()

		work(b)

		giving.Lock()
		for turn != ticket {
			moved.Wait()
		}
		giving.Unlock()
		if !over.Load() && !give(b) {
			over.Store(true)
		}
		giving.Lock()
		turn++
		moved.Broadcast()
		giving.Unlock()
		return true
	}
	for range workers {
		running.Go(func() {
			b := buffer()
			for step(b) {
			}
		})
	}
	running.Wait()
}

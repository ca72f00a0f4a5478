package jobs

import (
	"math"
	"time"
)

// A meter measures the speed of bytes and foretells the time left. It is not
// safe for concurrent use.
type meter struct {
	began    time.Time
	expected int64
	done     int64

	sampled time.Time // when the last sample was taken
	counted int64     // done at that time
	speed   float64   // smoothed bytes a second; 0 before the first sample
}

// smoothing is the time over which the speed is averaged: short enough to
// follow a stick that slows down when its cache is full, long enough not to
// jump with every buffer.
const smoothing = 4 * time.Second

// settled is how long the speed is watched before the time left is foretold.
const settled = 1500 * time.Millisecond

func newMeter(now time.Time) *meter { return &meter{began: now, sampled: now} }

// sample takes the speed since the last sample into the average.
func (m *meter) sample(now time.Time) {
	elapsed := now.Sub(m.sampled)
	if elapsed <= 0 || m.done == 0 {
		m.sampled = now // work that has not begun says nothing of its speed
		return
	}
	speed := float64(m.done-m.counted) / elapsed.Seconds()
	if m.speed == 0 {
		m.speed = speed
	} else {
		weight := 1 - math.Exp(-elapsed.Seconds()/smoothing.Seconds())
		m.speed += weight * (speed - m.speed)
	}
	m.sampled, m.counted = now, m.done
}

// status is how things are at a moment.
func (m *meter) status(now time.Time) Status {
	s := Status{Expected: m.expected, Done: m.done, Speed: m.speed, Left: -1, Elapsed: now.Sub(m.began)}
	if m.speed >= 1 && m.expected > 0 && s.Elapsed >= settled {
		left := float64(max(m.expected-m.done, 0)) / m.speed
		if left < (1000 * time.Hour).Seconds() {
			s.Left = time.Duration(left * float64(time.Second))
		}
	}
	return s
}

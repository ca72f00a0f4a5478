package app

import (
	"context"
	"time"

	"stowage/devices/drives"
	"stowage/gui"
)

// WatchDrives tells which drives are plugged in, at once and whenever that changes,
// until the returned function is called. told runs on the window's goroutine.
func WatchDrives(s *gui.Session, told func(drives.Seen)) (stop func()) {
	if s.Services.Drives == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	seen := s.Services.Drives.Watch(ctx, lookEvery)
	go func() {
		for now := range seen {
			s.Do(func() {
				if ctx.Err() == nil {
					told(now)
				}
			})
		}
	}()
	return cancel
}

// lookEvery is how often the drives are looked at.
const lookEvery = time.Second

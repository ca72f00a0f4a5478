package gui

import (
	"cmp"
	"context"
	"time"

	"stowage/devices/drives"
)

// Services are what screens need from the computer around the window. Tests give
// their own. A service is a small interface, declared here when several screens
// need it, and with its screen otherwise.
type Services struct {
	Drives Drives
	Opener Opener
	// Config is the folder in which the program keeps its settings, shared with
	// stow: config.toml (which school), and what this computer remembers.
	Config string
	// Look is the folder in which it keeps how the window looks; "" is Config. With LookTop it
	// is a folder of a stick, whose top LookTop is: whatever links somebody put on the
	// stick, nothing is read or written outside it.
	Look, LookTop string
	// Private is the folder of this computer below which files are decrypted while
	// other programs work on them; "" is one below the user's cache.
	Private string
}

// Drives are the removable drives. SystemDrives is the real one.
type Drives interface {
	// List returns those plugged in now.
	List(ctx context.Context) ([]drives.Drive, error)
	// Watch tells when that changes, until ctx is done, and closes the channel then.
	Watch(ctx context.Context, every time.Duration) <-chan drives.Seen
	// Eject makes one safe to pull.
	Eject(ctx context.Context, d drives.Drive) error
}

// SystemDrives are the drives of this computer.
type SystemDrives struct{}

// List is drives.List.
func (SystemDrives) List(ctx context.Context) ([]drives.Drive, error) { return drives.List(ctx) }

// Watch is drives.Watch.
func (SystemDrives) Watch(ctx context.Context, every time.Duration) <-chan drives.Seen {
	return drives.Watch(ctx, every)
}

// Eject is drives.Eject.
func (SystemDrives) Eject(ctx context.Context, d drives.Drive) error { return drives.Eject(ctx, d) }

// Opener opens a file or folder with the program that the desktop has for it.
type Opener interface {
	// Open returns once the program has been asked, not when it is done.
	Open(path string) error
}

// readLook reads how the window is to look.
func (s Services) readLook() Look {
	if s.LookTop == "" {
		return ReadLook(cmp.Or(s.Look, s.Config))
	}
	return readLook(s.LookTop, s.Look)
}

// keepLook keeps it.
func (s Services) keepLook(l Look) error {
	if s.LookTop == "" {
		return l.Keep(cmp.Or(s.Look, s.Config))
	}
	return l.keep(s.LookTop, s.Look)
}

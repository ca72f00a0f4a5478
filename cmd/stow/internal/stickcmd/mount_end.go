package stickcmd

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/crypt/stick/webdav"
)

// endings has Ctrl-C, a terminal that is closed and a request to end end a drive, by
// cancelling; each is also sent, since one that comes again ends nothing while programs
// have files of the drive open. After stop they have their usual meaning.
func endings(cancel func()) (asked <-chan os.Signal, stop func()) {
	signals, again := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE) // nobody may be left to read what is said
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				cancel()
				select {
				case again <- s:
				default:
				}
			case <-done:
				return
			}
		}
	}()
	var stopped bool
	return again, func() {
		if !stopped {
			stopped = true
			signal.Stop(signals)
			signal.Reset(syscall.SIGPIPE)
			close(done)
		}
	}
}

// endDrive takes the drive away, waits for what is being stored, and names what was not.
func endDrive(a *cli.App, d *webdav.Drive, mounted *webdav.Mounted, asked <-chan os.Signal) error {
	a.Say("Finishing what is being stored…")
	var err error
	if mounted != nil {
		err = takeAway(a, d, mounted, asked)
	}
	err = errors.Join(err, d.Close(context.Background())) // which may yet fail to store something
	return cli.FirstError(notStored(a, d, mounted), err)
}

// busyPause is how long it takes until a drive that is in use is tried again.
const busyPause = time.Second

// takeAway has the system take the drive away. While a program keeps it from that, the
// drive is served on, since the program may be about to save.
func takeAway(a *cli.App, d *webdav.Drive, mounted *webdav.Mounted, asked <-chan os.Signal) error {
	said := ""
	for {
		err := mounted.Unmount(context.Background())
		if err == nil {
			return nil
		}
		if names := inUse(d, mounted); said == "" || names != said {
			a.Warn("The drive cannot be taken away yet and stays as it is; save and close what is open on it (%s).", names)
			said = names
		}
		select {
		case <-time.After(busyPause):
		case <-asked:
		case <-d.Gone():
			return err
		}
	}
}

// inUse names what keeps a drive from being taken away.
func inUse(d *webdav.Drive, mounted *webdav.Mounted) string {
	names := slices.Concat(d.InUse(), mounted.Holders())
	if len(names) == 0 {
		return "the system does not say what"
	}
	return cli.Printable(strings.Join(names, ", "))
}

// warnFailed tells at once of a file that could not be stored.
func warnFailed(a *cli.App, f webdav.Failure) {
	_, text := a.Explain(cli.On("the file", f.Err))
	a.Warn("%s is not stored. %s", cli.Printable(f.Path), text)
}

// notStored names the files that programs have saved and that are not on the stick.
func notStored(a *cli.App, d *webdav.Drive, mounted *webdav.Mounted) error {
	failed := d.Failed()
	if len(failed) == 0 {
		return nil
	}
	for _, f := range failed {
		a.Warn("%s was saved by a program and is not stored so on the stick.", cli.Printable(f.Path))
	}
	if mounted != nil && mounted.Kept() != "" {
		a.Warn("What davfs2 still has of it is kept, not encrypted, in this computer's memory; copy it elsewhere and remove it: %s", mounted.Kept())
	}
	for _, f := range failed {
		if errors.Is(f.Err, stick.ErrFull) {
			return f.Err
		}
	}
	return cli.On("the file", failed[0].Err)
}

package webdav

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoClient: the system has no WebDAV client that this person can use. The drive
// can still be reached at its address.
var ErrNoClient = errors.New("this computer has no program that can show the drive")

// patience is how long the system's client may take.
const (
	patience     = 30 * time.Second
	slowPatience = time.Hour // for what sends large files first
)

// Mounted is a drive that the system shows to every program.
type Mounted struct {
	// Where is where it is: "Z:\" on Windows, a folder elsewhere, or an address
	// that file managers understand.
	Where string
	// Limited: some programs (LibreOffice) read there and save new files, and cannot save over a file
	// that is there. At the drive's address they can.
	Limited bool

	show    []string                    // the command that shows it to the person
	unmount func(context.Context) error // takes it away

	// What only a client has whose cache this program looks after.
	cache   string          // where its cache is
	keep    func() error    // has the cache kept from the next start
	remove  func() error    // removes the cache
	holders func() []string // programs that have something of it open
	slow    bool            // taking it away sends what it has cached
	failed  func() bool
}

// KeepIf has the client's cache kept when, once the drive has been taken away, there are
// files that were not stored: it may have the last copy. It is called before Unmount.
func (m *Mounted) KeepIf(failed func() bool) { m.failed = failed }

// Kept is the folder in which the client's cache was kept, empty if none was.
func (m *Mounted) Kept() string {
	if m.cache == "" || m.failed == nil || !m.failed() {
		return ""
	}
	return m.cache
}

// Holders are the programs that have something of the drive open, as far as the system
// tells, each as "vim (process 4711)".
func (m *Mounted) Holders() []string {
	if m.holders == nil {
		return nil
	}
	return m.holders()
}

// client is one of the system's WebDAV clients.
type client struct {
	name  string
	mount func(ctx context.Context, address string) (*Mounted, error)
}

// Mount has the system's own client show the drive at an address to every program:
// "net use" on Windows, mount_webdav on macOS, gio or (as root) davfs2 on Linux. It
// fails with ErrNoClient when there is none, and with what the client said when none
// succeeded. The caller unmounts what it returns.
func Mount(ctx context.Context, address string) (*Mounted, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var failures []error
	for _, c := range clients() {
		m, err := c.mount(ctx, address)
		if err == nil {
			return m, nil
		}
		failures = append(failures, fmt.Errorf("%s: %w", c.name, err))
	}
	if len(failures) == 0 {
		return nil, ErrNoClient
	}
	return nil, errors.Join(append([]error{ErrNoClient}, failures...)...)
}

// xdgFailed is how xdg-open ends when the file manager that it has started ends with an error.
const xdgFailed = 4

// showPatience is how long a file manager may take to say that it cannot show a drive.
const showPatience = 5 * time.Second

// A ShowError says why a file manager did not show the drive, or may not have.
type ShowError struct {
	Perhaps bool // it started, and ended with an error, which some do when another window of theirs took over
	Err     error
}

func (e *ShowError) Error() string { return "show the drive: " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *ShowError) Unwrap() error { return e.Err }

// Show opens the drive in the system's file manager, which may go on after it returns. The error
// is a [*ShowError].
func (m *Mounted) Show(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, showPatience)
	defer cancel()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), m.show[0], m.show[1:]...)
	hideWindow(cmd)
	if err := cmd.Start(); err != nil {
		return &ShowError{Err: err}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err == nil || runtime.GOOS == "windows" { // whose Explorer always says that it failed
			return nil
		}
		return &ShowError{filepath.Base(m.show[0]) == "xdg-open" && cmd.ProcessState.ExitCode() == xdgFailed, err}
	case <-ctx.Done(): // a file manager may run until its window is closed
		return nil
	}
}

// Unmount takes the drive away from programs. What they have written is with the
// drive then; what they still hold open may keep it from being taken away, which is
// an error.
func (m *Mounted) Unmount(ctx context.Context) error {
	wait := patience
	if m.slow {
		wait = slowPatience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := m.unmount(ctx)
	switch {
	case err != nil:
	case m.Kept() != "":
		err = m.keep()
	case m.remove != nil:
		err = m.remove()
	}
	if err != nil {
		return fmt.Errorf("take away the drive at %s: %w", m.Where, err)
	}
	return nil
}

// run runs a program of the system's and returns what it printed. The error holds
// the last line of what it said, without the address, which is a secret.
func run(ctx context.Context, stdin string, command ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = time.Second
	hideWindow(cmd)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out), nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	said := strings.TrimSpace(lines[len(lines)-1])
	for _, arg := range command {
		if strings.Contains(arg, "127.0.0.1") {
			said = strings.ReplaceAll(said, strings.TrimSuffix(arg, "/"), "(the drive)")
		}
	}
	if said == "" {
		return "", err
	}
	return "", fmt.Errorf("%w: %s", err, said)
}

// installed says whether the system has a program.
func installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

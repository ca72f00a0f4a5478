package stickcmd

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/webdav"
)

// mountFlags say how a stick is shown as a drive.
type mountFlags struct {
	readOnly bool
	alone    bool // --no-mount
	show     bool
	idle     time.Duration
}

func stickMount(a *cli.App) *cobra.Command {
	var unlock unlockFlags
	var flags mountFlags
	cmd := &cobra.Command{
		Use:   "mount STICK",
		Short: "Show a stick to every program as a drive, until Ctrl-C",
		Long: `Show an open stick to every program as a drive: WebDAV on this computer alone, at
an address that nobody can guess, mounted by the system's own client ("net use" on
Windows, mount_webdav on macOS, gio or davfs2 on Linux). Where there is none, the
address is for a program that speaks WebDAV. It is a secret while the drive is open,
and processes of other people are refused on Linux and, as far as it tells whose they are, Windows.

What programs save is stored encrypted on the stick when they close the file. Ctrl-C
takes the drive away, finishes what is being stored and locks the stick; so does
leaving it unused for as long as the school says, or as --idle says. While a program has
something of it open, the drive stays, says so, and tries again every second or at the next Ctrl-C.

Where a save does not fit, old versions of files make room, the oldest first, which is said.

Some clients tell a program that its file is saved before they send it. What could not be
stored then is named, and the command ends as the table of exit codes says (9 for a full
stick); davfs2's cache is kept for that, and where it is is said.

In gio's folder programs can read, and files can be copied there and back; LibreOffice saves new
files there and cannot save over one, but can when it opens it at the address, with Open and
the address as the file's name. A drive that can only be read is shown so.`,
		Example: cli.Examples(
			"stow stick mount /media/STICK",
			"stow stick mount /media/STICK --show --idle 20m",
			"stow stick mount /media/STICK --read-only --no-mount",
		),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteStick,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.idle < 0 {
				return cli.Usagef("--idle cannot be negative")
			}
			how := asAllowed
			if flags.readOnly {
				how = forReading
			}
			return withOpened(cmd.Context(), a, args[0], unlock, how, func(s *openedStick) error {
				if s.MustChangePassphrase() {
					return cli.On("the stick at "+args[0], keys.ErrMustChange)
				}
				return serveDrive(cmd.Context(), a, s, flags)
			})
		},
	}
	unlock.add(cmd)
	cmd.Flags().BoolVar(&flags.readOnly, "read-only", false, "let programs read, and change nothing")
	cmd.Flags().BoolVar(&flags.alone, "no-mount", false, "only print the address")
	cmd.Flags().BoolVar(&flags.show, "show", false, "open the drive in the file manager")
	cmd.Flags().DurationVar(&flags.idle, "idle", 0, "end when it was not used for so long, such as 20m; otherwise as the school says")
	cmd.MarkFlagsMutuallyExclusive("no-mount", "show")
	return cmd
}

// jsonMounted is where a drive is.
type jsonMounted struct {
	Address string `json:"address"`
	Where   string `json:"where,omitempty"`
}

// serveDrive shows the stick as a drive until ctx ends, the stick is pulled, or
// nobody has used it for long. That it ends is no error.
func serveDrive(ctx context.Context, a *cli.App, s *openedStick, flags mountFlags) (err error) {
	idle := flags.idle
	if idle == 0 {
		idle = time.Duration(s.Note().Policy.LockMinutes) * time.Minute
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asked, stop := endings(cancel)
	defer stop()
	d, err := webdav.Open(s.Stick, webdav.Options{Space: s.drive.Free, Failed: func(f webdav.Failure) { warnFailed(a, f) }, Changed: func() { tellGivenUp(a, s) }})
	if err != nil {
		return err
	}
	var mounted *webdav.Mounted
	defer func() {
		ended := endDrive(a, d, mounted, asked)
		stop()
		err = cli.FirstError(err, ended, fold(a, s, errors.Join(err, ended)))
	}()
	if !flags.alone {
		if mounted, err = webdav.Mount(ctx, d.Address()); err != nil && ctx.Err() == nil {
			a.Warn("The drive could not be shown to other programs (%v); use its address.", err)
			err = nil
		}
	}
	if mounted != nil {
		mounted.KeepIf(func() bool { return len(d.Failed()) > 0 })
	}
	if err := showDrive(a, d, mounted); err != nil {
		return err
	}
	if mounted != nil && mounted.Limited && !s.ReadOnly() {
		a.Warn("Some programs, such as LibreOffice, cannot save over a file in this folder: open it in them at the address, or save it elsewhere and copy it there.")
	}
	if mounted != nil && flags.show {
		showManager(a, mounted.Show(ctx), mounted.Where)
	}
	return whileUsed(ctx, a, d, idle)
}

// showManager says that a file manager did not open, or may not have.
func showManager(a *cli.App, err error, where string) {
	e, ok := errors.AsType[*webdav.ShowError](err)
	switch {
	case ok && e.Perhaps:
		a.Warn("The file manager may not have opened (%v); the drive is there all the same: %s", e.Err, where)
	case err != nil:
		a.Warn("The file manager could not be opened (%v); the drive is there all the same: %s", err, where)
	}
}

func showDrive(a *cli.App, d *webdav.Drive, mounted *webdav.Mounted) error {
	out := jsonMounted{Address: d.Address()}
	if mounted != nil {
		out.Where = mounted.Where
	}
	err := a.Show(out, func(w io.Writer) {
		if mounted != nil {
			cli.Fields(w, "Drive", out.Where)
		}
		cli.Fields(w, "Address", out.Address)
	})
	a.Say("The stick is open as a drive until you press Ctrl-C. The address is a secret until then.")
	return err
}

// whileUsed returns when the drive is to end.
func whileUsed(ctx context.Context, a *cli.App, d *webdav.Drive, idle time.Duration) error {
	var timer <-chan time.Time
	for {
		if idle > 0 {
			left := time.Until(d.Used().Add(idle))
			if left <= 0 {
				a.Say("Nobody used the drive for %s.", idle)
				return nil
			}
			timer = time.After(left)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.Gone():
			return stick.ErrGone
		case <-timer:
		}
	}
}

// fold puts the tiny layers together that a client makes which stores file after file. It
// is for the next opening, and for room; that it cannot be done harms nothing.
func fold(a *cli.App, s *openedStick, err error) error {
	if err != nil || s.ReadOnly() {
		return nil
	}
	p := a.Progress("tidying")
	defer p.End()
	if _, err := s.Tidy(context.Background(), stick.TidyOptions{Fold: true, Progress: p}); errors.Is(err, stick.ErrGone) {
		return err
	}
	return nil
}

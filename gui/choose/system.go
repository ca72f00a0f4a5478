package choose

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/ncruces/zenity"

	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// askSystem asks with the system's own dialog, and with otherwise where there is none
// or it fails.
func askSystem(w Window, r request, otherwise func(request)) {
	if !zenity.IsAvailable() {
		otherwise(r)
		return
	}
	owner := native(w.Window)
	words := w.Words()
	cancel := widgets.NewButton(words.T("widgets.cancel"), nil, nil)
	d := widgets.ShowDialog(w.Window.Canvas(), r.title,
		widgets.Column(3, widgets.Body(words.T("chooser.elsewhere")), widgets.Row(2, widgets.Spring(), cancel)), func() { cancel.OnTapped() })
	job := jobs.Run(w.Jobs, r.title, func(ctx context.Context, _ jobs.Progress) ([]string, error) {
		return systemDialog(ctx, r, owner)
	}, func(paths []string, err error) {
		d.Close()
		switch {
		case errors.Is(err, zenity.ErrCanceled), errors.Is(err, context.Canceled):
		case err != nil:
			otherwise(r)
		default:
			r.chosen(paths)
		}
	})
	cancel.OnTapped = job.Cancel
	w.Window.Canvas().Focus(cancel)
}

// systemDialog shows the system's dialog and waits for its answer.
func systemDialog(ctx context.Context, r request, owner any) ([]string, error) {
	options := []zenity.Option{zenity.Context(ctx), zenity.Title(r.title), zenity.Modal()}
	if owner != nil {
		options = append(options, zenity.Attach(owner))
	}
	if len(r.extensions) > 0 {
		filter := zenity.FileFilter{CaseFold: true}
		for _, e := range r.extensions {
			filter.Patterns = append(filter.Patterns, "*"+e)
		}
		options = append(options, filter)
	}
	if r.many {
		return zenity.SelectFileMultiple(options...)
	}
	if r.folder {
		options = append(options, zenity.Directory())
	}
	path, err := zenity.SelectFile(options...)
	return []string{path}, err
}

// native is the window as the system's dialogs take their owner, nil when unknown.
func native(w fyne.Window) (owner any) {
	n, ok := w.(driver.NativeWindow)
	if !ok {
		return nil
	}
	n.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.WindowsWindowContext:
			owner = c.HWND
		case driver.X11WindowContext:
			owner = int(c.WindowHandle)
		}
	})
	return owner
}

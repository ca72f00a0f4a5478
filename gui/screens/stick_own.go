package screens

import (
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// greetOwn asks for the passphrase of the stick that the program was started from, when the
// window has just opened.
func (l *stickList) greetOwn() {
	if l.k.p != nil && l.k.p.Greet() {
		l.openOwn()
	}
}

// openOwn looks at the stick that the program was started from, and asks for its passphrase.
func (l *stickList) openOwn() {
	own, list := l.k.p.Own, l.s.Services.Drives
	jobs.Run(l.s.Jobs, l.s.Words.T("sticks.looking"), func(ctx context.Context, _ jobs.Progress) (stickPlace, error) {
		at := stickPlace{path: own, look: l.k.lookAtPath(ctx, own)}
		if list == nil {
			return at, nil
		}
		all, err := list.List(ctx)
		if err != nil {
			return at, nil // the list of drives says so
		}
		if i := slices.IndexFunc(all, func(d drives.Drive) bool { return filepath.Clean(d.Path) == own }); i >= 0 {
			at.drive = all[i]
		}
		return at, nil
	}, func(at stickPlace, err error) {
		switch {
		case err != nil || l.s.Current() != gui.Screen(l):
		case at.look.stick:
			l.unlock(at)
		case at.look.err != nil:
			l.s.Fail(at.look.err)
		}
	})
}

// ownRow leads to the stick that the program was started from, where the drives do not show it.
func (l *stickList) ownRow(seen drives.Seen) *widgets.Pressable {
	if l.k.p == nil || l.k.p.Own == "" || l.k.openAt(l.k.p.Own) != nil {
		return nil
	}
	if slices.ContainsFunc(seen.Drives, func(d drives.Drive) bool { return l.k.isOwn(d.Path) }) {
		return nil
	}
	w := l.s.Words
	return widgets.NewAction(widgets.IconStick, w.T("portable.own"), w.T("portable.started"), l.openOwn)
}

// startedFrom says on the page that asks for the passphrase which stick it is.
func (u *unlockStick) startedFrom() fyne.CanvasObject {
	if !u.k.isOwn(u.at.path) {
		return widgets.Column(0)
	}
	return widgets.Muted(u.s.Words.T("portable.started"))
}

package screens

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/devices/school/remembered"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/editing"
	"stowage/gui/staff"
	"stowage/gui/widgets"
)

// sticks is what the screens around "Open my stick" share: the sticks that are open
// and the drives that are plugged in. It outlives the screens, which are made
// anew when the language changes.
type sticks struct {
	s    *gui.Session
	p    *app.Place
	open []*stickSession
	seen drives.Seen
	news widgets.Message // what became of the stick that was open last
	held string          // the drive that the news are about, if the system would not let it go
	had  map[string]bool // the drives that were there when they were last looked at since the news; nil before

	orphans  []orphan
	watchers []*watcher
	stop     func() // ends watching the drives, nil when nobody watches

	files   func(*stickSession) stickScreen // makes the screen of a stick's files
	openFS  func(path string) (staff.DriveFS, error)
	mount   func(ctx context.Context, address string) (shown, drivePlace, error)
	private string // where opened files are decrypted to
}

// watcher is somebody who wants to know when drives come and go.
type watcher struct{ told func(drives.Seen) }

func newSticks(s *gui.Session, p *app.Place) *sticks {
	return &sticks{
		s: s, p: p, private: privateFolder(s.Services), mount: mountDrive,
		openFS: func(path string) (staff.DriveFS, error) { return stick.NewDirFS(path) },
	}
}

// privateFolder is where files are decrypted to while other programs work on them:
// on this computer, and not where a school's network keeps people's settings.
func privateFolder(services gui.Services) string {
	if services.Private != "" {
		return services.Private
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = services.Config
	}
	return filepath.Join(dir, "stowage", "opened")
}

// WipeLeftovers removes what a program that died has left decrypted on this computer, and
// returns how many sticks it was from. It is called when the program starts, on any
// goroutine. What cannot be removed yet is removed the next time.
func WipeLeftovers(services gui.Services) (wiped int, err error) {
	return editing.WipeLeftovers(privateFolder(services))
}

func (k *sticks) heads() remembered.Heads { return app.Heads(k.s) }

// watch tells when drives come and go, until the returned function is called. It tells
// what was seen last at once.
func (k *sticks) watch(told func(drives.Seen)) (stop func()) {
	w := &watcher{told}
	k.watchers = append(k.watchers, w)
	if k.stop == nil {
		k.begin()
	} else {
		told(k.seen)
	}
	return func() {
		k.watchers = slices.DeleteFunc(k.watchers, func(o *watcher) bool { return o == w })
		if len(k.watchers) == 0 && k.stop != nil {
			k.stop()
			k.stop = nil
		}
	}
}

func (k *sticks) begin() { k.stop = app.WatchDrives(k.s, k.tell) }

func (k *sticks) tell(now drives.Seen) {
	k.seen = now
	if now.Err == nil {
		k.ageNews(now.Drives)
	}
	for _, w := range slices.Clone(k.watchers) {
		w.told(now)
	}
}

// setNews says what became of the stick that was open last. It stays until it is closed, or another stick comes; ejecting
// a stick takes its drive away, and must not take the news with it. held is a drive that the system would not let go, with
// which the news do go, or empty.
func (k *sticks) setNews(m widgets.Message, held string) {
	if m.Happened != "" {
		m.Also = widgets.Command{Name: k.s.Words.T("widgets.close"), Run: func() {
			k.setNews(widgets.Message{}, "")
			k.refreshList()
		}}
	}
	k.news, k.held, k.had = m, held, nil
}

// ageNews takes the news away when another drive has come since, or the one that was held has gone.
func (k *sticks) ageNews(all []drives.Drive) {
	here, another := map[string]bool{}, false
	for _, d := range all {
		here[d.Path] = true
		another = another || k.had != nil && !k.had[d.Path]
	}
	if another || k.held != "" && !here[k.held] {
		k.setNews(widgets.Message{}, "")
	}
	k.had = here
}

// openSticks are the sticks that are open; none while nobody has looked at the page.
func openSticks(k *sticks) []staff.OpenStick {
	if k == nil {
		return nil
	}
	all := make([]staff.OpenStick, len(k.open))
	for i, o := range k.open {
		all[i] = staff.OpenStick{Key: o.key, Stick: o.stick}
	}
	return all
}

// openAt finds the open stick of a drive or folder.
func (k *sticks) openAt(path string) *stickSession {
	for _, o := range k.open {
		if o.place.path == path {
			return o
		}
	}
	return nil
}

// stickPlace is where a stick is: a drive, or a folder that somebody chose.
type stickPlace struct {
	path  string
	drive drives.Drive // zero for a folder
	look  look         // what was there to see
}

// isOwn reports whether a path is that of the stick that the program was started from.
func (k *sticks) isOwn(path string) bool {
	return k.p != nil && k.p.Own != "" && filepath.Clean(path) == k.p.Own
}

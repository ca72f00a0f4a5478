// Package staff has the pages for staff that need the school's directory: encrypting files
// for people of the school, decrypting them, and telling ICT of a lost stick. What is
// typed is kept nowhere but in what is sent or made; passphrases are wiped.
package staff

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/devices/school/loss"
	"stowage/devices/school/remembered"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Routes are the pages of staff that need the school's directory: encrypting and
// decrypting files, and reporting a loss. sticks are those that are open in the window.
func Routes(p *app.Place, sticks func() []OpenStick) []gui.Route {
	return staffRoutes(p, func(s *gui.Session, p *app.Place) *staff {
		k := newStaff(s, p)
		k.sticks = sticks
		return k
	})
}

// staffRoutes are the pages of staff that need the school's directory, and share what
// is known of it.
func staffRoutes(p *app.Place, make func(*gui.Session, *app.Place) *staff) []gui.Route {
	var k *staff
	shared := func(s *gui.Session) *staff {
		if k == nil || k.s != s {
			k = make(s, p)
		}
		return k
	}
	return []gui.Route{
		app.PageOf(app.EncryptRoute, func(s *gui.Session) gui.Screen { return newEncrypt(s, shared(s)) }),
		app.PageOf(app.LostRoute, func(s *gui.Session) gui.Screen { return newLost(s, shared(s)) }),
	}
}

// staff is what the screens for staff know of their school. It outlives the
// screens, which are made anew when the language changes.
type staff struct {
	s     *gui.Session
	place *app.Place
	known remembered.Known // the newest directory; Directory is nil before it was read

	openFS func(path string) (DriveFS, error)
	// sticks are those that are open now.
	sticks func() []OpenStick
}

// OpenStick is a stick that is open in this window.
type OpenStick struct {
	Key   *keys.HolderKey // nil when a code opened it
	Stick *stick.Stick
}

func newStaff(s *gui.Session, p *app.Place) *staff {
	return &staff{
		s: s, place: p,
		openFS: func(path string) (DriveFS, error) { return stick.NewDirFS(path) },
		sticks: func() []OpenStick { return nil },
	}
}

// config is what this computer was told of its school.
func (k *staff) config() (config.Config, error) { return k.place.Settings() }

// signedIn is whose stick is open, as its key says, and the school's ICT as its note
// says, whose signature that key has checked; false when none is.
func (k *staff) signedIn() (keys.Holder, loss.Addressee, bool) {
	for _, o := range k.sticks() {
		if o.Key != nil {
			return o.Key.Holder, loss.ICTOfStick(o.Stick.Note()), true
		}
	}
	return keys.Holder{}, loss.Addressee{}, false
}

// inbox is the school's inbox folder, "" where none is known.
func (k *staff) inbox() string {
	c, err := k.config()
	if err != nil {
		return ""
	}
	shared, err := c.SharedFolder()
	if err != nil {
		return ""
	}
	return shared.Inbox()
}

// read reads the newest directory, off the window's goroutine, and tells how that
// went. What was read before stays until then.
func (k *staff) read(done func(error)) *jobs.Job {
	place, verifier := k.place, ""
	for _, o := range k.sticks() {
		verifier = o.Stick.Verifier()
	}
	return jobs.Run(k.s.Jobs, k.s.Words.T("staff.reading"), func(context.Context, jobs.Progress) (remembered.Known, error) {
		c, err := place.Settings()
		if err != nil {
			return remembered.Known{}, err
		}
		path, err := c.DirectoryPath()
		if err != nil {
			seen := config.Serials(place.Dir())
			if d, ok := seen.Kept(verifier); ok { // which an open stick took along
				return remembered.Known{Directory: d, Kept: err}, nil
			}
			if all := seen.All(); verifier == "" && len(all) == 1 { // or one that was opened here before
				return remembered.Known{Directory: all[0], Kept: err}, nil
			}
			return remembered.Known{}, err
		}
		return config.Serials(place.Dir()).Newest(path, c.Verifier)
	}, func(known remembered.Known, err error) {
		if err == nil {
			k.known = known
		}
		done(err)
	})
}

// self is the person who uses this computer, as the directory shows them.
func (k *staff) self() (keys.Person, bool) {
	id := k.me()
	if id == "" || k.known.Directory == nil {
		return keys.Person{}, false
	}
	for _, p := range k.known.People {
		if p.ID == id {
			return p, true
		}
	}
	return keys.Person{}, false
}

// me is the id of the person who uses this computer, "" while it is not known.
func (k *staff) me() string {
	c, err := k.config()
	if err != nil {
		return ""
	}
	return c.Me
}

// setMe keeps who uses this computer; "" forgets it.
func (k *staff) setMe(id string) error {
	c, err := k.config()
	if err != nil {
		return err
	}
	c.Me = id
	return k.place.SetConfig(c)
}

// remember keeps who uses this computer, if it is not known yet.
func (k *staff) remember(id string) error {
	if id == "" || k.me() != "" {
		return nil
	}
	return k.setMe(id)
}

// join makes a directory file the one of this computer, and keeps a copy, since the
// file may be a download that is soon gone.
func (k *staff) join(path string) error {
	c, err := k.config()
	if err != nil {
		return err
	}
	known, err := config.Serials(k.place.Dir()).Newest(path, c.Verifier)
	if err != nil {
		return err
	}
	if c.Directory, err = filepath.Abs(path); err != nil {
		return err
	}
	c.Verifier = known.Verifier
	return k.place.SetConfig(c)
}

// age says how old the list of people is, and warns where it is the copy that the
// computer kept.
func (k *staff) age(now time.Time) widgets.Message {
	w := k.s.Words
	d := k.known
	if d.Directory == nil {
		return widgets.Message{}
	}
	when, number := w.When(d.Published, now), w.Number(d.Serial)
	switch {
	case errors.Is(d.Kept, keys.ErrOlder):
		return widgets.Message{
			Kind: widgets.Warn, Happened: w.T("staff.older"),
			Files: w.T("staff.older.files", "when", when), Next: w.T("staff.older.next"),
		}
	case d.Kept != nil:
		return widgets.Message{
			Kind: widgets.Info, Happened: w.T("staff.kept", "when", when),
			Files: w.T("staff.kept.files"),
		}
	case d.Age(now) > 60*24*time.Hour:
		return widgets.Message{Kind: widgets.Info, Happened: w.T("staff.old", "when", when, "number", number), Next: w.T("staff.old.next")}
	}
	return widgets.Message{}
}

// ageLine is the age in one line.
func (k *staff) ageLine(now time.Time) string {
	if k.known.Directory == nil {
		return ""
	}
	return k.s.Words.T("staff.age", "school", k.known.School, "when", k.s.Words.When(k.known.Published, now), "number", k.known.Serial)
}

// joinCommand lets the person say where the directory is.
func (k *staff) joinCommand(joined func()) widgets.Command {
	return widgets.Command{Name: k.s.Words.T("staff.join"), Run: func() {
		k.s.Choose.File(k.s.Words.T("staff.join.title"), func(path string) {
			if err := k.join(path); err != nil {
				k.s.Fail(err)
				return
			}
			joined()
		})
	}}
}

// isNoSchool reports whether an error says that this computer does not know its
// school.
func isNoSchool(err error) bool { return errors.Is(err, config.ErrNoSchool) }

// DriveFS is a drive or folder that is held open.
type DriveFS interface {
	stick.FS
	io.Closer
}

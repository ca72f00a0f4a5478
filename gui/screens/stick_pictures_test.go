package screens

import (
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/devices/drives"
	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

func TestBrowserPictures(t *testing.T) {
	screens := map[string]func(r *rig){
		"list":     func(*rig) {},
		"unlock":   func(r *rig) { r.Press("HRP-0042") },
		"browser":  func(r *rig) { r.enterStick(); r.browser().table.Select("Register.txt"); r.Settle() },
		"versions": func(r *rig) { r.enterStick(); r.pick("Register.txt"); r.browser().versions() },
		"viewer":   func(r *rig) { r.enterStick(); r.browser().view(stick.Entry{Path: "Register.txt"}); r.Settle() },
		"document": func(r *rig) { r.enterStick(); r.viewDocument("letter.docx") },
		"sheet":    func(r *rig) { r.enterStick(); r.viewDocument("marks.xlsx") },
		"clash": func(r *rig) {
			r.enterStick()
			r.browser().askClash([]string{"Register.txt", "plan.txt"}, func(stick.Clash) {})
		},
		"rename": func(r *rig) { r.enterStick(); r.pick("Register.txt"); r.browser().rename() },
		"move":   func(r *rig) { r.enterStick(); r.pick("Register.txt"); r.browser().moveTo() },
		"locked": func(r *rig) { r.enterStick(); r.opened().lockAndRemove() },
		"search": func(r *rig) { r.enterStick(); r.browser().searchBox.Set("2026"); r.Advance(time.Second) },
		"empty": func(r *rig) {
			r.enterStick()
			screenstest.Away(func() { screenstest.Check(r.t, r.opened().stick.Mkdir(r.t.Context(), "Trips")) })
			r.browser().enter("Trips")
		},
		"pulled":    func(r *rig) { r.enterStick(); r.opened().noteStored(3); r.opened().pulled() },
		"newsecret": func(r *rig) { r.enterStick(); r.Session.Push(newFirst(r.opened())) },
	}
	for name, arrange := range screens {
		t.Run(name, func(t *testing.T) {
			fake := &fakeDrives{changed: make(chan struct{}, 1)}
			o := (&rig{drives: fake, opener: &fakeOpener{}, choose: &screenstest.FakeChooser{}}).options()
			guitest.Pictures(t, "stick-"+name, o, func(w *guitest.Window) {
				r := rig{Window: w, t: t, path: t.TempDir(), drives: fake}
				makeStick(t, r.path, true)
				putFiles(t, r.path, someFiles)
				fake.list = []drives.Drive{r.drive()}
				r.Session.Go("open")
				r.k = r.Session.Current().(*stickList).k
				r.Until("the list", func() bool { return r.Sees("HRP-0042") })
				arrange(&r)
				r.Settle()
			})
		})
	}
}

func (r *rig) enterStick() {
	r.t.Helper()
	var o *stickSession
	var err error
	screenstest.Away(func() {
		o, err = r.k.unlock(r.t.Context(), stickPlace{path: r.path}, unlockWith{secret: []byte(temporary)})
	})
	screenstest.Check(r.t, err)
	r.k.add(o)
	r.k.browse(o)
	r.t.Cleanup(r.close)
	r.Settle()
}

func newFirst(o *stickSession) gui.Screen { return newFirstPassphrase(o, nil) }

package issue

import (
	"os"
	"testing"

	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

func TestRestoresNone(t *testing.T) {
	d := screenstest.NewDesk(t)
	w := guitest.New(t, gui.Options{Routes: screenstest.WithPages(), ICT: true, Explain: wording.Explain})
	w.Session.Go(app.RegisterRoute)
	w.Settle()
	w.Session.Push(newRestores(w.Session, d.Place, ""))
	w.Settle()
	w.MustSee("No stick has been backed up yet.")
	shared, err := d.Shared()
	screenstest.Check(t, err)
	screenstest.Check(t, os.RemoveAll(shared.Dir))
	w.Session.Current().(*restores).read()
	w.Settle()
	w.MustSee("shared folder", "The backups could not be read.")
}

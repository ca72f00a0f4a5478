package screens

import (
	"cmp"
	"os"
	"time"

	"stowage/cmd/config"
	"stowage/cmd/school"
	"stowage/crypt/stick"
)

// turnedUp is when the newest directory at hand says that a stick which is here was
// lost; zero when it does not, or there is none. At school, ICT is told where it is.
// It runs off the window's goroutine.
func (p *Place) turnedUp(c config.Config, drive stick.FS, id string, now time.Time) time.Time {
	path, err := c.DirectoryPath()
	if err != nil {
		return time.Time{}
	}
	known, err := config.Serials(p.Dir()).Newest(path, c.Verifier)
	if err != nil || known.Directory == nil {
		return time.Time{}
	}
	lost, ok := school.LostStick(known.Directory, stick.Note{ID: id})
	if !ok {
		return time.Time{}
	}
	summary, err := stick.Inspect(drive, known.Verifier)
	if err != nil || summary.Note.ID != id { // what the school did not sign is no message to ICT
		return lost.Since
	}
	if shared, err := c.SharedFolder(); err == nil {
		place, _ := os.Hostname()
		_ = shared.TellFound(known.Directory, summary.Note, cmp.Or(place, "a computer of staff"), now) // away from school, the person tells
	}
	return lost.Since
}

// noticeLost adds to what was seen of a drive that it was reported lost.
func (k *sticks) noticeLost(l *look, path string, now time.Time) {
	if !l.stick || k.p == nil {
		return
	}
	c, err := k.p.settings()
	if err != nil {
		return
	}
	fsys, err := k.openFS(path)
	if err != nil {
		return
	}
	defer fsys.Close()
	l.lost = k.p.turnedUp(c, fsys, l.note.ID, now)
}

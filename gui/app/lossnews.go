package app

import (
	"cmp"
	"os"
	"time"

	"stowage/gui/wording"

	"stowage/crypt/stick"
	"stowage/devices/school/config"
	"stowage/devices/school/loss"
	"stowage/devices/school/remembered"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// LossNews is what the newest directory at hand says of a stick that is here.
type LossNews struct {
	Since time.Time // when it was reported lost; zero when it was not
	told  error     // why this computer could not tell ICT that it is here
	ict   bool      // this computer is one of ICT's, who see it
	reach string    // how ICT is reached, as the directory says; "" where it does not
}

// Lost reports whether the stick was reported lost.
func (n LossNews) Lost() bool { return !n.Since.IsZero() }

// Next is what to do with a lost stick.
func (n LossNews) Next(w *i18n.Words) string {
	switch {
	case n.ict:
		return w.T("stick.lost.ict")
	case n.told != nil:
		next := w.T("stick.lost.next") + " " + w.T("stick.lost.untold")
		if n.reach != "" {
			next += " " + wording.ReachICT(w, n.reach)
		}
		return next
	}
	return w.T("stick.lost.next") + " " + w.T("stick.lost.told")
}

// TurnedUp looks whether a stick that is here was reported lost, and tells ICT then. It
// runs off the window's goroutine.
func (p *Place) TurnedUp(c config.Config, drive stick.FS, id string, now time.Time) (n LossNews) {
	path, err := c.DirectoryPath()
	if err != nil {
		return n
	}
	known, err := config.Serials(p.Dir()).Newest(path, c.Verifier)
	if err != nil || known.Directory == nil {
		return n
	}
	lost, ok := loss.LostStick(known.Directory, stick.Note{ID: id})
	if !ok {
		return n
	}
	n = LossNews{Since: lost.Since, ict: c.ICT(), reach: known.Contact}
	if !n.ict {
		n.told = tellFound(c, known, drive, id, now)
	}
	return n
}

// tellFound tells ICT that a lost stick is here. What the school did not sign is no
// message to ICT.
func tellFound(c config.Config, known remembered.Known, drive stick.FS, id string, now time.Time) error {
	summary, err := stick.Inspect(drive, known.Verifier)
	if err != nil {
		return err
	}
	if summary.Note.ID != id {
		return stick.ErrNotStick // another one by now
	}
	shared, err := c.SharedFolder()
	if err != nil {
		return err
	}
	place, _ := os.Hostname()
	return loss.ReportFound(shared, known.Directory, summary.Note, cmp.Or(place, "a computer of staff"), now)
}

// lossShower is a screen that itself says which of the sticks that are here were lost.
type lossShower interface{ ShowsLosses() }

// tellLost says on whatever screen the person is that a lost stick was plugged in, and
// on ICT's computers leads to its return. The list of sticks and the check-in say so
// themselves. It may be called from any goroutine.
func (p *Place) tellLost(n LossNews, note stick.Note) {
	s := p.autoBackup.s
	s.Do(func() {
		if _, ok := s.Current().(lossShower); ok {
			return
		}
		w := s.Words
		m := widgets.Message{
			Kind: widgets.Warn, Happened: w.T("stick.lost", "label", note.Label, "date", w.Date(n.Since)), Next: n.Next(w),
		}
		if n.ict {
			m.Happened, m.Next = w.T("checkin.lost", "label", note.Label, "date", w.Date(n.Since)), w.T("checkin.lost.next")
			m.Do = widgets.Command{Name: w.T("checkin.return"), Run: func() { p.Go(s, CheckIn{}) }}
		}
		s.Tell(m)
	})
}

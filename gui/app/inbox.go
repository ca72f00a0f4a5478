package app

import (
	"time"

	"stowage/devices/school/loss"

	"stowage/gui"
)

// InboxEvery is how often the inbox is looked at for loss reports, wherever in the
// window the person is.
const InboxEvery = time.Minute

// inboxWatch counts the loss reports that wait, until the window closes.
type inboxWatch struct {
	s       *gui.Session
	p       *Place
	waiting int
	counted bool // at least once
	looking bool
	again   bool   // something changed while it was looking
	news    func() // of who shows the count besides; nil for nobody
	later   func() // cancels the next look
}

// watchInbox begins to count.
func (p *Place) watchInbox(s *gui.Session) {
	p.inbox = &inboxWatch{s: s, p: p, later: func() {}}
	p.OnChange(s, p.inbox.look)
	p.inbox.look()
}

// OnInbox has f called when the number of loss reports that wait has changed, instead of
// whoever was told so far; nil for nobody.
func (p *Place) OnInbox(f func()) {
	if p.inbox != nil {
		p.inbox.news = f
	}
}

// InboxCounted reports whether the loss reports that wait were counted at least once.
func (p *Place) InboxCounted() bool { return p.inbox != nil && p.inbox.counted }

// look counts once, and again after a while.
func (i *inboxWatch) look() {
	i.later()
	if i.again = i.looking; i.again {
		return
	}
	if !i.p.ICT() {
		i.later = i.s.After(InboxEvery, i.look)
		return
	}
	i.looking = true
	dir := i.p.Config().School
	InBackground(i.s, func() counted {
		w, err := loss.WaitingAt(dir)
		return counted{w.Reports, err}
	}, i.looked)
}

// counted is what came of a look.
type counted struct {
	reports int
	err     error
}

func (i *inboxWatch) looked(found counted) {
	i.looking = false
	if found.err == nil { // a folder out of reach is said in the room itself
		i.tell(found.reports)
	}
	if i.again {
		i.look()
		return
	}
	i.later = i.s.After(InboxEvery, i.look)
}

// tell shows the count, and says so when a report has arrived.
func (i *inboxWatch) tell(n int) {
	arrived := n - i.waiting
	if i.counted && arrived > 0 {
		i.s.Toast(i.s.Words.N("incidents.arrived", arrived), nil)
	}
	changed := !i.counted || arrived != 0
	i.waiting, i.counted = n, true
	i.s.SetNotice(IncidentsRoute, gui.Notice{Count: n, Text: "incidents.inbox"})
	if changed && i.news != nil {
		i.news()
	}
}

package gui

import (
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// Notice says how much waits in a room: beside its entry in the navigation, and at the
// top of home.
type Notice struct {
	Count int
	Text  i18n.Key // with a plural: "2 loss reports wait"
}

// SetNotice shows what waits in a room; a Count of 0 shows nothing.
func (s *Session) SetNotice(id RoomID, n Notice) {
	if s.shell.notices[id] == n {
		return
	}
	s.shell.notices[id] = n
	s.shell.drawNotices()
}

// drawNotices brings the counts in the navigation, and the notices at home, up to date.
func (h *shell) drawNotices() {
	for id, item := range h.nav {
		n := h.notices[id]
		item.SetCount(n.Count, h.noticeText(n))
	}
	if p := h.pages[Home]; p != nil {
		p.screen.(*home).drawNotices()
	}
}

func (h *shell) noticeText(n Notice) string {
	if n.Count == 0 {
		return ""
	}
	return h.s.Words.N(n.Text, n.Count)
}

// drawNotices shows what waits in the rooms of ICT above the large actions.
func (h *home) drawNotices() {
	if h.notices == nil { // not drawn yet
		return
	}
	h.notices.Objects = nil
	for _, room := range h.s.shell.rooms {
		n := h.s.shell.notices[room.ID]
		if n.Count == 0 || room.Side == ICT && !h.s.options.ICT {
			continue
		}
		text := h.s.shell.noticeText(n)
		view := widgets.NewBanner(widgets.Message{Kind: widgets.Warn, Happened: text}).View
		h.notices.Add(widgets.NewPressable(text, view, "", "", func() { h.s.Go(room.ID) }))
	}
	h.notices.Refresh()
	h.page.Refresh()
}

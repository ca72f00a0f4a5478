package gui

import (
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// Notice says how much waits on a page: beside its entry in the navigation, and at the
// top of home.
type Notice struct {
	Count int
	Text  i18n.Key // with a plural: "2 loss reports wait"
}

// SetNotice shows what waits on a page; a Count of 0 shows nothing.
func (s *Session) SetNotice(id RouteID, n Notice) {
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

// drawNotices shows what waits on the pages of ICT above the large actions.
func (h *home) drawNotices() {
	if h.notices == nil { // not drawn yet
		return
	}
	h.notices.Objects = nil
	for _, route := range h.s.shell.routes {
		n := h.s.shell.notices[route.ID]
		if n.Count == 0 || route.Side == ICT && !h.s.options.ICT {
			continue
		}
		text := h.s.shell.noticeText(n)
		view := widgets.NewBanner(widgets.Message{Kind: widgets.Warn, Happened: text}).View
		h.notices.Add(widgets.NewPressable(text, view, "", "", func() { h.s.Go(route.ID) }))
	}
	h.notices.Refresh()
	h.page.Refresh()
}

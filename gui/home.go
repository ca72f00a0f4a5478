package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/widgets"
)

// home is the first page: the large actions, one for each page for staff.
type home struct {
	s       *Session
	actions []*widgets.Pressable
	notices *fyne.Container // what waits on the pages of ICT
	page    fyne.CanvasObject
}

func newHome(s *Session) Screen { return &home{s: s} }

// Title is part of Screen.
func (h *home) Title() string { return h.s.Words.T("app.name") }

// Content is part of Screen.
func (h *home) Content() fyne.CanvasObject {
	w := h.s.Words
	icon := widget.NewIcon(AppIcon())
	title := widgets.Title(w.T("home.title"))
	head := widgets.Column(2, container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(72), icon)), container.NewCenter(title))
	h.notices = widgets.Column(2)
	list := []fyne.CanvasObject{head, h.notices}
	for _, route := range h.s.shell.routes {
		if route.Side != Staff || route.ID == Home {
			continue
		}
		action := widgets.NewAction(route.Icon, w.T(route.Name), w.T(route.Hint), func() { h.s.Go(route.ID) })
		h.actions = append(h.actions, action)
		list = append(list, action)
	}
	h.page = container.NewVScroll(container.New(middleOfPage{}, widgets.Narrow(4, list...)))
	h.drawNotices()
	return h.page
}

// Actions is part of Actor: staff reach what is at the foot of the navigation from here, ICT from the
// navigation.
func (h *home) Actions() []fyne.CanvasObject {
	if h.s.options.ICT {
		return nil
	}
	var buttons []fyne.CanvasObject
	for _, route := range h.s.shell.routes {
		if route.Side == Foot {
			buttons = append(buttons, widgets.NewQuiet(h.s.Words.T(route.Name), route.Icon.Resource(), func() { h.s.Go(route.ID) }))
		}
	}
	return buttons
}

// Focus is part of Focuser.
func (h *home) Focus() fyne.Focusable {
	if len(h.actions) == 0 {
		return nil
	}
	return h.actions[0]
}

// middleOfPage puts content a little above the middle of the page.
type middleOfPage struct{}

func (middleOfPage) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middleOfPage) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o := objects[0]
	o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
	height := o.MinSize().Height
	o.Resize(fyne.NewSize(size.Width, height))
	o.Move(fyne.NewPos(0, max((size.Height-height)*0.38, 0)))
}

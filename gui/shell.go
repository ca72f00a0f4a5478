package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/widgets"
)

// The shell is what is around the screens: navigation, heading, menus, toasts.
type shell struct {
	s       *Session
	routes  []Route
	pages   map[RouteID]*page // the pages that have been made
	at      RouteID
	stack   []*page // the page in view and the screens opened above it
	nav     map[RouteID]*widgets.NavItem
	notices map[RouteID]Notice
	toasts  *widgets.Toasts

	header, actions, body, side *fyne.Container
	title                       *widget.RichText
	backButton                  *widgets.Button
}

// page is a screen with its content, once it was made.
type page struct {
	screen  Screen
	content fyne.CanvasObject
}

func newShell(s *Session) *shell {
	h := &shell{s: s, pages: map[RouteID]*page{}, notices: map[RouteID]Notice{}}
	h.routes = append([]Route{{ID: Home, Name: "home.name", Icon: widgets.IconHome, Key: fyne.Key0, New: newHome}}, s.options.Routes...)
	h.routes = append(h.routes, Route{ID: Appearance, Side: Foot, Name: "appearance.title", Icon: "appearance", New: newAppearance})
	return h
}

// start draws the window and goes home.
func (h *shell) start() {
	h.frame()
	h.enter(Home)
	h.keys()
}

// frame makes everything around the screens, in the words of the session.
func (h *shell) frame() {
	h.title = widgets.Title("")
	h.backButton = widgets.NewQuiet("", widgets.IconBack.Resource(), h.stepBack)
	h.actions = widgets.Row(2)
	h.header = container.NewBorder(nil, nil, h.backButton, h.actions, h.title)
	h.body = container.NewStack()
	h.side = container.NewStack()
	h.toasts = widgets.NewToasts(h.s.Words, h.s.After)
	h.drawNav()
	page := container.NewBorder(container.New(pageHead{}, h.header), nil, nil, nil, container.New(pageBody{}, h.body))
	h.s.Window.SetContent(container.NewStack(
		newPointerWatch(h.s.Used),
		container.NewBorder(nil, nil, h.side, nil, page),
		h.toasts.View,
	))
}

// drawNav draws the navigation at the left, which only ICT needs: staff have the
// large actions.
func (h *shell) drawNav() {
	h.nav = map[RouteID]*widgets.NavItem{}
	h.side.Objects = nil
	if h.s.options.ICT {
		list := []fyne.CanvasObject{}
		foot := []fyne.CanvasObject{}
		for _, route := range h.routes {
			if route.Side == Staff && route.ID != Home {
				continue
			}
			item := widgets.NewNavItem(route.Icon, h.s.Words.T(route.Name), func() { h.goTo(route.ID) })
			item.Select(route.ID == h.at)
			h.nav[route.ID] = item
			if route.Side == Foot {
				foot = append(foot, item.View)
			} else {
				list = append(list, item.View)
			}
		}
		rail := container.NewBorder(nil, widgets.Column(1, foot...), nil, nil, container.NewVScroll(widgets.Column(1, list...)))
		h.side.Objects = []fyne.CanvasObject{container.NewStack(
			widgets.NewGround(widgets.ColorRail, "", ""),
			container.New(railPad{append(list[:len(list):len(list)], foot...)}, rail),
		)}
	}
	h.drawNotices()
	h.side.Refresh()
}

func (h *shell) route(id RouteID) (Route, bool) {
	i := slices.IndexFunc(h.routes, func(r Route) bool { return r.ID == id })
	if i < 0 {
		return Route{}, false
	}
	return h.routes[i], true
}

func (h *shell) top() *page { return h.stack[len(h.stack)-1] }

// goTo leads to a page, if the screens in view let the person go.
func (h *shell) goTo(id RouteID) {
	if _, ok := h.route(id); !ok || (id == h.at && len(h.stack) == 1) {
		return
	}
	h.leave(func() {
		h.hide()
		h.closeAbove(1)
		h.enter(id)
	})
}

// enter shows a page, making it first when it has not been.
func (h *shell) enter(id RouteID) {
	route, ok := h.route(id)
	if !ok {
		return
	}
	p := h.pages[id]
	if p == nil {
		p = &page{screen: route.New(h.s)}
		h.pages[id] = p
	}
	h.at, h.stack = id, []*page{p}
	for other, item := range h.nav {
		item.Select(other == id)
	}
	h.show()
}

func (h *shell) push(screen Screen) {
	h.hide()
	h.stack = append(h.stack, &page{screen: screen})
	h.show()
}

func (h *shell) back() {
	if len(h.stack) == 1 {
		h.goTo(Home)
		return
	}
	h.ask(h.top(), func() {
		h.hide()
		h.closeAbove(len(h.stack) - 1)
		h.show()
	})
}

// stepBack goes back as the person means it: within the screen first.
func (h *shell) stepBack() {
	if screen, ok := h.top().screen.(Stepper); !ok || !screen.StepBack() {
		h.back()
	}
}

// leave asks every screen in view, from the top down, and calls proceed when all agree.
func (h *shell) leave(proceed func()) {
	pages := slices.Clone(h.stack)
	var next func()
	next = func() {
		if len(pages) == 0 {
			proceed()
			return
		}
		p := pages[len(pages)-1]
		pages = pages[:len(pages)-1]
		h.ask(p, next)
	}
	next()
}

// ask asks one screen, which may answer only once.
func (h *shell) ask(p *page, proceed func()) {
	leaver, ok := p.screen.(Leaver)
	if !ok {
		proceed()
		return
	}
	answered := false
	leaver.Leave(func() {
		if !answered {
			answered = true
			proceed()
		}
	})
}

// closeAbove takes away the screens above the first n.
func (h *shell) closeAbove(n int) {
	for len(h.stack) > n {
		closed(h.top().screen)
		h.stack = h.stack[:len(h.stack)-1]
	}
}

func closed(screen Screen) {
	if c, ok := screen.(Closer); ok {
		c.Closed()
	}
}

func (h *shell) hide() {
	if hider, ok := h.top().screen.(Hider); ok {
		hider.Hidden()
	}
}

// show brings the top of the stack into view.
func (h *shell) show() {
	p := h.top()
	if p.content == nil {
		p.content = p.screen.Content()
	}
	h.body.Objects = []fyne.CanvasObject{p.content}
	h.body.Refresh()
	h.refresh()
	h.s.Window.Canvas().Unfocus()
	if shower, ok := p.screen.(Shower); ok {
		shower.Shown()
	}
	if f, ok := p.screen.(Focuser); ok && h.top() == p {
		if focus := f.Focus(); focus != nil {
			h.s.Window.Canvas().Focus(focus)
		}
	}
}

// refresh brings heading, buttons and menus up to date.
func (h *shell) refresh() {
	p := h.top()
	widgets.SetText(h.title, p.screen.Title())
	h.backButton.Hidden = len(h.stack) == 1 && (h.at == Home || h.s.options.ICT)
	h.actions.Objects = nil
	if a, ok := p.screen.(Actor); ok {
		h.actions.Objects = a.Actions()
	}
	h.header.Refresh()
	name := h.s.Words.T("app.name")
	if h.at != Home {
		name = p.screen.Title() + " – " + name
	}
	h.s.Window.SetTitle(name)
	h.s.Window.SetMainMenu(h.menu())
}

// rebuild draws the navigation anew.
func (h *shell) rebuild() {
	h.drawNav()
	if route, ok := h.route(h.at); ok && route.Side == ICT && !h.s.options.ICT {
		h.goTo(Home)
	}
	h.refresh()
}

// remake makes everything anew, in another language.
func (h *shell) remake() {
	h.hide()
	h.forget()
	h.frame()
	h.enter(h.at)
}

// forget closes every screen there is.
func (h *shell) forget() {
	h.closeAbove(1)
	for _, p := range h.pages {
		closed(p.screen)
	}
	clear(h.pages)
}

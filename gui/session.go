package gui

import (
	"time"

	"fyne.io/fyne/v2"

	"stowage/gui/choose"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Options are what a window is made of.
type Options struct {
	App      fyne.App
	Routes   []Route // in the order of the navigation
	Services Services
	// ICT says whether the pages of ICT are shown from the start.
	ICT bool
	// Explain puts an error into words for people. What it does not know (false) is
	// shown as an unexpected failure. It may be nil.
	Explain func(w *i18n.Words, err error) (widgets.Message, bool)
	// Begin, if not nil, is called once the window is made, for what goes on behind the
	// screens until it closes.
	Begin func(*Session)
	// Start is the page on which the window begins; "" is home.
	Start RouteID
	// Version is what the About box says this is; "" for nothing.
	Version string

	// The rest is for tests; nil is the real thing.

	// Do runs a function on the goroutine that owns the widgets: fyne.Do.
	Do func(func())
	// Now is the time: time.Now.
	Now func() time.Time
	// After runs a function through Do after a while, unless cancelled before.
	After func(d time.Duration, f func()) (cancel func())
	// Zone is where times are told for: time.Local.
	Zone *time.Location
	// Choose makes what asks for files and folders of the computer: choose.New.
	Choose func(choose.Window) choose.Chooser
}

// Session is what the screens work in: one window and what belongs to it, from
// New until the window closes.
type Session struct {
	App      fyne.App
	Window   fyne.Window
	Services Services
	Words    *i18n.Words    // what to say; replaced when the language changes
	Jobs     *jobs.Runner   // for everything that may take longer than a blink
	Look     Look           // how the window looks; change it with SetLook
	Choose   choose.Chooser // asks for files and folders of the computer

	// Do runs a function soon on the goroutine that owns the widgets. It may be called
	// from any goroutine. Screens use it instead of fyne.Do, so that tests decide.
	Do func(func())
	// Now is the time.
	Now func() time.Time
	// After runs a function through Do after a while, unless cancelled before.
	After func(d time.Duration, f func()) (cancel func())

	options Options
	shell   *shell
	used    time.Time
	guards  []*guard
	closing bool
	gone    bool // the screens were let go
}

// New makes the window and goes home. Show shows it.
func New(o Options) *Session {
	if o.Do == nil {
		o.Do = fyne.Do
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, func() { o.Do(f) })
			return func() { timer.Stop() }
		}
	}
	if o.Choose == nil {
		o.Choose = choose.New
	}
	look := o.Services.readLook()
	s := &Session{
		App: o.App, Services: o.Services, Look: look,
		Words: i18n.New(look.Language, o.Zone), Jobs: jobs.New(o.Do),
		Do: o.Do, Now: o.Now, After: o.After,
		options: o, used: o.Now(),
	}
	o.App.Settings().SetTheme(NewTheme(look))
	s.Window = o.App.NewWindow(s.Words.T("app.name"))
	s.Window.SetIcon(AppIcon())
	s.Choose = o.Choose(choose.Window{Window: s.Window, Words: func() *i18n.Words { return s.Words }, Jobs: s.Jobs})
	s.Window.SetMaster()
	s.Window.SetPadded(false)
	s.Window.SetCloseIntercept(s.Close)
	s.Window.SetOnDropped(s.DropFiles)
	s.shell = newShell(s)
	s.shell.start()
	if o.Start != "" {
		s.Go(o.Start)
	}
	s.Window.Resize(fyne.NewSize(Width, Height))
	if o.Begin != nil {
		o.Begin(s)
	}
	return s
}

// Width and Height are the size that every screen fits into at every text size,
// and that the window first has.
const (
	Width  = 1024
	Height = 700
)

// Go leads to a page, as its entry in the navigation does. A screen that the person
// is on may hold that back (see Leaver).
func (s *Session) Go(id RouteID) { s.shell.goTo(id) }

// Push opens a screen above the one in view. Back leads back.
func (s *Session) Push(screen Screen) { s.shell.push(screen) }

// Back leads one screen back, and home from a page.
func (s *Session) Back() { s.shell.back() }

// At is the page that the person is on.
func (s *Session) At() RouteID { return s.shell.at }

// Current is the screen in view.
func (s *Session) Current() Screen { return s.shell.top().screen }

// Refresh asks the screen in view again for its title, actions and commands, when
// any of these have changed.
func (s *Session) Refresh() { s.shell.refresh() }

// SetICT shows or hides the pages of ICT.
func (s *Session) SetICT(on bool) {
	s.options.ICT = on
	s.shell.rebuild()
}

// ICT reports whether the pages of ICT are shown.
func (s *Session) ICT() bool { return s.options.ICT }

// SetLook changes how the window looks, and keeps that. A new language makes every
// screen anew, so the person is then back at the start of the page.
func (s *Session) SetLook(look Look) {
	look = look.valid()
	before := s.Look
	if look == before {
		return
	}
	s.Look = look
	if look.Mode != before.Mode || look.Text != before.Text {
		s.App.Settings().SetTheme(NewTheme(look))
	}
	if look.Language != before.Language {
		s.Words = i18n.New(look.Language, s.options.Zone)
		s.shell.remake()
	} else {
		s.shell.refresh()
	}
	if err := s.Services.keepLook(look); err != nil {
		s.Fail(err)
	}
}

// Toast shows short news at the foot of the window. With undo not nil it offers to
// undo.
func (s *Session) Toast(text string, undo func()) { s.shell.toasts.Show(text, undo) }

// Ask asks a question, and calls answer once.
func (s *Session) Ask(q widgets.Question, answer func(yes bool)) {
	widgets.Ask(s.Window.Canvas(), s.Words, q, answer)
}

// Tell shows a message that must be read, as a dialog.
func (s *Session) Tell(m widgets.Message) { widgets.Tell(s.Window.Canvas(), s.Words, m, nil) }

// Fail shows an error as a dialog: what happened, what it means for the files and
// what to do next. context.Canceled, which the person asked for, is a toast. To
// show it inside a page, give Explain's message to a widgets.Banner.
func (s *Session) Fail(err error) { s.shell.fail(err) }

// Explain puts an error into words.
func (s *Session) Explain(err error) widgets.Message { return s.shell.explain(err) }

// Typed runs the command of the screen in view that has this key without modifiers
// (F2, Delete), and reports whether there was one. Tables hand it their keys.
func (s *Session) Typed(e *fyne.KeyEvent) bool { return s.shell.typed(e) }

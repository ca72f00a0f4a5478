package gui

import (
	"fyne.io/fyne/v2"

	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// Screen is one page of the window. The window calls its methods on the goroutine
// that owns the widgets.
//
// A screen may also be a Shower, Hider, Commander, Dropper, Leaver, Stepper, Focuser
// or Actor; the window asks for these.
type Screen interface {
	// Title is the page's heading, in the words of the session.
	Title() string
	// Content makes what the page shows. It is called once a screen, before it is
	// first shown. The window gives it the whole space below the heading, with
	// the usual space around; it must fit into 1024x700 at every text size, so
	// long content goes into a scroll.
	Content() fyne.CanvasObject
}

// Shower is a screen that wants to know when it comes into view: when it is opened,
// and when the one above it is left.
type Shower interface{ Shown() }

// Hider is a screen that wants to know when it goes out of view. What it watches
// (drives, a clock) should rest then.
type Hider interface{ Hidden() }

// Closer is a screen that holds something to let go when it is taken from the
// window for good: when it is left by Back, and before the language changes.
type Closer interface{ Closed() }

// Commander is a screen with commands of its own. They appear in a menu with the
// screen's title, with their keys, and those with keys work while the screen is
// in view. Session.Refresh asks for them again.
type Commander interface{ Commands() []widgets.Command }

// Dropper is a screen on which files can be dropped from the desktop anywhere. A
// visible widgets.DropZone under the pointer comes first.
type Dropper interface{ Dropped(paths []string) }

// Leaver is a screen that may hold the person back, to ask or to finish first. It
// calls proceed to be left, at once or later, or not at all.
type Leaver interface{ Leave(proceed func()) }

// Stepper is a screen with steps of its own to go back before it is left, such as the
// folders of a stick. StepBack reports whether there was one.
type Stepper interface{ StepBack() bool }

// Focuser is a screen that names what has the focus when it comes into view.
type Focuser interface{ Focus() fyne.Focusable }

// Actor is a screen with buttons at the right of the heading.
type Actor interface{ Actions() []fyne.CanvasObject }

// RouteID names a route, in code.
type RouteID string

// Home is the page with the large actions, which the window brings itself.
const Home RouteID = "home"

// Appearance is the page for text size, colours and language, which the window
// brings itself.
const Appearance RouteID = "appearance"

// Side is who a page is for.
type Side int

// The sides.
const (
	Staff Side = iota // one of the large actions at home
	ICT               // in the navigation, on computers that ICT uses
	Foot              // below the others in the navigation: settings
)

// Route is an entry of the navigation and the page that it leads to, which is made when it is first
// opened, and kept until the language changes.
type Route struct {
	ID   RouteID
	Side Side
	Name i18n.Key // "Open my stick"
	Hint i18n.Key // one line below it, for the large actions: "Read and add files."
	Icon widgets.Icon
	Key  fyne.KeyName // with Ctrl it leads there; "" for none
	New  func(*Session) Screen
}

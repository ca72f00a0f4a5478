//go:build cgo

package main

import (
	"fmt"
	"log"
	"os"
	"sync/atomic"

	"fyne.io/fyne/v2/app"

	"stowage/gui"
)

// window opens the window and returns when it has closed. shown is called when it is
// first seen.
func window(o gui.Options, shown func()) (code int) {
	var open atomic.Bool
	log.SetOutput(&trouble{log: os.Stderr, started: open.Load, fail: func(reason string) {
		say(noWindow(reason))
		os.Exit(1)
	}})
	defer func() {
		if v := recover(); v != nil {
			if open.Load() {
				panic(v)
			}
			say(noWindow(fmt.Sprint(v)))
			code = 1
		}
	}()
	o.App = app.NewWithID("uk.stowage")
	s := gui.New(o)
	o.App.Lifecycle().SetOnStarted(func() {
		open.Store(true)
		shown()
	})
	// By then the session has closed all there is to close. Fyne 2.8.1 sometimes waits for
	// ever at its own end, for an event that nobody runs any more.
	s.Window.SetOnClosed(func() { os.Exit(0) })
	s.Window.ShowAndRun()
	return 0
}

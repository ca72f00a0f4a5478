//go:build cgo

package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync/atomic"

	"fyne.io/fyne/v2/app"

	"stowage/gui"
	"stowage/gui/screens"
)

// window opens the window and returns when it has closed. shown is called when it is
// first seen.
func window(shown func()) (code int) {
	var open atomic.Bool
	log.SetOutput(&trouble{log: os.Stderr, started: open.Load, fail: func(reason string) {
		sayNoWindow(noWindow(reason))
		os.Exit(1)
	}})
	defer func() {
		if v := recover(); v != nil {
			if open.Load() {
				panic(v)
			}
			sayNoWindow(noWindow(fmt.Sprint(v)))
			code = 1
		}
	}()
	dir, err := os.UserConfigDir()
	if err != nil {
		sayNoWindow("Stowage cannot find the folder for its settings: " + err.Error())
		return 1
	}
	a := app.NewWithID("uk.stowage")
	s := gui.New(gui.Options{
		App:   a,
		Rooms: screens.Rooms(),
		Services: gui.Services{
			Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{}, Config: filepath.Join(dir, "stowage"),
		},
		Explain: screens.Explain,
	})
	a.Lifecycle().SetOnStarted(func() {
		open.Store(true)
		shown()
	})
	s.Window.ShowAndRun()
	return 0
}

package main

import (
	"fmt"
	"path/filepath"

	"stowage/crypt/stick"
	"stowage/crypt/stick/portable"
	"stowage/crypt/stick/release"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/screens"
	"stowage/gui/wording"
)

// options are what the window is made of, but for Fyne's own part.
func options() (gui.Options, error) {
	dir, err := config.Dir()
	if err != nil {
		return gui.Options{}, fmt.Errorf("the folder for its settings: %w", err)
	}
	place := app.NewPlace(dir, school.Options{Actor: config.User()})
	return gui.Options{
		Routes:   screens.Routes(place),
		Services: gui.Services{Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{}, Config: dir},
		ICT:      place.ICT(),
		Explain:  wording.Explain,
		Begin:    place.Begin,
		Version:  release.Version(),
	}, nil
}

// onStick are the options of a window that was started from the stick whose top folder is
// given: what it would keep on the computer lies in the home, and goes with it.
func onStick(top string, home *portable.Home) gui.Options {
	place := app.NewPlaceOnStick(top, home.Settings(), school.Options{Actor: config.User()})
	return gui.Options{
		Routes: screens.Routes(place),
		Services: gui.Services{
			Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{Environment: home.Before()},
			Config: home.Settings(), Private: home.Private(),
			LookTop: top, Look: filepath.FromSlash(stick.SettingsDir),
		},
		Explain: wording.Explain,
		Version: release.Version(),
		Start:   app.OpenRoute,
	}
}

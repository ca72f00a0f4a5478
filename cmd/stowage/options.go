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
	"stowage/gui/screens"
)

// options are what the window is made of, but for Fyne's own part.
func options() (gui.Options, error) {
	dir, err := config.Dir()
	if err != nil {
		return gui.Options{}, fmt.Errorf("the folder for its settings: %w", err)
	}
	place := screens.NewPlace(dir, school.Options{Actor: config.User()})
	return gui.Options{
		Routes:   screens.Routes(place),
		Services: gui.Services{Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{}, Config: dir},
		ICT:      place.ICT(),
		Explain:  screens.Explain,
		Begin:    place.Begin,
		Version:  release.Version(),
	}, nil
}

// onStick are the options of a window that was started from the stick whose top folder is
// given: what it would keep on the computer lies in the home, and goes with it.
func onStick(top string, home *portable.Home) gui.Options {
	place := screens.NewPlaceOnStick(top, home.Settings(), school.Options{Actor: config.User()})
	return gui.Options{
		Routes: screens.Routes(place),
		Services: gui.Services{
			Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{Environment: home.Before()},
			Config: home.Settings(), Private: home.Private(),
			LookTop: top, Look: filepath.FromSlash(stick.SettingsDir),
		},
		Explain: screens.Explain,
		Version: release.Version(),
		Start:   screens.OpenRoute,
	}
}

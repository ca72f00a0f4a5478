package main

import (
	"stowage/cmd/config"
	"stowage/cmd/release"
	"stowage/cmd/school"
	"stowage/gui"
	"stowage/gui/screens"
)

// options are what the window is made of, but for Fyne's own part.
func options() (gui.Options, error) {
	dir, err := config.Dir()
	if err != nil {
		return gui.Options{}, err
	}
	place := screens.NewPlace(dir, school.Options{Actor: config.User()})
	return gui.Options{
		Rooms:    screens.Rooms(place),
		Services: gui.Services{Drives: gui.SystemDrives{}, Opener: gui.SystemOpener{}, Config: dir},
		ICT:      place.ICT(),
		Explain:  screens.Explain,
		Begin:    place.Begin,
		Version:  release.Version(),
	}, nil
}

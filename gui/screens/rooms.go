// Package screens holds the window's screens, one file a screen: what staff and ICT
// see and do. They stand on package gui, which brings the window around them.
//
// # Promised
//
// Every screen fits into 1024x700 at every text size, is reached and used with the
// keyboard alone, runs whatever may take longer than a blink as a job, and
// says of every failure what happened, what it means for the files and what to
// do next.
//
// # Not promised
//
// Screens are not safe for concurrent use: they belong to the goroutine that owns
// the widgets.
package screens

import "stowage/gui"

// Rooms returns the rooms of the window, in the order of the navigation.
func Rooms(p *Place) []gui.Room {
	return []gui.Room{
		openRoom(p, nil),
	}
}

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

import (
	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/widgets"
)

// Rooms returns the rooms of the window, in the order of the navigation.
func Rooms(p *Place) []gui.Room {
	var k *sticks // once somebody has looked at them
	open := openRoom(p, func(made *sticks) { k = made })
	rooms := staffRooms(p, func(s *gui.Session, p *Place) *staff {
		st := newStaff(s, p)
		st.sticks = func() []*stickSession {
			if k == nil {
				return nil
			}
			return k.open
		}
		return st
	})
	rooms = append([]gui.Room{open}, rooms...)
	rooms = append(rooms, registerRooms(p)...)
	rooms = append(append(rooms, deskRooms(p)...), incidentsRoom(p))
	return append(rooms, footRooms(p)...)
}

// staffRooms are the rooms of staff that need the school's directory, and share what
// is known of it.
func staffRooms(p *Place, make func(*gui.Session, *Place) *staff) []gui.Room {
	var k *staff
	shared := func(s *gui.Session) *staff {
		if k == nil || k.s != s {
			k = make(s, p)
		}
		return k
	}
	return []gui.Room{
		{ID: "encrypt", Side: gui.Staff, Name: "room.encrypt", Hint: "room.encrypt.hint", Icon: widgets.IconEncrypt, Key: fyne.Key2, New: func(s *gui.Session) gui.Screen { return newEncrypt(s, shared(s)) }},
		{ID: "lost", Side: gui.Staff, Name: "room.lost", Hint: "room.lost.hint", Icon: widgets.IconLost, Key: fyne.Key3, New: func(s *gui.Session) gui.Screen { return newLost(s, shared(s)) }},
	}
}

// registerRooms are those in which ICT sees how things stand.
func registerRooms(p *Place) []gui.Room {
	return []gui.Room{
		{ID: "dashboard", Side: gui.ICT, Name: "room.dashboard", Icon: widgets.IconDashboard, Key: fyne.Key4, New: p.room(newDashboard)},
		{ID: registerRoom, Side: gui.ICT, Name: "room.register", Icon: widgets.IconRegister, Key: fyne.Key5, New: p.room(newRegister)},
	}
}

// footRooms are the school's settings, and setting up a computer that is not ICT's.
func footRooms(p *Place) []gui.Room {
	rooms := []gui.Room{{ID: settingsRoom, Side: gui.ICT, Name: "room.settings", Icon: widgets.IconSettings, New: p.room(newSettings)}}
	if !p.ICT() && p.own == "" {
		rooms = append(rooms, gui.Room{ID: setupRoom, Side: gui.Foot, Name: "room.setup", Icon: "school", New: p.room(newSetup)})
	}
	return rooms
}

package screens

import (
	"encoding/json"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// moments are the history of a device, newest first.
func moments(w *words.Words, rec record) []parts.Moment {
	all := make([]parts.Moment, len(rec.events))
	for i, e := range rec.events {
		title := w.T(words.Key("event." + compact(string(e.Kind))))
		if name := rec.names[e.Holder]; name != "" {
			title = w.T("event.who", "event", title, "name", name)
		}
		icon, color := eventLook(e.Kind)
		all[i] = parts.Moment{When: w.DateTime(e.Time) + "  ·  " + e.Actor, Title: title, Text: withLogin(w, e, eventText(w, e)), Icon: icon, Color: color}
	}
	return all
}

// eventBy is who did it: the name given, and the login beside it where that is another.
func eventBy(w *words.Words, e devices.Event) string {
	if e.Claimed() {
		return w.T("event.claimed", "name", e.Actor, "login", e.Login)
	}
	return e.Actor
}

// withLogin adds to what an event says the login that recorded it, where that is not the name given:
// on a line that can be wrapped.
func withLogin(w *words.Words, e devices.Event, text string) string {
	if !e.Claimed() {
		return text
	}
	return strings.TrimPrefix(text+"\n"+w.T("event.claimed.login", "login", e.Login), "\n")
}

// eventText is what an event says beside its kind: notes, dates and reasons.
func eventText(w *words.Words, e devices.Event) string {
	var b struct {
		Note, Condition, Method, Place, Reason, Circumstances string
		Due                                                   time.Time
		Encrypted                                             *bool
	}
	if json.Unmarshal(e.Body, &b) != nil {
		return ""
	}
	var pieces []string
	for _, p := range []string{b.Method, b.Place, b.Reason, b.Condition, b.Note, b.Circumstances} {
		if p != "" {
			pieces = append(pieces, p)
		}
	}
	if b.Encrypted != nil && !*b.Encrypted {
		pieces = append(pieces, w.T("register.plain"))
	}
	if !b.Due.IsZero() {
		pieces = append(pieces, w.T("event.due", "day", w.Date(b.Due)))
	}
	return strings.Join(pieces, ". ")
}

// eventLook is how an event looks in a history.
func eventLook(k devices.EventKind) (parts.Icon, fyne.ThemeColorName) {
	switch k {
	case devices.DeviceAdded, devices.DeviceImported:
		return "add", parts.ColorInfo
	case devices.DeviceIssued, devices.LoanExtended:
		return "hand-over", parts.ColorGood
	case devices.DeviceReturned, devices.DeviceRestocked:
		return "return", parts.ColorInfo
	case devices.DeviceLost, devices.DeviceStolen:
		return parts.IconLost, parts.ColorError
	case devices.DeviceFound:
		return parts.IconSearch, parts.ColorWarn
	case devices.DeviceDamaged:
		return "warning", parts.ColorWarn
	case devices.DeviceVerified:
		return parts.IconShield, parts.ColorGood
	case devices.FilesOpened:
		return parts.IconUnlock, parts.ColorWarn
	case devices.KeyPlaced, devices.KeyRemoved, devices.CodeStored, devices.CodeUsed:
		return parts.IconKey, parts.ColorMuted
	case devices.DeviceSeen:
		return parts.IconShow, parts.ColorMuted
	}
	return "edit", parts.ColorMuted
}

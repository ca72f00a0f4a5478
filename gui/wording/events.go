package wording

import (
	"encoding/json"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// EventBy is who did it: the name given, and the login beside it where that is another.
func EventBy(w *i18n.Words, e devices.Event) string {
	if e.Claimed() {
		return w.T("event.claimed", "name", e.Actor, "login", e.Login)
	}
	return e.Actor
}

// WithLogin adds to what an event says the login that recorded it, where that is not the name given:
// on a line that can be wrapped.
func WithLogin(w *i18n.Words, e devices.Event, text string) string {
	if !e.Claimed() {
		return text
	}
	return strings.TrimPrefix(text+"\n"+w.T("event.claimed.login", "login", e.Login), "\n")
}

// EventText is what an event says beside its kind: notes, dates and reasons.
func EventText(w *i18n.Words, e devices.Event) string {
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
		pieces = append(pieces, w.T("event.due", "day", w.Date(devices.DueDay(b.Due, w.Zone()))))
	}
	return strings.Join(pieces, ". ")
}

// EventLook is how an event looks in a history.
func EventLook(k devices.EventKind) (widgets.Icon, fyne.ThemeColorName) {
	switch k {
	case devices.DeviceAdded, devices.DeviceImported:
		return "add", widgets.ColorInfo
	case devices.DeviceIssued, devices.LoanExtended:
		return "hand-over", widgets.ColorGood
	case devices.DeviceReturned, devices.DeviceRestocked:
		return "return", widgets.ColorInfo
	case devices.DeviceLost, devices.DeviceStolen:
		return widgets.IconLost, widgets.ColorError
	case devices.DeviceFound:
		return widgets.IconSearch, widgets.ColorWarn
	case devices.DeviceDamaged:
		return "warning", widgets.ColorWarn
	case devices.DeviceVerified:
		return widgets.IconShield, widgets.ColorGood
	case devices.FilesOpened:
		return widgets.IconUnlock, widgets.ColorWarn
	case devices.KeyPlaced, devices.KeyRemoved, devices.CodeStored, devices.CodeUsed:
		return widgets.IconKey, widgets.ColorMuted
	case devices.DeviceSeen:
		return widgets.IconShow, widgets.ColorMuted
	}
	return "edit", widgets.ColorMuted
}

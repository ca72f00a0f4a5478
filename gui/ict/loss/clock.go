package loss

import (
	"time"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// clockEvery is how often the clock of an incident is looked at.
const clockEvery = 30 * time.Second

// clockKind is how pressing an incident's clock is: the colour of what says it.
func clockKind(i devices.Incident, now time.Time) widgets.Kind {
	switch left := i.Left(now); {
	case !i.ClockRuns():
		return widgets.Good
	case i.ClockOdd(now):
		return widgets.Warn
	case left < 0:
		return widgets.Bad
	case left < 24*time.Hour:
		return widgets.Warn
	}
	return widgets.Info
}

// clockText says in words how an incident's clock stands.
func clockText(w *i18n.Words, i devices.Incident, now time.Time) string {
	switch {
	case i.State == devices.IncidentMerged:
		return w.T("incident.clock.merged")
	case i.State == devices.IncidentClosed:
		return w.T("incident.clock.closed", "when", w.Date(i.Closed))
	case !i.Decision.Notified.IsZero():
		return w.T("incident.clock.notified", "when", w.DateTime(i.Decision.Notified))
	case i.Decision.Notify == devices.No:
		return w.T("incident.clock.not")
	}
	left := i.Left(now)
	if left < 0 {
		return w.T("incident.clock.over", "when", w.DateTime(i.Deadline()))
	}
	hours, minutes := int(left.Hours()), int(left.Minutes())%60
	text := w.N("incident.hours", hours)
	if hours < 12 {
		text += " " + w.N("incident.minutes", minutes)
	}
	return w.T("incident.clock.left", "left", text, "when", w.DateTime(i.Deadline()))
}

// ClockMessage is the clock as a banner: in words and colour.
func ClockMessage(w *i18n.Words, i devices.Incident, now time.Time) widgets.Message {
	m := widgets.Message{Kind: clockKind(i, now), Happened: clockText(w, i, now)}
	if i.ClockRuns() {
		m.Files = w.T("incident.clock.since", "when", w.DateTime(i.Aware))
		m.Next = w.T("incident.clock.person")
		if i.ClockOdd(now) {
			m.Next = w.T("incident.clock.odd")
		}
	}
	return m
}

// kindColors are the ground and the edge of what is as pressing as that.
func kindColors(k widgets.Kind) (back, edge fyne.ThemeColorName) {
	switch k {
	case widgets.Good:
		return widgets.ColorSurface, widgets.ColorBorder
	case widgets.Warn:
		return widgets.ColorWarnBack, widgets.ColorWarn
	case widgets.Bad:
		return widgets.ColorErrorBack, widgets.ColorError
	}
	return widgets.ColorInfoBack, widgets.ColorInfo
}

package register

import (
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// moments are the history of a device, newest first.
func moments(w *i18n.Words, rec record) []widgets.Moment {
	all := make([]widgets.Moment, len(rec.events))
	for i, e := range rec.events {
		title := w.T(i18n.Key("event." + wording.Compact(string(e.Kind))))
		if name := rec.names[e.Holder]; name != "" {
			title = w.T("event.who", "event", title, "name", name)
		}
		icon, color := wording.EventLook(e.Kind)
		all[i] = widgets.Moment{When: w.DateTime(e.Time) + "  ·  " + e.Actor, Title: title, Text: wording.WithLogin(w, e, wording.EventText(w, e)), Icon: icon, Color: color}
	}
	return all
}

package wording

import (
	"stowage/devices"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// KindIcons has the picture of each kind of device. Its texts are device.kind.KIND, and
// device.kind.KIND.within for the middle of a sentence; TestKinds says what is missing.
var KindIcons = map[devices.Kind]widgets.Icon{
	devices.MemoryStick:   widgets.IconStick,
	devices.ExternalDrive: "drive",
	devices.Laptop:        "laptop",
	devices.Tablet:        "tablet",
	devices.Phone:         "phone",
}

func kindKey(k devices.Kind) i18n.Key { return i18n.Key("device.kind." + Compact(string(k))) }

// KindName is a kind as people read it: "Memory stick".
func KindName(w *i18n.Words, k devices.Kind) string { return w.T(kindKey(k)) }

// KindWithin is a kind within a sentence: "memory stick".
func KindWithin(w *i18n.Words, k devices.Kind) string { return w.T(kindKey(k) + ".within") }

package screens

import (
	"stowage/devices"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// kindIcons has the picture of each kind of device. Its texts are device.kind.KIND, and
// device.kind.KIND.within for the middle of a sentence; TestKinds says what is missing.
var kindIcons = map[devices.Kind]widgets.Icon{
	devices.MemoryStick:   widgets.IconStick,
	devices.ExternalDrive: "drive",
	devices.Laptop:        "laptop",
	devices.Tablet:        "tablet",
	devices.Phone:         "phone",
}

func kindKey(k devices.Kind) i18n.Key { return i18n.Key("device.kind." + compact(string(k))) }

// kindName is a kind as people read it: "Memory stick".
func kindName(w *i18n.Words, k devices.Kind) string { return w.T(kindKey(k)) }

// kindWithin is a kind within a sentence: "memory stick".
func kindWithin(w *i18n.Words, k devices.Kind) string { return w.T(kindKey(k) + ".within") }

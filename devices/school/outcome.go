package school

import "stowage/devices"

// An Outcome is what became of one device when several were dealt with.
type Outcome struct {
	Device devices.Device // as it is now, or as it was when Err is set
	Err    error
}

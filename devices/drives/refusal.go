package drives

import "strings"

// refusals are what udisksctl, umount, fusermount, gio and diskutil say when
// they do not eject a drive.
var refusals = []struct {
	phrase string
	means  error
}{
	{"devicebusy", ErrBusy},
	{"target is busy", ErrBusy},
	{"device or resource busy", ErrBusy},
	{"resource busy", ErrBusy},
	{"device is busy", ErrBusy},
	{"dissented", ErrBusy},
	{"could not be unmounted", ErrBusy},
	{"in use", ErrBusy},
	{"unable to find disk", ErrGone},
	{"could not find disk", ErrGone},
	{"not mounted", ErrGone},
	{"error looking up object", ErrGone},
	{"notauthorized", ErrNotAllowed},
	{"not authorized", ErrNotAllowed},
	{"must be superuser", ErrNotAllowed},
	{"not permitted", ErrNotAllowed},
	{"permission denied", ErrNotAllowed},
}

// refusal tells what a helper's words mean, nil when they are not known.
func refusal(text string) error {
	text = strings.ToLower(text)
	for _, r := range refusals {
		if strings.Contains(text, r.phrase) {
			return r.means
		}
	}
	return nil
}

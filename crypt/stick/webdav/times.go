package webdav

import (
	"net/http"
	"time"

	"golang.org/x/net/webdav"
)

// windowsModTime is how Windows says when a file was changed: not with it, but after it.
var windowsModTime = propName{Space: "urn:schemas-microsoft-com:", Local: "Win32LastModifiedTime"}

// maxRetimed is the largest file, in bytes, that is stored once more for the sake of
// its time; a larger one keeps the time at which it was stored.
const maxRetimed = 8 << 20

// windowsTime is the modification time that Windows notes about a file; zero for none.
func windowsTime(patches []webdav.Proppatch) time.Time {
	var set time.Time
	for _, patch := range patches {
		for _, prop := range patch.Props {
			if prop.XMLName != windowsModTime || patch.Remove {
				continue
			}
			if t, err := http.ParseTime(string(prop.InnerXML)); err == nil {
				set = t
			}
		}
	}
	return set
}

// setTime gives a file another modification time. Layers never change, so that it is stored
// anew, in a moment.
func (f *files) setTime(name string, t time.Time) error {
	e, err := f.pending.stat(name)
	if err != nil || e.IsFolder() || e.Size > maxRetimed || e.ModTime.Unix() == t.Unix() {
		return nil // clutter, for one
	}
	return f.inTime(f.pending.setTime(e, t))
}

package webdav

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/net/webdav"

	"stowage/crypt/stick"
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

// setTime gives a file another modification time. Layers never change, so it is stored
// anew.
func (f *files) setTime(ctx context.Context, name string, t time.Time) error {
	e, err := f.stick.Stat(name)
	if err != nil || e.IsFolder() || e.Size > maxRetimed || e.ModTime.Unix() == t.Unix() {
		return nil // clutter, for one
	}
	r, err := f.stick.OpenFile(name)
	if err != nil {
		return f.failed(ctx, err)
	}
	defer r.Close()
	spooled, err := stick.Spool(ctx, r)
	if err != nil {
		return f.failed(ctx, err)
	}
	defer spooled.Close()
	if now, err := f.stick.Stat(name); err != nil || now != e {
		return nil // somebody has changed it meanwhile
	}
	return f.changed(f.failed(ctx, f.saver.save(spooled.Item(name, t))))
}

package webdav

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// knowsNoCase says whether a request is of a system for which "Plan.txt" and "plan.txt" are
// one name: Windows' own client, or macOS's.
func knowsNoCase(h http.Header) bool {
	agent := h.Get("User-Agent")
	return strings.HasPrefix(agent, "Microsoft-WebDAV-MiniRedir") || strings.HasPrefix(agent, "WebDAVFS") || strings.HasPrefix(agent, "WebDAVLib")
}

// asStored returns a name as the stick, or the clutter, has it in whatever case; a name that
// is there as it is given, or in no case, stays itself.
func (f *files) asStored(name string) string {
	folder, rest := ".", clean(name)
	if rest == "." {
		return rest
	}
	for _, element := range strings.Split(rest, "/") {
		folder = path.Join(folder, f.storedIn(folder, element))
	}
	return folder
}

// storedIn finds a name in a folder.
func (f *files) storedIn(folder, name string) string {
	if _, err := f.stat(path.Join(folder, name)); err == nil {
		return name
	}
	list, err := f.list(folder)
	if err != nil {
		return name
	}
	for _, there := range list {
		if strings.EqualFold(there.Name(), name) {
			return there.Name()
		}
	}
	return name
}

// inAnyCase has a request of such a system be about the names that are there. One that
// gives a file the same name in another case is not turned into nothing.
func (f *files) inAnyCase(r *http.Request, prefix string) {
	if !knowsNoCase(r.Header) {
		return
	}
	slash := strings.HasSuffix(r.URL.Path, "/")
	from := f.asStored(strings.TrimPrefix(r.URL.Path, prefix))
	r.URL.Path, r.URL.RawPath = address(prefix, from, slash), ""
	to, err := url.Parse(r.Header.Get("Destination"))
	if err != nil || r.Header.Get("Destination") == "" {
		return
	}
	wanted := clean(strings.TrimPrefix(to.Path, prefix))
	stored := f.asStored(wanted)
	if stored == from { // only its case is to be another
		stored = path.Join(path.Dir(stored), path.Base(wanted))
	}
	to.Path, to.RawPath = address(prefix, stored, strings.HasSuffix(to.Path, "/")), ""
	r.Header.Set("Destination", to.String())
}

// address is the path of a name in an address.
func address(prefix, name string, slash bool) string {
	if name == "." {
		return prefix + "/"
	}
	if slash {
		name += "/"
	}
	return prefix + "/" + name
}

package webdav

import (
	"encoding/xml"
	"maps"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/net/webdav"
)

type propName = xml.Name

// maxProps is what all properties together may take, in bytes.
const maxProps = 4 << 20

// The properties that say how much room there is (RFC 4331).
var (
	quotaFree = propName{Space: "DAV:", Local: "quota-available-bytes"}
	quotaUsed = propName{Space: "DAV:", Local: "quota-used-bytes"}
)

// props is what programs have noted about files, kept in memory.
type props struct {
	mu    sync.Mutex
	all   map[string]map[propName]webdav.Property
	bytes int
}

func newProps() *props { return &props{all: map[string]map[propName]webdav.Property{}} }

// of returns a copy of what is noted about a name; about the top also how much room
// there is, if space is not nil.
func (p *props) of(name string, space func() (free, total int64, err error)) map[propName]webdav.Property {
	p.mu.Lock()
	noted := maps.Clone(p.all[name])
	p.mu.Unlock()
	if name != "." || space == nil {
		return noted
	}
	free, total, err := space()
	if err != nil {
		return noted
	}
	if noted == nil {
		noted = map[propName]webdav.Property{}
	}
	for name, bytes := range map[propName]int64{quotaFree: free, quotaUsed: total - free} {
		noted[name] = webdav.Property{XMLName: name, InnerXML: []byte(strconv.FormatInt(bytes, 10))}
	}
	return noted
}

// patch changes what is noted about a name: all of it, or nothing.
func (p *props) patch(name string, patches []webdav.Proppatch) []webdav.Propstat {
	p.mu.Lock()
	defer p.mu.Unlock()
	stat := webdav.Propstat{Status: http.StatusOK}
	next := maps.Clone(p.all[name])
	if next == nil {
		next = map[propName]webdav.Property{}
	}
	grown := 0
	for _, patch := range patches {
		for _, prop := range patch.Props {
			if prop.XMLName == quotaFree || prop.XMLName == quotaUsed {
				stat.Status = http.StatusForbidden
			}
			stat.Props = append(stat.Props, webdav.Property{XMLName: prop.XMLName})
			if old, ok := next[prop.XMLName]; ok {
				grown -= propSize(old)
				delete(next, prop.XMLName)
			}
			if !patch.Remove {
				grown += propSize(prop)
				next[prop.XMLName] = prop
			}
		}
	}
	if p.bytes+grown > maxProps {
		stat.Status = http.StatusInsufficientStorage
	}
	if stat.Status == http.StatusOK {
		p.all[name] = next
		p.bytes += grown
	}
	return []webdav.Propstat{stat}
}

func propSize(p webdav.Property) int {
	return len(p.XMLName.Space) + len(p.XMLName.Local) + len(p.InnerXML)
}

// remove forgets what is noted about a name and all below it.
func (p *props) remove(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range below(p.all, name) {
		p.drop(n)
	}
}

// drop forgets what is noted about one name. p.mu is held.
func (p *props) drop(name string) {
	for _, prop := range p.all[name] {
		p.bytes -= propSize(prop)
	}
	delete(p.all, name)
}

// move keeps what is noted about a name and all below it under another name.
func (p *props) move(from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range below(p.all, from) {
		target := to + name[len(from):]
		p.drop(target)
		p.all[target] = p.all[name]
		delete(p.all, name)
	}
}

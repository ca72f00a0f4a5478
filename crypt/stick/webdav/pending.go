package webdav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"sync"
	"time"

	"stowage/crypt/stick"
)

// late is how long what is pending may be in memory alone.
const late = 2 * time.Second

// maxPending is from how many names on a client waits until they are written.
const maxPending = 10_000

// pending is what clients were told is done and is not on the stick yet, none of it anybody's
// content: new folders and empty files, times of files, and what was deleted. Programs make an
// empty file before each one that they save, and delete file after file: a layer for each would
// take as long as one for all. It is written when it is late, before a file is stored or moved,
// and when the drive is closed. Until then clients see the stick as it will be: what is gone is
// gone from the stick, and what is made lies over that.
type pending struct {
	stick    *stick.Stick
	plainTag func(stick.Entry) string
	after    func(time.Duration, func())
	soon     func()                               // has it written, and does not wait for that
	wrote    func(list []writing, failed []error) // is called with what became of it; for what is gone with none

	mu     sync.Mutex
	made   map[string]made
	under  map[string]made                   // what of it is being written
	gone   map[string]map[string]stick.Entry // with all that was below then
	failed map[string]bool                   // of what is gone: that the stick did not take it was reported
	times  map[string]newTime
	tags   map[string]told
	count  int64 // of all that was ever made
	waits  bool  // soon will be called
	closed bool
}

// made is a folder or an empty file.
type made struct {
	entry stick.Entry
	tag   string
	over  bool        // in place of a file
	was   stick.Entry // that file
	sent  bool        // with the time that a client sent
}

// newTime is another time for a version of a file.
type newTime struct {
	time    time.Time
	version uint32
}

// told is the tag that clients know of what was pending, and has another on the stick: a
// client that saves over it says that.
type told struct{ stored, tag string }

func newPending(s *stick.Stick) *pending {
	return &pending{stick: s, made: map[string]made{}, gone: map[string]map[string]stick.Entry{}, failed: map[string]bool{}, times: map[string]newTime{}, tags: map[string]told{}}
}

// stat finds what is at a name.
func (p *pending) stat(name string) (stick.Entry, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m, ok := p.made[name]; ok {
		return m.entry, nil
	}
	return p.onStick(name)
}

// onStick finds what is at a name under what was made. p.mu is held.
func (p *pending) onStick(name string) (stick.Entry, error) {
	if p.isGone(name) {
		return stick.Entry{}, fmt.Errorf("%s: %w", name, stick.ErrNotFound)
	}
	e, err := p.stick.Stat(name)
	return p.withTime(e), err
}

// withTime gives a file of the stick the time that a client sent. p.mu is held.
func (p *pending) withTime(e stick.Entry) stick.Entry {
	if t, ok := p.times[e.Path]; ok && t.version == e.Version {
		e.ModTime = t.time
	}
	return e
}

// isGone says whether a name, or a folder that it is in, is gone. p.mu is held.
func (p *pending) isGone(name string) bool { return p.goneWith(name) != nil }

// goneWith is what was there of what went with a name; nil for one that is not gone. p.mu is held.
func (p *pending) goneWith(name string) map[string]stick.Entry {
	for ; len(p.gone) > 0 && name != "."; name = path.Dir(name) {
		if was := p.gone[name]; was != nil {
			return was
		}
	}
	return nil
}

// same says whether two entries are one version of a file, or both a folder.
func same(a, b stick.Entry) bool {
	return a.Kind == b.Kind && (a.IsFolder() || a.Version == b.Version && a.Size == b.Size && a.ModTime.Equal(b.ModTime))
}

// collect adds what is at a name on the stick, and all that is below it.
func (p *pending) collect(name string, was map[string]stick.Entry) {
	e, err := p.stick.Stat(name)
	if err != nil {
		return
	}
	was[name] = e
	if e.IsFolder() {
		_ = p.stick.Walk(name, func(e stick.Entry) error { // which fails when it is gone by now
			was[e.Path] = e
			return nil
		})
	}
}

// list returns what is in a folder, in no order.
func (p *pending) list(folder string) ([]stick.Entry, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []stick.Entry
	m, isMade := p.made[folder]
	switch {
	case isMade && !m.entry.IsFolder():
		return nil, fmt.Errorf("%s: %w", folder, stick.ErrKind)
	case !p.isGone(folder):
		there, err := p.stick.List(folder)
		if err != nil && !isMade {
			return nil, err
		}
		for _, e := range there {
			if _, over := p.made[e.Path]; !over && p.gone[e.Path] == nil {
				list = append(list, p.withTime(e))
			}
		}
	case !isMade:
		return nil, fmt.Errorf("%s: %w", folder, stick.ErrNotFound)
	}
	for name, m := range p.made {
		if path.Dir(name) == folder {
			list = append(list, m.entry)
		}
	}
	return list, nil
}

// tag is the tag of what is at a name.
func (p *pending) tag(e stick.Entry) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m, ok := p.made[e.Path]; ok {
		return m.tag
	}
	plain := p.plainTag(e)
	if t, ok := p.tags[e.Path]; ok && t.stored == plain {
		return t.tag
	}
	return plain
}

// isEmpty says whether a name stands for an empty file that was made.
func (p *pending) isEmpty(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok := p.made[name]
	return ok && !m.entry.IsFolder()
}

// make makes a folder, or an empty file in place of one that has its name. It says whether
// that is so much by now that it is to be written at once.
func (p *pending) make(name string, kind stick.Kind, modTime time.Time) (full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	there, err := p.onStick(name)
	was, _ := p.stick.Stat(name)
	delete(p.times, name) // else it would be written twice
	p.count++
	p.made[name] = made{
		entry: stick.Entry{Path: name, Kind: kind, ModTime: modTime.Truncate(time.Second)},
		tag:   fmt.Sprintf(`"m-%x"`, p.count),
		over:  err == nil && !there.IsFolder(),
		was:   was,
	}
	return p.changed()
}

// unmake forgets what was made.
func (p *pending) unmake(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.made, name)
}

// remove removes what has a name, and all that is below.
func (p *pending) remove(name string) (full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.onStick(name); err == nil || len(below(p.under, name)) > 0 {
		was := map[string]stick.Entry{}
		for _, n := range below(p.gone, name) {
			maps.Copy(was, p.gone[n])
		}
		p.collect(name, was)
		forget(p.gone, name)
		p.gone[name] = was
	}
	forget(p.made, name)
	forget(p.times, name)
	forget(p.tags, name)
	return p.changed()
}

// forget removes a name and those below it.
func forget[V any](all map[string]V, name string) {
	for _, n := range below(all, name) {
		delete(all, n)
	}
}

// setTime gives a file another time.
func (p *pending) setTime(e stick.Entry, t time.Time) (full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m, ok := p.made[e.Path]; ok {
		m.entry.ModTime, m.sent = t, true
		p.made[e.Path] = m
	} else {
		p.times[e.Path] = newTime{t, e.Version}
	}
	return p.changed()
}

// timeSent is the time that a client gave a file before it sent the content; zero for none.
func (p *pending) timeSent(name string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.made[name]; m.sent {
		return m.entry.ModTime
	}
	return p.times[name].time
}

// changed has what is pending written in time. p.mu is held.
func (p *pending) changed() (full bool) {
	n := p.size()
	if n > 0 && !p.waits && !p.closed {
		p.waits = true
		p.after(late, p.isLate)
	}
	return n >= maxPending
}

func (p *pending) size() int { return len(p.made) + len(p.gone) + len(p.times) }

// isLate has what is pending written.
func (p *pending) isLate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waits = false
	if p.size() > 0 && !p.closed {
		p.soon()
	}
}

// close says that nothing more will come.
func (p *pending) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// names is how many names it is about.
func (p *pending) names() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size()
}

// writeGone removes from the stick what is gone. The saver's goroutine alone calls it, begin
// and end.
func (p *pending) writeGone(ctx context.Context) error {
	p.mu.Lock()
	names := slices.Sorted(maps.Keys(p.gone))
	was := map[string]stick.Entry{}
	for _, name := range names {
		maps.Copy(was, p.gone[name])
	}
	p.mu.Unlock()
	if len(names) == 0 {
		return nil
	}
	err := p.stick.RemoveUnless(ctx, func(e stick.Entry) bool { // somebody else stored it meanwhile
		before, ok := was[e.Path]
		return !ok || !same(before, e)
	}, names...)
	if _, partly := errors.AsType[*stick.PartlyError](err); err != nil && !partly && !errors.Is(err, stick.ErrNotFound) {
		if ctx.Err() == nil {
			p.notGone(names, err)
		}
		return err
	} // what was not there, since somebody else removed it, is gone as well
	p.mu.Lock()
	var list []writing
	for _, name := range names {
		delete(p.gone, name)
		if p.failed[name] {
			list = append(list, writing{item: stick.Item{Path: name}})
		}
		delete(p.failed, name)
	}
	p.mu.Unlock()
	p.wrote(list, make([]error, len(list)))
	return nil
}

// notGone reports what could not be removed, and has it tried again.
func (p *pending) notGone(names []string, err error) {
	list := make([]writing, len(names))
	p.mu.Lock()
	for i, name := range names {
		list[i].item.Path = name
		p.failed[name] = true
	}
	p.changed()
	p.mu.Unlock()
	p.wrote(list, slices.Repeat([]error{err}, len(names)))
}

// writing is something that is being written.
type writing struct {
	item stick.Item
	tag  string // that clients were told
}

// begin returns what is to be written: new folders, and with all the rest too. What is gone
// was written before.
func (p *pending) begin(all bool) []writing {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under = map[string]made{}
	var list []writing
	for _, name := range slices.Sorted(maps.Keys(p.made)) {
		m := p.made[name]
		there, err := p.stick.Stat(name)
		switch {
		case p.isGone(name): // since; it is made when that is written
		case err == nil && (there.IsFolder() || m.entry.IsFolder() || !m.over || !same(there, m.was)): // somebody else made it meanwhile
			delete(p.made, name)
		case all || m.entry.IsFolder():
			p.under[name] = m
			list = append(list, writing{m.item(), m.tag})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.times)) {
		t := p.times[name]
		e, err := p.stick.Stat(name)
		switch {
		case err != nil || e.Version != t.version:
			delete(p.times, name)
		case all:
			list = append(list, writing{p.again(e, t.time), p.plainTag(p.withTime(e))})
		}
	}
	return list
}

func (m made) item() stick.Item {
	return stick.Item{
		Path: m.entry.Path, Kind: m.entry.Kind, ModTime: m.entry.ModTime,
		Open: func() (stick.ItemReader, error) { return emptyContent{}, nil },
	}
}

// again is a file of the stick, to be stored with another time: layers never change.
func (p *pending) again(e stick.Entry, t time.Time) stick.Item {
	return stick.Item{Path: e.Path, Kind: e.Kind, Size: e.Size, ModTime: t, Open: func() (stick.ItemReader, error) {
		r, err := p.stick.OpenFile(e.Path)
		if err != nil {
			return nil, err
		}
		return sameContent{r}, nil
	}}
}

type emptyContent struct{}

func (emptyContent) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyContent) Close() error             { return nil }
func (emptyContent) Unchanged() error         { return nil }

type sameContent struct{ *stick.Reader }

func (sameContent) Unchanged() error { return nil }

// end takes in what became of what was written. When the stick took nothing, which is err, it
// stays pending and is tried again. What cannot be written by itself is given up.
func (p *pending) end(list []writing, failed []error, err error) {
	p.mu.Lock()
	for i, w := range list {
		switch {
		case failed[i] == nil:
			p.isWritten(w)
		case err == nil:
			if p.made[w.item.Path].tag == w.tag {
				delete(p.made, w.item.Path)
			}
			delete(p.times, w.item.Path)
		}
	}
	p.under = nil
	if err != nil {
		p.changed()
	}
	p.mu.Unlock()
	p.wrote(list, failed)
}

// isWritten takes in that something is on the stick now. p.mu is held.
func (p *pending) isWritten(w writing) {
	name := w.item.Path
	e, err := p.stick.Stat(name)
	if was := p.goneWith(name); was != nil && err == nil {
		was[name] = e
	}
	if m, ok := p.made[name]; ok && m.tag != w.tag && m.over && err == nil {
		m.was = e
		p.made[name] = m
	}
	if m, ok := p.made[name]; ok && m.tag == w.tag {
		delete(p.made, name)
		if !e.IsFolder() && !m.entry.ModTime.Equal(w.item.ModTime) { // a client sent a time meanwhile
			p.times[name] = newTime{m.entry.ModTime, e.Version}
		}
	}
	if t, ok := p.times[name]; ok && t.time.Equal(w.item.ModTime) {
		delete(p.times, name)
	}
	if err == nil {
		p.tags[name] = told{p.plainTag(e), w.tag}
	}
}

// isStored takes in that a file was stored under a name.
func (p *pending) isStored(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.made, name)
	delete(p.times, name)
	delete(p.tags, name)
}

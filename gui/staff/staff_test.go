package staff

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/passphrases"
	"stowage/devices/school/unlock"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/wording"
)

var authorityPassphrase = []byte("rusty lantern gallops beneath nine mushrooms")

const alicePassphrase = "orange walrus telescope quietly"

// hill is a school with people, as a computer of staff sees it.
type hill struct {
	t      testing.TB
	s      *school.School
	config string            // the settings of the computer
	dir    string            // a folder of the person's
	ids    map[string]string // of the people, by first name
	key    string            // Alice's key file
	picks  []string          // what the person chooses in dialogs, in order
	opened []string          // folders that were shown
}

// newHill makes a school. The computer reaches its shared folder, and belongs to
// Alice once me is set.
func newHill(t testing.TB) *hill {
	t.Helper()
	root := t.TempDir()
	h := &hill{t: t, config: filepath.Join(root, "config"), dir: filepath.Join(root, "Documents"), ids: map[string]string{}}
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor()
	clock := func() time.Time { return time.Date(2026, 9, 2, 16, 0, 0, 0, time.UTC) }
	options := school.Options{Actor: "test", Clock: clock}
	dir := filepath.Join(root, "school")
	h.must(school.Init(t.Context(), dir, school.Plan{Name: "Hill Road Primary", Passphrase: authorityPassphrase, Policy: policy}, options))
	s, err := school.Open(t.Context(), dir, options)
	h.must(err)
	t.Cleanup(func() { s.Close() })
	h.s = s
	h.must(unlock.Authority(t.Context(), s, authorityPassphrase))
	for _, name := range []string{"Alice Jones", "Bob Evans", "Carol Owen", "Dan Price"} {
		h.person(name)
	}
	_, err = issue.RevokeKey(t.Context(), s, h.ids["Carol"], "lost")
	h.must(err)
	h.must(os.Mkdir(h.dir, 0o700))
	shared, err := s.Shared()
	h.must(err)
	d, err := s.Directory()
	h.must(err)
	h.settings(config.Config{Shared: shared.Dir, Verifier: d.Verifier})
	return h
}

func (h *hill) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// person adds somebody with a key. Alice's has a passphrase of her own.
func (h *hill) person(name string) {
	first := name[:len(name)-len(filepath.Ext(name))]
	for i, r := range name {
		if r == ' ' {
			first = name[:i]
		}
	}
	holder, err := h.s.Register().AddHolder(h.t.Context(), "test", devices.HolderDetails{Name: name, Email: first + "@hill.example"})
	h.must(err)
	h.ids[first] = holder.ID
	issued, err := issue.Key(h.t.Context(), h.s, holder.ID)
	h.must(err)
	if first == "Alice" {
		h.must(passphrases.ChangeHolder(h.t.Context(), h.s, holder.ID, issued.Passphrase, func(func([]byte) error) ([]byte, error) { return []byte(alicePassphrase), nil }))
	}
	path, err := keyfiles.Path(h.s, issued.Key)
	h.must(err)
	if first == "Alice" {
		h.key = path
	}
}

func (h *hill) settings(c config.Config) {
	h.t.Helper()
	_, err := c.Write(h.config)
	h.must(err)
}

// me says whose computer it is.
func (h *hill) me(first string) {
	h.t.Helper()
	c, err := config.Read(h.config)
	h.must(err)
	c.Me = h.ids[first]
	h.settings(c)
}

// file makes a file of the person's.
func (h *hill) file(name, content string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	h.must(os.MkdirAll(filepath.Dir(path), 0o700))
	h.must(os.WriteFile(path, []byte(content), 0o600))
	return path
}

// options are those of a window on the computer.
func (h *hill) options() gui.Options {
	return gui.Options{
		Routes:   staffRoutes(h.place(), h.staff),
		Services: gui.Services{Config: h.config, Opener: h},
		Explain:  wording.Explain,
	}
}

// place is that of the computer, by its settings as they are now.
func (h *hill) place() *app.Place { return app.NewPlace(h.config, school.Options{Actor: "test"}) }

func (h *hill) staff(s *gui.Session, p *app.Place) *staff {
	k := newStaff(s, p)
	s.Choose = picker{h}
	return k
}

// window opens a window at a page.
func (h *hill) window(route gui.RouteID) *guitest.Window {
	h.t.Helper()
	w := guitest.New(h.t, h.options())
	w.Session.Go(route)
	w.Settle()
	return w
}

// Open is part of gui.Opener.
func (h *hill) Open(path string) error {
	h.opened = append(h.opened, path)
	return nil
}

// file and folder are what the person chooses in dialogs.
func (h *hill) pick(chosen func(string)) {
	if len(h.picks) == 0 {
		return
	}
	path := h.picks[0]
	h.picks = h.picks[1:]
	chosen(path)
}

// picker is the hill's chooser.
type picker struct{ h *hill }

func (p picker) Files(_ string, chosen func([]string)) {
	p.h.pick(func(path string) { chosen([]string{path}) })
}
func (p picker) File(_ string, chosen func(string), _ ...string) { p.h.pick(chosen) }
func (p picker) Folder(_ string, chosen func(string))            { p.h.pick(chosen) }

// fill types into an entry of the window.
func fill(w *guitest.Window, o fyne.Focusable, text string) {
	w.Focus(o)
	w.Type(text)
}

// list is a folder's content.
func (h *hill) list(dir string) []string {
	h.t.Helper()
	entries, err := os.ReadDir(dir)
	h.must(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

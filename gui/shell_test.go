package gui_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/gui"
	"stowage/gui/guitest"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// busyNote is a screen that takes part in everything, and notes it.
type busyNote struct {
	s     *gui.Session
	title string
	told  []string
	stay  bool
	leave func()
	drops []string
}

func (n *busyNote) Title() string { return n.title }

func (n *busyNote) Content() fyne.CanvasObject {
	return widgets.Column(1, widgets.Body("This is "+n.title+"."), widgets.NewButton("In "+n.title, nil, nil))
}
func (n *busyNote) Shown()                 { n.told = append(n.told, "shown") }
func (n *busyNote) Hidden()                { n.told = append(n.told, "hidden") }
func (n *busyNote) Closed()                { n.told = append(n.told, "closed") }
func (n *busyNote) Dropped(paths []string) { n.drops = append(n.drops, paths...) }

func (n *busyNote) Leave(proceed func()) {
	if n.stay {
		n.leave = proceed
		return
	}
	proceed()
}

func (n *busyNote) Commands() []widgets.Command {
	note := func(what string) func() { return func() { n.told = append(n.told, what) } }
	return []widgets.Command{
		{Name: "Rename", Key: fyne.KeyF2, Run: note("rename")},
		{Name: "New folder", Key: fyne.KeyN, Modifier: widgets.Ctrl | fyne.KeyModifierShift, Run: note("folder")},
		{Name: "Copy", Key: fyne.KeyC, Modifier: widgets.Ctrl, Run: note("copy")},
		{Name: "Never", Key: fyne.KeyF3, Run: note("never"), Disabled: func() bool { return true }},
	}
}

// openNotes opens a window with two pages of such screens.
func openNotes(t *testing.T, ict bool) (w *guitest.Window, one, two *busyNote) {
	one, two = &busyNote{title: "One"}, &busyNote{title: "Two"}
	route := func(n *busyNote) func(*gui.Session) gui.Screen {
		return func(s *gui.Session) gui.Screen { n.s = s; return n }
	}
	w = guitest.New(t, gui.Options{ICT: ict, Routes: []gui.Route{
		{ID: "one", Side: gui.Staff, Name: "route.open", Hint: "route.open.hint", Icon: widgets.IconStick, Key: fyne.Key1, New: route(one)},
		{ID: "two", Side: gui.ICT, Name: "route.register", Icon: widgets.IconRegister, Key: fyne.Key5, New: route(two)},
	}})
	return w, one, two
}

func TestNavigation(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.MustSee("What would you like to do?", "Open my stick")
	w.MustNotSee("Register")
	w.Press("Open my stick")
	w.MustSee("This is One.")
	above := &busyNote{title: "Above"}
	w.Session.Push(above)
	w.MustSee("This is Above.")
	w.Key(fyne.KeyLeft, fyne.KeyModifierAlt)
	w.MustSee("This is One.")
	if want := []string{"shown", "hidden", "closed"}; !slices.Equal(above.told, want) {
		t.Errorf("the screen above was told %v, want %v", above.told, want)
	}
	w.Session.Back()
	w.MustSee("What would you like to do?")
	w.Key(fyne.Key1, widgets.Ctrl)
	w.MustSee("This is One.")
	if want := []string{"shown", "hidden", "shown", "hidden", "shown"}; !slices.Equal(one.told, want) {
		t.Errorf("the room was told %v, want %v", one.told, want)
	}
}

func TestICTHasANavigation(t *testing.T) {
	w, _, _ := openNotes(t, true)
	w.Press("Register")
	w.MustSee("This is Two.")
	if w.Session.At() != "two" {
		t.Errorf("at %s", w.Session.At())
	}
	entries := 0
	w.Each(func(o fyne.CanvasObject) {
		if p, ok := o.(*widgets.Pressable); ok && p.AccessibilityLabel() == "Register" {
			entries++
		}
	})
	if entries != 1 {
		t.Errorf("the navigation names the register %d times", entries)
	}
	w.Session.SetICT(false)
	w.MustNotSee("Register", "This is Two.")
}

func TestAScreenCanHoldThePersonBack(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.Session.Go("one")
	one.stay = true
	w.Session.Go(gui.Home)
	w.MustSee("This is One.")
	one.leave()
	one.leave() // twice is harmless
	w.MustSee("What would you like to do?")
}

func TestKeysOfAScreen(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.Session.Go("one")
	one.told = nil
	w.Key(fyne.KeyF2)
	w.Key(fyne.KeyN, widgets.Ctrl, fyne.KeyModifierShift)
	w.Key(fyne.KeyC, widgets.Ctrl)
	w.Key(fyne.KeyF3)
	w.Menu("Rename")
	if want := []string{"rename", "folder", "copy", "rename"}; !slices.Equal(one.told, want) {
		t.Errorf("did %v, want %v", one.told, want)
	}
	w.Session.Tell(widgets.Message{Happened: "Wait."})
	w.Key(fyne.KeyN, widgets.Ctrl, fyne.KeyModifierShift)
	if len(one.told) != 4 {
		t.Error("a command ran beneath a dialog")
	}
	w.Key(fyne.KeyEscape)
	w.MustNotSee("Wait.")
	w.Key(fyne.KeyF1)
	w.MustSee("Keyboard shortcuts", "F2", "Rename")
}

func TestKeysReachTheWindowWhateverHasTheFocus(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.Key(fyne.KeyF1) // a large action has the focus
	w.MustSee("Keyboard shortcuts")
	w.Key(fyne.KeyEscape)
	w.MustNotSee("Keyboard shortcuts")
	w.Session.Go("one")
	for w.FocusedLabel() != "In One" {
		w.Tab()
	}
	one.told = nil
	w.Key(fyne.KeyF2)
	if !slices.Equal(one.told, []string{"rename"}) {
		t.Errorf("with a button in focus F2 did %v", one.told)
	}
}

func TestFocusOrder(t *testing.T) {
	w, _, _ := openNotes(t, false)
	if got := w.FocusedLabel(); !strings.HasPrefix(got, "Open my stick") {
		t.Errorf("at home %q has the focus", got)
	}
	w.Key(fyne.KeyReturn)
	var order []string
	for range 3 {
		w.Tab()
		order = append(order, w.FocusedLabel())
	}
	if !slices.Contains(order, "In One") {
		t.Errorf("Tab leads to %q", order)
	}
}

func TestClosingAsksWhileWorkGoesOn(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.Session.Go("one")
	closed := false
	w.Session.Window.SetOnClosed(func() { closed = true })
	jobs.Run(w.Session.Jobs, "Storing 3 files", func(ctx context.Context, _ jobs.Progress) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}, nil)
	w.Session.Close()
	drainedSees(t, w, "Storing 3 files", "Keep open")
	pressNow(t, w, "Keep open")
	if closed {
		t.Fatal("closed although it was to be kept open")
	}
	w.Session.Close()
	pressNow(t, w, "Stop and close")
	w.Until("the window to close", func() bool { return closed })
	if got := one.told[len(one.told)-1]; got != "closed" {
		t.Errorf("the screen was last told %q", got)
	}
}

func TestGuardsAreAskedBeforeClosing(t *testing.T) {
	w, _, _ := openNotes(t, false)
	closed := false
	w.Session.Window.SetOnClosed(func() { closed = true })
	var proceed func()
	remove := w.Session.AtClose(func(p func()) { proceed = p })
	w.Session.AtClose(func(p func()) { p() })
	w.Session.Close()
	if closed || proceed == nil {
		t.Fatal("closed without asking the guard")
	}
	remove()
	proceed()
	if !closed {
		t.Error("not closed after all agreed")
	}
}

func TestToastsGoAwayAndUndo(t *testing.T) {
	w, _, _ := openNotes(t, false)
	undone := 0
	w.Session.Toast("3 files deleted.", func() { undone++ })
	w.Session.Toast("Saved.", nil)
	w.MustSee("3 files deleted.", "Saved.")
	w.Advance(6 * time.Second)
	w.MustNotSee("Saved.")
	w.Press("Undo")
	w.MustNotSee("3 files deleted.")
	w.Session.Toast("1 file deleted.", func() { undone++ })
	w.Session.Window.Canvas().Unfocus()
	w.Key(fyne.KeyZ, widgets.Ctrl)
	if undone != 2 {
		t.Errorf("undone %d times", undone)
	}
}

func TestFailuresAreExplained(t *testing.T) {
	w := guitest.New(t, gui.Options{})
	w.Session.Fail(nil)
	w.Session.Fail(gui.ErrShown)
	w.MustNotSee("Close")
	w.Session.Fail(context.Canceled)
	w.MustSee("Stopped. Nothing half-done was left behind.")
	w.Session.Fail(errors.New("disk on fire"))
	w.MustSee("Something unexpected went wrong", "Whatever was reported as stored is safe.", "disk on fire")
}

func TestTheLookIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	w := guitest.New(t, gui.Options{Routes: routes(), Services: gui.Services{Config: dir}})
	w.Session.Go(gui.Appearance)
	w.Menu("125%")
	w.Menu("High contrast")
	w.Session.SetLook(gui.Look{Mode: gui.HighContrast, Text: 125, Language: "cy"})
	w.MustSee("Cymraeg")
	if got, want := gui.ReadLook(dir), (gui.Look{Mode: gui.HighContrast, Text: 125, Language: "cy"}); got != want {
		t.Errorf("kept %+v, want %+v", got, want)
	}
	w.Session.SetLook(gui.Look{Mode: "pink", Text: 9000, Language: "xx"})
	if got, want := gui.ReadLook(dir), (gui.Look{Mode: gui.System, Text: 100, Language: "en"}); got != want {
		t.Errorf("what there is not was kept: %+v", got)
	}
	for _, text := range []string{"", "mode = 3", "[[[", strings.Repeat("#", 1<<20)} {
		if err := os.WriteFile(filepath.Join(dir, "window.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := gui.ReadLook(dir); got.Text != 100 || got.Mode != gui.System {
			t.Errorf("from a damaged file: %+v", got)
		}
	}
}

// TestTheLookOfALaterVersion keeps what this version does not know, until it is changed here.
func TestTheLookOfALaterVersion(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "window.toml")
	if err := os.WriteFile(file, []byte("mode = \"sepia\"\ntext = 100\nfont = \"serif\"\n\n[panes]\nleft = 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := func(look gui.Look, want ...string) {
		t.Helper()
		if err := look.Keep(dir); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		for _, line := range want {
			if !strings.Contains(string(text), line) {
				t.Errorf("lost %s, %v:\n%s", line, err, text)
			}
		}
	}
	look := gui.ReadLook(dir)
	look.Text = 125
	kept(look, `mode = "sepia"`, "text = 125", `font = "serif"`, "left = 3")
	look.Mode = gui.HighContrast
	kept(look, `mode = "contrast"`, "text = 125", `font = "serif"`, "left = 3")
}

func TestDropsReachTheScreen(t *testing.T) {
	w, one, _ := openNotes(t, false)
	w.Drop(fyne.NewPos(10, 10), "/tmp/nobody.txt") // home has no use for it
	w.Session.Go("one")
	w.Drop(fyne.NewPos(400, 400), "/tmp/a.txt", "/tmp/b")
	if want := []string{"/tmp/a.txt", "/tmp/b"}; !slices.Equal(one.drops, want) {
		t.Errorf("dropped %q", one.drops)
	}
	w.Session.Tell(widgets.Message{Happened: "Wait."})
	w.Drop(fyne.NewPos(400, 400), "/tmp/c")
	if len(one.drops) != 2 {
		t.Error("something was dropped beneath a dialog")
	}
}

func TestUnusedTime(t *testing.T) {
	w, _, _ := openNotes(t, false)
	w.Advance(5 * time.Minute)
	if got := w.Session.Unused(); got != 5*time.Minute {
		t.Errorf("unused for %v", got)
	}
	w.Key(fyne.Key1, widgets.Ctrl)
	if got := w.Session.Unused(); got != 0 {
		t.Errorf("after a key unused for %v", got)
	}
}

// TestTheLookStaysOnTheStick has links on a stick where the look is kept: nothing outside is read or written.
func TestTheLookStaysOnTheStick(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	top, outside := t.TempDir(), t.TempDir()
	other := filepath.Join(outside, "window.toml")
	if err := os.WriteFile(other, []byte("text = 150"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(top, "settings")); err != nil {
		t.Fatal(err)
	}
	services := gui.Services{Config: t.TempDir(), LookTop: top, Look: "settings"}
	w := guitest.New(t, gui.Options{Routes: routes(), Services: services})
	if w.Session.Look.Text != 100 {
		t.Errorf("read through a link: %+v", w.Session.Look)
	}
	w.Session.SetLook(gui.Look{Text: 125})
	if text, err := os.ReadFile(other); err != nil || string(text) != "text = 150" {
		t.Errorf("written through a link: %q, %v", text, err)
	}
	if err := os.Remove(filepath.Join(top, "settings")); err != nil {
		t.Fatal(err)
	}
	w.Session.SetLook(gui.Look{Text: 150})
	if got := gui.ReadLook(filepath.Join(top, "settings")); got.Text != 150 {
		t.Errorf("the look on the stick is %+v", got)
	}
}

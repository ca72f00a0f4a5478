package screens

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/smalldrive"
	"stowage/crypt/stick/webdav"
	"stowage/devices/drives"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
)

// fakeClient stands for the system's client, which tests cannot have. What it would
// send is sent by the tests themselves, over the loopback interface.
type fakeClient struct {
	t       *testing.T
	address string
	fails   error // of mounting
	held    error // of unmounting
	unshown error // of showing it in the file manager
	limited bool
	showed  int
	gone    int
	cache   string // kept when something failed
	failed  func() bool
}

func (c *fakeClient) mount(_ context.Context, address string) (shown, drivePlace, error) {
	if c.fails != nil {
		return nil, drivePlace{}, c.fails
	}
	c.address = address
	return c, drivePlace{`Z:\`, c.limited}, nil
}

func (c *fakeClient) Show(context.Context) error { c.showed++; return c.unshown }

func (c *fakeClient) Unmount(context.Context) error {
	if c.held == nil {
		c.gone++
	}
	return c.held
}

func (c *fakeClient) KeepIf(failed func() bool) { c.failed = failed }

func (c *fakeClient) Kept() string {
	if !c.failed() {
		return ""
	}
	return c.cache
}

// ask sends a request, and returns its status and what was answered; 0 when nobody
// answers any more.
func (c *fakeClient) ask(method, name, body string, headers ...string) (int, string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.address+name, strings.NewReader(body))
	screenstest.Check(c.t, err)
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		request.Header.Set(key, value)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	screenstest.Check(c.t, err)
	return answer.StatusCode, string(said)
}

// lock locks a file as programs do that are going to write it, and returns the token.
func (c *fakeClient) lock(name string) string {
	c.t.Helper()
	status, said := c.ask("LOCK", name, `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`)
	var locked struct {
		Token string `xml:"lockdiscovery>activelock>locktoken>href"`
	}
	if err := xml.Unmarshal([]byte(said), &locked); err != nil || locked.Token == "" {
		c.t.Fatalf("LOCK %s: %d, %v: %s", name, status, err, said)
	}
	return locked.Token
}

// driveRig is an open stick that is shown as a drive.
func driveRig(t *testing.T) (*rig, *fakeClient) {
	t.Helper()
	r, c := newRig(t, true, someFiles), &fakeClient{t: t}
	r.k.mount = c.mount
	r.unlock(temporary)
	r.Menu("Open as a drive")
	r.MustSee("Every program can open this stick as a drive now")
	return r, c
}

func TestOtherProgramsWorkOnTheDrive(t *testing.T) {
	r, c := driveRig(t)
	if c.showed != 1 {
		t.Errorf("it was shown %d times", c.showed)
	}
	if status, said := c.ask("GET", "Register.txt", ""); status != 200 || said != "Amy\nBen\n" {
		t.Errorf("%d, %q", status, said)
	}
	if status, _ := c.ask("PUT", "trip.txt", "to the farm"); status != 201 {
		t.Errorf("%d", status)
	}
	r.Drain()
	r.Advance(driveRest)
	r.MustSee("trip.txt") // the list has it by itself
	r.Menu("Show the drive")
	if c.showed != 2 {
		t.Errorf("it was shown %d times", c.showed)
	}
	r.Press("Lock and remove")
	r.MustSee("is locked. You can pull it out now.", "in a cache of its own")
	r.MustNotSee("nothing of it was left")
	if c.gone != 1 || len(r.drives.ejected) != 1 {
		t.Errorf("the drive was taken away %d times, %v", c.gone, r.drives.ejected)
	}
	if status, _ := c.ask("GET", "Register.txt", ""); status != 0 {
		t.Errorf("the locked stick answers %d", status)
	}
	r.plugIn()
	r.unlock(temporary)
	r.MustSee("trip.txt")
	r.MustNotSee("as a drive now")
}

// TestTidyingAndErasingWhileADrive: programs that work on the drive notice neither, but
// what one of them has open is not erased under it.
func TestTidyingAndErasingWhileADrive(t *testing.T) {
	r, c := driveRig(t)
	for _, text := range []string{"one", "two", "three"} {
		c.ask("PUT", "Register.txt", text)
	}
	r.Drain()
	r.Advance(driveRest)
	r.Menu("Tidy up…")
	r.Press("Tidy up")
	r.MustSee("Tidied up: ")
	if status, said := c.ask("GET", "Register.txt", ""); status != 200 || said != "three" {
		t.Errorf("%d, %q", status, said)
	}
	token := c.lock("2026/report.odt")
	r.pick("2026")
	r.Menu("Erase for good")
	r.MustSee("A file is open in another program", "report.odt is open on the drive, and saving would bring it back")
	r.Press("Close")
	if status, _ := c.ask("GET", "2026/report.odt", ""); status != 200 {
		t.Errorf("it was erased: %d", status)
	}
	c.ask("UNLOCK", "2026/report.odt", "", "Lock-Token: <"+token+">")
	r.Menu("Erase for good")
	r.Press("Erase for good")
	r.MustSee("It is erased")
	if status, _ := c.ask("GET", "2026/report.odt", ""); status != 404 {
		t.Errorf("it was not erased: %d", status)
	}
}

// TestManySmallLayersAreFoldedWithTheDrive: a program that copies a folder makes a layer
// for each file.
func TestManySmallLayersAreFoldedWithTheDrive(t *testing.T) {
	for _, button := range []string{"Close the drive", "Lock and remove"} {
		t.Run(button, func(t *testing.T) {
			r, c := driveRig(t)
			for i := range 40 {
				if status, said := c.ask("PUT", fmt.Sprintf("photo%d.jpg", i), "picture"); status != 201 {
					t.Fatal(status, said)
				}
			}
			before := strings.Count(r.layers(), ".age")
			r.Press(button)
			r.MustNotSee("as a drive now")
			if after := strings.Count(r.layers(), ".age"); after > before-39 {
				t.Errorf("%d layers became %d", before, after)
			}
			if button == "Lock and remove" {
				r.plugIn()
				r.unlock(temporary)
			}
			if r.content("photo39.jpg") != "picture" {
				t.Error("a file is not as it was stored")
			}
		})
	}
}

// TestTheWindowNamesWhatTheDriveDidNotStore: a client tells its program that a file is
// saved before it sends it, so the window says that it is not, until it is.
func TestTheWindowNamesWhatTheDriveDidNotStore(t *testing.T) {
	film := strings.Repeat("x", 5<<20) // large, so that it waits in the computer's temporary folder
	fails := func(t *testing.T, c *fakeClient) {
		t.Helper()
		for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
			old := os.Getenv(name)
			screenstest.Check(t, os.Setenv(name, filepath.Join(t.TempDir(), "none")))
			defer os.Setenv(name, old)
		}
		if status, _ := c.ask("PUT", "film.mov", film); status != 500 {
			t.Fatalf("it was stored: %d", status)
		}
	}
	for _, button := range []string{"Close the drive", "Lock and remove"} {
		t.Run(button, func(t *testing.T) {
			r, c := driveRig(t)
			c.cache = "/run/kept/cache"
			fails(t, c)
			r.Drain()
			r.MustSee("film.mov was saved by a program and is not on the stick", "This computer's own temporary folder could not be written to")
			r.MustNotSee(c.cache) // nothing is kept before the drive is taken away
			if status, _ := c.ask("PUT", "film.mov", film); status >= 300 {
				t.Fatal(status)
			}
			r.Drain()
			r.Advance(driveRest)
			r.MustNotSee("film.mov was saved by a program")
			fails(t, c)
			r.Drain()
			r.Press(button)
			r.MustSee("film.mov was saved by a program and is not on the stick", c.cache)
			r.MustNotSee("Everything is stored")
		})
	}
	t.Run("all is stored", func(t *testing.T) {
		r, c := driveRig(t)
		c.cache = "/run/kept/cache"
		c.ask("PUT", "film.mov", "a film")
		r.Press("Lock and remove")
		r.MustSee("Everything is stored")
		r.MustNotSee(c.cache)
	})
}

func TestTheDriveIsClosedAlone(t *testing.T) {
	r, c := driveRig(t)
	r.Press("Close the drive")
	r.MustNotSee("as a drive now")
	r.MustSee("Register.txt")
	if status, _ := c.ask("GET", "Register.txt", ""); status != 0 || c.gone != 1 {
		t.Errorf("it answers %d", status)
	}
	r.Menu("Open as a drive")
	r.MustSee("as a drive now")
}

func TestFilesOpenOnTheDriveAreNamedBeforeLocking(t *testing.T) {
	r, c := driveRig(t)
	token := c.lock("2026/report.odt")
	r.Press("Lock and remove")
	r.MustSee("A file is open in another program", "report.odt is open on the drive. Save and close it there first")
	r.Press("Keep open")
	if status, _ := c.ask("PUT", "2026/report.odt", "last words", "If: (<"+token+">)"); status != 201 && status != 204 {
		t.Errorf("saving was answered with %d", status)
	}
	c.ask("UNLOCK", "2026/report.odt", "", "Lock-Token: <"+token+">")
	r.Press("Lock and remove")
	r.MustSee("is locked. You can pull it out now.")
	r.plugIn()
	r.unlock(temporary)
	if text := r.content("2026/report.odt"); text != "last words" {
		t.Errorf("%q", text)
	}
}

func TestADriveThatIsHeldKeepsTheStickOpen(t *testing.T) {
	r, c := driveRig(t)
	c.held = errors.New("target is busy")
	r.Press("Lock and remove")
	r.MustSee("A program still has the drive open", "Close the files and windows that show it")
	r.Press("Keep open")
	if status, _ := c.ask("PUT", "trip.txt", "to the farm"); status != 201 {
		t.Errorf("the drive answers %d", status)
	}
	r.Press("Lock and remove")
	r.Press("Close the drive anyway")
	r.MustSee("is locked. You can pull it out now.")
}

func TestUsingTheDriveKeepsTheStickOpen(t *testing.T) {
	r, c := driveRig(t)
	limit := r.k.open[0].lockTime()
	r.Advance(limit - tickEvery)
	c.ask("GET", "Register.txt", "")
	r.Advance(limit - 2*tickEvery)
	r.MustSee("Register.txt")
	token := c.lock("Register.txt")
	r.Advance(2 * limit) // somebody is writing for long
	r.MustSee("Register.txt")
	c.ask("UNLOCK", "Register.txt", "", "Lock-Token: <"+token+">")
	c.held = errors.New("target is busy") // somebody's window merely shows it
	r.Advance(2 * limit)
	r.MustSee("It was not used for 10 minutes")
	if status, _ := c.ask("GET", "Register.txt", ""); status != 0 {
		t.Errorf("the locked stick answers %d", status)
	}
}

func TestPullingAStickEndsItsDrive(t *testing.T) {
	r, m := pulledRig(t)
	c := &fakeClient{t: t}
	r.k.mount = c.mount
	r.Menu("Open as a drive")
	r.MustSee("as a drive now")
	m.gone.Store(true)
	r.Advance(tickEvery)
	r.Until("it to be noticed", func() bool { return r.Sees("was pulled out") })
	r.Until("the drive to end", func() bool {
		status, _ := c.ask("GET", "Register.txt", "")
		return status == 0
	})
}

func TestAComputerThatShowsNoDrive(t *testing.T) {
	r := newRig(t, true, someFiles)
	c := &fakeClient{t: t, fails: errors.Join(webdav.ErrNoClient, errors.New("gio: http://127.0.0.1:1/secret/ says no"))}
	r.k.mount = c.mount
	r.unlock(temporary)
	r.Menu("Open as a drive")
	r.MustSee("The stick could not be shown as a drive", "nothing on it was changed")
	r.MustNotSee("secret", "127.0.0.1", "as a drive now")
	r.Press("Close")
	r.MustSee("Register.txt")
	r.Press("Lock and remove")
	r.MustSee("is locked. You can pull it out now.")
}

// TestDriveThatMayNotHaveBeenShown: what a file manager does not say is not said for it.
func TestDriveThatMayNotHaveBeenShown(t *testing.T) {
	r := newRig(t, true, someFiles)
	c := &fakeClient{t: t, limited: true, unshown: &webdav.ShowError{Perhaps: true, Err: errors.New("exit status 4")}}
	r.k.mount = c.mount
	r.unlock(temporary)
	r.Menu("Open as a drive")
	r.MustSee("The file manager may not have opened.", "The drive is there all the same.", `Open it yourself: Z:\`)
	r.Press("Close")
	r.MustSee("Every program can open this stick as a drive now", "such as LibreOffice, cannot save over a file there")
	c.unshown = &webdav.ShowError{Err: errors.New("not found")}
	r.Menu("Show the drive")
	r.MustSee("The file manager could not be opened.", "The drive is there all the same.")
}

func TestDrivePictures(t *testing.T) {
	for name, arrange := range map[string]func(*rig, *fakeClient){
		"open": func(*rig, *fakeClient) {},
		"inuse": func(r *rig, c *fakeClient) {
			c.lock("2026/report.odt")
			r.opened().lockAndRemove()
		},
		"busy": func(r *rig, c *fakeClient) {
			c.held = errors.New("target is busy")
			r.opened().lockAndRemove()
		},
		"none": func(r *rig, c *fakeClient) { r.Session.Fail(webdav.ErrNoClient) },
	} {
		fake := &fakeDrives{changed: make(chan struct{}, 1)}
		o := (&rig{drives: fake, opener: &fakeOpener{}, choose: &screenstest.FakeChooser{}}).options()
		guitest.Pictures(t, "drive-"+name, o, func(w *guitest.Window) {
			r, c := rig{Window: w, t: t, path: t.TempDir(), drives: fake}, &fakeClient{t: t}
			makeStick(t, r.path, true)
			putFiles(t, r.path, someFiles)
			fake.list = []drives.Drive{r.drive()}
			r.Session.Go("open")
			r.k = r.Session.Current().(*stickList).k
			r.k.mount = c.mount
			r.Until("the list", func() bool { return r.Sees("HRP-0042") })
			r.enterStick()
			r.opened().openAsDrive()
			r.Settle()
			arrange(&r, c)
			r.Settle()
		})
	}
}

// TestTheWindowSaysWhoseDiskIsFull: a program saves a large file while the computer's own
// temporary folder, on a real drive, is full, and another while the stick is.
func TestTheWindowSaysWhoseDiskIsFull(t *testing.T) {
	r, c := driveRig(t)
	temp := smalldrive.New(t, 1<<20)
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	if status, _ := c.ask("PUT", "film.mov", strings.Repeat("x", 5<<20)); status != 503 {
		t.Fatalf("it was answered with %d", status)
	}
	r.Drain()
	r.MustSee("film.mov was saved by a program and is not on the stick", "This computer's own disk is full.", "Free some space on this computer, then save it again.")
	r.MustNotSee("The stick is full")
	if status, _ := c.ask("PUT", ".wh.letter", "x"); status != 403 {
		t.Fatalf("a name that no stick holds was answered with %d", status)
	}
	r.Drain()
	r.MustSee("film.mov – This computer's own disk is full.", ".wh.letter – ")
}

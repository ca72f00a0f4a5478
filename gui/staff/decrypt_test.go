package staff

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"filippo.io/age"
	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school/config"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
)

func decryptOf(w *guitest.Window) *decrypt { return w.Session.Current().(*decrypt) }

// seal makes an age file for people.
func (h *hill) seal(path string, who ...string) string {
	h.t.Helper()
	d, err := h.s.Directory()
	h.must(err)
	var ids []string
	for _, first := range who {
		ids = append(ids, h.ids[first])
	}
	audiences, err := filecrypt.Audiences(d, ids)
	h.must(err)
	made, _, err := filecrypt.Encrypter{Audiences: audiences, Policy: d.Policy}.Encrypt(h.t.Context(), path)
	h.must(err)
	return made[0].Path
}

// plugged are drives that are plugged in, which never change.
type plugged []drives.Drive

func (p plugged) List(context.Context) ([]drives.Drive, error) { return p, nil }
func (p plugged) Eject(context.Context, drives.Drive) error    { return nil }
func (p plugged) Watch(ctx context.Context, _ time.Duration) <-chan drives.Seen {
	seen := make(chan drives.Seen)
	context.AfterFunc(ctx, func() { close(seen) })
	return seen
}

// stick issues a stick in a folder to Alice.
func (h *hill) stick() drives.Drive {
	h.t.Helper()
	d := drives.Drive{Path: h.t.TempDir(), Size: 64e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/sdz"}
	fsys, err := stick.NewDirFS(d.Path)
	h.must(err)
	defer fsys.Close()
	_, err = issue.Stick(h.t.Context(), h.s, issue.StickPlan{FS: fsys, Holder: h.ids["Alice"], Device: devices.DeviceDetails{Label: "HRP-0042"}, Return: "Hill Road Primary", Drive: d})
	h.must(err)
	return d
}

func TestDecryptWithAKeyFile(t *testing.T) {
	h := newHill(t)
	h.file("photos/2026/trip.jpg", "a trip")
	letter, photos := h.seal(h.file("letter.txt", "Dear Alice"), "Alice"), h.seal(filepath.Join(h.dir, "photos"), "Alice")
	h.must(os.Remove(filepath.Join(h.dir, "letter.txt")))
	h.must(os.RemoveAll(filepath.Join(h.dir, "photos")))
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), letter, photos)
	w.MustSee("Decrypt files", "letter.txt.age", "photos.tar.age", "Plug in the stick that carries your key")
	h.picks = []string{h.key}
	w.Press("Choose a key file")
	w.MustSee("Key file ")
	w.Type("not the right one")
	w.Press("Decrypt 2 files")
	w.MustSee("This is not the passphrase of that key.")
	w.Type(alicePassphrase)
	w.Press("Decrypt 2 files")
	w.MustSee("2 files or folders were decrypted.", "Anyone who uses this computer may be able to read them")
	for name, want := range map[string]string{"letter.txt": "Dear Alice", "photos/2026/trip.jpg": "a trip"} {
		if got, err := os.ReadFile(filepath.Join(h.dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if c, err := config.Read(h.config); err != nil || c.Me != h.ids["Alice"] {
		t.Errorf("the key did not tell who it is: %+v, %v", c, err)
	}
}

// TestTwoOfOneNameAreBothDecrypted: two files of one name go into one folder, where a third
// has it, and everything that is there is to be replaced: that is not what the run made.
func TestTwoOfOneNameAreBothDecrypted(t *testing.T) {
	h := newHill(t)
	first := h.seal(h.file("a/letter.txt", "from a"), "Alice")
	second := h.seal(h.file("b/letter.txt", "from b"), "Alice")
	out := filepath.Dir(h.file("out/letter.txt", "old"))
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), first, second)
	h.picks = []string{h.key}
	w.Press("Choose a key file")
	w.Type(alicePassphrase)
	decryptOf(w).where.set(out)
	w.Press("Decrypt 2 files")
	w.MustSee("1 file of that name already exists")
	w.Press("Replace")
	w.MustSee("2 files or folders were decrypted.", "letter (2).txt")
	for name, want := range map[string]string{"letter.txt": "from a", "letter (2).txt": "from b"} {
		if got, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestOneThatVanishedOfManyIsDecrypted: the others are, and it is named.
func TestOneThatVanishedOfManyIsDecrypted(t *testing.T) {
	h := newHill(t)
	gone, letter := h.seal(h.file("gone.txt", "x"), "Alice"), h.seal(h.file("letter.txt", "Dear Alice"), "Alice")
	h.must(os.Remove(filepath.Join(h.dir, "letter.txt")))
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), gone, letter)
	h.picks = []string{h.key}
	w.Press("Choose a key file")
	w.Type(alicePassphrase)
	h.must(os.Remove(gone))
	h.must(os.Remove(filepath.Join(h.dir, "gone.txt")))
	w.Press("Decrypt 2 files")
	w.MustSee("1 was decrypted, and 1 could not be.", "gone.txt.age", "There is no file or folder of that name.")
	if got, err := os.ReadFile(filepath.Join(h.dir, "letter.txt")); err != nil || string(got) != "Dear Alice" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDecryptWithTheKeyOnAStick(t *testing.T) {
	h := newHill(t)
	letter := h.seal(h.file("letter.txt", "Dear Alice"), "Alice")
	h.must(os.Remove(filepath.Join(h.dir, "letter.txt")))
	o := h.options()
	o.Services.Drives = plugged{{Path: t.TempDir(), Label: "no stick"}, h.stick()}
	w := guitest.New(t, o)
	w.Session.Go("encrypt")
	w.Drop(fyne.NewPos(500, 300), letter)
	w.MustSee("HRP-0042")
	w.MustNotSee("Plug in the stick", "no stick")
	w.Type(alicePassphrase)
	w.Key(fyne.KeyReturn)
	w.MustSee("1 file or folder was decrypted.")
	if got, err := os.ReadFile(filepath.Join(h.dir, "letter.txt")); err != nil || string(got) != "Dear Alice" {
		t.Errorf("%q, %v", got, err)
	}
}

// unlocked opens Alice's stick.
func (h *hill) unlocked(d drives.Drive) OpenStick {
	h.t.Helper()
	fsys, err := stick.NewDirFS(d.Path)
	h.must(err)
	h.t.Cleanup(func() { fsys.Close() })
	copies, err := keyfiles.FromStick(fsys)
	h.must(err)
	k, err := copies.Unlock([]byte(alicePassphrase))
	h.must(err)
	st, err := stick.Open(h.t.Context(), fsys, stick.WithHolderKey(k), stick.OpenOptions{})
	h.must(err)
	h.t.Cleanup(func() { st.Close() })
	return OpenStick{Stick: st, Key: k}
}

// The passphrase of a stick that is open is not asked for again; once it is locked, it
// is.
func TestDecryptWithTheKeyOfAnOpenStick(t *testing.T) {
	h := newHill(t)
	letter := h.seal(h.file("letter.txt", "Dear Alice"), "Alice")
	h.must(os.Remove(filepath.Join(h.dir, "letter.txt")))
	open := []OpenStick{h.unlocked(h.stick())}
	o := h.options()
	o.Routes = staffRoutes(h.place(), func(s *gui.Session, p *app.Place) *staff {
		k := h.staff(s, p)
		k.sticks = func() []OpenStick { return open }
		return k
	})
	w := guitest.New(t, o)
	w.Session.Go("encrypt")
	w.Drop(fyne.NewPos(500, 300), letter)
	w.MustSee("HRP-0042")
	w.MustNotSee("Your passphrase")
	was := open
	open = nil
	decryptOf(w).update()
	w.MustSee("Your passphrase")
	open = was
	decryptOf(w).update()
	w.Press("Decrypt it")
	w.MustSee("1 file or folder was decrypted.")
	if got, err := os.ReadFile(filepath.Join(h.dir, "letter.txt")); err != nil || string(got) != "Dear Alice" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDecryptWithAStockAgeKey(t *testing.T) {
	h := newHill(t)
	id, err := age.GenerateX25519Identity()
	h.must(err)
	plain := h.file("letter.txt", "Dear you")
	made, _, err := filecrypt.Encrypter{Audiences: []filecrypt.Audience{{Recipients: []age.Recipient{id.Recipient()}}}}.Encrypt(t.Context(), plain)
	h.must(err)
	h.must(os.Remove(plain))
	h.picks = []string{h.file("key.txt", id.String()+"\n")}
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), made[0].Path)
	w.Press("Choose a key file")
	w.MustNotSee("Your passphrase")
	w.Press("Decrypt it")
	w.MustSee("1 file or folder was decrypted.")
}

func TestDecryptWhatCannotBe(t *testing.T) {
	h := newHill(t)
	for name, first := range map[string]string{"mine.txt": "Alice", "bobs.txt": "Bob", "torn.txt": "Alice"} {
		path := h.file(name, "x")
		h.seal(path, first)
		h.must(os.Remove(path))
	}
	torn := filepath.Join(h.dir, "torn.txt.age")
	content, err := os.ReadFile(torn)
	h.must(err)
	content[len(content)-1] ^= 1
	h.must(os.WriteFile(torn, content, 0o600))
	plain := h.file("plain.txt.age", "not encrypted")
	h.picks = []string{h.key}
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), filepath.Join(h.dir, "mine.txt.age"), filepath.Join(h.dir, "bobs.txt.age"), torn, plain)
	w.Press("Choose a key file")
	w.Type(alicePassphrase)
	w.Press("Decrypt 4 files")
	w.MustSee("1 was decrypted, and 3 could not be.", "This file was encrypted for somebody else.", "This file is damaged or was altered.", "This is not an encrypted file.")
	if got := h.list(h.dir); !slices.Equal(got, []string{"bobs.txt.age", "mine.txt", "mine.txt.age", "plain.txt.age", "torn.txt.age"}) {
		t.Errorf("folder: %v", got)
	}
}

func TestTemporaryPassphraseMustBeChangedFirst(t *testing.T) {
	h := newHill(t)
	h.person("Tom New")
	holder, err := h.s.Register().FindHolder(t.Context(), "Tom New")
	h.must(err)
	issued, err := issue.ReplaceKey(t.Context(), h.s, holder.ID, "test")
	h.must(err)
	path, err := keyfiles.Path(h.s, issued.Key)
	h.must(err)
	letter := h.seal(h.file("letter.txt", "x"), "Tom")
	h.picks = []string{path}
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), letter)
	w.Press("Choose a key file")
	w.Type(string(issued.Passphrase))
	w.Press("Decrypt it")
	w.Press("Keep both")
	w.MustSee("ICT knows the passphrase that your key file has now.")
	f := w.Session.Current().(*firstOfKey)
	choose := func(once, twice string) {
		w.Focus(f.once.Focus())
		w.Type(once)
		w.Focus(f.twice.Focus())
		w.Type(twice)
		w.Key(fyne.KeyReturn)
	}
	choose("monkey123", "monkey123")
	if f.once.Refusal() == "" {
		t.Error("a weak passphrase was taken")
	}
	const mine = "granite umbrella whistles softly"
	choose(mine, mine+"!")
	if f.twice.Refusal() == "" {
		t.Error("two different passphrases were taken")
	}
	f.once.Clear()
	choose(mine, mine)
	w.MustSee("What to decrypt")
	w.Type(mine)
	w.Press("Decrypt it")
	w.Press("Keep both")
	w.MustSee("1 file or folder was decrypted.")
}

func TestBothKindsDropped(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	letter := h.file("letter.txt", "x")
	sealed := h.seal(letter, "Alice")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), letter, sealed)
	w.MustSee("Of what you dropped, 1 file can be decrypted and 1 file encrypted.")
	w.Press("Decrypt")
	w.MustSee("What to decrypt", "letter.txt.age")
	w.Session.Back()
	w.Drop(fyne.NewPos(500, 300), letter, sealed)
	w.Press("Encrypt")
	w.MustSee("What to encrypt")
	w.MustNotSee("letter.txt.age")
}

// What was typed is not kept when the person goes elsewhere.
func TestPassphraseIsForgottenOnLeaving(t *testing.T) {
	h := newHill(t)
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.seal(h.file("letter.txt", "x"), "Alice"))
	d := decryptOf(w)
	w.Focus(d.passphrase.Focus())
	w.Type(alicePassphrase)
	w.Session.Back()
	w.Settle()
	if !d.passphrase.Empty() {
		t.Error("the passphrase is still there")
	}
}

func TestDecryptPictures(t *testing.T) {
	for name, arrange := range map[string]func(h *hill, w *guitest.Window){
		"decrypt-wrong": func(h *hill, w *guitest.Window) {
			w.Type("x")
			decryptOf(w).decrypt()
			w.Settle()
		},
		"decrypt-done": func(h *hill, w *guitest.Window) {
			w.Type(alicePassphrase)
			decryptOf(w).decrypt()
			w.Settle()
		},
	} {
		h := newHill(t)
		o := h.options()
		o.Services.Drives = plugged{h.stick()}
		plain := h.file("letter.txt", "x")
		mine, bobs := h.seal(plain, "Alice"), h.seal(h.file("minutes.txt", "x"), "Bob")
		guitest.Pictures(t, name, o, func(w *guitest.Window) {
			os.Remove(plain)
			os.Remove(filepath.Join(h.dir, "minutes.txt"))
			w.Session.Go("encrypt")
			w.Drop(fyne.NewPos(500, 300), mine, bobs)
			w.Focus(decryptOf(w).passphrase.Focus())
			arrange(h, w)
		})
	}
}

// TestReportDecryptManyAtOnce replays Picocrypt #127: several files, encrypted one by one, were dragged back
// together, and there was no way to decrypt them.
func TestReportDecryptManyAtOnce(t *testing.T) {
	h := newHill(t)
	var sealed []string
	want := map[string]string{}
	for _, name := range []string{"one.txt", "sub/two.txt", "sub/deeper/three.txt"} {
		file := h.file(name, "content of "+name)
		want[file] = "content of " + name
		sealed = append(sealed, h.seal(file, "Alice"))
		h.must(os.Remove(file))
	}
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), sealed...)
	h.picks = []string{h.key}
	w.Press("Choose a key file")
	w.Type(alicePassphrase)
	w.Press("Decrypt 3 files")
	w.MustSee("3 files or folders were decrypted.")
	for file, content := range want {
		if got, err := os.ReadFile(file); err != nil || string(got) != content {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}

// TestDecryptAddsFilesAndTriesAgain adds age files through the chooser, and after a run has those that could not be
// decrypted still there.
func TestDecryptAddsFilesAndTriesAgain(t *testing.T) {
	h := newHill(t)
	var sealed []string
	for _, name := range []string{"one.txt", "two.txt", "three.txt"} {
		file := h.file(name, "content of "+name)
		sealed = append(sealed, h.seal(file, "Alice"))
		h.must(os.Remove(file))
	}
	whole, err := os.ReadFile(sealed[2])
	h.must(err)
	h.must(os.WriteFile(sealed[2], whole[:len(whole)-1], 0o600))
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), sealed[0])
	h.picks = sealed[1:]
	w.Press("Add files…")
	w.Press("Add files…")
	w.MustSee("one.txt.age", "two.txt.age", "three.txt.age")
	h.picks = []string{h.key}
	w.Press("Choose a key file")
	w.Type(alicePassphrase)
	w.Press("Decrypt 3 files")
	w.MustSee("one.txt", "two.txt")
	w.Press("Start again")
	w.MustSee("three.txt.age", "Decrypt it")
	w.MustNotSee("one.txt.age", "two.txt.age")
}

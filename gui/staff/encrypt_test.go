package staff

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"fyne.io/fyne/v2"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices/school/config"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/gui/guitest"
)

func encryptOf(w *guitest.Window) *encrypt { return w.Session.Current().(*encrypt) }

// find types a name into the search for people.
func find(w *guitest.Window, typed string) { fill(w, encryptOf(w).people.search, typed) }

// opens reports whether Alice's key opens an age file, and what is in it.
func (h *hill) opens(path string) (string, error) {
	h.t.Helper()
	copies, err := keyfiles.FromFile(h.key)
	h.must(err)
	k, err := copies.Unlock([]byte(alicePassphrase))
	h.must(err)
	defer k.Wipe()
	return opens(h, path, k.Identity())
}

func opens(h *hill, path string, ids ...age.Identity) (string, error) {
	f, err := os.Open(path)
	h.must(err)
	defer f.Close()
	var plain bytes.Buffer
	err = crypt.Decrypt(h.t.Context(), &plain, f, nil, ids...)
	return plain.String(), err
}

func TestEncryptForMyselfAColleagueAndICT(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	letter := h.file("letter.txt", "Dear Bob")
	h.file("photos/trip.jpg", "a trip")
	w := h.window("encrypt")
	w.MustSee("Drop files or a folder here", "Hill Road Primary’s list of people, published yesterday")
	w.Drop(fyne.NewPos(500, 300), letter, filepath.Join(h.dir, "photos"))
	w.MustSee("letter.txt", "photos", "You (Alice Jones)", "always", "2 files, 14 bytes")
	find(w, "bob")
	w.MustSee("Bob Evans")
	w.MustNotSee("Dan Price")
	w.Press("Bob Evans")
	w.MustSee("Bob@hill.example")
	w.Press("Encrypt 2 items")
	w.MustSee("2 encrypted files were made.", "letter.txt.age", "photos.tar.age", "They can be opened by you, Bob Evans and ICT.")
	if got := h.list(h.dir); !slices.Equal(got, []string{"letter.txt", "letter.txt.age", "photos", "photos.tar.age"}) {
		t.Errorf("folder: %v", got)
	}
	made := filepath.Join(h.dir, "letter.txt.age")
	if text, err := h.opens(made); err != nil || text != "Dear Bob" {
		t.Errorf("Alice: %q, %v", text, err)
	}
	a, err := h.s.Authority()
	h.must(err)
	if text, err := opens(h, made, a.Identities()...); err != nil || text != "Dear Bob" {
		t.Errorf("ICT: %q, %v", text, err)
	}
	f, err := os.Open(made)
	h.must(err)
	defer f.Close()
	if info, err := crypt.Inspect(f, -1); err != nil || len(info.Recipients) != 3 {
		t.Errorf("%+v, %v", info, err)
	}
	w.Press("Show in folder")
	if !slices.Equal(h.opened, []string{h.dir}) {
		t.Errorf("shown %v", h.opened)
	}
	w.Press("Start again")
	w.MustSee("Drop files or a folder here")
}

func TestBlockedPeopleCannotBeChosen(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	find(w, "carol")
	w.MustSee("Carol Owen", "The key has been blocked since 2 September 2026")
	if w.Find("Carol Owen") != nil {
		t.Error("Carol can be pressed")
	}
	w.Key(fyne.KeyReturn)
	if ids := encryptOf(w).people.ids(); !slices.Equal(ids, []string{h.ids["Alice"]}) {
		t.Errorf("chosen: %v", ids)
	}
	encryptOf(w).people.search.SetText("zebedee")
	w.MustSee("Nobody in the school's list is called “zebedee”.")
}

// A key that is blocked while the person is choosing is noticed, since the newest
// directory is read before anything is encrypted.
func TestKeyBlockedMeanwhileIsNotEncryptedTo(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	find(w, "bob")
	w.Key(fyne.KeyReturn) // the first that is found
	if len(encryptOf(w).people.chosen) != 1 {
		t.Fatal("Bob was not chosen")
	}
	_, err := issue.RevokeKey(t.Context(), h.s, h.ids["Bob"], "lost")
	h.must(err)
	w.Press("Encrypt it")
	w.MustSee("Bob Evans was removed", "They can be opened by you and ICT.")
	f, err := os.Open(filepath.Join(h.dir, "letter.txt.age"))
	h.must(err)
	defer f.Close()
	if info, err := crypt.Inspect(f, -1); err != nil || len(info.Recipients) != 2 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestMyOwnKeyBlocked(t *testing.T) {
	h := newHill(t)
	h.me("Carol")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	w.Press("Encrypt it")
	w.MustSee("A key is blocked", "Ask ICT for a new key")
	if got := h.list(h.dir); !slices.Equal(got, []string{"letter.txt"}) {
		t.Errorf("folder: %v", got)
	}
}

func TestWhoAmIIsChosenOnce(t *testing.T) {
	h := newHill(t)
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	w.MustSee("Who are you?")
	if encryptOf(w).ready() {
		t.Error("ready without knowing who it is")
	}
	find(w, "alice")
	w.Key(fyne.KeyReturn)
	w.MustSee("You (Alice Jones)")
	if c, err := config.Read(h.config); err != nil || c.Me != h.ids["Alice"] {
		t.Errorf("kept %+v, %v", c, err)
	}
	w.Press("Not me")
	w.MustSee("Who are you?")
	if c, _ := config.Read(h.config); c.Me != "" {
		t.Errorf("still %q", c.Me)
	}
}

func TestFilesThatAreThereAreNotReplacedUnasked(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	letter, there := h.file("letter.txt", "Dear Bob"), h.file("letter.txt.age", "mine")
	w := h.window("encrypt")
	begin := func() {
		w.Drop(fyne.NewPos(500, 300), letter)
		w.Press("Encrypt it")
		w.MustSee("1 file of that name already exists")
	}
	content := func() string {
		b, err := os.ReadFile(there)
		h.must(err)
		return string(b)
	}
	begin()
	w.Press("Cancel")
	if got := h.list(h.dir); content() != "mine" || len(got) != 2 {
		t.Errorf("after Cancel: %v", got)
	}
	w.Press("Start again")
	begin()
	w.Press("Keep both")
	w.MustSee("letter (2).txt.age")
	if content() != "mine" {
		t.Error("replaced")
	}
	w.Press("Start again")
	begin()
	w.Press("Replace")
	if content() == "mine" {
		t.Error("not replaced")
	}
}

func TestIntoAnotherFolder(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	out := t.TempDir()
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("a/letter.txt", "1"), h.file("b/letter.txt", "2"))
	h.picks = []string{out}
	encryptOf(w).where.group.SetSelected("In another folder")
	w.MustSee(out)
	w.Press("Encrypt 2 items")
	if got := h.list(out); !slices.Equal(got, []string{"letter (2).txt.age", "letter.txt.age"}) {
		t.Errorf("folder: %v", got)
	}
}

// A dialog that is given up leaves the files beside the originals.
func TestFolderNotChosen(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "1"))
	d := encryptOf(w).where
	d.group.SetSelected("In another folder")
	if d.group.Selected != "Next to the originals" || d.folder != "" {
		t.Errorf("%q, %q", d.group.Selected, d.folder)
	}
}

func TestOneFailureKeepsNoneOfTheOthers(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	gone, letter := h.file("gone.txt", "x"), h.file("letter.txt", "y")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), gone, letter)
	w.Settle()
	h.must(os.Remove(gone))
	w.Press("Encrypt 2 items")
	w.MustSee("1 encrypted file was made, and 1 could not be.", "gone.txt", "There is no file or folder of that name.", "letter.txt.age")
}

func TestAwayFromSchoolTheCopyServes(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("encrypt")
	w.Session.Back()
	shared, err := h.s.Shared()
	h.must(err)
	h.must(os.Rename(shared.Dir, shared.Dir+".away"))
	w.Session.Go("encrypt")
	w.MustSee("The school cannot be reached from this computer, so this is its list of people from yesterday")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "Dear me"))
	w.Press("Encrypt it")
	if text, err := h.opens(filepath.Join(h.dir, "letter.txt.age")); err != nil || text != "Dear me" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestOlderDirectoryIsNotUsed(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	shared, err := h.s.Shared()
	h.must(err)
	older, err := os.ReadFile(shared.DirectoryPath())
	h.must(err)
	_, err = issue.RevokeKey(t.Context(), h.s, h.ids["Bob"], "lost")
	h.must(err)
	w := h.window("encrypt")
	h.must(os.WriteFile(shared.DirectoryPath(), older, 0o600))
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	w.Press("Encrypt it")
	w.Press("Start again")
	w.Session.Back()
	w.Session.Go("encrypt")
	w.MustSee("Somebody put an older list of people in the school's folder.", "Please tell ICT.")
	if _, err := filecrypt.Audiences(encryptOf(w).staff.known.Directory, []string{h.ids["Bob"]}); err == nil {
		t.Error("Bob's blocked key is back")
	}
}

func TestForgedDirectoryIsNotUsed(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	shared, err := h.s.Shared()
	h.must(err)
	note, err := os.ReadFile(shared.DirectoryPath())
	h.must(err)
	note[100] ^= 1
	h.must(os.WriteFile(shared.DirectoryPath(), note, 0o600))
	w := h.window("encrypt")
	w.MustSee("The school's signature is missing or invalid.")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	if encryptOf(w).ready() {
		t.Error("ready with a forged directory")
	}
}

func TestEncryptNeedsToKnowTheSchool(t *testing.T) {
	h := newHill(t)
	h.settings(config.Config{})
	w := h.window("encrypt")
	w.MustSee("This computer has not been told which school it belongs to.")
	note := filepath.Join(h.dir, "directory.note")
	h.must(h.s.CopyDirectory(note))
	h.picks = []string{note}
	w.Press("Choose the directory file")
	w.MustSee("Hill Road Primary’s list of people")
}

func TestOldKeysGetFilesOfTheirOwn(t *testing.T) {
	h := newHill(t)
	policy := h.s.Policy()
	policy.Class = keys.X25519
	_, err := h.s.SetPolicy(t.Context(), policy)
	h.must(err)
	h.person("Eve Old")
	policy.Class = keys.Hybrid
	_, err = h.s.SetPolicy(t.Context(), policy)
	h.must(err)
	h.me("Alice")
	w := h.window("encrypt")
	w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"))
	find(w, "eve")
	w.Key(fyne.KeyReturn)
	w.Press("Encrypt it")
	w.MustSee("2 encrypted files were made.", "letter.txt.age", "letter.txt.x25519.age")
}

func TestStoppedLeavesNothingHalfDone(t *testing.T) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("encrypt")
	big := h.file("big.bin", strings.Repeat("x", 64<<20))
	w.Drop(fyne.NewPos(500, 300), big)
	e := encryptOf(w)
	audiences, err := filecrypt.Audiences(e.staff.known.Directory, e.people.ids())
	h.must(err)
	e.run(filecrypt.Encrypter{Audiences: audiences, Policy: e.staff.known.Policy})
	e.busy.Progress.Job().Cancel()
	w.Settle()
	if got := h.list(h.dir); !slices.Equal(got, []string{"big.bin"}) {
		t.Errorf("left behind: %v", got)
	}
}

func TestEncryptPictures(t *testing.T) {
	for name, arrange := range map[string]func(h *hill, w *guitest.Window){
		"encrypt": func(*hill, *guitest.Window) {},
		"encrypt-form": func(h *hill, w *guitest.Window) {
			w.Drop(fyne.NewPos(500, 300), h.file("Reports for year 4, autumn term.odt", "x"), h.file("letter.txt", "x"), h.file("photos/1.jpg", "x")[:len(h.dir)+7])
			e := encryptOf(w)
			e.people.choose(e.people.first4()[0])
			w.Settle()
		},
		"encrypt-done": func(h *hill, w *guitest.Window) {
			w.Drop(fyne.NewPos(500, 300), h.file("letter.txt", "x"), h.file("two.txt", "x"))
			encryptOf(w).encrypt()
			w.Settle()
		},
		"encrypt-nothing-known": func(h *hill, w *guitest.Window) {
			h.must(encryptOf(w).staff.place.SetConfig(config.Config{}))
			encryptOf(w).read()
			w.Settle()
		},
	} {
		h := newHill(t)
		h.me("Alice")
		guitest.Pictures(t, name, h.options(), func(w *guitest.Window) {
			h.must(os.RemoveAll(h.dir))
			w.Session.Go("encrypt")
			w.Settle()
			arrange(h, w)
		})
	}
}

// first4 are the first people in the list.
func (p *recipients) first4() []keys.Person {
	found, _ := p.matches("")
	return found
}

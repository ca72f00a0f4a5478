package cmd_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/config"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/loss"
	"stowage/devices/school/openings"
	"stowage/devices/school/passphrases"
	"stowage/devices/school/programs"
	"stowage/devices/school/schooltest"
	"stowage/devices/store"
)

// later is what a later version may change in a format.
type later struct {
	word    change // a word that decides something, which this version does not know
	field   change // a field that this version does not know
	version change // that of the format
	// read reads what this version wrote, after the change, as the program does.
	read func(*world, *testing.T, change) error
	// passed: a field more is passed over in reading. Otherwise it is newer as well.
	passed bool
	// again reads it, and writes it again, which keeps what is not known or is newer. It is nil
	// for what the program writes once only.
	again func(*world, *testing.T, change) (string, error)
}

// A change puts one text in the place of another.
type change struct{ old, replacement string }

func (c change) in(t *testing.T, text string) string {
	t.Helper()
	changed := strings.Replace(text, c.old, c.replacement, 1)
	if changed == text {
		t.Fatalf("there is no %q in %.2000s", c.old, text)
	}
	return changed
}

// TestLaterVersions reads each format of this program as a later version may write it: a word that this
// version does not know is no damage, and what it does not know is not lost.
func TestLaterVersions(t *testing.T) {
	w := newWorld(t)
	table := laterFormats()
	for _, f := range formats() {
		l, ok := table[f.name]
		if !ok {
			t.Errorf("%s: say in laterFormats what becomes of what a later version wrote", f.name)
			continue
		}
		delete(table, f.name)
		t.Run(f.name, func(t *testing.T) {
			wantNewer(t, "an unknown word", l.read(w, t, l.word))
			wantNewer(t, "a higher version", l.read(w, t, l.version))
			if err := l.read(w, t, l.field); l.passed && err != nil {
				t.Errorf("an unknown field: %v", err)
			} else if !l.passed {
				wantNewer(t, "an unknown field", err)
			}
			if l.again == nil {
				return
			}
			for what, c := range map[string]change{"word": l.word, "field": l.field, "version": l.version} {
				after, err := l.again(w, t, c)
				if err == nil && what == "field" && strings.Contains(after, c.replacement[:strings.IndexAny(c.replacement, ":=")]) {
					continue
				}
				wantNewer(t, "written again with another "+what+", as "+after, err)
			}
		})
	}
	for name := range table {
		t.Errorf("%s is no format", name)
	}
}

func wantNewer(t *testing.T, what string, err error) {
	t.Helper()
	for _, newer := range []error{keys.ErrNewer, devices.ErrNewer, store.ErrNewer, stick.ErrFormat} {
		if errors.Is(err, newer) {
			return
		}
	}
	t.Errorf("%s: %v", what, err)
}

// laterFormats are those of formats, by name.
func laterFormats() map[string]later {
	return map[string]later{
		"register": {
			word:    change{"", "UPDATE devices SET kind = 'smart board'"},
			field:   change{"", `UPDATE devices SET encryption = '{"method":"x","tick":true}'`},
			version: change{"", "PRAGMA user_version = 1000"},
			read:    (*world).register,
		},
		"directory": {
			word:    change{`"status": "current"`, `"status": "suspended"`},
			field:   change{`"policy": {`, `"policy": {"motto": "semper",`},
			version: change{"directory v1", "directory v2"},
			read:    (*world).directory, passed: true, again: (*world).publish,
		},
		"key-file": {
			word:    change{"passphrase: chosen", "passphrase: borrowed"},
			field:   change{"# holder:", "# telephone: 01792\n# holder:"},
			version: change{"holder key v1", "holder key v2"},
			read:    (*world).keyFile, passed: true, again: (*world).newPassphrase,
		},
		"stick-note": {
			word:    change{`"class": "hybrid"`, `"class": "triple"`},
			field:   change{`"label"`, `"hue": "red", "label"`},
			version: change{"stick v1", "stick v2"},
			read:    (*world).stickNote, passed: true, again: (*world).rotate,
		},
		"listing": {
			word:    change{`"from":"check-in"`, `"from":"telepathy"`},
			field:   change{`"files"`, `"owner":"A","files"`},
			version: change{`"from"`, `"version":2,"from"`},
			read: func(_ *world, t *testing.T, c change) error {
				_, err := backup.ReadListing([]byte(c.in(t, `{"from":"check-in","at":"2026-09-24T08:00:00Z","files":[]}`)))
				return err
			}, passed: true,
		},
		"found": {
			word:    change{`"version":1`, `"version":"1.5"`}, // there is no other word in it
			field:   change{`"place"`, `"room":"7","place"`},
			version: change{`"version":1`, `"version":2`},
			read: func(_ *world, t *testing.T, c change) error {
				_, err := loss.ReadFound([]byte(c.in(t, `{"version":1,"stick":"4e5b1d0c-0000-4000-8000-000000000001","label":"HRP-1","seen":"2026-09-24T08:00:00Z","place":"desk"}`)))
				return err
			}, passed: true,
		},
		"loss-report": {
			word:    change{`"kind":"lost"`, `"kind":"eaten"`},
			field:   change{`"kind"`, `"insurer":"A","kind"`},
			version: change{"report v1", "report v2"},
			read: func(_ *world, t *testing.T, c change) error {
				_, err := loss.ParseReport([]byte(c.in(t, `{"format":"stowage loss report v1","id":"4e5b1d0c-0000-4000-8000-000000000001","made":"2026-09-24T08:00:00Z","reporter":{"name":"A"},"device":{"label":"1"},"kind":"lost"}`)))
				return err
			},
		},
		"programs": {
			word:    change{"Stowage.exe", "stowage-plan9"},
			field:   change{`"version"`, `"signer": "X", "version"`},
			version: change{"programs v1", "programs v2"},
			read:    (*world).programs, passed: true, again: (*world).withoutProgram,
		},
		"openings": {
			word:    change{`"what":"stick"`, `"what":"telephone"`},
			field:   change{`"reason"`, `"witness":"B","reason"`},
			version: change{"opened v1", "opened v2"},
			read:    (*world).openings, passed: true,
		},
		"settings": {
			word:    change{`me = "0a1b"`, `me = ["0a1b", "2c3d"]`},
			field:   change{"me", "hue = \"red\"\nme"},
			version: change{"me", "version = 2\nme"},
			read:    (*world).settings, passed: true, again: (*world).set,
		},
	}
}

// A world is a school with a person and a stick.
type world struct {
	*schooltest.School
	authority *keys.Authority
	key       []byte // the person's key file
	drive     *sticktest.Mem
	note      stick.Note
}

const holderPassphrase = "orange walrus telescope quietly"

func newWorld(t *testing.T) *world {
	w := &world{School: schooltest.New(t), drive: sticktest.New()}
	h := w.Person("Alice Jones", "alice@hill.example")
	issued := must(issue.Key(t.Context(), w.School.School, h.ID))(t)
	check(t, passphrases.ChangeHolder(t.Context(), w.School.School, h.ID, issued.Passphrase, func(func([]byte) error) ([]byte, error) { return []byte(holderPassphrase), nil }))
	w.key = must(os.ReadFile(must(keyfiles.Path(w.School.School, issued.Key))(t)))(t)
	w.authority = must(w.Authority())(t)
	w.note = must(issue.Stick(t.Context(), w.School.School, issue.StickPlan{FS: w.drive, Holder: h.ID, Device: devices.DeviceDetails{Label: "HRP-1"}, Return: "Hill Road"}))(t).Note
	return w
}

// resigned changes what the school signed.
func (w *world) resigned(t *testing.T, msg []byte, c change) []byte {
	t.Helper()
	return must(w.authority.Sign(c.in(t, must(keys.OpenNote(msg, w.authority.Verifier()))(t))))(t)
}

// inPlace changes a file that the school signed until the test ends.
func (w *world) inPlace(t *testing.T, name string, c change) (path string) {
	t.Helper()
	path = filepath.Join(w.Dir(), name)
	before := must(os.ReadFile(path))(t)
	t.Cleanup(func() { check(t, os.WriteFile(path, before, 0o600)) })
	check(t, os.WriteFile(path, w.resigned(t, before, c), 0o600))
	return path
}

func (w *world) register(t *testing.T, c change) error {
	path := filepath.Join(t.TempDir(), school.RegisterFile)
	db := must(sql.Open("sqlite", filepath.Join(w.Dir(), school.RegisterFile)))(t)
	must(db.ExecContext(t.Context(), "VACUUM INTO ?", path))(t)
	check(t, db.Close())
	db = must(sql.Open("sqlite", path))(t)
	_, err := db.ExecContext(t.Context(), c.replacement)
	check(t, errors.Join(err, db.Close()))
	s, err := store.Open(t.Context(), path)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = devices.NewRegister(s, devices.Options{}).Devices(t.Context(), devices.DeviceQuery{})
	return err
}

func (w *world) directory(t *testing.T, c change) error {
	_, err := keys.OpenDirectory(w.resigned(t, must(os.ReadFile(filepath.Join(w.Dir(), school.DirectoryFile)))(t), c), w.authority.Verifier())
	return err
}

func (w *world) publish(t *testing.T, c change) (string, error) {
	path := w.inPlace(t, school.DirectoryFile, c)
	_, err := w.PublishDirectory(t.Context())
	return string(must(os.ReadFile(path))(t)), err
}

// changedKey is the person's key file as a later version may have written it.
func (w *world) changedKey(t *testing.T, c change) []byte {
	t.Helper()
	plain := must(age.Decrypt(bytes.NewReader(w.key), must(age.NewScryptIdentity(holderPassphrase))(t)))(t)
	var text bytes.Buffer
	must(text.ReadFrom(plain))(t)
	to := must(age.NewScryptRecipient(holderPassphrase))(t)
	to.SetWorkFactor(1)
	var sealed bytes.Buffer
	out := must(age.Encrypt(&sealed, to))(t)
	must(out.Write([]byte(c.in(t, text.String()))))(t)
	check(t, out.Close())
	return sealed.Bytes()
}

func (w *world) keyFile(t *testing.T, c change) error {
	_, err := keys.OpenHolderKey(w.changedKey(t, c), []byte(holderPassphrase))
	return err
}

func (w *world) newPassphrase(t *testing.T, c change) (string, error) {
	const next = "purple walrus telescope loudly"
	sealed, err := keystest.ChangePassphrase(w.changedKey(t, c), []byte(holderPassphrase), []byte(next), w.Now())
	if err != nil {
		return "", err
	}
	k := must(keys.OpenHolderKey(sealed, []byte(next)))(t)
	return string(must(k.Plain())(t)), nil
}

// laterStick is a copy of the stick with another note.
func (w *world) laterStick(t *testing.T, c change) *sticktest.Mem {
	t.Helper()
	m := w.drive.Clone()
	m.WriteFile("stowage/stick.note", w.resigned(t, m.ReadFile("stowage/stick.note"), c))
	return m
}

func (w *world) stickNote(t *testing.T, c change) error {
	st, err := stick.Open(t.Context(), w.laterStick(t, c), stick.WithPassphrase([]byte(holderPassphrase)), stick.OpenOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	return st.Close()
}

func (w *world) rotate(t *testing.T, c change) (string, error) {
	m := w.laterStick(t, c)
	st, err := stick.Open(t.Context(), m, stick.WithPassphrase([]byte(holderPassphrase)), stick.OpenOptions{})
	if err != nil {
		return "", err
	}
	defer st.Close()
	err = st.Rotate(t.Context(), stick.RotateOptions{School: w.authority})
	var notes strings.Builder
	for _, name := range m.Files() {
		if strings.HasSuffix(name, ".note") {
			notes.Write(m.ReadFile(name))
		}
	}
	return notes.String(), err
}

// withPrograms puts a list of programs into the school's folder.
func (w *world) withPrograms(t *testing.T, c change) (path string) {
	t.Helper()
	list := "stowage programs v1\n" + `{"school": "Hill Road Primary", "signed": "2026-09-24T08:00:00Z", "programs": [` +
		`{"name": "Stowage.exe", "version": "v1.0.0", "size": 5, "sha256": "` + strings.Repeat("0a", 32) + "\"}]}\n"
	path = filepath.Join(w.Dir(), programs.File)
	check(t, os.WriteFile(path, must(w.authority.Sign(c.in(t, list)))(t), 0o600))
	return path
}

func (w *world) programs(t *testing.T, c change) error {
	w.withPrograms(t, c)
	_, err := programs.List(w.School.School)
	return err
}

func (w *world) withoutProgram(t *testing.T, c change) (string, error) {
	path := w.withPrograms(t, c)
	err := programs.Remove(w.School.School, "Stowage.exe")
	return string(must(os.ReadFile(path))(t)), err
}

func (w *world) openings(t *testing.T, c change) error {
	text := "stowage opened v1\n" + `{"stick":"` + w.note.ID + `","opened":[{"number":9,"time":"2026-09-24T08:00:00Z","what":"stick","reason":"leaver"}]}` + "\n"
	k := must(keys.OpenHolderKey(w.key, []byte(holderPassphrase)))(t)
	sealed := must(keys.WrapFor(must(w.authority.Sign(c.in(t, text)))(t), []string{k.Recipient()}))(t)
	check(t, stick.PutOpenings(w.drive, sealed[k.Class()]))
	_, err := openings.OnStick(t.Context(), w.drive, k, w.note, w.authority.Verifier())
	return err
}

func (w *world) settings(t *testing.T, c change) error {
	_, err := config.Read(settingsWith(t, c))
	return err
}

func (w *world) set(t *testing.T, c change) (string, error) {
	path, err := config.Config{Me: "4e5f"}.Write(settingsWith(t, c))
	if err != nil {
		return "", err
	}
	return string(must(os.ReadFile(path))(t)), nil
}

// settingsWith is a folder with a config file.
func settingsWith(t *testing.T, c change) (dir string) {
	t.Helper()
	dir = t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, config.File), []byte(c.in(t, "me = \"0a1b\"\n")), 0o600))
	return dir
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

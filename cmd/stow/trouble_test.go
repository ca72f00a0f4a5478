//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/longtest"
	"stowage/crypt/stick"
	"stowage/gui/explain"
)

// troubles is how many moments of every command each kind of trouble is tried at.
var troubles = longtest.Int("troubles", 1, 6, "moments of every command at which a drive falls into each kind of trouble")

// systemSays is what the system says of a drive in trouble.
var systemSays = map[string]error{
	"full": syscall.ENOSPC, "read-only": syscall.EROFS, "removed": syscall.ENODEV, "failing": syscall.EIO,
}

// trouble is what a drive falls into at one of its operations, and stays in.
type trouble struct {
	kind string
	at   int64 // which of the operations that it can befall
	seen atomic.Int64
}

// befalls reports whether the trouble can come at this operation: a full or
// write-protected drive can still be read.
func (t *trouble) befalls(op string) bool {
	switch t.kind {
	case "full":
		return op == "create" || op == "mkdir" || op == "write" || op == "sync"
	case "read-only":
		return op != "open" && op != "read" && op != "list" && op != "stat"
	}
	return true
}

func (t *trouble) meet(op, name string) error {
	if !t.befalls(op) || t.seen.Add(1) <= t.at {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: systemSays[t.kind]}
}

// troubled is a folder that falls into trouble.
type troubled struct {
	cli.DriveFS
	*trouble
}

func (d *troubled) Open(name string) (stick.File, error) {
	return d.file("open", name, d.DriveFS.Open)
}

func (d *troubled) Create(name string) (stick.File, error) {
	return d.file("create", name, d.DriveFS.Create)
}

func (d *troubled) file(op, name string, do func(string) (stick.File, error)) (stick.File, error) {
	if err := d.meet(op, name); err != nil {
		return nil, err
	}
	f, err := do(name)
	if err != nil {
		return nil, err
	}
	return &troubledFile{f, d.trouble, name}, nil
}

func (d *troubled) Mkdir(name string) error {
	if err := d.meet("mkdir", name); err != nil {
		return err
	}
	return d.DriveFS.Mkdir(name)
}

func (d *troubled) Remove(name string) error {
	if err := d.meet("remove", name); err != nil {
		return err
	}
	return d.DriveFS.Remove(name)
}

func (d *troubled) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := d.meet("list", name); err != nil {
		return nil, err
	}
	return d.DriveFS.ReadDir(name)
}

func (d *troubled) Stat(name string) (fs.FileInfo, error) {
	if err := d.meet("stat", name); err != nil {
		return nil, err
	}
	return d.DriveFS.Stat(name)
}

type troubledFile struct {
	stick.File
	*trouble
	name string
}

func (f *troubledFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.meet("read", f.name); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *troubledFile) Read(p []byte) (int, error) {
	if err := f.meet("read", f.name); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

// Write writes half of it when the trouble comes.
func (f *troubledFile) Write(p []byte) (int, error) {
	if err := f.meet("write", f.name); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f *troubledFile) Sync() error {
	if err := f.meet("sync", f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

// desk is a copy of a school with a stick, on which commands are run.
type desk struct {
	t   *testing.T
	dir string
}

// copyOf copies a folder that [week] made, so that each trial begins with the same.
func copyOf(t *testing.T, from string) *desk {
	t.Helper()
	d := &desk{t, t.TempDir()}
	if err := os.CopyFS(d.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"auth.txt", "alice.txt", "new.txt"} {
		if err := os.Chmod(filepath.Join(d.dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// run runs a command on a drive, in trouble or not. Names in args are those of the
// folder. It returns the exit code and what was said.
func (d *desk) run(in *trouble, args ...string) (explain.Code, string) {
	d.t.Helper()
	d.t.Chdir(d.dir)
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "AppData"} {
		d.t.Setenv(name, filepath.Join(d.dir, "home"))
	}
	a := program()
	a.WorkFactor = keystest.WorkFactor()
	var said bytes.Buffer
	a.Stdin, a.Stdout, a.Stderr = bufio.NewReader(strings.NewReader("")), io.Discard, &said
	if in != nil {
		a.OpenDrive = func(path string) (cli.DriveFS, error) {
			f, err := cli.OpenDrive(path)
			if err != nil {
				return nil, err
			}
			return &troubled{f, in}, nil
		}
	}
	code := run(a, append(slices.Clone(args), "--school", "hill"))
	return explain.Code(code), said.String()
}

// stickNow is what is on the stick, by its own list and what its files hold.
func (d *desk) stickNow() string {
	d.t.Helper()
	out := filepath.Join(d.dir, "now")
	if err := os.RemoveAll(out); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		d.t.Fatal(err)
	}
	if code, said := d.run(nil, "stick", "get", "stick", "--to", out, "--recovery", "--authority-passphrase-file", "auth.txt", "--reason", "asked to"); code != explain.OK {
		d.t.Fatalf("nothing can be got from the stick: %s", said)
	}
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(out), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(os.DirFS(out), name)
		all.WriteString(name + ": " + string(data) + "\n")
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all.String()
}

// TestDriveInTrouble has the stick's drive fill up, become read-only, fail and be pulled
// in the middle of every command that writes on one. The command says so in a
// sentence, with its own exit code; what is on the stick is as it was or as it is to
// be; and the same command once more does it.
func TestDriveInTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of commands")
	}
	from := week(t)
	write(t, from, "new.txt", "seventeen purple otters juggling\n")
	write(t, from, "one.txt", "one\n")
	write(t, from, "two.txt", "two\n")
	mustRun(t, from, "stick", "put", "stick", "one.txt", "--passphrase-file", "alice.txt")
	mustRun(t, from, "stick", "put", "stick", "two.txt", "--passphrase-file", "alice.txt")
	for name, args := range map[string][]string{
		"put":        {"put", "stick", "alice.txt", "--replace", "--passphrase-file", "alice.txt"},
		"rm":         {"rm", "stick", "one.txt", "--passphrase-file", "alice.txt"},
		"mv":         {"mv", "stick", "one.txt", "three.txt", "--passphrase-file", "alice.txt"},
		"mkdir":      {"mkdir", "stick", "new/empty", "--passphrase-file", "alice.txt"},
		"tidy":       {"tidy", "stick", "--all", "--passphrase-file", "alice.txt"},
		"erase":      {"erase", "stick", "one.txt", "--passphrase-file", "alice.txt"},
		"passphrase": {"passphrase", "stick", "--passphrase-file", "alice.txt", "--new-passphrase-file", "new.txt"},
		"rekey":      {"rekey", "stick", "--passphrase-file", "auth.txt"},
		"rotate":     {"rotate", "stick", "--passphrase-file", "auth.txt"},
		"checkin":    {"checkin", "stick", "--recovery", "--authority-passphrase-file", "auth.txt"},
		"convert":    {"convert", "stick", "--folder", "--passphrase-file", "auth.txt"},
		"repair":     {"repair", "stick", "--discard", "--passphrase-file", "alice.txt"},
	} {
		t.Run(name, func(t *testing.T) { inTrouble(t, from, name, append([]string{"stick"}, args...)) })
	}
}

// troubleCodes are what a command may end with in each kind of trouble.
var troubleCodes = map[string]explain.Code{
	"full": explain.Full, "read-only": explain.ReadOnly, "removed": explain.Vanished, "failing": explain.Vanished,
}

func inTrouble(t *testing.T, from, name string, args []string) {
	begin := func() *desk {
		d := copyOf(t, from)
		if name == "convert" {
			write(t, filepath.Join(d.dir, "stick"), "plain.txt", "plain\n")
		}
		if name == "repair" {
			layers, err := filepath.Glob(filepath.Join(d.dir, "stick/stowage/layers/00000002-*.age"))
			if err != nil || len(layers) != 1 {
				t.Fatalf("%q, %v", layers, err)
			}
			data, err := os.ReadFile(layers[0])
			if err == nil {
				data[len(data)-100] ^= 1
				err = os.WriteFile(layers[0], data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	random := rand.New(rand.NewPCG(1, 7))
	met := map[explain.Code]int{}
	defer func() { t.Logf("commands ended with these exit codes, so often: %v", met) }()
	for kind, wanted := range troubleCodes {
		d := begin()
		before := ""
		if name != "repair" {
			before = d.stickNow()
		}
		count := &trouble{kind: kind, at: 1 << 40}
		code, said := d.run(count, args...)
		if code != explain.OK && code != explain.Damaged { // repairing says what is lost
			t.Fatalf("without trouble: %d, %s", code, said)
		}
		after := d.stickNow()
		for range *troubles {
			at := random.Int64N(max(1, count.seen.Load()))
			d := begin()
			code, said := d.run(&trouble{kind: kind, at: at}, args...)
			met[code]++
			sentence := strings.TrimSpace(said)
			if code != explain.OK && code != wanted && code != explain.Damaged && code != explain.Partly || strings.Contains(sentence, "did not work") {
				t.Errorf("%s at %d of %d: exit code %d (%s): %s", kind, at, count.seen.Load(), code, code.Name(), said)
			}
			if code == wanted && (!strings.HasSuffix(sentence, ".") || strings.Contains(sentence, "no space left") || strings.Contains(sentence, "errno")) {
				t.Errorf("%s at %d: no sentence for people: %s", kind, at, said)
			}
			again, said := d.run(nil, args...)
			if again != explain.OK && !slices.Contains([]explain.Code{explain.NotFound, explain.Passphrase, explain.Damaged}, again) { // it was done the first time
				t.Errorf("%s at %d (%d): once more: %d, %s", kind, at, code, again, said)
			}
			if now := d.stickNow(); now != after {
				t.Errorf("%s at %d (%d): the stick held\n%s and holds\n%s not\n%s", kind, at, code, before, now, after)
			}
		}
	}
}

// TestIssueInTrouble issues a stick on a drive that falls into trouble: it is said, the
// register has none of it, nothing of a stick is left where the drive still lets it be
// taken away, and once more it works.
func TestIssueInTrouble(t *testing.T) {
	from := week(t)
	write(t, from, "new.txt", "")
	args := []string{"stick", "issue", "empty", "--folder", "--to", "alice", "--label", "HRP-2", "--passphrase-file", "auth.txt"}
	begin := func() *desk {
		d := copyOf(t, from)
		if err := os.Mkdir(filepath.Join(d.dir, "empty"), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, d.dir, "empty/holiday.txt", "was there before\n")
		return d
	}
	random := rand.New(rand.NewPCG(1, 8))
	for kind, wanted := range troubleCodes {
		count := &trouble{kind: kind, at: 1 << 40}
		if code, said := begin().run(count, args...); code != explain.OK {
			t.Fatalf("without trouble: %s", said)
		}
		for range 4 * *troubles {
			at := random.Int64N(count.seen.Load())
			d := begin()
			code, said := d.run(&trouble{kind: kind, at: at}, args...)
			if code != explain.OK && code != wanted || strings.Contains(said, "did not work") {
				t.Errorf("%s at %d of %d: exit code %d (%s): %s", kind, at, count.seen.Load(), code, code.Name(), said)
			}
			if code == explain.OK {
				continue
			}
			if code, _ := d.run(nil, "register", "show", "HRP-2"); code != explain.NotFound {
				t.Errorf("%s at %d: the register has it (%d)", kind, at, code)
			}
			left, err := os.ReadDir(filepath.Join(d.dir, "empty"))
			if err != nil || kind == "full" && len(left) != 1 {
				t.Errorf("%s at %d: there is %v, %v", kind, at, left, err)
			}
			if again, said := d.run(nil, args...); again != explain.OK {
				t.Errorf("%s at %d: once more: %d, %s", kind, at, again, said)
			}
		}
	}
}

package store_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"stowage/crypt/longtest"
	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// The program that TestProcesses and TestKilled run several times: it adds
// devices and says so on standard output, once each is stored.
const childPath, childName = "REGISTER_TEST_PATH", "REGISTER_TEST_NAME"

// brief begins the names of those that open the register anew for every device, as a command line does.
const brief = "brief-"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := child(path, os.Getenv(childName)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	before := openFiles()
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintf(os.Stderr, "left running: %v\n", err)
		code = 1
	}
	for name := range openFiles() {
		if !before[name] && code == 0 {
			fmt.Fprintf(os.Stderr, "left open: %s\n", name)
			code = 1
		}
	}
	os.Exit(code)
}

// openFiles are the files that the process has open, as Linux lists them, each
// as its descriptor and name.
func openFiles() map[string]bool {
	const list = "/proc/self/fd"
	open := map[string]bool{}
	entries, _ := os.ReadDir(list)
	for _, e := range entries {
		name, err := os.Readlink(filepath.Join(list, e.Name()))
		if err == nil && strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "/proc/") && !strings.HasPrefix(name, "/dev/") {
			open[e.Name()+" "+name] = true
		}
	}
	return open
}

func child(path, name string) error {
	ctx := context.Background()
	s, err := openEither(ctx, path)
	if err != nil {
		return err
	}
	r := devices.NewRegister(s, devices.Options{})
	for i := range 30 {
		if strings.HasPrefix(name, brief) {
			if err := s.Close(); err != nil {
				return err
			}
			if s, err = openEither(ctx, path); err != nil {
				return err
			}
			r = devices.NewRegister(s, devices.Options{})
		}
		label := fmt.Sprintf("%s-%d", name, i)
		if _, err := r.AddDevice(ctx, name, devices.DeviceDetails{Kind: devices.Phone, Label: label}); err != nil {
			return err
		}
		if err := addNote(ctx, r, name); err != nil {
			return err
		}
		fmt.Println(label)
	}
	return s.Close()
}

func openEither(ctx context.Context, place string) (store.Keeper, error) {
	if store.IsURL(place) {
		return store.OpenPostgres(ctx, place, nil)
	}
	return store.Open(ctx, place)
}

// sharedLabel is the label of a device that all programs change, if there is one.
const sharedLabel = "shared"

// addNote adds a letter to the notes of the device that all change, as a desk does that
// has read it before: what another desk wrote meanwhile is refused, read and kept.
func addNote(ctx context.Context, r *devices.Register, name string) error {
	for {
		d, err := r.FindDevice(ctx, sharedLabel)
		if errors.Is(err, devices.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		details := d.DeviceDetails
		details.Notes += "x"
		_, err = r.EditDevice(ctx, name, d.ID, d.Version, details)
		if !errors.Is(err, devices.ErrChanged) {
			return err
		}
	}
}

func startChild(t *testing.T, path, name string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(must[string](t)(os.Executable()))
	cmd.Env = append(os.Environ(), childPath+"="+path, childName+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	checkProcesses(t, create(t, path), path)
}

// TestProcessesAlone is TestProcesses with nobody else who has the register open, so that whoever
// closes it last puts the log of changes away while others open it.
func TestProcessesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var running []*exec.Cmd
	for i := range 4 {
		cmd, out := startChild(t, path, fmt.Sprint(brief, i))
		go func() {
			for out.Scan() {
			}
		}()
		running = append(running, cmd)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	s = openAt(t, path)
	if found := find(t, registerOn(s), devices.DeviceQuery{Limit: 200}); len(found) != 120 {
		t.Errorf("%d devices", len(found))
	}
	if err := errors.Join(registerOn(s).Check(t.Context(), nil), s.Check(t.Context(), true)); err != nil {
		t.Error(err)
	}
}

// TestProcessesOnPostgres is several desks at once.
func TestProcessesOnPostgres(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	url := newPostgres(t, server)
	checkProcesses(t, openPostgres(t, url), url)
}

// checkProcesses runs programs that write the same register at once, two of which open it anew for
// every device: no device that one adds and no change that one makes is lost, and none is told that the
// register is locked.
func checkProcesses(t *testing.T, s store.Keeper, path string) {
	shared := add(t, registerOn(s), devices.DeviceDetails{Label: sharedLabel})
	var running []*exec.Cmd
	var outputs []*bufio.Scanner
	for _, name := range []string{"P0", brief + "1", brief + "2"} {
		cmd, out := startChild(t, path, name)
		running, outputs = append(running, cmd), append(outputs, out)
	}
	for i, cmd := range running {
		for outputs[i].Scan() {
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if found := find(t, registerOn(s), devices.DeviceQuery{Limit: 100}); len(found) != 91 {
		t.Errorf("%d devices", len(found))
	}
	if d := must[devices.Device](t)(registerOn(s).Device(t.Context(), shared.ID)); d.Notes != strings.Repeat("x", 90) {
		t.Errorf("of 90 changes to one device %d are there", len(d.Notes))
	}
	if err := errors.Join(registerOn(s).Check(t.Context(), nil), s.Check(t.Context(), true)); err != nil {
		t.Error(err)
	}
}

var kills = longtest.Int("kills", 8, 60, "how often three programs that write the register are killed")

// TestKilled kills programs that write, several at once: what they said was stored is
// stored, nothing is half there, and the file opens clean when nobody else has it
// open, as after a crash of the computer's only program.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	if err := create(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	var said []string
	chance := rand.New(rand.NewPCG(5, 8))
	for round := range *kills {
		var running []*exec.Cmd
		var outputs []*bufio.Scanner
		for i := range 3 {
			cmd, out := startChild(t, path, fmt.Sprintf("K%d-%d", round, i))
			running, outputs = append(running, cmd), append(outputs, out)
		}
		// The others are somewhere in their work when one has come this far.
		for range chance.IntN(25) { // or none, while they start
			if outputs[0].Scan() {
				said = append(said, outputs[0].Text())
			}
		}
		for _, i := range chance.Perm(len(running)) {
			if err := running[i].Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
		}
		for i, cmd := range running {
			for outputs[i].Scan() {
				said = append(said, outputs[i].Text())
			}
			_ = cmd.Wait()
		}
		s := openAt(t, path)
		r := registerOn(s)
		_, logErr := r.VerifyLog(t.Context(), nil, nil)
		if err := errors.Join(r.Check(t.Context(), nil), s.Check(t.Context(), true), logErr); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for _, label := range said {
			if _, err := r.FindDevice(t.Context(), label); err != nil {
				t.Errorf("%s was said to be stored: %v", label, err)
			}
		}
		add(t, r, devices.DeviceDetails{Label: fmt.Sprint("after ", round)})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(said) < *kills {
		t.Errorf("only %d events were committed before the kills", len(said))
	}
	fmt.Printf("register: %d programs killed while they wrote; %d changes said to be committed, none lost\n", 3**kills, len(said))
}

// TestDamagedComesBack damages the file of a register after its backup: that is
// noticed, and the backup brings everything back that was in it.
func TestDamagedComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	fill(t, registerOn(s), 200)
	before := find(t, registerOn(s), devices.DeviceQuery{Limit: 50})
	saved := backup(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole := must[[]byte](t)(os.ReadFile(path))
	const page, stride = 4096, 7
	unnoticed := 0
	for at := 0; at < len(whole)/page; at += stride {
		damaged := slices.Clone(whole)
		for i := at * page; i < at*page+64; i++ {
			damaged[i] ^= 0xff
		}
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		hurt, err := store.Open(t.Context(), path)
		if err == nil {
			if err = hurt.Check(t.Context(), true); err == nil { // a page that is not in use: then nothing may differ
				unnoticed++
				if after := find(t, registerOn(hurt), devices.DeviceQuery{Limit: 50}); !slices.Equal(after, before) {
					t.Fatalf("page %d: a difference went unnoticed", at)
				}
				err = registerOn(hurt).Check(t.Context(), nil)
			}
			err = errors.Join(err, hurt.Close())
		}
		if err != nil && !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNotRegister) {
			t.Fatalf("page %d: %v", at, err)
		}
		if err := store.Restore(t.Context(), path, bytes.NewReader(saved), store.RestoreOptions{}); err != nil {
			t.Fatalf("page %d: %v", at, err)
		}
		back := openAt(t, path)
		err = errors.Join(back.Check(t.Context(), true), registerOn(back).Check(t.Context(), nil))
		if after := find(t, registerOn(back), devices.DeviceQuery{Limit: 50}); err != nil || !slices.Equal(after, before) {
			t.Fatalf("page %d: %v, %d of %d devices", at, err, len(after), len(before))
		}
		if err := back.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if pages := len(whole) / page / stride; unnoticed > pages/10 {
		t.Errorf("%d of %d damaged pages went unnoticed", unnoticed, pages)
	}
}

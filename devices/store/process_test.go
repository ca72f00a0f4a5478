package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"stowage/devices"
	"stowage/devices/store"
)

// The program that TestProcesses and TestKilled run several times: it adds
// devices and says so on standard output, once each is stored.
const childPath, childName = "REGISTER_TEST_PATH", "REGISTER_TEST_NAME"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := child(path, os.Getenv(childName)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(path, name string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	r := devices.NewRegister(s, devices.Options{})
	for i := range 30 {
		label := fmt.Sprintf("%s-%d", name, i)
		if _, err := r.AddDevice(ctx, name, devices.DeviceDetails{Kind: devices.Phone, Label: label}); err != nil {
			return err
		}
		fmt.Println(label)
	}
	return s.Close()
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
	s := create(t, path)
	var running []*exec.Cmd
	var outputs []*bufio.Scanner
	for i := range 3 {
		cmd, out := startChild(t, path, fmt.Sprint("P", i))
		running, outputs = append(running, cmd), append(outputs, out)
	}
	for i, cmd := range running {
		for outputs[i].Scan() {
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if found := find(t, registerOn(s), devices.DeviceQuery{Limit: 100}); len(found) != 90 {
		t.Errorf("%d devices", len(found))
	}
	if err := errors.Join(registerOn(s).Check(t.Context(), nil), s.Check(t.Context(), true)); err != nil {
		t.Error(err)
	}
}

// TestKilled kills a program that writes: what it said was stored is stored.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := create(t, path)
	for round := range 5 {
		cmd, out := startChild(t, path, fmt.Sprint("K", round))
		var said []string
		for range 1 + round*3 {
			if out.Scan() {
				said = append(said, out.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() {
			said = append(said, out.Text())
		}
		_ = cmd.Wait()
		for _, label := range said {
			if _, err := registerOn(s).FindDevice(t.Context(), label); err != nil {
				t.Errorf("%s was said to be stored: %v", label, err)
			}
		}
		if err := errors.Join(registerOn(s).Check(t.Context(), nil), s.Check(t.Context(), true)); err != nil {
			t.Fatal(err)
		}
		add(t, registerOn(s), devices.DeviceDetails{Label: fmt.Sprint("after ", round)})
	}
}

//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"stowage/crypt/canarytest"
)

// The canaries: what nobody may find where it does not belong.
const (
	canaryContent    = "CANARY-content-2c1f0a7be94d"
	canaryName       = "canary-name-93d1"
	canaryFolder     = "canary-folder-77ab"
	canaryPassphrase = "canary velvet oyster hammock ninefold"
)

// nest is a school and a stick as [week] makes them, with Alice's passphrase the
// canary, and everything a program may write to below one folder.
type nest struct {
	*testing.T
	dir     string
	secrets []string // passphrases; in no output at all
}

func newNest(t *testing.T) *nest {
	n := &nest{T: t, dir: week(t)}
	slip, err := os.ReadFile(filepath.Join(n.dir, "slip.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n.secrets = []string{canaryPassphrase, authorityPassphrase, alicePassphrase, strings.TrimSpace(string(slip))}
	write(t, n.dir, "canary.txt", canaryPassphrase+"\n")
	for _, folder := range []string{"tmp", "sealed", "src/" + canaryFolder} {
		if err := os.MkdirAll(filepath.Join(n.dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, n.dir, "src/"+canaryFolder+"/"+canaryName+".txt", strings.Repeat(canaryContent+"\n", 4000))
	return n
}

func (n *nest) command(args ...string) *exec.Cmd {
	cmd := stow(n.T, n.dir, args...)
	tmp := filepath.Join(n.dir, "tmp")
	cmd.Env = append(cmd.Env, "TMPDIR="+tmp, "XDG_CACHE_HOME="+tmp, "XDG_RUNTIME_DIR="+tmp, "XDG_STATE_HOME="+tmp)
	return cmd
}

// run runs stow to its end; what it says holds no secret and no content.
func (n *nest) run(args ...string) {
	n.Helper()
	out, err := n.command(args...).CombinedOutput()
	if err != nil {
		n.Errorf("stow %q: %v\n%s", args, err, out)
	}
	if got := canarytest.In(out, append(n.secrets, canaryContent)...); len(got) > 0 {
		n.Errorf("stow %q says %q", args, got)
	}
}

// refused runs stow, which must fail, and whose words must not repeat what it was given.
func (n *nest) refused(args ...string) {
	n.Helper()
	out, err := n.command(args...).CombinedOutput()
	if err == nil {
		n.Errorf("stow %q succeeded", args)
	}
	if got := canarytest.In(out, append(n.secrets, canaryContent)...); len(got) > 0 {
		n.Errorf("stow %q says %q", args, got)
	}
}

// clean searches everything below the home folder but what is meant to hold canaries:
// the stick, the school, settings, temporary files, what was encrypted.
func (n *nest) clean(after string) {
	n.Helper()
	entries, err := os.ReadDir(n.dir)
	if err != nil {
		n.Fatal(err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "src", "out", "auth.txt", "alice.txt", "slip.txt", "canary.txt", "sealed", "slips": // where they are meant to be, or are looked for apart
			continue
		}
		all := append([]string{canaryContent, canaryName, canaryFolder}, n.secrets...)
		if got := canarytest.Below(n.T, filepath.Join(n.dir, e.Name()), nil, all...); len(got) > 0 {
			n.Errorf("after %s: %s", after, strings.Join(got, "\n"))
		}
	}
	if left, _ := os.ReadDir(filepath.Join(n.dir, "tmp")); len(left) > 0 {
		n.Errorf("after %s: %q left for temporary", after, left)
	}
}

func TestCanaries(t *testing.T) {
	n := newNest(t)
	// A search that finds nothing anywhere would prove nothing.
	if got := canarytest.Below(t, filepath.Join(n.dir, "src"), nil, canaryContent, canaryName, canaryFolder); len(got) != 4 {
		t.Fatalf("the search found %q", got)
	}
	n.run("stick", "passphrase", "stick", "--passphrase-file", "alice.txt", "--new-passphrase-file", "canary.txt")
	n.clean("a passphrase change")
	for _, args := range [][]string{
		{"stick", "put", "stick", "src/" + canaryFolder},
		{"stick", "ls", "stick", "-r"},
		{"stick", "get", "stick", "--to", "out"},
		{"stick", "mv", "stick", canaryFolder, "renamed"},
		{"stick", "rm", "stick", "renamed/" + canaryName + ".txt"},
		{"stick", "check", "stick"},
		{"stick", "tidy", "stick"},
	} {
		n.run(append(args, "--passphrase-file", "canary.txt")...)
		n.clean(strings.Join(args[:2], " "))
	}
	n.run("encrypt", "src/"+canaryFolder+"/"+canaryName+".txt", "--to", "alice@hill.example", "--out-dir", "sealed")
	if got := canarytest.Below(t, filepath.Join(n.dir, "sealed"), nil, append(n.secrets, canaryContent)...); len(got) > 0 {
		t.Errorf("encrypted files: %q", got)
	}
	n.clean("encrypting")
	n.wholeLife()
	// What fails says no more than what works.
	n.refused("stick", "ls", "stick", "--passphrase-file", "auth.txt")
	n.refused("stick", "passphrase", "stick", "--passphrase-file", "canary.txt", "--new-passphrase-file", "canary.txt")
	n.refused("stick", "get", "stick", "nowhere", "--to", "out", "--passphrase-file", "canary.txt")
	n.clean("refusals")
}

// wholeLife does with the stick what a school does with one: a drive of plain files is
// converted, the stick is backed up, checked in, lost, reported and restored, keys are
// issued and taken elsewhere.
func (n *nest) wholeLife() {
	n.Helper()
	usb := filepath.Join(n.dir, "usb", canaryFolder)
	if err := os.MkdirAll(usb, 0o700); err != nil {
		n.Fatal(err)
	}
	write(n.T, usb, canaryName+".txt", strings.Repeat(canaryContent+"\n", 4000))
	for _, folder := range []string{"slips", "fresh"} { // passphrases that are meant to be handed over lie in slips
		if err := os.Mkdir(filepath.Join(n.dir, folder), 0o700); err != nil {
			n.Fatal(err)
		}
	}
	n.run("stick", "put", "stick", "src/"+canaryFolder, "--replace", "--passphrase-file", "canary.txt")
	n.run("stick", "convert", "usb", "--folder", "--to", "alice@hill.example", "--label", "HRP-2", "--passphrase-file", "auth.txt")
	n.clean("converting")
	n.run("stick", "backup", "stick", "--open", "--passphrase-file", "canary.txt")
	n.clean("backing up")
	n.run("stick", "checkin", "stick", "--recovery", "--authority-passphrase-file", "auth.txt", "--check")
	n.clean("checking in")
	n.run("holder", "add", "--name", "Bob Evans", "--email", "bob@hill.example")
	n.run("key", "issue", "bob@hill.example", "--passphrase-file", "auth.txt", "--passphrase-out", "slips/bob.txt", "--out", "bob.age")
	slip, err := os.ReadFile(filepath.Join(n.dir, "slips/bob.txt"))
	if err != nil {
		n.Fatal(err)
	}
	n.secrets = append(n.secrets, strings.TrimSpace(string(slip)))
	n.clean("issuing a key")
	n.run("key", "recover", "alice@hill.example", "--telephone", "HRP-1", "--identified", "called back", "--code-out", "slips/code.txt", "--passphrase-file", "auth.txt")
	code, err := os.ReadFile(filepath.Join(n.dir, "slips/code.txt"))
	if err != nil {
		n.Fatal(err)
	}
	n.secrets = append(n.secrets, strings.TrimSpace(string(code)))
	n.clean("reading out a code")
	n.run("register", "backup", "register.age")
	n.run("register", "export", "--encrypted", "register.csv.age")
	n.clean("taking the register elsewhere")
	n.run("device", "lost", "HRP-1", "--note", "left on the bus", "--passphrase-file", "auth.txt")
	n.run("stick", "restore", "fresh", "--folder", "--from", "HRP-1", "--to", "bob@hill.example", "--label", "HRP-3", "--passphrase-file", "auth.txt", "--reason", "asked to")
	n.clean("restoring")
	n.refused("stick", "restore", "fresh", "--folder", "--from", "HRP-1", "--to", "bob@hill.example", "--label", "HRP-4", "--passphrase-file", "canary.txt")
	n.refused("key", "passphrase", "bob.age", "--passphrase-file", "slips/code.txt", "--new-passphrase-file", "canary.txt")
	n.clean("more refusals")
}

// TestCanariesOfACrash ends the program in the middle of a put, by the kernel and by a
// signal that Go answers by writing out what all its goroutines do.
func TestCanariesOfACrash(t *testing.T) {
	n := newNest(t)
	n.run("stick", "passphrase", "stick", "--passphrase-file", "alice.txt", "--new-passphrase-file", "canary.txt")
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGQUIT} {
		cmd := n.command("stick", "put", "stick", "-", "--as", "stream.txt", "--passphrase-file", "canary.txt")
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The pipe holds 64 KB: once this much went in, it is in the middle of its work.
		if _, err := io.WriteString(in, strings.Repeat(canaryContent+"\n", 40_000)); err != nil {
			t.Errorf("%v: %v\n%s", signal, err, said.String())
		}
		for _, file := range []string{"environ", "cmdline"} {
			data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", cmd.Process.Pid, file))
			if err != nil && !os.IsPermission(err) { // another's environment is hidden from all but root
				t.Errorf("%s: %v", file, err)
			}
			if got := canarytest.In(data, append(n.secrets, canaryContent)...); len(got) > 0 {
				t.Errorf("%s holds %q", file, got)
			}
		}
		if limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid)); err != nil {
			t.Log(err)
		} else if line := lineOf(string(limits), "Max core file size"); !slices.Equal(strings.Fields(line)[4:6], []string{"0", "0"}) {
			t.Errorf("a crash may dump memory: %q", line)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Error(err)
		}
		watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		watchdog.Stop()
		if err == nil {
			t.Errorf("%v did not end it", signal)
		}
		if got := canarytest.In(said.Bytes(), append(n.secrets, canaryContent)...); len(got) > 0 {
			t.Errorf("after %v it said %q", signal, got)
		}
		n.clean(signal.String())
	}
	n.run("stick", "ls", "stick", "--passphrase-file", "canary.txt") // and it opens again
	n.clean("opening again")
}

// lineOf is the first line that begins so.
func lineOf(text, begin string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, begin) {
			return line
		}
	}
	return begin + " is not there at all, it seems"
}

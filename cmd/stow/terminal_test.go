//go:build linux || darwin

package main

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"stowage/crypt/keys"
	"stowage/gui/explain"
)

// conversation is stow on a terminal of its own.
type conversation struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	seen bytes.Buffer // everything that showed on the terminal
	from int          // what was seen up to here has been waited for
}

// talk starts stow with a terminal as its controlling one, while its standard
// input is something else.
func talk(t *testing.T, dir string, args ...string) *conversation {
	t.Helper()
	cmd := stow(t, dir, args...)
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	t.Cleanup(func() {
		tty.Close()
		_ = cmd.Process.Kill()
	})
	return &conversation{t: t, cmd: cmd, tty: tty}
}

// expect waits until the terminal has shown the text.
func (c *conversation) expect(text string) {
	c.t.Helper()
	buf := make([]byte, 4096)
	for {
		if i := bytes.Index(c.seen.Bytes()[c.from:], []byte(text)); i >= 0 {
			c.from += i + len(text)
			return
		}
		n, err := c.tty.Read(buf)
		c.seen.Write(buf[:n])
		if err != nil {
			c.t.Fatalf("waiting for %q: %v; it showed:\n%s", text, err, c.seen.Bytes())
		}
	}
}

// say types a line.
func (c *conversation) say(text string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(text + "\n"); err != nil {
		c.t.Fatal(err)
	}
}

// press sends one key.
func (c *conversation) press(key byte) {
	c.t.Helper()
	if _, err := c.tty.Write([]byte{key}); err != nil {
		c.t.Fatal(err)
	}
}

// end reads what is left and returns the exit code.
func (c *conversation) end() explain.Code {
	c.t.Helper()
	_, _ = c.seen.ReadFrom(c.tty) // ends in an error when the program closes the terminal
	_ = c.cmd.Wait()
	return explain.Code(c.cmd.ProcessState.ExitCode())
}

// unseen fails if a secret showed on the terminal.
func (c *conversation) unseen(secrets ...string) {
	c.t.Helper()
	for _, secret := range secrets {
		if strings.Contains(c.seen.String(), secret) {
			c.t.Errorf("%q showed on the terminal:\n%s", secret, c.seen.String())
		}
	}
}

// TestExportOnTerminal: what somebody put into the register steers no terminal, though a file
// gets it as it is.
func TestExportOnTerminal(t *testing.T) {
	dir := week(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "hill", "register.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE devices SET make = ?", hostileName); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c := talk(t, dir, "register", "export")
	if code := c.end(); code != explain.OK || !strings.Contains(c.seen.String(), "HRP-1") || !strings.Contains(c.seen.String(), "forged") {
		t.Errorf("it ended with %d:\n%q", code, c.seen.String())
	}
	c.unseen("\x1b", "\a", "\u009b", "\u202e")
	if got := mustRun(t, dir, "register", "export", "-"); !strings.Contains(got, "\x1b") {
		t.Errorf("into a file it is %q", got)
	}
}

func TestAskOnTerminal(t *testing.T) {
	dir := week(t)
	c := talk(t, dir, "stick", "ls", "stick")
	c.expect("Passphrase for the stick at stick: ")
	c.say(alicePassphrase)
	if code := c.end(); code != explain.OK {
		t.Errorf("it ended with %d:\n%s", code, c.seen.String())
	}
	c.unseen(alicePassphrase)
}

func TestAskTwiceOnTerminal(t *testing.T) {
	dir := week(t)
	const next = "seventeen purple otters juggling"
	c := talk(t, dir, "stick", "passphrase", "stick")
	c.expect("Passphrase for the stick, as it is now: ")
	c.say(alicePassphrase)
	c.expect("New passphrase for the stick: ")
	c.say("monkey123") // refused, with the reason, and asked for again
	c.expect("not taken, since")
	c.expect("New passphrase for the stick: ")
	c.say(next)
	c.expect("The same once more: ")
	c.say(next + " oops")
	c.expect("are not the same")
	c.expect("New passphrase for the stick: ")
	c.say(next)
	c.expect("The same once more: ")
	c.say(next)
	if code := c.end(); code != explain.OK {
		t.Errorf("it ended with %d:\n%s", code, c.seen.String())
	}
	c.unseen(alicePassphrase, next, "monkey123")
	write(t, dir, "next.txt", next)
	mustRun(t, dir, "stick", "ls", "stick", "--passphrase-file", "next.txt")
}

// TestDrawnPassphrase: the authority's passphrase is eight words, which must be typed as they were written down.
func TestDrawnPassphrase(t *testing.T) {
	dir := t.TempDir()
	c := talk(t, dir, "school", "init", "hill", "--name", "Hill Road Primary")
	c.expect("drawn at random")
	c.expect("\n\r\n    ")
	c.expect("Type it as you wrote it down: ")
	_, shown, _ := strings.Cut(c.seen.String(), "\n\r\n    ")
	drawn, _, _ := strings.Cut(shown, "\r\n")
	if len(strings.Fields(drawn)) != keys.AuthorityWords {
		t.Fatalf("drawn: %q", drawn)
	}
	c.say("something else")
	c.expect("not the same")
	c.expect("Type it as you wrote it down: ")
	c.say(drawn)
	if code := c.end(); code != explain.OK {
		t.Fatalf("it ended with %d:\n%s", code, c.seen.String())
	}
	sealed, err := os.ReadFile(filepath.Join(dir, "hill", "authority.age"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := keys.OpenAuthority(sealed, []byte(drawn))
	if err != nil {
		t.Fatal(err)
	}
	a.Wipe()
}

// TestAskBesidePipe asks on the terminal although standard input is a pipe.
func TestAskBesidePipe(t *testing.T) {
	dir := week(t)
	write(t, dir, "letter.txt", "Dear all")
	cmd := stow(t, dir, "stick", "put", "stick", "-", "--as", "letter.txt")
	in, err := os.Open(dir + "/letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd.Stdin = in
	tty, name, err := pty.Open()
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	defer tty.Close()
	cmd.Stdout, cmd.Stderr = name, name
	cmd.SysProcAttr = controllingTerminal(1) // its standard output is the terminal
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	name.Close()
	c := &conversation{t: t, cmd: cmd, tty: tty}
	c.expect("Passphrase for the stick at stick: ")
	c.say(alicePassphrase)
	if code := c.end(); code != explain.OK {
		t.Errorf("it ended with %d:\n%s", code, c.seen.String())
	}
	c.unseen(alicePassphrase)
	if got := mustRun(t, dir, "stick", "get", "stick", "letter.txt", "--to", "-", "--passphrase-file", "alice.txt"); got != "Dear all" {
		t.Errorf("stored %q", got)
	}
}

// TestCancelOnTerminal presses Ctrl-C at the question: the terminal echoes
// again afterwards.
func TestCancelOnTerminal(t *testing.T) {
	dir := week(t)
	c := talk(t, dir, "stick", "ls", "stick")
	c.expect("Passphrase for the stick at stick: ")
	c.press(3)
	if code := c.end(); code != explain.Cancelled {
		t.Errorf("it ended with %d, wanted %d:\n%s", code, explain.Cancelled, c.seen.String())
	}
}

// TestNoTerminal has nobody to ask.
func TestNoTerminal(t *testing.T) {
	dir := week(t)
	cmd := stow(t, dir, "stick", "ls", "stick")
	cmd.SysProcAttr = noTerminal()
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != int(explain.Usage) || !bytes.Contains(out, []byte("no terminal on which to ask")) {
		t.Errorf("it ended with %v: %s", err, out)
	}
}

// controllingTerminal starts a process in a session of its own whose terminal is
// the given file descriptor.
func controllingTerminal(fd int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: fd}
}

// noTerminal starts a process in a session that has none.
func noTerminal() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

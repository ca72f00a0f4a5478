//go:build linux

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices/school/config"
	"stowage/devices/school/loss"
)

// A computer that joined with a directory file, as the window lets staff do, knows
// whom to encrypt to and whom to tell of a loss.
func TestJoinedWithDirectoryFile(t *testing.T) {
	dir := week(t)
	settings := filepath.Join(dir, "config", "stowage")
	before, err := config.Read(settings)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, "directory", "publish", "--to", "given.note", "--passphrase-file", "auth.txt")
	joined := config.Config{Directory: filepath.Join(dir, "given.note"), Verifier: before.Verifier}
	if _, err := joined.Write(settings); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "letter.txt", "Dear Alice")
	mustRun(t, dir, "encrypt", "--to", "alice@hill.example", "letter.txt")
	out := mustRun(t, dir, "report", "lost", "--name", "Alice", "--label", "HRP-1")
	if !strings.Contains(out, "hand it to ICT or e-mail it") {
		t.Errorf("no file was made: %s", out)
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "loss-*"+loss.ReportExtension)); len(made) != 1 {
		t.Errorf("made %v", made)
	}
}

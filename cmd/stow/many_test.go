package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestOneBadOfMany walks the commands: whatever takes several things, as arguments or in a
// flag, gets a bad one among good ones in the script many, which runs with the others.
func TestOneBadOfMany(t *testing.T) {
	oneThing := map[string]string{
		"stow register search": "the words are looked for together",
		"stow encrypt --to":    "what is encrypted must open for everybody named",
		"--programs":           "words that the command line knows",
		"--state":              "words that the command line knows",
		"--kind":               "words that the command line knows",
		"--site":               "words that the register knows",
		"--map":                "columns of one file, which is read or is not",
	}
	script := readAll(t, "testdata/script/many.txtar")
	lines := strings.Split(script, "\n")
	tried := func(command, flag string) bool {
		for _, line := range lines {
			if strings.HasPrefix(line, "fails partly "+command+" ") && strings.Count(line, flag) > 1 {
				return true
			}
		}
		return false
	}
	found := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
		if cmd.RunE == nil || cmd.HasSubCommands() {
			return
		}
		path := cmd.CommandPath()
		if cmd.ValidateArgs([]string{"1", "2", "3", "4", "5", "6"}) == nil && oneThing[path] == "" {
			found++
			if !tried(path, " ") {
				t.Errorf("%s takes many things, but is not tried with a bad one among them", path)
			}
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			many := f.Value.Type() == "stringArray" || f.Value.Type() == "stringSlice"
			if !many || oneThing["--"+f.Name] != "" || oneThing[path+" --"+f.Name] != "" {
				return
			}
			found++
			if !tried(path, "--"+f.Name+" ") {
				t.Errorf("%s takes many --%s, but is not tried with a bad one among them", path, f.Name)
			}
		})
	}
	visit(rootCommand(program()))
	if found < 15 {
		t.Errorf("only %d commands were found", found)
	}
}

// nested makes a file below so many folders, one in the other: nested FOLDER 198.
func nested(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: nested FOLDER DEPTH")
	}
	depth, err := strconv.Atoi(args[1])
	ts.Check(err)
	dir := filepath.Join(ts.MkAbs(args[0]), strings.Repeat("d"+string(filepath.Separator), depth))
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "file.txt"), []byte("deep"), 0o600))
}

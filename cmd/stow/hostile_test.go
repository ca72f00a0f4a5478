package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryCommandMeetsHostileNames walks the commands: each reaches its end, with --json and
// without, in the script hostile_all, in which whatever it takes has a name that could steer a
// terminal.
func TestEveryCommandMeetsHostileNames(t *testing.T) {
	apart := map[string]string{
		"stow drives eject":            "takes a drive of the system",
		"stow stick mount":             "does not end by itself; TestInterruptedMount",
		"stow register move":           "moves to a server; TestPostgres",
		"stow register postgres allow": "needs a server; TestPostgres",
		"stow register postgres setup": "needs a server; TestPostgres",
		"stow register restore":        "names what is in the backup, which the script writes; register_restored",
		"stow register export":         "data goes to a file as it is; to a terminal, TestExportOnTerminal",
	}
	var lines []string
	for _, line := range strings.Split(readAll(t, "testdata/script/hostile_all.txtar"), "\n") {
		for _, code := range []string{"tame ok ", "tame partly ", "tame plain-found "} {
			if rest, ok := strings.CutPrefix(line, code); ok {
				lines = append(lines, rest+" ")
			}
		}
	}
	found := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
		if cmd.RunE == nil || cmd.HasSubCommands() || apart[cmd.CommandPath()] != "" {
			return
		}
		found++
		path := strings.TrimPrefix(cmd.CommandPath(), "stow ") + " "
		var seen [2]bool
		for _, line := range lines {
			if strings.HasPrefix(line, path) {
				seen[0] = seen[0] || !strings.Contains(line, " --json ")
				seen[1] = seen[1] || strings.Contains(line, " --json ")
			}
		}
		if seen != [2]bool{true, true} {
			t.Errorf("stow %sis tried with hostile names: %v, with --json: %v", path, seen[0], seen[1])
		}
	}
	visit(rootCommand(program()))
	if found < 70 {
		t.Errorf("only %d commands were found", found)
	}
}

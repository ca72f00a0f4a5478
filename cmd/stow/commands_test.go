package main

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"stowage/gui/explain"
)

// TestSentencesOfCommands holds every error of the commands to its form.
func TestSentencesOfCommands(t *testing.T) {
	for _, r := range ownErrors() {
		switch {
		case strings.Contains(r.Sentence, "{}") && r.About == "":
			t.Errorf("%v: %q does not say what it is about", r.Is, r.Sentence)
		case strings.Count(r.Sentence, ". ") > 0:
			t.Errorf("%v: %q is more than one sentence", r.Is, r.Sentence)
		}
		code, message := program().Explain(fmt.Errorf("while testing: %w", r.Is))
		if code != r.Code || code == explain.OK {
			t.Errorf("%v: code %d, want %d", r.Is, code, r.Code)
		}
		if first, _ := utf8.DecodeRuneInString(message); !unicode.IsUpper(first) {
			t.Errorf("%v: %q does not begin as a sentence", r.Is, message)
		}
	}
}

// TestCommands holds every command to its form: a line of its own in the help,
// and examples that begin with its path.
func TestCommands(t *testing.T) {
	n := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s: no short help", cmd.CommandPath())
		}
		if cmd.RunE != nil && !cmd.HasSubCommands() {
			n++
			if !strings.Contains(cmd.Example, cmd.CommandPath()) {
				t.Errorf("%s: no example of it", cmd.CommandPath())
			}
			if strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("%s: %q ends in a full stop", cmd.CommandPath(), cmd.Short)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(rootCommand(program()))
	if n < 50 {
		t.Errorf("only %d commands were found", n)
	}
}

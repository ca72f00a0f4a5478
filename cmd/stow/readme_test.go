package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestGuidesNameCommandsThatAre reads every page for what begins with stow, in the line or in a block of
// its own: the command is there, it has these flags, and in a block also as many arguments.
func TestGuidesNameCommandsThatAre(t *testing.T) {
	found := 0
	for path, page := range pages(t) {
		for _, line := range quoted(page) {
			if _, err := parse(line.text, line.whole); err != nil {
				t.Errorf("%s: %s: %v", path, line.text, err)
			}
			found++
		}
	}
	if found < 60 {
		t.Errorf("only %d commands were found", found)
	}
}

// TestParseFindsWhatIsWrong: the test above can fail.
func TestParseFindsWhatIsWrong(t *testing.T) {
	for line, whole := range map[string]bool{
		"stow stick fly STICK": false, "stow stick ls --colour": false, "stow fly": false,
		"stow stick issue": true, "stow holder add --name 'Ann": false,
	} {
		if _, err := parse(line, whole); err == nil {
			t.Errorf("%s passes", line)
		}
	}
	cmd, err := parse("stow stick issue DRIVE --to 'Alice Jones' --label LABEL", true)
	if err != nil || cmd.CommandPath() != "stow stick issue" {
		t.Errorf("%v, %v", cmd, err)
	}
}

// pages are the project's pages.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && (e.Name() == ".git" || e.Name() == "dist") {
			return filepath.SkipDir
		}
		if err == nil && filepath.Ext(path) == ".md" {
			all[path] = readAll(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A quotedLine is a command line as a page shows it.
type quotedLine struct {
	text  string
	whole bool // it can be typed as it stands, but for names in capitals
}

var codeSpan = regexp.MustCompile("`(stow( [^`]*)?)`")

// quoted are the command lines of stow in a page.
func quoted(page string) (all []quotedLine) {
	fenced := false
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced && strings.HasPrefix(line, "stow "):
			all = append(all, quotedLine{line, true})
		case !fenced:
			for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
				all = append(all, quotedLine{span[1], false})
			}
		}
	}
	return all
}

// parse finds the command of a line and looks its flags up; with whole its arguments count too.
func parse(line string, whole bool) (*cobra.Command, error) {
	words, err := split(line)
	if err != nil {
		return nil, err
	}
	root := rootCommand(program())
	root.InitDefaultCompletionCmd()
	root.InitDefaultVersionFlag()
	cmd, rest, err := root.Find(words[1:])
	if err != nil {
		return nil, err
	}
	if cmd.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return nil, fmt.Errorf("%s has no %s", cmd.CommandPath(), rest[0])
	}
	cmd.InitDefaultHelpFlag()
	if !whole { // what a sentence leaves out
		for i, word := range rest {
			name, isFlag := strings.CutPrefix(word, "--")
			if !isFlag {
				continue
			}
			if cmd.Flag(name) == nil {
				return nil, fmt.Errorf("%s has no flag %s", cmd.CommandPath(), rest[i])
			}
		}
		return cmd, nil
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return nil, err
	}
	return cmd, cmd.ValidateArgs(cmd.Flags().Args())
}

// split takes a line apart as a shell does that knows only single quotes and pipes.
func split(line string) (words []string, err error) {
	line, _, _ = strings.Cut(line, " | ")
	line, _, _ = strings.Cut(line, " #")
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	if strings.Count(line, "'")%2 == 1 {
		return nil, fmt.Errorf("a quotation mark is not closed")
	}
	return words, nil
}

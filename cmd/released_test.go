package cmd_test

import (
	"go/build/constraint"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestAttackReleaseOfOtherCode: what is released is made of the modules in go.mod as they are,
// with the tags that the tests are run with, each of which is a tag of those modules.
func TestAttackReleaseOfOtherCode(t *testing.T) {
	mod, err := modfile.Parse("go.mod", []byte(read(t, "../go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Errorf("go.mod puts something else in the place of %d modules", len(mod.Replace)+len(mod.Exclude))
	}
	tags := regexp.MustCompile(`(?m)^tags=(\S+)$`).FindStringSubmatch(read(t, "../.ci/tags"))
	if tags == nil {
		t.Fatal(".ci/tags says no tags")
	}
	for name, script := range scripts(t) {
		// What lies in a folder is started by those at the top, with their environment.
		builds := regexp.MustCompile(`(?m)^[^#]*\bgo (build|test|vet|run)\b`).MatchString(script)
		if builds && !strings.Contains(name, "/") && !strings.Contains(script, "\n. .ci/tags\n") {
			t.Errorf("%s builds with other tags than .ci/tags says", name)
		}
		// Wine lacks a function of every Windows since 10: its tests' own programs do without it.
		if name != "windows" && name != "wine/prefix" && regexp.MustCompile(`-(overlay|modfile)\b`).MatchString(script) {
			t.Errorf("%s builds from changed files", name)
		}
	}
	if want := " -tags " + tags[1] + " ./cmd/stowage"; !strings.Contains(read(t, "../README.md"), want) {
		t.Errorf("the README builds with other tags than the tests: no %q", want)
	}
	known := constraints(t)
	for tag := range strings.SplitSeq(tags[1], ",") {
		if !slices.Contains(known, tag) {
			t.Errorf("%s is no tag of Fyne or of Go's net/http", tag)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// scripts are those of .ci and the folders in it, by name.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../.ci/*", "../.ci/*/*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if text, err := os.ReadFile(path); err == nil && strings.HasPrefix(string(text), "#!") {
				name, _ := filepath.Rel("../.ci", path)
				all[filepath.ToSlash(name)] = string(text)
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d scripts were found", len(all))
	}
	return all
}

// constraints are the build tags that Fyne's and net/http's files ask for.
func constraints(t *testing.T) []string {
	t.Helper()
	var known []string
	for _, args := range [][]string{{"-m", "-f", "{{.Dir}}", "fyne.io/fyne/v2"}, {"-f", "{{.Dir}}", "net/http"}} {
		dir, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		if err != nil {
			t.Fatalf("go list %v: %v", args, err)
		}
		err = filepath.WalkDir(strings.TrimSpace(string(dir)), func(path string, _ fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".go" {
				known = append(known, tagsOf(read(t, path))...)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return known
}

// tagsOf are the tags in a file's build constraint.
func tagsOf(source string) (tags []string) {
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "package ") {
			break
		}
		if expr, err := constraint.Parse(line); err == nil {
			expr.Eval(func(tag string) bool { tags = append(tags, tag); return true })
		}
	}
	return tags
}

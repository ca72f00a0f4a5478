package cmd_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// documents are the project's pages, by their paths from here.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && (e.Name() == ".git" || e.Name() == "dist") {
			return filepath.SkipDir
		}
		if err == nil && !e.IsDir() && filepath.Ext(path) == ".md" {
			all[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// prose is a page without what it quotes: blocks of code, indented or fenced, are empty lines.
func prose(page string) []string {
	lines := strings.Split(page, "\n")
	fenced := false
	for i, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence {
			fenced = !fenced
		}
		if fence || fenced || strings.HasPrefix(line, "    ") {
			lines[i] = ""
		}
	}
	return lines
}

// TestLinks follows every link of every page: the file is there, and so is the heading.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pages, found := documents(t), 0
	for path, page := range pages {
		for i, line := range prose(page) {
			for _, to := range link.FindAllStringSubmatch(line, -1) {
				if strings.Contains(to[1], "://") {
					continue
				}
				found++
				file, heading, _ := strings.Cut(to[1], "#")
				target := path
				if file != "" {
					target = filepath.Join(filepath.Dir(path), filepath.FromSlash(file))
				}
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s:%d: %s leads nowhere", path, i+1, to[1])
				} else if heading != "" && !hasHeading(pages[target], heading) {
					t.Errorf("%s:%d: there is no heading for %s", path, i+1, to[1])
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d links were found", found)
	}
}

// hasHeading reports whether a page has the heading that a link names, in GitHub's way of writing it.
func hasHeading(page, anchor string) bool {
	left := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, line := range prose(page) {
		title, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if is && strings.HasPrefix(line, "#") &&
			strings.ReplaceAll(left.ReplaceAllString(strings.ToLower(title), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}

// TestPagesCanBeRead: lines of prose are under 120 columns wide; tables and code may be wider.
func TestPagesCanBeRead(t *testing.T) {
	for path, page := range documents(t) {
		for i, line := range prose(page) {
			if n := utf8.RuneCountInString(line); n >= 120 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d: %d columns", path, i+1, n)
			}
		}
	}
}

// TestReadmeIsShort keeps the first page to what everybody needs; the rest lies beside what it is about.
func TestReadmeIsShort(t *testing.T) {
	if lines := strings.Count(read(t, "../README.md"), "\n"); lines > 200 {
		t.Errorf("README.md has %d lines, more than 200", lines)
	}
}

// TestReadmeNamesEveryPackage: whoever looks for something finds where it is.
func TestReadmeNamesEveryPackage(t *testing.T) {
	readme := read(t, "../README.md")
	for _, p := range packages(t, "linux") {
		if folder := strings.TrimPrefix(p.ImportPath, "stowage/"); folder != "cmd" && !strings.Contains(readme, "`"+folder+"`") {
			t.Errorf("README.md does not say what `%s` is", folder)
		}
	}
}

// TestContributingNamesEveryFlag: nobody has to search the tests for what makes them long.
func TestContributingNamesEveryFlag(t *testing.T) {
	page := read(t, "../.github/CONTRIBUTING.md")
	declared := regexp.MustCompile(`(?:flag|longtest)\.(?:Bool|Int|String)\("([a-z-]+)"`)
	found := 0
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, flag := range declared.FindAllStringSubmatch(read(t, path), -1) {
			found++
			if !regexp.MustCompile("`-" + flag[1] + "[ `]").MatchString(page) {
				t.Errorf("CONTRIBUTING.md does not name the flag -%s of %s", flag[1], path)
			}
		}
		return nil
	})
	if err != nil || found < 10 {
		t.Errorf("%d flags were found, %v", found, err)
	}
}

// TestMeasuredPart: what .ci/numbers measured takes the place of what it measured before, and nothing else's.
func TestMeasuredPart(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash to run .ci/page")
	}
	dir := t.TempDir()
	page, table := filepath.Join(dir, "page.md"), filepath.Join(dir, "table.md")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put := func(part string) error {
		return exec.Command(bash, "../.ci/page", part, table, page).Run()
	}
	before := "before\n\n<!-- measured -->\n\nold\n\n<!-- end of measured -->\n\nafter\n"
	write(page, before)
	write(table, "")
	if put("measured") == nil || read(t, page) != before {
		t.Errorf("nothing was measured, and the page became\n%s", read(t, page))
	}
	write(table, "new\n")
	if put("growth") == nil || read(t, page) != before {
		t.Errorf("a part that the page has not was put into it:\n%s", read(t, page))
	}
	if err := put("measured"); err != nil || read(t, page) != strings.Replace(before, "old", "new", 1) {
		t.Errorf("%v:\n%s", err, read(t, page))
	}
	for _, part := range []string{"measured", "growth"} {
		numbers := read(t, "../.ci/NUMBERS.md")
		if !strings.Contains(numbers, "\n<!-- "+part+" -->\n") || !strings.Contains(numbers, "\n<!-- end of "+part+" -->\n") {
			t.Errorf("NUMBERS.md has no part %s", part)
		}
	}
}

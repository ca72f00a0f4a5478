// Package cmd_test checks the walls between the rooms: imports run downstairs only, the
// register knows nothing of the keys, and the command line stays pure Go.
package cmd_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// toolkit is the desktop toolkit; only gui and the desktop app may see it.
const toolkit = "fyne.io/"

// stairs are the floors of the house, upstairs first: a package imports its own floor and
// those below it, never one above.
var stairs = []string{"stowage/cmd", "stowage/gui", "stowage/devices", "stowage/crypt"}

// mayJoin are the only rooms of devices that see both the keys and the register.
var mayJoin = []string{"stowage/devices/school", "stowage/devices/papers"}

// walls says, for each room, which import paths nothing in it may reach besides, directly
// or through another package.
var walls = []struct {
	room   string
	banned []string
}{
	{"stowage/crypt", []string{toolkit}},
	{"stowage/devices", []string{toolkit}},
	{"stowage/gui/explain", []string{toolkit}},
	{"stowage/cmd/stow", []string{toolkit, "C", "runtime/cgo"}}, // so of gui what knows no toolkit: explain
}

// listed is what the go command tells of one package.
type listed struct {
	ImportPath string
	Name       string
	Imports    []string
	Deps       []string
	CgoFiles   []string
}

// packages lists every package of the module as it is built without cgo for
// the given operating system.
func packages(t *testing.T, goos string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Imports,Deps,CgoFiles", "stowage/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list printed: %v", err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

// within reports whether path is tree itself or lies below it.
func within(path, tree string) bool {
	return path == strings.TrimSuffix(tree, "/") || strings.HasPrefix(path, strings.TrimSuffix(tree, "/")+"/")
}

func TestWalls(t *testing.T) {
	for _, goos := range []string{"linux", "windows", "darwin"} {
		for _, p := range packages(t, goos) {
			for _, dep := range p.Deps {
				if why := breaks(p.ImportPath, dep); why != "" {
					t.Errorf("%s: %s reaches %s: %s", goos, p.ImportPath, dep, why)
				}
			}
		}
	}
}

// breaks says which rule of the house it breaks that room reaches dep, or nothing.
func breaks(room, dep string) string {
	in := func(tree string) bool { return within(room, tree) }
	to := func(tree string) bool { return within(dep, tree) }
	if from, floor := slices.IndexFunc(stairs, in), slices.IndexFunc(stairs, to); floor >= 0 && floor < from {
		return "no arrow runs back up the stairs"
	}
	joins := slices.ContainsFunc(mayJoin, in)
	if within(room, "stowage/devices") && !joins && (to("stowage/crypt") || slices.ContainsFunc(mayJoin, to)) {
		return "the register knows nothing of the keys"
	}
	for _, wall := range walls {
		if in(wall.room) && slices.ContainsFunc(wall.banned, to) {
			return wall.room + " must not know it"
		}
	}
	return ""
}

// TestProductsHaveNoTestCode: what is for tests alone, such as a work factor that costs nothing, is in no program.
func TestProductsHaveNoTestCode(t *testing.T) {
	found := 0
	for _, p := range packages(t, "linux") {
		if p.Name != "main" {
			continue
		}
		found++
		for _, dep := range p.Deps {
			if within(dep, "stowage") && strings.HasSuffix(dep, "test") || dep == "testing" {
				t.Errorf("%s reaches %s", p.ImportPath, dep)
			}
		}
	}
	if found < 2 {
		t.Errorf("%d programs", found)
	}
}

// TestSchoolStairs compares the packages of a school's folder with the table in ARCHITECTURE.md: each imports just
// those that the table says, all of them further down.
func TestSchoolStairs(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "../.github/ARCHITECTURE.md"), "\n### A school's folder\n")
	table, _, _ = strings.Cut(table, "\n## ")
	const school = "stowage/devices/school/"
	imports := map[string][]string{}
	for _, p := range packages(t, "linux") {
		if name, ok := strings.CutPrefix(p.ImportPath, school); ok && !strings.HasPrefix(name, "internal/") {
			imports[name] = nil
			for _, dep := range p.Imports {
				if below, ok := strings.CutPrefix(dep, school); ok && !strings.HasPrefix(below, "internal/") {
					imports[name] = append(imports[name], "`"+below+"`")
				}
			}
		}
	}
	var above []string
	for _, row := range rows(table) {
		if row[0] == "package" {
			continue
		}
		name := strings.Trim(row[0], "`")
		got, there := imports[name]
		if !there {
			t.Errorf("there is no package %s", name)
		}
		var said []string
		if row[2] != "" {
			said = strings.Split(row[2], ", ")
		}
		slices.Sort(said)
		if slices.Sort(got); !slices.Equal(got, said) {
			t.Errorf("%s imports %v, and the table says %v", name, got, said)
		}
		above = append(above, row[0])
		for _, below := range got {
			if slices.Contains(above, below) {
				t.Errorf("%s imports %s, which is further up", name, below)
			}
		}
	}
	if len(above) < 12 {
		t.Errorf("only %d packages are in the table", len(above))
	}
}

// TestMainPackagesOnly keeps libraries out of cmd: what is there beside the programs is internal to one.
func TestMainPackagesOnly(t *testing.T) {
	for _, p := range packages(t, "linux") {
		if within(p.ImportPath, "stowage/cmd") && p.ImportPath != "stowage/cmd" && p.Name != "main" && !strings.Contains(p.ImportPath, "/internal/") {
			t.Errorf("%s is a library: it belongs further downstairs", p.ImportPath)
		}
	}
}

// TestWallsHold shows that the check above can fail.
func TestWallsHold(t *testing.T) {
	if !within("fyne.io/fyne/v2/app", toolkit) || within("fyne.iota/x", toolkit) {
		t.Error("the toolkit's packages are not told apart")
	}
	for _, bad := range [][2]string{
		{"stowage/gui", "stowage/cmd/stow"},
		{"stowage/crypt/stick", "stowage/devices"},
		{"stowage/devices/store", "stowage/crypt"},
		{"stowage/devices", "stowage/devices/school"},
		{"stowage/crypt", toolkit + "fyne"},
		{"stowage/cmd/stow", toolkit + "fyne"},
	} {
		if breaks(bad[0], bad[1]) == "" {
			t.Errorf("%s may reach %s", bad[0], bad[1])
		}
	}
	if why := breaks("stowage/devices/papers/fill", "stowage/crypt/keys"); why != "" {
		t.Error("papers may not know the keys:", why)
	}
	if !within("stowage/crypt/stick", "stowage/crypt") || within("stowage/cryptic", "stowage/crypt") {
		t.Error("a room is not told from its neighbour")
	}
}

// TestTopLevel keeps the top level of the project to its rooms.
func TestTopLevel(t *testing.T) {
	allowed := map[string]bool{
		"cmd": true, "crypt": true, "gui": true, "devices": true,
		"go.mod": true, "go.sum": true, "README.md": true, "LICENSE": true,
		"dist": true, "stow": true, "stowage": true, // what building leaves
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !allowed[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}

// TestOneFileOpensWindows keeps Fyne's drivers, which need cgo and a display, out of
// everything but one file of the desktop app.
func TestOneFileOpensWindows(t *testing.T) {
	var found []string
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), ".") && e.Name() != ".." { // no part of the program
			return filepath.SkipDir
		}
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			if spec.Path.Value == `"fyne.io/fyne/v2/app"` {
				found = append(found, filepath.ToSlash(path))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0] != "../cmd/stowage/window.go" {
		t.Errorf("fyne/app is imported by %q, want only cmd/stowage/window.go", found)
	}
}

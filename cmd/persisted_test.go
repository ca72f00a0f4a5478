package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A format is something that one version of the program writes and another reads.
type format struct {
	name    string
	dir     string
	version string   // a constant of the package, or folders of migrations
	words   []string // types whose constants are written
	structs []string // whose fields are written, by their tags
}

func formats() []format {
	return []format{
		{
			"register", "../devices", "migrations store/migrations store/postgres",
			[]string{
				"Answer", "DocumentKind", "EventKind", "Health", "IncidentState", "Kind", "KeyStatus",
				"LossKind", "Opened", "State",
			},
			nil, // all of them
		},
		{
			"directory", "../crypt/keys", "directoryVersion",
			[]string{"Class", "KeyStatus"},
			[]string{"Directory", "LostDevice", "Person", "PersonKey", "Policy"},
		},
		{"key-file", "../crypt/keys", "fileVersion", []string{"fileKind"}, nil},
		{"stick-note", "../crypt/stick/internal/*", "Intro", nil, []string{"Note", "Program"}},
		{"listing", "../devices/school/backup", "", nil, []string{"Listing", "ListedFile"}},
		{"found", "../devices/school/loss", "", nil, []string{"FoundStick"}},
		{
			"loss-report", "../devices/school/loss", "reportFormat",
			[]string{"Answer", "LossKind", "Proof"},
			[]string{"LossReport", "LostThing", "Reporter", "reportFile"},
		},
		{"programs", "../devices/school/programs", "intro", nil, []string{"programList"}},
		{"openings", "../devices/school/openings", "intro", nil, []string{"ToldOpening", "openings"}},
		{"settings", "../devices/school/config", "", nil, []string{"Config"}},
	}
}

// TestPersistedValues compares all words and fields that are written with those kept in
// testdata/persisted for the version of their format. An older program says of a register with
// a later version that it is too old for it, and of a word that it does not know the same at best.
func TestPersistedValues(t *testing.T) {
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			found := persisted(t, f)
			file := filepath.Join("testdata", "persisted", f.name+"-"+found.version+".txt")
			got := strings.Join(found.lines, "\n") + "\n"
			kept, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: keep there what this version writes:\n%s", err, got)
			}
			if string(kept) != got {
				t.Errorf("%s: raise the version of this format and keep a list for it beside this one:\n%s", file, changes(string(kept), got))
			}
		})
	}
}

// changes are the lines of which only one of two texts has each.
func changes(before, after string) string {
	old, fresh := strings.Split(before, "\n"), strings.Split(after, "\n")
	var all []string
	for _, line := range old {
		if !slices.Contains(fresh, line) {
			all = append(all, "- "+line)
		}
	}
	for _, line := range fresh {
		if !slices.Contains(old, line) {
			all = append(all, "+ "+line)
		}
	}
	return strings.Join(all, "\n")
}

// versionOf finds the number of a version in a constant.
var versionOf = regexp.MustCompile("[0-9]+")

// written is what a package's source says about a format.
type written struct {
	format
	version string
	lines   []string
}

func persisted(t *testing.T, f format) written {
	t.Helper()
	w := written{format: f, version: "unversioned"}
	if folders, ok := strings.CutPrefix(f.version, "migrations "); ok {
		w.version = migrations(t, f.dir, strings.Fields(folders))
	}
	w.read(t)
	slices.Sort(w.lines)
	w.complete(t)
	return w
}

// read reads the package's source.
func (w *written) read(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, w.visit)
	}
}

// complete makes sure that all that was asked for was found.
func (w *written) complete(t *testing.T) {
	t.Helper()
	for _, name := range slices.Concat(w.words, w.structs) {
		if !slices.ContainsFunc(w.lines, func(line string) bool { return strings.HasPrefix(line, name+" ") }) {
			t.Errorf("%s writes nothing of %s", w.dir, name)
		}
	}
	if w.format.version != "" && w.version == "unversioned" {
		t.Errorf("%s has no constant %s", w.dir, w.format.version)
	}
}

// migrations are the newest ones' numbers.
func migrations(t *testing.T, dir string, folders []string) string {
	t.Helper()
	var newest []string
	for _, folder := range folders {
		steps, err := filepath.Glob(filepath.Join(dir, folder, "*.sql"))
		if err != nil || len(steps) == 0 {
			t.Fatal(folder, err)
		}
		newest = append(newest, strconv.Itoa(len(steps)))
	}
	return strings.Join(newest, "-")
}

func (w *written) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		w.constants(n)
	case *ast.TypeSpec:
		if s, ok := n.Type.(*ast.StructType); ok && (w.name == "register" || slices.Contains(w.structs, n.Name.Name)) {
			w.fields(n.Name.Name, s)
		}
	}
	return true
}

func (w *written) constants(spec *ast.ValueSpec) {
	kind, _ := spec.Type.(*ast.Ident)
	for i, value := range spec.Values {
		literal, ok := value.(*ast.BasicLit)
		switch {
		case !ok:
		case spec.Names[i].Name == w.format.version:
			w.version = versionOf.FindString(literal.Value)
		case kind != nil && slices.Contains(w.words, kind.Name):
			w.lines = append(w.lines, kind.Name+" "+literal.Value)
		}
	}
}

func (w *written) fields(name string, s *ast.StructType) {
	for _, field := range s.Fields.List {
		if field.Tag == nil {
			continue
		}
		text, _ := strconv.Unquote(field.Tag.Value)
		tag := reflect.StructTag(text)
		for _, key := range []string{"json", "toml"} {
			if value, _, _ := strings.Cut(tag.Get(key), ","); value != "" && value != "-" {
				w.lines = append(w.lines, name+" field "+value)
			}
		}
	}
}

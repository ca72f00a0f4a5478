// Command smaller prepares a build of the window's program that is some 8 MB smaller, and
// prints the flags for it:
//
//	go build $(go run ./.ci/smaller) ...
//
// The program is the same without it, only larger. What differs:
//
//   - Templates call no methods. Fyne's translations are templates, and since a template
//     may call any method by its name, the linker otherwise keeps every method there
//     is. Neither Fyne's translations nor anything of ours calls one.
//   - zxcvbn's lists of words are compressed texts until the program starts, which also
//     saves a pointer and a length for every word.
//   - The type of Fyne and Go's own is compressed until the program starts.
//   - Drawings (SVG) are read in UTF-8 only, which those of Fyne, ours and those in type are.
//
// What it changes are copies, in the folder .smaller of the project: of five modules,
// which a copy of go.mod names in their place, and of a file of Go's, by an overlay.
// It fails when what it changes is not as it knows it.
package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// folder is where the copies are: within the project, since a path from there is what
// the program says it was built from, wherever that is.
const folder = ".smaller"

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "smaller:", err)
		os.Exit(1)
	}
	fmt.Printf("-modfile=%s/go.mod -overlay=%[1]s/overlay.json\n", folder)
}

func write() error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(name, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return errors.Join(templates(), words(), windowType(), paperType(), drawings())
}

// module copies a module that the project is built with, without what is only for its
// tests, and lets the copy take its place. It returns the copy's folder.
func module(path, name string) (string, error) {
	listed, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	from, to := strings.TrimSpace(string(listed)), filepath.Join(folder, name)
	err = filepath.WalkDir(from, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		within, err := filepath.Rel(from, file)
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "testdata":
			return filepath.SkipDir
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, within), 0o755)
		case !e.Type().IsRegular() || strings.HasSuffix(e.Name(), "_test.go"):
			return nil
		}
		return copyFile(file, filepath.Join(to, within))
	})
	if err != nil {
		return "", err
	}
	edit := exec.Command("go", "mod", "edit", "-replace", path+"=./"+to, filepath.Join(folder, "go.mod"))
	edit.Stderr = os.Stderr
	return to, edit.Run()
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// change replaces what must be in a file exactly once.
func change(path string, pairs ...string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(content)
	for pair := range slices.Chunk(pairs, 2) {
		if strings.Count(text, pair[0]) != 1 {
			return fmt.Errorf("%s has changed: %q is not there once", path, pair[0])
		}
		text = strings.Replace(text, pair[0], pair[1], 1)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func templates() error {
	original := filepath.Join(build.Default.GOROOT, "src", "text", "template", "exec.go")
	ours := filepath.Join(folder, "exec.go")
	if err := copyFile(original, ours); err != nil {
		return err
	}
	if err := change(ours, "ptr.MethodByName(fieldName)", "(reflect.Value{})"); err != nil {
		return err
	}
	absolute, err := filepath.Abs(ours)
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{original: absolute}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "overlay.json"), text, 0o644)
}

func words() error {
	folder, err := module("github.com/trustelem/zxcvbn", "zxcvbn")
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "frequency", "lists.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	var changed strings.Builder
	changed.WriteString("package frequency\n\nimport (\n\t\"compress/flate\"\n\t_ \"embed\"\n\t\"io\"\n\t\"strings\"\n)\n")
	lists := "\nvar FrequencyLists = map[string][]string{\n"
	all, ok := file.Scope.Lookup("FrequencyLists").Decl.(*ast.ValueSpec).Values[0].(*ast.CompositeLit)
	if !ok || len(file.Decls) != 1 {
		return fmt.Errorf("%s has changed", path)
	}
	for _, e := range all.Elts {
		list := e.(*ast.KeyValueExpr)
		var words []string
		for _, w := range list.Value.(*ast.CompositeLit).Elts {
			word, err := strconv.Unquote(w.(*ast.BasicLit).Value)
			if err != nil || strings.Contains(word, "\n") {
				return fmt.Errorf("%s has changed: %q: %w", path, word, err)
			}
			words = append(words, word)
		}
		name, err := strconv.Unquote(list.Key.(*ast.BasicLit).Value)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, "frequency", name+".bin")
		if err := errors.Join(os.WriteFile(file, []byte(strings.Join(words, "\n")), 0o644), compress(file)); err != nil {
			return err
		}
		fmt.Fprintf(&changed, "\n//go:embed %s.bin\nvar %[1]s string\n", name)
		lists += fmt.Sprintf("\t%q: strings.Split(string(inflated(%[1]s)), \"\\n\"),\n", name)
	}
	changed.WriteString(lists + "}\n" + inflate)
	return os.WriteFile(path, []byte(changed.String()), 0o644)
}

// inflate is what a package has in which type is compressed. It cannot fail on what
// this program has compressed.
const inflate = `
func inflated(small string) []byte {
	all, err := io.ReadAll(flate.NewReader(strings.NewReader(small)))
	if err != nil {
		panic(err)
	}
	return all
}
`

func deflate(content []byte) ([]byte, error) {
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	return small.Bytes(), w.Close()
}

// compress puts a file's compressed form in its place.
func compress(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, small.Bytes(), 0o644)
}

// windowType compresses Fyne's type.
func windowType() error {
	folder, err := module("fyne.io/fyne/v2", "fyne")
	if err != nil {
		return err
	}
	changes := []string{"\t_ \"embed\"\n", "\t\"compress/flate\"\n\t_ \"embed\"\n\t\"io\"\n\t\"strings\"\n"}
	for _, f := range [][2]string{
		{"NotoSans-Regular", "notoSansRegular"},
		{"NotoSans-Bold", "notoSansBold"},
		{"NotoSans-Italic", "notoSansItalic"},
		{"NotoSans-BoldItalic", "notoSansBoldItalic"},
		{"DejaVuSansMono-Powerline", "dejaVuSansMono"},
	} {
		if err := compress(filepath.Join(folder, "theme", "font", f[0]+".ttf")); err != nil {
			return err
		}
		changes = append(changes, "var "+f[1]+" []byte", fmt.Sprintf("var %sSmall string\n\nvar %[1]s = inflated(%[1]sSmall)", f[1]))
	}
	changes = append(changes, "var symbol =", inflate+"\nvar symbol =")
	return change(filepath.Join(folder, "theme", "bundled-fonts.go"), changes...)
}

// paperType compresses Go's type, which the papers use.
func paperType() error {
	folder, err := module("golang.org/x/image", "image")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"gobold": gobold.TTF, "gomono": gomono.TTF, "goregular": goregular.TTF} {
		in := filepath.Join(folder, "font", "gofont", name)
		font := filepath.Join(in, "type.bin")
		text := "package " + name + "\n\nimport (\n\t\"compress/flate\"\n\t_ \"embed\"\n\t\"io\"\n\t\"strings\"\n)\n\n" +
			"//go:embed type.bin\nvar small string\n\nvar TTF = inflated(small)\n" + inflate
		if err := errors.Join(os.WriteFile(font, content, 0o644), compress(font), os.WriteFile(filepath.Join(in, "data.go"), []byte(text), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// drawings leaves out the tables of a web browser's character sets: Chinese, Japanese, Korean
// and more, which the readers of SVG ask for.
func drawings() error {
	for _, path := range []string{"github.com/fyne-io/oksvg", "github.com/srwiley/oksvg"} {
		folder, err := module(path, strings.ReplaceAll(path, "/", "-"))
		if err != nil {
			return err
		}
		err = change(filepath.Join(folder, "public.go"),
			"\t\"golang.org/x/net/html/charset\"\n", "",
			"\tdecoder.CharsetReader = charset.NewReaderLabel\n", "")
		if err != nil {
			return err
		}
	}
	return nil
}

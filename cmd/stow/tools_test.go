package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"stowage/gui/explain"
)

// tools are commands for scripts that every system has, Windows too.
func tools() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"hostile":  hostile,
		"harmless": harmless,
		"tame":     tame,
		"copytree": copyTree,
		"sametree": sameTree,
		"listing":  listing,
		"resize":   resize,
		"zero":     zero,
		"rmglob":   removeMatching,
		"contains": contains,
		"notepad":  notepad,
	}
}

// copyTree copies files and folders as cp -r does: copytree SOURCE… TARGET.
func copyTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: copytree SOURCE… TARGET")
	}
	target := ts.MkAbs(args[len(args)-1])
	for _, source := range args[:len(args)-1] {
		to := target
		if info, err := os.Stat(target); err == nil && info.IsDir() {
			to = filepath.Join(target, filepath.Base(source))
		}
		from := ts.MkAbs(source)
		ts.Check(filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(filepath.Join(to, rel), 0o755)
			}
			content, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(filepath.Join(to, rel), content, 0o600))
		}))
	}
}

// treeOf is what lies below a folder: folders end in a slash.
func treeOf(ts *testscript.TestScript, dir string) map[string]string {
	all := map[string]string{}
	root := os.DirFS(ts.MkAbs(dir))
	ts.Check(fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			all[path+"/"] = ""
			return nil
		}
		content, err := fs.ReadFile(root, path)
		all[path] = string(content)
		return err
	}))
	return all
}

// sameTree compares two folders, as diff -r does: sametree ONE OTHER.
func sameTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sametree ONE OTHER")
	}
	one, other := treeOf(ts, args[0]), treeOf(ts, args[1])
	for path, content := range one {
		if found, ok := other[path]; !ok || found != content {
			ts.Fatalf("%s: differs in %s, or is missing there", path, args[1])
		}
	}
	for path := range other {
		if _, ok := one[path]; !ok {
			ts.Fatalf("%s is only in %s", path, args[1])
		}
	}
}

// listing writes the names in a folder to a file: listing FOLDER FILE.
func listing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: listing FOLDER FILE")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names strings.Builder
	for _, e := range entries {
		names.WriteString(e.Name() + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(names.String()), 0o600))
}

// resize cuts a file off, or lengthens it: resize FILE BYTES.
func resize(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: resize FILE BYTES")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// hostileName holds a line of its own, and what could steer a terminal: ESC, CR, BEL, DEL, C1's CSI and a mark that
// turns the writing round.
const hostileName = "a\x1b[2Jb\rc\ad\x7fe\u009b31mf\u202egpj\nforged"

// hostile makes a folder and a file in DIR with names that could steer a terminal, and names
// them in $EVIL and $EVILDIR: hostile DIR.
func hostile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hostile DIR")
	}
	dir := filepath.Join(ts.MkAbs(args[0]), hostileName)
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, hostileName+".txt"), []byte("text"), 0o600))
	ts.Setenv("EVIL", hostileName)
}

// harmless runs stow, which may fail, and holds that what it writes steers no terminal: harmless ARGS.
func harmless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: harmless ARGS")
	}
	_ = ts.Exec("stow", args...) // most of them fail: what they say then is what is looked at
	steersNothing(ts)
}

// tame runs stow, which must end as said, and holds that what it writes steers no terminal:
// tame ok|partly ARGS.
func tame(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: tame ok|partly ARGS")
	}
	code := explain.OK
	if exit, ok := errors.AsType[*exec.ExitError](ts.Exec("stow", args[1:]...)); ok {
		code = explain.Code(exit.ExitCode())
	}
	if code.Name() != args[0] {
		ts.Fatalf("wanted %s, but it ended with %s", args[0], code.Name())
	}
	steersNothing(ts)
}

// steersNothing holds that what was written just now steers no terminal, and that no name in it
// begins a line of its own.
func steersNothing(ts *testscript.TestScript) {
	for _, where := range []string{"stdout", "stderr"} {
		text := ts.ReadFile(where)
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				ts.Fatalf("%s holds %U raw: %q", where, r, text)
			}
		}
		if strings.Contains(text, "\nforged") {
			ts.Fatalf("%s has a line that a name begins: %q", where, text)
		}
	}
}

// zero overwrites part of a file with zeros: zero FILE OFFSET BYTES.
func zero(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: zero FILE OFFSET BYTES")
	}
	at, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	size, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt(make([]byte, size), at)
	ts.Check(errors.Join(err, f.Close()))
}

// removeMatching removes the files that a pattern matches, of which there must be
// some: rmglob PATTERN.
func removeMatching(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: rmglob PATTERN")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("nothing matches %s", args[0])
	}
	for _, f := range files {
		ts.Check(os.Remove(f))
	}
}

// contains looks for a regular expression in the names and contents of everything
// below folders: [!] contains EXPRESSION FOLDER…
func contains(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] contains EXPRESSION FOLDER…")
	}
	expression, err := regexp.Compile(args[0])
	ts.Check(err)
	found := ""
	for _, dir := range args[1:] {
		for path, content := range treeOf(ts, dir) {
			if expression.MatchString(path) || expression.Match(bytes.TrimSpace([]byte(content))) {
				found = path
			}
		}
	}
	if (found != "") == neg {
		ts.Fatalf("%s: found in %q", args[0], found)
	}
}

// notepad saves text files as Windows' Notepad and PowerShell may: in UTF-8 with a mark, or
// in UTF-16, which without its mark is refused: notepad [-le|-be|-unmarked] FILE…
func notepad(ts *testscript.TestScript, neg bool, args []string) {
	how := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		how, args = args[0], args[1:]
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: notepad [-le|-be|-unmarked] FILE…")
	}
	for _, name := range args {
		path := ts.MkAbs(name)
		text, err := os.ReadFile(path)
		ts.Check(err)
		text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
		text = append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
		units := utf16.Encode([]rune(string(text)))
		switch how {
		case "-le":
			text, err = binary.Append(nil, binary.LittleEndian, units)
		case "-be":
			text, err = binary.Append(nil, binary.BigEndian, units)
		case "-unmarked":
			text, err = binary.Append(nil, binary.LittleEndian, units[1:])
		}
		ts.Check(err)
		ts.Check(os.WriteFile(path, text, 0o600))
	}
}

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// released writes a file that says that it is a released program:
// released FILE windows|linux|macos stow|stowage VERSION.
func released(ts *testscript.TestScript, neg bool, args []string) {
	magic, ok := map[string]string{"windows": "MZ", "linux": "\x7fELF", "macos": "\xcf\xfa\xed\xfe"}[args[1]]
	if neg || len(args) != 4 || !ok {
		ts.Fatalf("usage: released FILE SYSTEM PROGRAM VERSION")
	}
	content := magic + strings.Repeat("machine code ", 20_000) + "stowage-" + "program:" + args[2] + ":" + args[3] + ";"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(content), 0o700))
}

// ownProgram puts stow itself at the top of a stick, to be started from there: ownprogram STICK.
func ownProgram(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ownprogram STICK")
	}
	program, err := os.Executable()
	ts.Check(err)
	from, err := os.Open(program)
	ts.Check(err)
	defer from.Close()
	to, err := os.OpenFile(filepath.Join(ts.MkAbs(args[0]), "stow"+ts.Getenv("exe")), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	ts.Check(err)
	_, err = io.Copy(to, from)
	ts.Check(err)
	ts.Check(to.Close())
}

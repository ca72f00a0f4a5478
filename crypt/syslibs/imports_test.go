package syslibs_test

import (
	"debug/pe"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/longtest"
)

// known are the libraries that Windows takes from its own folder whatever lies beside a program: KnownDLLs of every
// Windows since 10. What a program imports is loaded before any of its own code runs.
var known = []string{
	"advapi32", "clbcatq", "combase", "comdlg32", "coml2", "difxapi", "gdi32", "gdiplus", "imagehlp", "imm32", "kernel32", "msctf", "msvcrt",
	"normaliz", "nsi", "ntdll", "ole32", "oleaut32", "psapi", "rpcrt4", "sechost", "setupapi", "shcore", "shell32", "shlwapi", "user32", "wldap32", "ws2_32",
}

// TestAttackImportedLibraries: the Windows programs import nothing that somebody could plant beside them. The window is
// the one that STOWAGE_EXE names, where it does; without it, as it is built without cgo.
func TestAttackImportedLibraries(t *testing.T) {
	longtest.SkipRaced(t)
	programs := []string{build(t, "stow"), build(t, "stowage")}
	if window := os.Getenv("STOWAGE_EXE"); window != "" {
		programs = append(programs, window)
	}
	for _, program := range programs {
		f, err := pe.Open(program)
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := f.ImportedSymbols()
		if err != nil || len(symbols) == 0 {
			t.Fatalf("%s: %d imports, %v", program, len(symbols), err)
		}
		for _, symbol := range symbols {
			_, library, _ := strings.Cut(symbol, ":")
			if name := strings.TrimSuffix(strings.ToLower(library), ".dll"); !slices.Contains(known, name) && !strings.HasPrefix(name, "api-ms-win-") {
				t.Errorf("%s imports %s", filepath.Base(program), symbol)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// build builds one of the programs for Windows, without cgo.
func build(t *testing.T, name string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".exe")
	cmd := exec.Command("go", "build", "-o", out, "stowage/cmd/"+name)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return out
}

// TestAttackLibraryByName: nothing of ours asks for a library or a program by a name that is sought in the working folder.
func TestAttackLibraryByName(t *testing.T) {
	for _, room := range []string{"cmd", "crypt", "devices", "gui"} {
		err := filepath.WalkDir(filepath.Join("..", "..", room), func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, careless := range []string{"NewLazyDLL(", "LoadLibrary(", "syscall.LoadDLL(", "windows.LoadDLL(", "MustLoadDLL("} {
				if strings.Contains(string(source), careless) {
					t.Errorf("%s: %s", path, careless)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

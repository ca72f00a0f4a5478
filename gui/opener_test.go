package gui_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/gui"
)

func TestProgramsAreNotOpened(t *testing.T) {
	for _, name := range []string{"setup.exe", "Setup.EXE", "a.pdf.exe", "run.bat", "run.exe.", "run.exe ", "x.lnk", "page.hta", "s.SH", "x.desktop"} {
		if err := (gui.SystemOpener{}).Open(filepath.Join(t.TempDir(), name)); !errors.Is(err, gui.ErrProgram) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestAttackProgramUnderAnotherName: what a desktop would run is not opened, by what it is called or by what it is.
func TestAttackProgramUnderAnotherName(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir) // so that nothing is opened, should one be let through
	for name, content := range map[string]string{
		"photo.jpg": "MZ\x90\x00", "letter.docx": "\x7fELF\x02", "notes.txt": "#!/bin/sh\n", "report.pdf": "\xcf\xfa\xed\xfe",
		"Photos": "[Desktop Entry]\nExec=x", "marks.csv": "L\x00\x00\x00\x01\x14\x02\x00", "a.url": "", "a.scf": "", "a.jar": "", "a.iso": "", "a.xll": "", "a.msi": "",
		"a.search-ms": "", "a.library-ms": "", "a.settingcontent-ms": "", "a.command": "", "a.py": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := (gui.SystemOpener{}).Open(path); !errors.Is(err, gui.ErrProgram) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPathsReachTheDesktopAsTheyAre(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the desktop of Linux is asked by a program that can be put in its place")
	}
	dir := t.TempDir()
	got := filepath.Join(dir, "asked")
	script := "#!/bin/sh\nprintf '%s|' \"$#\" \"$@\" >" + got + ".part\nmv " + got + ".part " + got + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	path := filepath.Join(dir, "-x $(touch pwned); 'Ffion & Siân'.docx")
	if err := (gui.SystemOpener{}).Open(path); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		data, err := os.ReadFile(got)
		if err == nil {
			if want := "1|" + path + "|"; string(data) != want {
				t.Errorf("asked for %q, want %q", data, want)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the desktop was not asked")
		}
		runtime.Gosched()
	}
}

// TestADesktopWithoutAProgram has the desktop answer as xdg-open does.
func TestADesktopWithoutAProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the desktop of Linux is asked by a program that can be put in its place")
	}
	for code, want := range map[string]error{"0": nil, "2": nil, "3": gui.ErrNoProgram, "4": gui.ErrNoProgram} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\nexit "+code+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
		if err := (gui.SystemOpener{}).Open(filepath.Join(dir, "plan.vsdx")); !errors.Is(err, want) {
			t.Errorf("exit code %s: %v", code, err)
		}
	}
}

func TestADesktopThatIsNotThere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is always one")
	}
	t.Setenv("PATH", t.TempDir())
	if err := (gui.SystemOpener{}).Open("report.pdf"); err == nil || !strings.Contains(err.Error(), "report.pdf") {
		t.Errorf("got %v", err)
	}
}

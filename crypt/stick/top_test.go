package stick_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"stowage/crypt/runnable"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// plant puts files on a stick, with the folders that they lie in.
func plant(t testing.TB, m *sticktest.Mem, files map[string]string) {
	t.Helper()
	for name, content := range files {
		for i, r := range name {
			if r == '/' {
				_ = m.Mkdir(name[:i])
			}
		}
		f := must(m.Create(name))(t)
		must(f.Write([]byte(content)))(t)
		check(t, f.Close())
	}
}

// TestAttackPlantedBesideTheProgram: whatever somebody puts at the top of a stick is named, and what a system would
// run or load is told from the rest, whatever it is called.
func TestAttackPlantedBesideTheProgram(t *testing.T) {
	sc := newSchool(t, "Hill Road Primary")
	m := carrying(t, sc, windowsOne, linuxOne)
	if top := must(stick.InspectTop(t.Context(), m))(t); len(top.Planted)+top.More > 0 {
		t.Fatalf("on a fresh stick: %+v", top)
	}
	runs := map[string]string{
		"version.dll": "MZ", "opengl32.dll": "", "autorun.inf": "[autorun]\nopen=x.scr", "Stowage.com": "MZ", "My files.lnk": "L\x00\x00\x00",
		"x.scr": "", "Stowage (2).exe": "MZ", "Stowage.exe.local/version.dll": "MZ", "Stowage.exe.manifest": "<assembly/>",
		"photo.jpg": "MZ\x90\x00", ".hidden": "\x7fELF", "notes": "#!/bin/sh\n", "libc.so": "\x7fELF", "run.bat": "dir",
		".files/deep/er/holiday.jpg": "MZ", "desktop.ini": "[.ShellClassInfo]\r\nCLSID={645FF040}", "image": "\xcf\xfa\xed\xfe",
		"Thumbs.db": "MZ", "._x": "#!/bin/sh", "FOUND.000/FILE0000.CHK": "MZ",
	}
	shown := map[string]string{"holiday.jpg": "\xff\xd8", ".private/diary.txt": "Dear diary", "Letters/a.docx": "PK\x03\x04"}
	harmless := map[string]string{
		".DS_Store": "Bud1", "$RECYCLE.BIN/S-1-5-21/$R1.exe": "MZ", "System Volume Information/WPSettings.dat": "x", ".Trash-1000/files/x.exe": "MZ",
		".metadata_never_index": "", ".fseventsd/0001": "x", "._.Trashes": "x",
	}
	for _, files := range []map[string]string{runs, shown, harmless} {
		plant(t, m, files)
	}
	top := must(stick.InspectTop(t.Context(), m))(t)
	want := map[string]bool{} // whether it runs
	for name := range runs {
		want[firstElement(name)] = true
	}
	for name := range shown {
		want[firstElement(name)] = false
	}
	seen := map[string]bool{}
	for i, p := range top.Planted {
		seen[p.Name] = true
		runs, known := want[p.Name]
		if !known || p.Runs() != runs {
			t.Errorf("%+v: planted %v, runs %v", p, known, runs)
		}
		if i > 0 && p.Runs() && !top.Planted[i-1].Runs() {
			t.Errorf("%s runs, and is told after what does not", p.Name)
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s was not named", name)
		}
	}
	if got := len(top.Running()) + len(top.Others()); got != len(top.Planted) {
		t.Errorf("%d of %d are told", got, len(top.Planted))
	}
}

func firstElement(name string) string {
	for i, r := range name {
		if r == '/' {
			return name[:i]
		}
	}
	return name
}

// TestAttackPlantedAmongManyFiles: neither is it buried under others, nor do they make the list endless.
func TestAttackPlantedAmongManyFiles(t *testing.T) {
	m := newSchoolStick(t)
	for i := range 6000 {
		plant(t, m, map[string]string{fmt.Sprintf("%05d.txt", i): "x"})
	}
	plant(t, m, map[string]string{"zzz.scr": ""})
	top := must(stick.InspectTop(t.Context(), m))(t)
	if len(top.Planted) != stick.MaxPlanted || top.More != 6001-stick.MaxPlanted {
		t.Errorf("%d are named and %d counted", len(top.Planted), top.More)
	}
	if top.Planted[0].Name != "zzz.scr" || top.Planted[0].Kind != runnable.Program {
		t.Errorf("first comes %+v", top.Planted[0])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := stick.InspectTop(ctx, m); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func newSchoolStick(t testing.TB) *sticktest.Mem {
	t.Helper()
	return carrying(t, newSchool(t, "Hill Road Primary"))
}

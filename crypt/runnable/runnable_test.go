package runnable_test

import (
	"encoding/binary"
	"testing"

	"stowage/crypt/runnable"
)

func TestByName(t *testing.T) {
	for name, want := range map[string]runnable.Kind{
		"setup.exe": runnable.Program, "Setup.EXE": runnable.Program, "a.pdf.exe": runnable.Program, "run.exe. ": runnable.Program,
		"Stowage.com": runnable.Program, "x.scr": runnable.Program, "Stowage (2).exe": runnable.Program, "a.jar": runnable.Program,
		"folder.txt/x.exe": runnable.Program, `folder\x.exe`: runnable.Program, "x.exe:Zone": runnable.Program,
		"version.dll": runnable.Library, "libc.so": runnable.Library, "Stowage.exe.local": runnable.Library, "a.xll": runnable.Library,
		"a.bat": runnable.Script, "a.vbs": runnable.Script, "a.hta": runnable.Script, "a.ps1": runnable.Script, "a.command": runnable.Script,
		"a.lnk": runnable.Shortcut, "a.url": runnable.Shortcut, "a.scf": runnable.Shortcut, "a.desktop": runnable.Shortcut,
		"autorun.inf": runnable.Settings, "a.reg": runnable.Settings, "a.iso": runnable.Image,
		"report.pdf": "", "letter.docx": "", "marks.xlsm": "", "page.html": "", "photo.jpg": "", "exe": "", ".exe.txt": "", "film.mp4": "", "": "",
	} {
		if got := runnable.ByName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestByContent(t *testing.T) {
	dll := make([]byte, 256)
	copy(dll, "MZ")
	binary.LittleEndian.PutUint32(dll[60:], 128)
	copy(dll[128:], "PE\x00\x00")
	exe := append([]byte(nil), dll...)
	binary.LittleEndian.PutUint16(dll[128+22:], 0x2022)
	far := append([]byte(nil), dll...)
	binary.LittleEndian.PutUint32(far[60:], 0xffffffff)
	for content, want := range map[string]runnable.Kind{
		string(exe): runnable.Program, string(dll): runnable.Library, string(far): runnable.Program, "MZ": runnable.Program,
		"\x7fELF\x02": runnable.Program, "\xcf\xfa\xed\xfe": runnable.Program, "\xca\xfe\xba\xbe": runnable.Program,
		"\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x06\x00\x00\x00": runnable.Library,
		"#!/bin/sh\n": runnable.Script, "\xef\xbb\xbf#!/bin/sh\n": runnable.Script, "@ECHO OFF\r\n": runnable.Script,
		"L\x00\x00\x00\x01\x14\x02\x00\x00\x00": runnable.Shortcut, "[InternetShortcut]\r\nURL=file://": runnable.Shortcut,
		"; hello\r\n[Desktop Entry]\n": runnable.Shortcut, "[AutoRun]\r\nopen=x.exe": runnable.Settings,
		"\xff\xfe[\x00a\x00u\x00t\x00o\x00r\x00u\x00n\x00]\x00": runnable.Settings,
		"": "", "%PDF-1.7": "", "PK\x03\x04": "", "Dear Ann,": "", "# heading\n": "", "[notes]\n": "",
	} {
		if got := runnable.ByContent([]byte(content)); got != want {
			t.Errorf("%.40q: %q, want %q", content, got, want)
		}
	}
	if got := runnable.Of("photo.jpg", exe); got != runnable.Program {
		t.Errorf("a program called photo.jpg is %q", got)
	}
	if got := runnable.Of("a.lnk", nil); got != runnable.Shortcut {
		t.Errorf("an empty shortcut is %q", got)
	}
}

func FuzzByContent(f *testing.F) {
	f.Add([]byte("MZ"))
	f.Add([]byte("\xff\xfe[\x00"))
	f.Fuzz(func(_ *testing.T, head []byte) { runnable.ByContent(head) })
}

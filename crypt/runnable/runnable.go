// Package runnable says what a system would run or load instead of showing it: by a file's name, as
// Windows and the desktops decide, and by how its content begins, which no name hides.
//
// It errs on the side of "would run". It is no virus scanner: documents with macros and web pages
// are for the programs that show them, which heed the mark that says where a file came from.
package runnable

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"
)

// Kind is what a system takes a file for.
type Kind string

// The kinds. Nothing is what is shown and not run.
const (
	Nothing  Kind = ""
	Program  Kind = "program"
	Library  Kind = "library"  // code that programs load
	Script   Kind = "script"   // text that a program of the system's carries out
	Shortcut Kind = "shortcut" // leads to something else that is run
	Settings Kind = "settings" // changes what is run
	Image    Kind = "image"    // a disk within a file: what lies on it has lost its mark
)

// HeadSize is how many bytes of a file's beginning [ByContent] needs at most.
const HeadSize = 4096

// endings are those of names, in lower case, that systems act upon.
var endings = map[Kind]string{
	Program: "ade adp apk app appimage appinstaller application appref-ms appx appxbundle com deb exe fxp gadget " +
		"jar jnlp mde mpkg msi msix msixbundle msp msu osx pif pkg prg rpm run scr vsix xap xbap xpi",
	Library: "accda accde ax cpl dll drv dylib kext local mda ocx osax ppa ppam prefpane so sys wll xla xlam xll",
	Script: "action applescript bas bash bat btm chm cmd command csh fish hlp hta htc iqy its js jse jsp ksh mam maq mar mas mat mau mav maw " +
		"msh msh1 msh2 oqy pl ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 py pyc pyo pyw pyz pyzw rb rqy scpt scptd sct sh shb shs slk " +
		"tcsh terminal tool vb vbe vbp vbs vsmacros workflow ws wsb wsc wsf wsh zsh",
	Shortcut: "desktop fileloc flatpakref inetloc library-ms lnk mcf scf search-ms searchconnector-ms udl url webloc website xnk",
	Settings: "appcontent-ms cnt diagcab diagcfg diagpkg grp inf ins isp job manifest mobileconfig msc mst ops osd pcd prf printerexport reg " +
		"service settingcontent-ms theme themepack deskthemepack webpnp",
	Image: "dmg img iso sparseimage udf vhd vhdx",
}

// ByName says what a system takes a file for by its name alone. Windows ignores dots and spaces
// at a name's end, and takes what follows a colon for a stream of the file before it.
func ByName(name string) Kind {
	name = path.Base(strings.ReplaceAll(strings.ToLower(name), `\`, "/"))
	name, _, _ = strings.Cut(name, ":")
	ending := strings.TrimPrefix(path.Ext(strings.TrimRight(name, ". ")), ".")
	for kind, list := range endings {
		if slices.Contains(strings.Fields(list), ending) {
			return kind
		}
	}
	return Nothing
}

// ByContent says what a file is by how it begins: head is its first [HeadSize] bytes, or all
// of a shorter one.
func ByContent(head []byte) Kind {
	switch {
	case hasPrefix(head, "MZ", "ZM"):
		return portable(head)
	case hasPrefix(head, "\x7fELF"):
		return Program
	case hasPrefix(head, "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe"):
		return apple(head)
	case hasPrefix(head, "\xca\xfe\xba\xbe", "\xca\xfe\xba\xbf", "dex\n"): // Apple's for several processors, and Java's
		return Program
	case hasPrefix(head, "L\x00\x00\x00\x01\x14\x02\x00"):
		return Shortcut
	}
	return byText(head)
}

// Of says what a system takes a file for, by its content where that tells, else by its name.
func Of(name string, head []byte) Kind {
	if kind := ByContent(head); kind != Nothing {
		return kind
	}
	return ByName(name)
}

func hasPrefix(head []byte, starts ...string) bool {
	for _, start := range starts {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return false
}

// portable tells Windows' programs and libraries apart: a flag in the header that the old one
// before it points to.
func portable(head []byte) Kind {
	const isLibrary = 0x2000
	if len(head) < 64 {
		return Program
	}
	at := int64(binary.LittleEndian.Uint32(head[60:]))
	if at+24 <= int64(len(head)) && binary.LittleEndian.Uint16(head[at+22:])&isLibrary != 0 {
		return Library
	}
	return Program
}

// apple tells macOS' programs and libraries apart, by the fourth word of the header.
func apple(head []byte) Kind {
	const library, bundle = 6, 8
	if len(head) < 16 {
		return Program
	}
	kind := binary.LittleEndian.Uint32(head[12:])
	if head[0] == 0xfe {
		kind = binary.BigEndian.Uint32(head[12:])
	}
	if kind == library || kind == bundle {
		return Library
	}
	return Program
}

// byText finds texts that systems act upon, in UTF-8 or UTF-16.
func byText(head []byte) Kind {
	text := strings.ToLower(plain(head))
	if strings.HasPrefix(text, "#!") || strings.HasPrefix(text, "@echo off") {
		return Script
	}
	// A section may follow others, and comments.
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "[autorun"):
			return Settings
		case line == "[internetshortcut]", line == "[desktop entry]", line == "[shell]":
			return Shortcut
		}
	}
	return Nothing
}

// plain is the beginning of a text without its mark and its NULs, so that UTF-16 reads as ASCII does.
func plain(head []byte) string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if hasPrefix(head, "\xff\xfe", "\xfe\xff") {
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}
	return strings.TrimLeft(string(head), " \t\r\n")
}

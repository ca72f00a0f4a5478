package drives

import (
	"os"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

// seeds adds every file of a recording whose name begins like this.
func seeds(f *testing.F, recording, prefix string) {
	f.Helper()
	archive, err := txtar.ParseFile("testdata/" + recording)
	if err != nil {
		f.Fatal(err)
	}
	added := 0
	for _, file := range archive.Files {
		if strings.HasPrefix(file.Name, prefix) {
			f.Add(file.Data)
			added++
		}
	}
	if added == 0 {
		f.Fatalf("%s has no %s", recording, prefix)
	}
}

// shown fails the test when a text is not fit to be shown.
func shown(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > longest || strings.ContainsAny(s, "\x00\x1b\n\u202e") {
			t.Errorf("not fit to be shown: %q", s)
		}
	}
}

func FuzzMountinfo(f *testing.F) {
	for _, name := range []string{"laptop.txtar", "pi.txtar", "live.txtar"} {
		seeds(f, name, "proc/self/mountinfo")
		seeds(f, name, "proc/s")
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mounts, err := parseMountinfo(data)
		if err != nil && len(mounts) != 0 {
			t.Error("mounts beside an error")
		}
		for _, m := range mounts {
			if !path.IsAbs(m.point) || !validNumber(m.dev) {
				t.Errorf("%+v", m)
			}
			if held, ok := holder(mounts, m.point); !ok || held.point != m.point {
				t.Errorf("%q is held by %q", m.point, held.point)
			}
		}
		parseSwaps(data)
	})
}

func FuzzUdev(f *testing.F) {
	seeds(f, "laptop.txtar", "run/udev/data/")
	f.Add([]byte(`E:ID_FS_LABEL_ENC=\x`))
	f.Add([]byte(`ID_FS_LABEL_ENC=\xe2\x80\xae\x00`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v := parseUdev(string(data))
		shown(t, v.label, v.id, v.fsType)
	})
}

func FuzzDescriptor(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range names {
		if strings.HasSuffix(n.Name(), ".hex") {
			f.Add(readHex(f, n.Name()))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := parseDescriptor(data); err == nil {
			shown(t, h.make, h.model, h.serial)
		}
		if n := len(parseExtents(data)); n*24 > len(data) {
			t.Errorf("%d extents in %d bytes", n, len(data))
		}
		parseDeviceNumber(data)
		d := winVolume{label: string(data), fsType: string(data), descriptor: data, kind: winRemovable}.drive(winSystem{})
		shown(t, d.Label, d.FileSystem, d.Make)
	})
}

func FuzzPlist(f *testing.F) {
	seeds(f, "macbook.txtar", "diskutil")
	seeds(f, "macbook.txtar", "ioreg")
	f.Add([]byte("<plist><dict><key>AllDisksAndPartitions</key><array/></dict></plist>"))
	f.Add([]byte("<plist><array><dict><key>BSD Name</key><integer>1</integer></dict></array></plist>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, serial := range parseSerials(data) {
			shown(t, serial)
		}
		var l macList
		if decode(data, &l) == nil {
			for id := range l.systemDisks() {
				l.physical(id)
			}
		}
		var i macInfo
		if decode(data, &i) == nil {
			shown(t, macMaker(i))
		}
	})
}

package drives

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"
)

// recordedMac runs the programs of a recorded computer.
func recordedMac(r recording, ran *[]string) mac {
	return mac{
		run: func(_ context.Context, name string, args ...string) ([]byte, error) {
			command := path.Base(name) + " " + strings.Join(args, " ")
			*ran = append(*ran, command)
			f, ok := r.files[command]
			if !ok {
				return nil, errors.New(command + ": not recorded")
			}
			return f.Data, nil
		},
		space: r.space,
	}
}

func TestRecordedMac(t *testing.T) {
	var ran []string
	r := readRecording(t, "macbook.txtar")
	found, err := recordedMac(r, &ran).list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	diff(t, describe(found), r.want)
	for _, command := range ran {
		if strings.Contains(command, "disk0") || strings.Contains(command, "disk3") {
			t.Errorf("asked about the system disk: %s", command)
		}
	}
}

// Without the registry the drives are there, but for their serials.
func TestMacWithoutRegistry(t *testing.T) {
	for _, broken := range []string{"", "not a list", "<plist><dict></dict></plist>"} {
		r := readRecording(t, "macbook.txtar")
		f := r.files["ioreg -a -r -l -c IOUSBHostDevice"]
		if f.Data = []byte(broken); broken == "" {
			delete(r.files, "ioreg -a -r -l -c IOUSBHostDevice")
		}
		found, err := recordedMac(r, new([]string)).list(t.Context())
		if err != nil || len(found) != 4 {
			t.Fatalf("%d drives, error %v", len(found), err)
		}
		for _, d := range found {
			if d.Serial != "" {
				t.Errorf("%s has serial %s", d.Path, d.Serial)
			}
		}
	}
}

// A drive that goes while the list is made is left out.
func TestMacDriveGoes(t *testing.T) {
	r := readRecording(t, "macbook.txtar")
	delete(r.files, "diskutil info -plist disk4s1")
	found, err := recordedMac(r, new([]string)).list(t.Context())
	if err != nil || len(found) != 3 {
		t.Errorf("%d drives, error %v", len(found), err)
	}
	delete(r.files, "diskutil list -plist")
	if _, err := recordedMac(r, new([]string)).list(t.Context()); err == nil {
		t.Error("no error without a list")
	}
}

// The start-up disk is described, and is not for use.
func TestMacSystemDisk(t *testing.T) {
	m := recordedMac(readRecording(t, "macbook.txtar"), new([]string))
	l, err := m.disks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := m.drive(t.Context(), l, "disk3s1s1")
	if err != nil {
		t.Fatal(err)
	}
	if !d.System || d.Removable || d.Offered() || d.Disk != "/dev/disk0" || d.Make != "" || d.Model != "APPLE SSD AP0512Z" {
		t.Errorf("%+v", d)
	}
	// A volume that is not mounted has no path.
	if _, err := m.drive(t.Context(), l, "disk4"); !errors.Is(err, ErrGone) {
		t.Errorf("not mounted: %v", err)
	}
}

// A Mac started from an external disk runs from it.
func TestMacStartedFromOutside(t *testing.T) {
	r := readRecording(t, "macbook.txtar")
	f := r.files["diskutil list -plist"]
	f.Data = []byte(strings.Replace(string(f.Data), "/Volumes/T7", "/System/Volumes/Data", 1))
	found, err := recordedMac(r, new([]string)).list(t.Context())
	if err != nil || len(found) != 3 {
		t.Fatalf("%d drives, error %v", len(found), err)
	}
	for _, d := range found {
		if d.Disk == "/dev/disk5" {
			t.Errorf("%s is offered", d.Path)
		}
	}
}

func TestWholeDisk(t *testing.T) {
	for id, want := range map[string]string{
		"disk4": "disk4", "disk4s1": "disk4", "disk12s3s1": "disk12", "disk": "disk", "map": "map", "": "",
	} {
		if got := wholeDisk(id); got != want {
			t.Errorf("wholeDisk(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestPlistIsBounded(t *testing.T) {
	deep := "<plist>" + strings.Repeat("<array>", plistDepth) + strings.Repeat("</array>", plistDepth) + "</plist>"
	for name, data := range map[string]string{
		"deep": deep, "too large": strings.Repeat(" ", plistBytes+1), "empty": "", "text": "(((a)))",
		"binary": "bplist00\xd0\x00", "other XML": "<html><plist/></html>", "cut short": "<plist><dict>",
	} {
		var into any
		if err := decode([]byte(data), &into); !errors.Is(err, errPlist) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

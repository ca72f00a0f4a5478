package drives

import (
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"  SanDisk  Ultra \n":         "SanDisk Ultra",
		"a\x00b\x1b[31mc":             "ab[31mc",
		"\u202Egpj.exe":               "gpj.exe",
		"caf\u00e9":                   "café",
		"bad\xff\xfeUTF":              "badUTF",
		"no\u00a0break":               "no break",
		strings.Repeat("é", 500):      strings.Repeat("é", longest),
		strings.Repeat(" ", 5000):     "",
		strings.Repeat("\x00", 1<<20): "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%.20q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("SanDisk ")
	f.Add("\u202e\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > longest {
			t.Errorf("%q", got)
		}
		if again := clean(got); again != got {
			t.Errorf("%q is not clean: %q", got, again)
		}
	})
}

func TestDriveName(t *testing.T) {
	for want, d := range map[string]Drive{
		"WORK":       {Path: "/m", Label: "WORK", Make: "A", Model: "B"},
		"A B":        {Path: "/m", Make: "A", Model: "B"},
		"B":          {Path: "/m", Model: "B"},
		"/media/ann": {Path: "/media/ann", Make: "A"},
	} {
		if got := d.Name(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestUsable(t *testing.T) {
	if err := (Drive{Path: "/"}).Usable(); err != nil {
		t.Error(err)
	}
	err := Drive{Path: "/", System: true}.Usable()
	if !errors.Is(err, ErrSystem) || !strings.Contains(err.Error(), "/") {
		t.Error(err)
	}
	// Eject refuses it before anything is asked of the system.
	if err := Eject(t.Context(), Drive{Path: "/", System: true}); !errors.Is(err, ErrSystem) {
		t.Error(err)
	}
}

func TestBytesOf(t *testing.T) {
	if bytesOf(5) != 5 || bytesOf(math.MaxUint64) != math.MaxInt64 {
		t.Error(bytesOf(5), bytesOf(math.MaxUint64))
	}
}

func TestRefusal(t *testing.T) {
	for text, want := range map[string]error{
		"Error unmounting /dev/sdb1: GDBus.Error:org.freedesktop.UDisks2.Error.DeviceBusy: Error unmounting /dev/sdb1: target is busy": ErrBusy,
		"umount: /media/ann/WORK: target is busy.":                               ErrBusy,
		"fusermount: failed to unmount /home/ann/stick: Device or resource busy": ErrBusy,
		"Volume failed to eject\nUnmount of disk4 failed: at least one volume could not be unmounted\nUnmount was dissented by PID 504 (/bin/zsh)": ErrBusy,
		"Error looking up object for device /dev/sdz.":                                                 ErrGone,
		"Unable to find disk for disk9":                                                                ErrGone,
		"umount: /mnt/x: not mounted.":                                                                 ErrGone,
		"umount: /mnt/x: must be superuser to unmount.":                                                ErrNotAllowed,
		"GDBus.Error:org.freedesktop.UDisks2.Error.NotAuthorized: Not authorized to perform operation": ErrNotAllowed,
		"something else": nil, "": nil,
	} {
		if got := refusal(text); !errors.Is(got, want) {
			t.Errorf("%q means %v, want %v", text, got, want)
		}
	}
}

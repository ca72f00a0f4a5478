package fill_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/keys/keystest"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/devices/school/checkin"
	"stowage/devices/school/issue"
	"stowage/devices/school/unlock"
)

var day = time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)

// newSchool is a school whose policy makes keys that are cheap to guess at, unlocked,
// with a stick of Alice's.
func newSchool(t *testing.T) (*school.School, *sticktest.Mem, devices.Device) {
	t.Helper()
	s, m, d, _ := newIssued(t)
	return s, m, d
}

// newIssued is newSchool with the temporary passphrase of the stick's key.
func newIssued(t *testing.T) (*school.School, *sticktest.Mem, devices.Device, []byte) {
	t.Helper()
	dir, passphrase := filepath.Join(t.TempDir(), "school"), []byte("rusty lantern gallops beneath nine mushrooms")
	now := day
	options := school.Options{Actor: "test", Clock: func() time.Time { now = now.Add(time.Second); return now }}
	policy := keys.DefaultPolicy()
	policy.WorkFactor = keystest.WorkFactor()
	if err := school.Init(t.Context(), dir, school.Plan{Name: "Hill Road Primary", Passphrase: passphrase, Policy: policy}, options); err != nil {
		t.Fatal(err)
	}
	s, err := school.Open(t.Context(), dir, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := unlock.Authority(t.Context(), s, passphrase); err != nil {
		t.Fatal(err)
	}
	alice, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Alice Jones"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := issue.Key(t.Context(), s, alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := sticktest.New()
	issued, err := issue.Stick(t.Context(), s, issue.StickPlan{
		FS: m, Holder: alice.ID, Device: devices.DeviceDetails{Label: "HRP-0042"}, Return: "Hill Road Primary",
		Drive: drives.Drive{Path: "/media/stick", Size: 64e9, Removable: true, Bus: drives.BusUSB, Disk: "/dev/sdz"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, m, issued.Device, key.Passphrase
}

// The policy says 18 since after the key was made: only the key file tells the truth.
func TestWorkFactorOfTheKeyFile(t *testing.T) {
	s, m, d, temporary := newIssued(t)
	st, err := stick.Open(t.Context(), m, stick.WithPassphrase(temporary), stick.OpenOptions{})
	if err == nil {
		err = errors.Join(st.ChangePassphrase(temporary, []byte("granite umbrella whistles softly")), st.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	policy := s.Policy()
	policy.WorkFactor = keys.DefaultWorkFactor
	if _, err := s.SetPolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	says := func(want int, from string) {
		t.Helper()
		f, err := fill.Evidence(t.Context(), s, d.ID, nil, fill.EvidenceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if p := f.Protection.Passphrase; p.WorkFactor != want || !strings.Contains(p.WorkFactorFrom, from) {
			t.Errorf("work factor %d, %s; want %d, %s", p.WorkFactor, p.WorkFactorFrom, want, from)
		}
	}
	says(int(keystest.WorkFactor()), "the school's copy")
	if err := os.RemoveAll(filepath.Join(s.Dir(), school.KeysFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.Dir(), school.KeysFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	says(int(keys.DefaultWorkFactor), "policy")
	if seen, err := checkin.Unopened(t.Context(), s, checkin.Options{Drive: m, BackUp: true}); err != nil || seen.BackupErr != nil {
		t.Fatal(err, seen.BackupErr)
	}
	says(int(keystest.WorkFactor()), "backup")
}

func TestReceiptIsSigned(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			s, _, d := newSchool(t)
			var picture bytes.Buffer
			if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 4))); err != nil {
				t.Fatal(err)
			}
			sign := func(kind devices.DocumentKind, signature []byte) {
				t.Helper()
				_, err := s.Register().SignDocument(t.Context(), "test", devices.DocumentDetails{Kind: kind, Device: d.ID, Holder: d.Holder, Name: "Alice Jones", Text: "It is back.", Signature: signature})
				if err != nil {
					t.Fatal(err)
				}
			}
			back := func() {
				t.Helper()
				if _, err := s.Register().Act(t.Context(), "test", d.ID, devices.Return, devices.Facts{}); err != nil {
					t.Fatal(err)
				}
			}
			var other bytes.Buffer
			if err := png.Encode(&other, image.NewGray(image.Rect(0, 0, 9, 4))); err != nil {
				t.Fatal(err)
			}
			sign(devices.RulesAccepted, other.Bytes()) // at issue, which is not meant
			if when == "before" {
				sign(devices.ReturnSigned, picture.Bytes())
				back()
			} else {
				back()
				if f, err := fill.Receipt(t.Context(), s, d.ID); err != nil || f.Signature != nil {
					t.Errorf("signed by nobody: %d bytes, %v", len(f.Signature), err)
				}
				sign(devices.ReturnSigned, picture.Bytes())
			}
			f, err := fill.Receipt(t.Context(), s, d.ID)
			if err != nil || !bytes.Equal(f.Signature, picture.Bytes()) {
				t.Errorf("the receipt has %d bytes of signature, want %d (%v)", len(f.Signature), picture.Len(), err)
			}
		})
	}
}

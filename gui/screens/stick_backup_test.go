package screens

import (
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/config"
	"stowage/gui/app"
	"stowage/gui/guitest/screenstest"
)

func TestItIsBackedUpAtSchool(t *testing.T) {
	shared := t.TempDir()
	place := app.NewPlace(t.TempDir(), school.Options{})
	screenstest.Check(t, school.Shared{Dir: shared}.Make())
	screenstest.Check(t, place.SetConfig(config.Config{Shared: shared}))
	r := newRigAt(t, place, true, someFiles)
	r.unlock(temporary)
	r.Until("the backup", func() bool { return r.Sees("Backed up just now") })
	status, err := backup.Status(school.Shared{Dir: shared}, r.opened().fs.(*offWindow).DriveFS, r.note().ID)
	if screenstest.Check(t, err); status.Behind > 0 || status.Layers == 0 {
		t.Errorf("the backup is %+v", status)
	}
	r.Drop(fyne.NewPos(500, 400), r.file("letter.txt", "Dear all"))
	r.Advance(30 * time.Second)
	if status, _ := backup.Status((school.Shared{Dir: shared}), r.opened().fs.(*offWindow).DriveFS, r.note().ID); status.Behind != 1 {
		t.Errorf("it is backed up while the person works: %+v", status)
	}
	r.Advance(time.Minute)
	r.Until("the next backup", func() bool {
		status, err := backup.Status(school.Shared{Dir: shared}, r.opened().fs.(*offWindow).DriveFS, r.note().ID)
		return err == nil && status.Behind == 0 && r.opened().backing == nil
	})
	r.Advance(4 * time.Minute)
	r.MustSee("Backed up 4 minutes ago")
	r.Press("Lock and remove")
	r.MustSee("You can pull it out now.")
}

func TestAwayFromSchoolNothingIsSaidOfBackups(t *testing.T) {
	place := app.NewPlace(t.TempDir(), school.Options{})
	screenstest.Check(t, place.SetConfig(config.Config{Shared: filepath.Join(t.TempDir(), "nowhere")}))
	r := newRigAt(t, place, true, someFiles)
	r.unlock(temporary)
	r.Until("it to be tried", func() bool { return r.opened().backing == nil })
	r.MustNotSee("Backed up", "backup")
}

func TestAStickReportedLostIsNamed(t *testing.T) {
	place := app.NewPlace(t.TempDir(), school.Options{})
	r := newRigAt(t, place, true, someFiles)
	a, err := keys.NewAuthority("Hill Road Primary", day)
	screenstest.Check(t, err)
	directory := &keys.Directory{
		School: a.School(), Verifier: a.Verifier(), Serial: 1, Published: day, Policy: keys.DefaultPolicy(), Recovery: a.RecoveryRecipients(),
		Lost: []keys.LostDevice{{ID: r.note().ID, Label: "HRP-0042", Since: day}},
	}
	signed, err := directory.Sign(a)
	screenstest.Check(t, err)
	screenstest.Check(t, place.SetConfig(config.Config{Directory: r.file("directory.note", string(signed))}))
	r.unlock(temporary)
	r.Until("it to be said", func() bool { return r.Sees("HRP-0042 was reported lost on 1\u00a0September 2026.") })
	r.MustSee("Please take it to ICT")
}

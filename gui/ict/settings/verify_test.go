package settings

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"stowage/devices/school/integrity"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/guitest"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

func TestTheRegisterIsCheckedFromTheSettings(t *testing.T) {
	sc := schooltest.New(t)
	sc.Device(devices.DeviceDetails{Label: "MS-1"})
	w, _ := openSettings(t, sc)
	w.Press("Check the register")
	w.MustSee("The register is in order", "as it was written", "It matches the one checkpoint.")
	w.Press("Close")

	db, err := sql.Open("sqlite", filepath.Join(sc.Dir(), school.RegisterFile))
	screenstest.Check(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `DROP TRIGGER events_stay`)
	screenstest.Check(t, err)
	done, err := db.ExecContext(t.Context(), `UPDATE events SET actor = 'nobody' WHERE number = 1`)
	screenstest.Check(t, err)
	if n, _ := done.RowsAffected(); n != 1 {
		t.Fatalf("%d rows changed", n)
	}
	w.Press("Check the register")
	w.MustSee("The first entry that does not match is number 1.")
}

// TestTheCheckNamesARestoring: a history that a backup replaced is named, in both languages, with who did it
// by the login and by the name given.
func TestTheCheckNamesARestoring(t *testing.T) {
	sc := schooltest.New(t)
	backup := filepath.Join(t.TempDir(), "autumn.age")
	screenstest.Check(t, integrity.BackUp(t.Context(), sc.School, backup))
	sc.Device(devices.DeviceDetails{Label: "MS-1"})
	_, err := integrity.Checkpoint(t.Context(), sc.School)
	screenstest.Check(t, err)
	screenstest.Check(t, sc.Close())
	o := sc.Options()
	o.Actor = "Head Teacher"
	content, err := os.ReadFile(backup)
	screenstest.Check(t, err)
	_, err = integrity.Restore(t.Context(), sc.Dir(), "autumn.age", bytes.NewReader(content), []byte(schooltest.Passphrase), o)
	screenstest.Check(t, err)
	p := screenstest.NewPlace(t, sc)
	welsh := gui.Options{Routes: screenstest.WithPages(Page(p)), ICT: true, Explain: wording.Explain}
	welsh.Services.Config = t.TempDir()
	screenstest.Check(t, gui.Look{Mode: gui.Light, Text: 100, Language: "cy"}.Keep(welsh.Services.Config))
	cy := guitest.New(t, welsh)
	cy.Session.Go(app.SettingsRoute)
	cy.Settle()
	cy.Press("Gwirio'r gofrestr")
	cy.MustSee("Head Teacher (yn ôl yr enw a roddwyd; wedi mewngofnodi fel ", "adferwyd y gofrestr o autumn.age", "Mae un pwynt gwirio o hanes a ddisodlwyd fel hyn.")

	w, _ := openSettings(t, sc)
	w.Press("Check the register")
	w.MustSee("The register is in order", "Head Teacher (as claimed; logged in as ", "the register was restored from autumn.age, replacing one of",
		"One checkpoint is of a history that was replaced in this way.")
}

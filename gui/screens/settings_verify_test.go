package screens

import (
	"database/sql"
	"path/filepath"
	"testing"

	"stowage/cmd/school"
	"stowage/devices"
	"stowage/gui/guitest/schooltest"
)

func TestTheRegisterIsCheckedFromTheSettings(t *testing.T) {
	sc := schooltest.New(t)
	sc.Device(devices.DeviceDetails{Label: "MS-1"})
	w, _ := openSettings(t, sc)
	w.Press("Check the register")
	w.MustSee("The register is in order", "as it was written", "It fits the checkpoint that there is.")
	w.Press("Close")

	db, err := sql.Open("sqlite", filepath.Join(sc.Dir(), school.RegisterFile))
	check(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `DROP TRIGGER events_stay`)
	check(t, err)
	done, err := db.ExecContext(t.Context(), `UPDATE events SET actor = 'nobody' WHERE number = 1`)
	check(t, err)
	if n, _ := done.RowsAffected(); n != 1 {
		t.Fatalf("%d rows changed", n)
	}
	w.Press("Check the register")
	w.MustSee("The first entry that does not fit is number 1.")
}

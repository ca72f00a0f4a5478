package safefile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"stowage/crypt/safefile"

	"golang.org/x/sys/windows"
)

// allowed are the SIDs that may do anything with a file or folder, and whether it takes
// none from the folder above.
func allowed(t *testing.T, name string) (sids []string, protected bool) {
	t.Helper()
	rights, err := windows.GetNamedSecurityInfo(name, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := rights.DACL()
	if err != nil || list == nil { // with none, everybody may
		t.Fatalf("%s has no list of rights: %v", name, err)
	}
	for i := range uint32(list.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &ace); err != nil {
			t.Fatal(err)
		}
		if ace.Header.AceType == windows.ACCESS_ALLOWED_ACE_TYPE {
			sids = append(sids, (*windows.SID)(unsafe.Pointer(&ace.SidStart)).String())
		}
	}
	control, _, err := rights.Control()
	if err != nil {
		t.Fatal(err)
	}
	return sids, control&windows.SE_DACL_PROTECTED != 0
}

// TestPrivateFolderIsOurs reads the rights of the private folder, and of a file in it, back from Windows.
func TestPrivateFolderIsOurs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "private")
	if err := safefile.MkdirPrivate(dir); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "inside")
	if err := os.WriteFile(inside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{user.User.Sid.String(), "S-1-5-18"} // the system
	sids, protected := allowed(t, dir)
	t.Logf("%s: %v, protected: %v", dir, sids, protected)
	if !slices.Contains(sids, ours[0]) {
		t.Errorf("we may not: %v", sids)
	}
	within, _ := allowed(t, inside)
	t.Logf("%s: %v", inside, within)
	// Wine keeps the rights of a folder as Unix' bits, in which nothing is inherited or kept from it.
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		within = nil
	} else if !protected {
		t.Error("it takes rights from the folder above")
	}
	for _, sid := range append(sids, within...) {
		if !slices.Contains(ours, sid) {
			t.Errorf("%s may read it", sid)
		}
	}
}

package safefile

import (
	"fmt"
	"io/fs"
	"unsafe"

	"golang.org/x/sys/windows"
)

// MkdirPrivate makes a folder in which nobody but this person, and the system itself,
// reads or writes, whoever may do so in the folder above: the rights of that are not
// inherited, as they are with os.Mkdir, whatever mode it is given. A drive that keeps no
// rights, such as FAT, gives it none.
func MkdirPrivate(name string) error {
	failed := func(err error) error { return &fs.PathError{Op: "mkdir", Path: name, Err: err} }
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return failed(err)
	}
	// SDDL: protected from inheriting; allow full access, inherited by what is made inside.
	rights, err := windows.SecurityDescriptorFromString(fmt.Sprintf("D:P(A;OICI;FA;;;%s)(A;OICI;FA;;;SY)", user.User.Sid))
	if err != nil {
		return failed(err)
	}
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return failed(err)
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: rights}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	if err := windows.CreateDirectory(path, &attributes); err != nil {
		return failed(err)
	}
	return nil
}

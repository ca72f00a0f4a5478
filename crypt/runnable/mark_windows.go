package runnable

import (
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The mark of the web is a second stream of the file. Zone 3 is the internet.
const (
	zoneStream = ":Zone.Identifier"
	internet   = "[ZoneTransfer]\r\nZoneId=3\r\n"
)

func mark(in *os.Root, name string) {
	folder, err := in.Open(filepath.Dir(name))
	if err != nil {
		return
	}
	defer folder.Close()
	stream, err := createStream(folder, filepath.Base(name))
	if err != nil {
		return // the drive has no streams
	}
	defer stream.Close()
	whole, err := in.Stat(name)
	if own, statErr := stream.Stat(); err != nil || statErr != nil || !os.SameFile(whole, own) {
		// A drive that takes the colon for part of a name, as some servers' and Wine's, made another file.
		remove := byte(1)
		_ = windows.SetFileInformationByHandle(windows.Handle(stream.Fd()), windows.FileDispositionInfo, &remove, 1)
		return
	}
	_, _ = stream.WriteString(internet)
}

// createStream makes the stream of a file in a folder that is open. os.Root takes no name with a
// colon, so the system is asked as it does: relative to the folder, and without following a link.
func createStream(folder *os.File, name string) (*os.File, error) {
	if strings.ContainsAny(name, `:\/`) {
		return nil, windows.ERROR_INVALID_NAME
	}
	stream, err := windows.NewNTUnicodeString(name + zoneStream)
	if err != nil {
		return nil, err
	}
	where := windows.OBJECT_ATTRIBUTES{RootDirectory: windows.Handle(folder.Fd()), ObjectName: stream}
	where.Length = uint32(unsafe.Sizeof(where))
	var handle windows.Handle
	err = windows.NtCreateFile(&handle, windows.FILE_GENERIC_WRITE|windows.DELETE, &where, &windows.IO_STATUS_BLOCK{}, nil,
		windows.FILE_ATTRIBUTE_NORMAL, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, windows.FILE_CREATE,
		windows.FILE_SYNCHRONOUS_IO_NONALERT|windows.FILE_NON_DIRECTORY_FILE|windows.FILE_OPEN_REPARSE_POINT, 0, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(handle), filepath.Join(folder.Name(), name+zoneStream)), nil
}

package webdav

import (
	"encoding/binary"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// sameOwner says whether the process at the other end of a connection is this person's.
// Windows' own client is a service, and of those this person may not ask whose they are, so
// that all services are let in, who need the address as well. Where Windows tells nothing
// of a connection's process (nor does Wine of one of the host's), the address alone decides.
func sameOwner(peer, here *net.TCPAddr) bool {
	pid, found, err := socketProcess(peer, here)
	if err != nil || found && pid == 0 {
		return true
	}
	if !found {
		return false
	}
	if mine, err := ownedByMe(pid); err == nil {
		return mine
	}
	var session uint32
	return windows.ProcessIdToSessionId(pid, &session) == nil && session == 0
}

// ownedByMe says whether a process runs as the user of this one.
func ownedByMe(pid uint32) (bool, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return false, err
	}
	defer windows.CloseHandle(process)
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return false, err
	}
	defer token.Close()
	theirs, err := token.GetTokenUser()
	if err != nil {
		return false, err
	}
	mine, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return false, err
	}
	return theirs.User.Sid.Equals(mine.User.Sid), nil
}

const (
	ownerPIDConnections = 4 // TCP_TABLE_OWNER_PID_CONNECTIONS
	rowSize             = 24
	maxTable            = 16 << 20
)

// socketProcess finds which process has the socket from one address to another.
func socketProcess(from, to *net.TCPAddr) (pid uint32, found bool, err error) {
	proc := windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")
	if err := proc.Find(); err != nil {
		return 0, false, err
	}
	for size := uint32(64 << 10); size <= maxTable; size *= 2 {
		table := make([]byte, size)
		given := size
		code, _, _ := proc.Call(uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&given)), 0, windows.AF_INET, ownerPIDConnections, 0)
		switch code := syscall.Errno(code); code {
		case windows.ERROR_INSUFFICIENT_BUFFER:
		case 0:
			pid, found = findSocket(table, from, to)
			return pid, found, nil
		default:
			return 0, false, code
		}
	}
	return 0, false, windows.ERROR_INSUFFICIENT_BUFFER
}

// findSocket looks a socket up in a table of MIB_TCPROW_OWNER_PID.
func findSocket(table []byte, from, to *net.TCPAddr) (pid uint32, found bool) {
	count := binary.LittleEndian.Uint32(table)
	rows := table[4:]
	for ; count > 0 && len(rows) >= rowSize; count, rows = count-1, rows[rowSize:] {
		local, remote := rows[4:8], rows[12:16]
		if net.IP(local).Equal(from.IP) && int(binary.BigEndian.Uint16(rows[8:])) == from.Port &&
			net.IP(remote).Equal(to.IP) && int(binary.BigEndian.Uint16(rows[16:])) == to.Port {
			return binary.LittleEndian.Uint32(rows[20:]), true
		}
	}
	return 0, false
}

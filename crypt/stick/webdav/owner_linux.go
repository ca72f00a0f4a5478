package webdav

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"net/netip"
	"os"
	"os/user"
	"strconv"
	"strings"
)

// sameOwner says whether the process at the other end of a connection is this person's,
// root's, or davfs2, which runs as a user of its own. Who cannot be found is not let in.
func sameOwner(peer, here *net.TCPAddr) bool {
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		table, err := os.Open(name)
		if err != nil {
			continue
		}
		uid, ok := socketOwner(table, peer.AddrPort(), here.AddrPort())
		_ = table.Close()
		if ok {
			return uid == os.Geteuid() || uid == 0 || os.Geteuid() == 0 && uid == davfsUser()
		}
	}
	return false
}

// socketOwner finds who owns the socket from one address to another in the kernel's table.
func socketOwner(table io.Reader, from, to netip.AddrPort) (uid int, ok bool) {
	for lines := bufio.NewScanner(table); lines.Scan(); {
		field := strings.Fields(lines.Text())
		if len(field) < 8 || socketAddr(field[1]) != unmapped(from) || socketAddr(field[2]) != unmapped(to) {
			continue
		}
		uid, err := strconv.Atoi(field[7])
		return uid, err == nil
	}
	return 0, false
}

// socketAddr reads an address as the table has it: words of the machine's own order, a
// colon, and the port, all in hexadecimal. It is no address where it is not understood.
func socketAddr(text string) netip.AddrPort {
	addr, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(addr)
	number, err2 := strconv.ParseUint(port, 16, 16)
	if err != nil || err2 != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}
	}
	var b bytes.Buffer
	for ; len(raw) > 0; raw = raw[4:] {
		_ = binary.Write(&b, binary.NativeEndian, binary.BigEndian.Uint32(raw))
	}
	ip, _ := netip.AddrFromSlice(b.Bytes())
	return netip.AddrPortFrom(ip.Unmap(), uint16(number))
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// davfsUser is the user that davfs2 runs as; -1 where there is none.
func davfsUser() int {
	u, err := user.Lookup("davfs2")
	if err != nil {
		return -1
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return -1
	}
	return uid
}

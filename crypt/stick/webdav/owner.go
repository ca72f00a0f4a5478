package webdav

import "net"

// ownListener accepts connections from processes of the person who opened the drive, and
// of the system's own client; others are closed before a byte of theirs is read.
type ownListener struct {
	net.Listener
	allowed func(peer, here *net.TCPAddr) bool
}

// Accept implements [net.Listener].
func (l ownListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		peer, ok := conn.RemoteAddr().(*net.TCPAddr)
		here, ok2 := conn.LocalAddr().(*net.TCPAddr)
		if ok && ok2 && l.allowed(peer, here) {
			return conn, nil
		}
		_ = conn.Close()
	}
}

package webdav_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"
)

// askAsPeer asks for a file as any program may, over both kinds of socket.
func askAsPeer(t *testing.T, address string) {
	for _, dial := range []func(context.Context, string, string) (net.Conn, error){
		(&net.Dialer{}).DialContext, dialMapped,
	} {
		client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
		answer, err := client.Get(address)
		if err != nil {
			t.Logf("refused: %v", err)
			continue
		}
		said, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		t.Logf("it says %s", said)
	}
}

// dialMapped connects with a socket of IPv6 to an address of IPv4.
func dialMapped(_ context.Context, _, address string) (net.Conn, error) {
	to, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil { // no IPv6 here at all
		return (&net.Dialer{Timeout: time.Minute}).Dial("tcp4", address)
	}
	mapped := &syscall.SockaddrInet6{Port: to.Port}
	copy(mapped.Addr[:], to.IP.To16())
	if err := syscall.Connect(fd, mapped); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return fdConn(fd)
}

func fdConn(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "socket")
	defer f.Close()
	return net.FileConn(f)
}

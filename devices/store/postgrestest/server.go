// Package postgrestest starts a real PostgreSQL server for tests: in a temporary
// folder, reachable by nobody but this computer, and gone afterwards.
package postgrestest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A Server runs until Stop.
type Server struct {
	folder string
	count  atomic.Int64
	lock   sync.Mutex
}

// owner is the login that owns every database.
const owner = "keeper"

// bin returns the newest server's programs, or "" when none is installed.
func bin() string {
	if runtime.GOOS == "windows" { // under Wine, Linux's would be found
		return ""
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	return ""
}

// Installed says whether there is a server to start.
func Installed() bool { return bin() != "" }

// Start starts a server. Without one installed the test is skipped; anything else
// that goes wrong fails it. Stop it in the end.
func Start(t testing.TB) *Server {
	t.Helper()
	if !Installed() {
		t.Skip("no PostgreSQL server is installed")
	}
	s, err := StartServer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// StartServer is Start for what is no single test. Settings like "fsync=on", which
// tests do without, are the server's own.
func StartServer(settings ...string) (*Server, error) {
	// A socket's path is short, so not in the test's own folder.
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder}
	if err := give(folder); err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	if err := s.run("initdb", "--pgdata", data, "--username", owner, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"); err != nil {
		s.Stop()
		return nil, err
	}
	options := "-c listen_addresses='' -c unix_socket_directories=" + folder + " -c fsync=off -c max_connections=60"
	for _, setting := range settings {
		options += " -c " + setting
	}
	if err := s.run("pg_ctl", "--pgdata", data, "--log", filepath.Join(folder, "log"), "--options", options, "--wait", "start"); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log"))
		s.Stop()
		return nil, fmt.Errorf("%w\n%s", err, log)
	}
	return s, nil
}

// Protect has the server ask every login for a password from now on. The owner's is
// the one given, and others have none yet. Databases are made before.
func (s *Server) Protect(t testing.TB, password string) {
	t.Helper()
	data := filepath.Join(s.folder, "data")
	quoted := "'" + strings.ReplaceAll(password, "'", "''") + "'"
	if err := s.run("psql", "--host", s.folder, "--username", owner, "--dbname", "postgres", "--command", "ALTER ROLE "+owner+" PASSWORD "+quoted); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte("local all all scram-sha-256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.run("pg_ctl", "--pgdata", data, "--log", filepath.Join(s.folder, "log"), "--mode", "fast", "--wait", "restart"); err != nil {
		t.Fatal(err)
	}
}

// run runs one of the server's programs, as a user that it accepts.
func (s *Server) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(bin(), program), args...)
	cmd.Dir = s.folder
	if err := unprivileged(cmd); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.folder, program+".out")) // a pipe would stay open as long as the server
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

// Stop stops the server and removes all it had.
func (s *Server) Stop() {
	data := filepath.Join(s.folder, "data")
	if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); err == nil {
		_ = s.run("pg_ctl", "--pgdata", data, "--mode", "immediate", "--wait", "stop")
	}
	_ = os.RemoveAll(s.folder)
}

// Database makes a new, empty database and returns its owner's connection string.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, err := s.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// NewDatabase is Database for what is no single test.
func (s *Server) NewDatabase() (string, error) {
	s.lock.Lock() // one template at a time
	defer s.lock.Unlock()
	name := fmt.Sprintf("school%d", s.count.Add(1))
	if err := s.run("createdb", "--host", s.folder, "--username", owner, "--template", "template0", name); err != nil {
		return "", err
	}
	return s.URL(owner, name), nil
}

// As is a connection string for another login to the same database.
func (s *Server) As(login, connection string) string {
	u, err := url.Parse(connection)
	if err != nil {
		return ""
	}
	return s.URL(login, strings.TrimPrefix(u.Path, "/"))
}

// URL is a connection string.
func (s *Server) URL(login, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(login), Path: "/" + database, RawQuery: url.Values{"host": {s.folder}}.Encode()}
	return u.String()
}

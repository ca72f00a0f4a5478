package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices"
	"stowage/devices/store"
)

// FuzzURL reads connection strings: none that is taken holds a password or leads
// to a server whose certificate nobody checks, and no error repeats the string.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"postgres://keeper@db.school.example/stowage", "postgres://keeper:hunter2secret@db/stowage", "postgres:///stowage?host=/run/postgresql",
		"postgresql://a@h/d?sslmode=disable", "postgres://a@h1,h2/d?sslmode=verify-ca", "postgres://a@h/d?service=x&password=hunter2secret", "/srv/register.db", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "service") || strings.Contains(text, "passfile") || strings.Contains(text, "sslrootcert") || strings.Contains(text, "sslcert") || strings.Contains(text, "sslkey") {
			return // names files of this computer
		}
		err := store.CheckURL(text)
		if err != nil {
			if !errors.Is(err, store.ErrURL) {
				t.Errorf("%q: %v", text, err)
			}
			if len(text) > 12 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats it: %v", err)
			}
			return
		}
		u, parseErr := url.Parse(text)
		if parseErr != nil || !store.IsURL(text) {
			t.Fatalf("%q was taken: %v", text, parseErr)
		}
		if _, has := u.User.Password(); has || u.Query().Has("password") {
			t.Errorf("%q holds a password", text)
		}
	})
}

// FuzzForeignRows opens a register of which somebody else wrote the rows, as after restoring
// what was no backup of ours: everything is read or refused, nothing panics, and a check does not call
// good what does not follow from the events.
func FuzzForeignRows(f *testing.F) {
	path := filepath.Join(f.TempDir(), "register.db")
	s := create(f, path)
	fill(f, registerOn(s), 4)
	good := backup(f, s)
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add("2026-09-24T08:00:00Z", "device added", `{"label":"X"}`, `{"at":"2026-09-24T08:00:00Z"}`, "x")
	f.Add("", "", "{", "null", "\x00\x1b[31m")
	f.Add("9999999-01-01T00:00:00Z", "incident opened", `{"a":[[[[[[]]]]]]}`, `[1e999]`, "\u202e")
	f.Fuzz(func(t *testing.T, when, kind, body, record, text string) {
		path := filepath.Join(t.TempDir(), "register.db")
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		db := must[*sql.DB](t)(sql.Open("sqlite", path))
		var trigger string
		if err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'events_stay'").Scan(&trigger); err != nil {
			t.Fatal(err)
		}
		for _, change := range []struct {
			sql  string
			args []any
		}{
			{"DROP TRIGGER events_stay", nil},
			{"UPDATE events SET time = ?, kind = ?, body = ? WHERE number = 2", []any{when, kind, body}},
			{trigger, nil},
			{"UPDATE devices SET seen = ?, encryption = ?, recovery = ?, notes = ?, state = ?, due = ? WHERE row = 1", []any{record, record, record, text, text, when}},
			{"UPDATE holders SET name = ?, added = ? WHERE row = 1", []any{text, when}},
			{"UPDATE loans SET begun = ?, outcome = ? WHERE row = 1", []any{when, text}},
		} {
			if _, err := db.Exec(change.sql, change.args...); err != nil {
				_ = db.Close()
				return // the database itself refuses it
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		foreign := must[[]byte](t)(os.ReadFile(path))
		target := filepath.Join(t.TempDir(), "register.db")
		if err := store.Restore(t.Context(), target, bytes.NewReader(foreign), store.RestoreOptions{}); err != nil {
			return
		}
		opened := openAt(t, target)
		defer opened.Close()
		r, ctx := registerOn(opened), t.Context()
		_, _ = r.Events(ctx, devices.EventQuery{Oldest: true})
		_, _ = r.Devices(ctx, devices.DeviceQuery{})
		_, _ = r.Holders(ctx, devices.HolderQuery{})
		_, _ = r.Loans(ctx, devices.LoanQuery{})
		_, _ = r.Incidents(ctx, devices.IncidentQuery{})
		if err := r.Check(ctx, nil); err == nil {
			t.Error("a check finds nothing")
		} else if !told(err) && !errors.As(err, new(*devices.InvalidError)) {
			t.Errorf("no words for %v", err)
		}
	})
}

// FuzzLogOfChanges reads anything as the log of a register: it is damaged or it is not.
func FuzzLogOfChanges(f *testing.F) {
	path := filepath.Join(f.TempDir(), "register.db")
	s := create(f, path)
	fill(f, registerOn(s), 2)
	log := must[[]byte](f)(os.ReadFile(path + "-wal"))
	_ = s.Close()
	f.Add(log[:min(len(log), 3*4120+32)])
	f.Add([]byte("7\x7f\x06\x82"))
	f.Fuzz(func(t *testing.T, log []byte) {
		path := filepath.Join(t.TempDir(), "register.db")
		if err := os.WriteFile(path+"-wal", log, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.CheckLog(path); err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Error(err)
		}
	})
}

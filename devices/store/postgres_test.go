package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/longtest"
	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// newPostgres makes an empty register on the server.
func newPostgres(t testing.TB, server *postgrestest.Server) string {
	t.Helper()
	url := server.Database(t)
	if err := store.SetUpPostgres(t.Context(), url, nil); err != nil {
		t.Fatal(err)
	}
	return url
}

func openPostgres(t testing.TB, url string) *store.Postgres {
	t.Helper()
	s := must[*store.Postgres](t)(store.OpenPostgres(t.Context(), url, nil))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestPostgres runs the suite as the owner, whom row-level security does not
// hold, and as ICT of the trust, whom it does: all that it may write, and, written by
// the owner, all that it reads.
func TestPostgres(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	t.Run("owner", func(t *testing.T) {
		if !longtest.Wanted() {
			t.Skip("the same as trust, whom the server allows less")
		}
		conformance(t, func(t *testing.T) (devices.Store, devices.Store) {
			url := newPostgres(t, server)
			return openPostgres(t, url), openPostgres(t, url)
		})
	})
	t.Run("trust", func(t *testing.T) {
		recorded(t, func(t *testing.T) (devices.Store, devices.Store) {
			url := newPostgres(t, server)
			if err := store.Allow(t.Context(), url, nil, "trust", store.TrustDuty, nil); err != nil {
				t.Fatal(err)
			}
			return openPostgres(t, server.As("trust", url)), openPostgres(t, server.As("trust", url))
		})
		filled(t, func(t *testing.T) (devices.Store, devices.Store) {
			url := newPostgres(t, server)
			if err := store.Allow(t.Context(), url, nil, "trust", store.TrustDuty, nil); err != nil {
				t.Fatal(err)
			}
			s := writtenByOwner{openPostgres(t, url), openPostgres(t, server.As("trust", url))}
			return s, s
		})
	})
}

// writtenByOwner is a register that another login reads.
type writtenByOwner struct{ owner, reader devices.Store }

func (s writtenByOwner) View(ctx context.Context, fn func(devices.Reader) error) error {
	return s.reader.View(ctx, fn)
}

func (s writtenByOwner) Update(ctx context.Context, fn func(devices.Tx) error) error {
	return s.owner.Update(ctx, fn)
}

// TestPostgresPassword opens a register on a server that asks for a password: given by
// hand or in the login's own file, and never left in what is said.
func TestPostgresPassword(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	ctx, password := t.Context(), "s3cret: \\ 'ŵ'"
	url := newPostgres(t, server)
	server.Protect(t, password)
	file := filepath.Join(t.TempDir(), "pgpass")
	t.Setenv("PGPASSFILE", file)
	for _, wrong := range []string{"", "s3cret"} {
		_, err := store.OpenPostgres(ctx, url, []byte(wrong))
		if !errors.Is(err, store.ErrPassword) {
			t.Errorf("%q: %v", wrong, err)
		}
		if err := store.SetUpPostgres(ctx, url, []byte(wrong)); !errors.Is(err, store.ErrPassword) {
			t.Errorf("%q: %v", wrong, err)
		}
		if err := store.Allow(ctx, url, []byte(wrong), "trust", store.TrustDuty, nil); !errors.Is(err, store.ErrPassword) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	s := must[*store.Postgres](t)(store.OpenPostgres(ctx, url, []byte(password)))
	add(t, registerOn(s), devices.DeviceDetails{Label: "MS-1"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("*:*:*:keeper:s3cret\\: \\\\ 'ŵ'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := find(t, registerOn(openPostgres(t, url)), devices.DeviceQuery{}); len(got) != 1 {
		t.Error(got)
	}
}

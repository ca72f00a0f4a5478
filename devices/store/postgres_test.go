package store_test

import (
	"testing"

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
// hold, and as ICT of the trust, whom it does.
func TestPostgres(t *testing.T) {
	server := postgrestest.Start(t)
	defer server.Stop()
	t.Run("owner", func(t *testing.T) {
		conformance(t, func(t *testing.T) (devices.Store, devices.Store) {
			url := newPostgres(t, server)
			return openPostgres(t, url), openPostgres(t, url)
		})
	})
	t.Run("trust", func(t *testing.T) {
		conformance(t, func(t *testing.T) (devices.Store, devices.Store) {
			url := newPostgres(t, server)
			if err := store.Allow(t.Context(), url, nil, "trust", store.TrustDuty, nil); err != nil {
				t.Fatal(err)
			}
			return openPostgres(t, server.As("trust", url)), openPostgres(t, server.As("trust", url))
		})
	})
}

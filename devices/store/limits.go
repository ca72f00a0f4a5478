package store

import (
	"context"
	"encoding/hex"
	"strings"
)

// boundLogin sets the limits of a login's sessions in this database, and lets the owner
// end them: a login can switch its own limits off.
const boundLogin = `DO $do$ BEGIN
	EXECUTE format('ALTER ROLE %1$I IN DATABASE %2$I SET idle_in_transaction_session_timeout = ''5min''', LOGIN, current_database());
	EXECUTE format('ALTER ROLE %1$I IN DATABASE %2$I SET statement_timeout = ''10min''', LOGIN, current_database());
	EXECUTE format('ALTER ROLE %1$I IN DATABASE %2$I SET lock_timeout = ''15s''', LOGIN, current_database());
	IF NOT pg_has_role(current_user, LOGIN, 'USAGE') THEN
		EXECUTE format('GRANT %1$I TO %2$I', LOGIN, current_user);
	END IF;
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN NULL; END $do$`

// bound runs boundLogin. A login that another than the owner made may be beyond the
// owner's power; then the server's own limits have to do.
func bound(ctx context.Context, s *session, login string) error {
	name := `convert_from('\x` + hex.EncodeToString([]byte(login)) + `', 'UTF8')::name`
	return s.exec(ctx, strings.ReplaceAll(boundLogin, "LOGIN", name))
}

// boundDesks is bound for every login that has a duty.
func boundDesks(ctx context.Context, s *session) error {
	logins, err := all(ctx, s, only[string], "SELECT login FROM desks ORDER BY login")
	if err != nil {
		return err
	}
	for _, login := range logins {
		if err := bound(ctx, s, login); err != nil {
			return err
		}
	}
	return nil
}

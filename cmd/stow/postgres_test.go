package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/rogpeppe/go-internal/testscript"

	"stowage/devices/store/postgrestest"
)

// ownersPassword is what the server asks the database's owner for.
const ownersPassword = "ŵyl y môr 7"

// TestPostgresScripts runs the scripts about a register on a real server, which asks for
// passwords. Their commands beside the usual ones:
//
//	password FILE LOGIN PASSWORD   adds a line to a file as ~/.pgpass is
//	newpassword LOGIN PASSWORD     gives a login its password
//	as FILE LOGIN                  makes the connection string in a file another login's
func TestPostgresScripts(t *testing.T) {
	server := postgrestest.Start(t)
	t.Cleanup(server.Stop) // the scripts run after this function
	database := server.Database(t)
	server.Protect(t, ownersPassword)
	commands := scriptCommands()
	commands["password"] = func(ts *testscript.TestScript, _ bool, args []string) {
		f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		ts.Check(err)
		_, err = fmt.Fprintf(f, "*:*:*:%s:%s\n", args[1], args[2])
		ts.Check(errors.Join(err, f.Close()))
	}
	commands["newpassword"] = func(ts *testscript.TestScript, _ bool, args []string) {
		owner, err := url.Parse(database)
		ts.Check(err)
		owner.User = url.UserPassword(owner.User.Username(), ownersPassword)
		db, err := sql.Open("pgx", owner.String())
		ts.Check(err)
		quoted := "'" + strings.ReplaceAll(args[1], "'", "''") + "'"
		_, err = db.Exec("ALTER ROLE " + pgx.Identifier{args[0]}.Sanitize() + " PASSWORD " + quoted)
		ts.Check(errors.Join(err, db.Close()))
	}
	commands["as"] = func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(server.As(args[1], database)+"\n"), 0o600))
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/postgres",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("DATABASE", database)
			env.Setenv("PGPASSFILE", env.WorkDir+"/none")
			return errors.Join(os.MkdirAll(env.WorkDir+"/home", 0o700), private(env.WorkDir))
		},
		Cmds: commands,
	})
}

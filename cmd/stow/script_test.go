package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"stowage/crypt/keys/keystest"
	"stowage/crypt/leaktest"
	"stowage/crypt/nodump"
	"stowage/crypt/smalldrive"
	"stowage/devices"
	"stowage/gui/explain"
)

func TestMain(m *testing.M) {
	testscript.Main(leaktest.Wrap(m), map[string]func(){
		"measure": measure,
		"stow": func() {
			nodump.Set() // as main does
			spareMemory()
			a := program()
			a.WorkFactor = keystest.WorkFactor() // scrypt is slow by design
			if kind := os.Getenv("STOW_TEST_DRIVE"); kind != "" {
				a.OpenDrive = openFaulty(kind)
			}
			if clock := os.Getenv("STOW_TEST_CLOCK"); clock != "" {
				now, err := time.Parse(time.DateTime, clock)
				if err != nil {
					panic(err)
				}
				a.Now = func() time.Time { return now }
			}
			os.Exit(run(a, os.Args[1:]))
		},
	})
}

func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// TestAttackOpeningInSilence opens, as ICT, what is somebody's: nothing without a reason, nothing without an entry in the
// register that was there before, and the holder is told.
func TestAttackOpeningInSilence(t *testing.T) { runScripts(t, "testdata/opening") }

// TestFullTarget gets files from a stick onto a real drive that is soon full.
func TestFullTarget(t *testing.T) {
	runScripts(t, "testdata/full", "FULL="+smalldrive.New(t, 256<<10))
}

// TestTargetKnowsNoCase gets and decrypts files onto a real memory stick, exFAT.
func TestTargetKnowsNoCase(t *testing.T) {
	runScripts(t, "testdata/nocase", "EXFAT="+smalldrive.Exfat(t))
}

// runScripts runs the scripts of a folder, with more variables of the environment (NAME=value).
func runScripts(t *testing.T, dir string, variables ...string) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, variables...)
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("AppData", env.WorkDir+"/config") // Windows
			return errors.Join(os.MkdirAll(env.WorkDir+"/home", 0o700), private(env.WorkDir))
		},
		Cmds: scriptCommands(),
	})
}

// scriptCommands are the commands of the scripts beside stow itself.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	commands := tools()
	commands["fails"] = fails
	commands["json"] = jsonField
	commands["damage"] = damage
	commands["save"] = save
	commands["setup"] = setup
	commands["layer"] = layerName
	commands["forge"] = forge
	commands["fill"] = fillDrive
	commands["sized"] = sized
	commands["hold"] = hold
	commands["pdf"] = pdfSays
	commands["sql"] = sqlShell
	commands["event"] = addEvent
	commands["nested"] = nested
	commands["later"] = laterVersion
	commands["released"] = released
	commands["ownprogram"] = ownProgram
	return commands
}

// private makes the passphrase files of a script readable by their owner only.
func private(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	for _, f := range files {
		err = errors.Join(err, os.Chmod(f, 0o600))
	}
	return err
}

// fails runs stow and checks its exit code by name: fails wrong-key stow …
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails NAME PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		ts.Fatalf("wanted %s, but it ended with %v", args[0], err)
	}
	if got := explain.Code(exit.ExitCode()); got.Name() != args[0] || got == explain.OK {
		ts.Fatalf("wanted %s, but it ended with %d (%s)", args[0], got, got.Name())
	}
}

// jsonField checks a field of the JSON document on standard output or standard
// error: json stdout devices.0.state issued. A value of - means that the field
// must be there and not empty.
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json stdout|stderr PATH VALUE")
	}
	got, err := field(ts.ReadFile(args[0]), args[1])
	found := err == nil && (got == args[2] || args[2] == "-" && got != "")
	if found == neg {
		ts.Fatalf("%s is %q (%v), wanted %q", args[1], got, err, args[2])
	}
}

// field finds a value in a JSON document by a path with dots; len is the length
// of a list.
func field(document, path string) (string, error) {
	var v any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[name]
			if !ok {
				return "", fmt.Errorf("no field %s", name)
			}
			v = next
		case []any:
			if name == "len" {
				v = strconv.Itoa(len(in))
				continue
			}
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return "", fmt.Errorf("no entry %s", name)
			}
			v = in[i]
		default:
			return "", fmt.Errorf("nothing below %s", name)
		}
	}
	if s, ok := v.(string); ok {
		return s, nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// damage flips one bit of a file: damage FILE OFFSET. A negative offset counts
// from the end. FILE may be a pattern that one file fits.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: damage FILE OFFSET")
	}
	names, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(names) != 1 {
		ts.Fatalf("%s are %d files", args[0], len(names))
	}
	name := names[0]
	content, err := os.ReadFile(name)
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(content)
	}
	if at < 0 || at >= len(content) {
		ts.Fatalf("%s has only %d bytes", args[0], len(content))
	}
	content[at] ^= 1
	ts.Check(os.WriteFile(name, content, 0o600))
}

// save puts a field of the JSON document on standard output into an environment
// variable, or without a path the first line: save NAME [PATH].
func save(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: save NAME [PATH]")
	}
	out := ts.ReadFile("stdout")
	if len(args) == 1 {
		first, _, _ := strings.Cut(out, "\n")
		ts.Setenv(args[0], first)
		return
	}
	value, err := field(out, args[1])
	ts.Check(err)
	ts.Setenv(args[0], value)
}

// sqlShell changes a database behind the program's back, as somebody at an SQL
// shell would: sql FILE STATEMENT…
func sqlShell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: sql FILE STATEMENT…")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	for _, statement := range args[1:] {
		_, err := db.Exec(statement)
		ts.Check(err)
	}
	ts.Check(db.Close())
}

// addEvent adds an event to a register behind the program's back, with the hashes that belong
// to it, as another version of the program would: event register.db 'device repaired' '{}'.
func addEvent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: event FILE KIND BODY")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	e := devices.Event{Actor: "ict", Kind: devices.EventKind(args[1]), Body: []byte(args[2]), Time: time.Now().UTC().Truncate(time.Second)}
	ts.Check(db.QueryRow("SELECT max(number) + 1 FROM events").Scan(&e.Number))
	log, err := devices.LoadFrontier(e.Number-1, func(number int64) (hashes []byte, err error) {
		err = db.QueryRow("SELECT hashes FROM events WHERE number = ?", number).Scan(&hashes)
		return hashes, err
	})
	ts.Check(err)
	hashes, err := log.Add(e)
	ts.Check(err)
	_, err = db.Exec("INSERT INTO events (number, time, actor, kind, body, hashes) VALUES (?, ?, ?, ?, ?, ?)",
		e.Number, e.Time.Format(time.RFC3339), e.Actor, string(e.Kind), string(e.Body), hashes)
	ts.Check(err)
}

func readAll(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

package devices_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// The size of the registers that benchmarks run on.
const (
	manyDevices = 100_000
	eventsEach  = 10 // for each device
	manyEvents  = manyDevices * eventsEach
	devicesEach = 20 // for each holder
)

var (
	bigFile = flag.String("register", "", "`file` with the register of 100,000 devices, made if there is none, to use it again")
	bigURL  = flag.String("postgres", "", "\"start\" for registers on a PostgreSQL server of its own, or a `connection string` for the one of 100,000 devices: made if the database is empty")
	bigDuty = flag.String("duty", "trust", "whose login reads the register on that server: `trust`, site, auditor or owner")
)

// What is to be removed at the end.
var (
	bigFolder string
	server    *postgrestest.Server
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if bigFolder != "" {
		_ = os.RemoveAll(bigFolder)
	}
	if server != nil {
		server.Stop()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintf(os.Stderr, "left running: %v\n", err)
		code = 1
	}
	os.Exit(code)
}

// bigPlaces are the registers made so far, by the number of their devices.
var bigPlaces = map[int]string{}

// big opens the register of so many devices, which is made at the first call. It is
// nil where -postgres names another.
func big(b *testing.B, size int) *devices.Register {
	b.Helper()
	place, made := bigPlaces[size]
	if !made {
		make := bigPath
		if *bigURL != "" {
			make = bigDatabase
		}
		var err error
		if place, err = make(b.Context(), size); err != nil {
			b.Fatal(err)
		}
		bigPlaces[size] = place
	}
	if place == "" {
		return nil
	}
	s := must[store.Keeper](b)(openBig(b.Context(), place))
	b.Cleanup(func() { _ = s.Close() })
	return devices.NewRegister(s, devices.Options{Clock: func() time.Time { return bigNow }})
}

func openBig(ctx context.Context, place string) (store.Keeper, error) {
	if store.IsURL(place) {
		return store.OpenPostgres(ctx, place, nil)
	}
	return store.Open(ctx, place)
}

// bigPath makes a register in a file, whose events are written in one transaction, and
// whose tables are then built from them.
func bigPath(ctx context.Context, size int) (path string, err error) {
	if bigFolder == "" {
		if bigFolder, err = os.MkdirTemp("", "register"); err != nil {
			return "", err
		}
	}
	path = filepath.Join(bigFolder, fmt.Sprint(size, ".db"))
	if size == manyDevices && *bigFile != "" {
		path = *bigFile
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	s, err := store.Create(ctx, path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(fill(ctx, s, size), s.Close())
}

// bigDatabase makes a register on the server that was asked for, and returns how to
// open it, "" if only another was asked for.
func bigDatabase(ctx context.Context, size int) (place string, err error) {
	place = *bigURL
	if place != "start" {
		if size != manyDevices {
			return "", nil
		}
		s, err := store.OpenPostgres(ctx, place, nil)
		if err == nil {
			return place, s.Close()
		}
		if !errors.Is(err, store.ErrNotSetUp) {
			return "", err
		}
		return place, fillDatabase(ctx, place, size)
	}
	if server == nil {
		if server, err = postgrestest.StartServer("fsync=on"); err != nil { // as a school's
			return "", err
		}
	}
	if place, err = server.NewDatabase(); err != nil {
		return "", err
	}
	if err := fillDatabase(ctx, place, size); err != nil || *bigDuty == "owner" {
		return place, err
	}
	var sites []string
	if *bigDuty == string(store.SiteDuty) {
		sites = []string{"Lakeside"}
	}
	login := "bench-" + *bigDuty
	return server.As(login, place), store.Allow(ctx, place, nil, login, store.Duty(*bigDuty), sites)
}

// fillDatabase fills a database, and has the server tidy up after it, as it does
// by itself some minutes later.
func fillDatabase(ctx context.Context, place string, size int) error {
	if err := store.SetUpPostgres(ctx, place, nil); err != nil {
		return err
	}
	s, err := store.OpenPostgres(ctx, place, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(ctx, s, size), s.Close()); err != nil {
		return err
	}
	db, err := sql.Open("pgx", place)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	return errors.Join(err, db.Close())
}

var bigNow = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

func fill(ctx context.Context, s devices.Store, size int) error {
	g := &generator{devices: size, r: rand.New(rand.NewPCG(1, 2)), time: bigNow.AddDate(-3, 0, 0)}
	if err := s.Update(ctx, func(tx devices.Tx) error {
		g.append = func(e devices.Event) error { return tx.Append(ctx, e) }
		return g.run()
	}); err != nil {
		return err
	}
	return devices.NewRegister(s, devices.Options{}).Rebuild(ctx)
}

// A generator makes the events of a register.
type generator struct {
	devices int
	r       *rand.Rand
	time    time.Time
	number  int64
	append  func(devices.Event) error
	err     error
}

func (g *generator) holders() int { return g.devices / devicesEach }

func (g *generator) id(kind string, n int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%s%08x", n, kind, n)
}

// event appends an event; names in a body are given in their order.
func (g *generator) event(e devices.Event, body string) {
	if g.err != nil {
		return
	}
	g.number++
	g.time = g.time.Add(time.Duration(g.r.IntN(120)) * time.Second)
	e.Number, e.Time, e.Actor, e.Body = g.number, g.time, "m.jones", json.RawMessage(body)
	g.err = g.append(e)
}

func (g *generator) one(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *generator) run() error {
	for i := range g.holders() {
		name := g.name()
		g.event(devices.Event{Kind: devices.HolderAdded, Holder: g.id("aaaa", i)}, fmt.Sprintf(
			`{"details":{"email":"%s.%d@school.example","name":"%s","site":"%s"}}`,
			strings.ToLower(strings.ReplaceAll(name, " ", ".")), i, name, g.site()))
	}
	for i := range g.devices {
		g.device(i)
	}
	for g.err == nil && g.number < int64(g.devices)*eventsEach {
		g.seen(g.r.IntN(g.devices))
	}
	return g.err
}

func (g *generator) name() string {
	starts := []string{"An", "Bel", "Cor", "Da", "El", "Fin", "Gra", "Har", "Is", "Jo", "Ka", "Lin", "Mor", "Na", "Ol", "Pe"}
	ends := []string{"ne", "la", "win", "mon", "lie", "dor", "ris", "bert"}
	return g.one(starts...) + g.one(ends...) + " " + g.one(starts...) + g.one(ends...) + "son"
}

func (g *generator) site() string {
	return g.one("North Primary", "South Primary", "Hill Academy", "Lakeside", "Central office")
}

// device gives a device its history.
func (g *generator) device(i int) {
	device := g.id("dddd", i)
	kind := g.one("memory stick", "memory stick", "memory stick", "external drive", "laptop", "tablet", "phone")
	g.event(devices.Event{Kind: devices.DeviceAdded, Device: device}, fmt.Sprintf(
		`{"details":{"capacity":%d,"kind":"%s","label":"MS-%05d","make":"%s","model":"%s","serial":"4C5300%014d","site":"%s"}}`,
		int64(16+g.r.IntN(8)*16)*1_000_000_000, kind, i, g.one("SanDisk", "Kingston", "Samsung", "Verbatim"),
		g.one("Ultra", "DataTraveler", "Pro Plus", "Store 'n' Go"), g.r.Int64N(1e14), g.site()))
	loans := 1 + g.r.IntN(3)
	for n := range loans {
		holder, loan := g.id("aaaa", g.r.IntN(g.holders())), g.id("cccc", i*4+n)
		e := devices.Event{Device: device, Holder: holder, Loan: loan}
		e.Kind = devices.DeviceIssued
		g.event(e, fmt.Sprintf(`{"due":"%s","from":"%s"}`,
			bigNow.AddDate(0, 0, g.r.IntN(400)-60).Format(time.RFC3339), g.time.Format(time.RFC3339)))
		g.seen(i)
		if n < loans-1 || g.r.IntN(3) == 0 {
			e.Kind = devices.DeviceReturned
			g.event(e, fmt.Sprintf(`{"condition":"%s"}`, g.one("good", "worn, cap missing", "scratched", "as new", "label came off")))
			g.event(devices.Event{Kind: devices.DeviceRestocked, Device: device}, `{"note":"looked at and wiped"}`)
		} else if g.r.IntN(50) == 0 {
			e.Kind = devices.DeviceLost
			g.event(e, fmt.Sprintf(`{"note":"%s"}`, g.one("left on the bus", "not found after the trip", "somewhere at home")))
		}
	}
	if g.r.IntN(3) > 0 {
		g.event(devices.Event{Kind: devices.DeviceVerified, Device: device}, fmt.Sprintf(
			`{"at":"%s","by":"stow","encrypted":true,"method":"Stowage format 1"}`, g.time.Format(time.RFC3339)))
	}
}

func (g *generator) seen(i int) {
	g.event(devices.Event{Kind: devices.DeviceSeen, Device: g.id("dddd", i)}, fmt.Sprintf(
		`{"at":"%s","digest":"abcdef%d","format":1,"health":"healthy","place":"%s","sequence":%d,"size":64000000000,"stick":"s%d","used":%d}`,
		g.time.Format(time.RFC3339), g.number, g.one("desk 1", "desk 2", "library", "staff room"), g.number, i, g.r.Int64N(64e9)))
}

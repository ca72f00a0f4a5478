package devices_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/store"
	"stowage/devices/store/postgrestest"
)

// The size of the register that benchmarks run on.
const (
	manyDevices = 100_000
	manyEvents  = 1_000_000
	manyHolders = 5_000
)

var (
	bigFile = flag.String("register", "", "`file` with the large register, made if there is none, to use it again")
	bigURL  = flag.String("postgres", "", "\"start\" for the large register on a PostgreSQL server of its own, or a `connection string`: made if the database is empty")
)

// bigPath makes the large register and returns its path.
var bigPath = sync.OnceValues(func() (string, error) {
	if *bigFile != "" {
		if _, err := os.Stat(*bigFile); err == nil {
			return *bigFile, nil
		}
		return *bigFile, generate(*bigFile)
	}
	folder, err := os.MkdirTemp("", "register")
	if err != nil {
		return "", err
	}
	bigFolder = folder
	path := filepath.Join(folder, "register.db")
	return path, generate(path)
})

// bigServer starts a server with the large register, or finds the one given.
var bigServer = sync.OnceValues(func() (string, error) {
	url, ctx := *bigURL, context.Background()
	if url == "start" {
		var err error
		if server, err = postgrestest.StartServer(); err != nil {
			return "", err
		}
		if url, err = server.NewDatabase(); err != nil {
			return "", err
		}
	}
	if err := store.SetUpPostgres(ctx, url, nil); err != nil {
		return "", err
	}
	s, err := store.OpenPostgres(ctx, url, nil)
	if err != nil {
		return "", err
	}
	defer s.Close()
	filled := false
	if err := s.View(ctx, func(r devices.Reader) error {
		last, err := r.LastEvent(ctx)
		filled = last > 0
		return err
	}); err != nil || filled {
		return url, err
	}
	return url, fill(s)
})

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
	os.Exit(code)
}

// big opens the large register, which is made at the first call.
func big(b *testing.B) *devices.Register {
	b.Helper()
	s, err := openBig(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return devices.NewRegister(s, devices.Options{Clock: func() time.Time { return bigNow }})
}

func openBig(ctx context.Context) (store.Keeper, error) {
	if *bigURL != "" {
		url, err := bigServer()
		if err != nil {
			return nil, err
		}
		return store.OpenPostgres(ctx, url, nil)
	}
	path, err := bigPath()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, path)
}

var bigNow = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

// generate makes a register whose events are written in one transaction, and
// whose tables are then built from them.
func generate(path string) error {
	s, err := store.Create(context.Background(), path)
	if err != nil {
		return err
	}
	defer s.Close()
	return fill(s)
}

func fill(s devices.Store) error {
	ctx := context.Background()
	g := &generator{r: rand.New(rand.NewPCG(1, 2)), time: bigNow.AddDate(-3, 0, 0)}
	if err := s.Update(ctx, func(tx devices.Tx) error {
		g.append = func(e devices.Event) error { return tx.Append(ctx, e) }
		return g.run()
	}); err != nil {
		return err
	}
	return devices.NewRegister(s, devices.Options{}).Rebuild(ctx)
}

type generator struct {
	r      *rand.Rand
	time   time.Time
	number int64
	append func(devices.Event) error
	err    error
}

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
	for i := range manyHolders {
		name := g.name()
		g.event(devices.Event{Kind: devices.HolderAdded, Holder: g.id("aaaa", i)}, fmt.Sprintf(
			`{"details":{"email":"%s.%d@school.example","name":"%s","site":"%s"}}`,
			strings.ToLower(strings.ReplaceAll(name, " ", ".")), i, name, g.site()))
	}
	for i := range manyDevices {
		g.device(i)
	}
	for g.err == nil && g.number < manyEvents {
		g.seen(g.r.IntN(manyDevices))
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
		holder, loan := g.id("aaaa", g.r.IntN(manyHolders)), g.id("cccc", i*4+n)
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

func BenchmarkPage(b *testing.B) {
	r := big(b)
	for name, q := range map[string]devices.DeviceQuery{
		"All":              {},
		"AllBySerial":      {Sort: devices.BySerial},
		"AllByDueLast":     {Sort: devices.ByDue, Descending: true},
		"SearchLetter":     {Search: "s"},
		"SearchAll":        {Search: "ms"},
		"SearchMake":       {Search: "sand"},
		"SearchMakeByDue":  {Search: "sand", Sort: devices.ByDue, Descending: true},
		"SearchTwo":        {Search: "sand mor"},
		"SearchPart":       {Search: "4711"},
		"SearchLabel":      {Search: "MS-04711"},
		"SearchEventText":  {Search: "bus"},
		"SearchCommonText": {Search: "wiped"},
		"SearchNothing":    {Search: "xyzzy"},
		"StateCommon":      {States: []devices.State{devices.Issued}},
		"StateRare":        {States: []devices.State{devices.Lost}},
		"StateNone":        {States: []devices.State{devices.Destroyed}},
		"KindSite":         {Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Lakeside"}},
		"KindSiteNone":     {Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Nowhere"}},
		"Overdue":          {Overdue: true},
		"OverdueByHolder":  {Overdue: true, Sort: devices.ByHolder},
		"NotSeen":          {NotSeenSince: bigNow.AddDate(-1, 0, 0)},
		"Unverified":       {Unverified: true},
		"SearchRarePlace":  {Search: "pe", States: []devices.State{devices.Returned, devices.InStock}, Kinds: []devices.Kind{devices.Phone}, Sites: []string{"Lakeside"}},
		"InStockByHolder":  {States: []devices.State{devices.InStock}, Sort: devices.ByHolder, Descending: true},
		"OldByAdded":       {NotSeenSince: bigNow.AddDate(-2, 0, 0), Sort: devices.ByAdded, Descending: true},
		"SearchFiltered":   {Search: "sand", States: []devices.State{devices.Lost}, Kinds: []devices.Kind{devices.Laptop}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Devices(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/Count", func(b *testing.B) {
			for b.Loop() {
				if _, err := r.CountDevices(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEvents(b *testing.B) {
	r := big(b)
	device := must[devices.Device](b)(r.FindDevice(b.Context(), "MS-04711"))
	holder := must[devices.HolderPage](b)(r.Holders(b.Context(), devices.HolderQuery{Limit: 1})).Holders[0]
	for name, q := range map[string]devices.EventQuery{
		"Newest":      {},
		"Older":       {After: manyEvents / 2},
		"OfDevice":    {Device: device.ID},
		"OfHolder":    {Holder: holder.ID},
		"RareKind":    {Kinds: []devices.EventKind{devices.DeviceLost}},
		"NoSuchKind":  {Kinds: []devices.EventKind{devices.CodeUsed}},
		"CommonKind":  {Kinds: []devices.EventKind{devices.DeviceSeen}},
		"Kinds":       {Kinds: []devices.EventKind{devices.DeviceSeen, devices.DeviceLost}},
		"RareKinds":   {Kinds: []devices.EventKind{devices.CodeUsed, devices.KeyPlaced}},
		"Day":         {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-2, 0, 1)},
		"DayOldest":   {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-2, 0, 1), Oldest: true},
		"YearOldest":  {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-1, 0, 0), Oldest: true},
		"YearRare":    {From: bigNow.AddDate(-2, 0, 0), Until: bigNow.AddDate(-1, 0, 0), Kinds: []devices.EventKind{devices.DeviceLost}},
		"FutureRange": {From: bigNow.AddDate(10, 0, 0)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Events(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWhole is what reads or writes the whole register; run it once.
func BenchmarkWhole(b *testing.B) {
	r, ctx := big(b), b.Context()
	for name, run := range map[string]func() error{
		"Check":  func() error { return r.Check(ctx, nil) },
		"Export": func() error { return r.Export(ctx, io.Discard, devices.DeviceQuery{}) },
		"Import": func() error {
			var text bytes.Buffer
			if err := r.Export(ctx, &text, devices.DeviceQuery{}); err != nil {
				return err
			}
			_, err := r.Import(ctx, ict, &text, devices.ImportOptions{DryRun: true})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCheckIn is a change, durable on disk.
func BenchmarkCheckIn(b *testing.B) {
	r := big(b)
	device := must[devices.Device](b)(r.FindDevice(b.Context(), "MS-04711"))
	for b.Loop() {
		if _, err := r.CheckIn(b.Context(), ict, device.ID, devices.Sighting{Place: "desk"}); err != nil {
			b.Fatal(err)
		}
	}
}

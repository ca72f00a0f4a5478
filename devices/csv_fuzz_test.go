package devices_test

import (
	"bytes"
	"strings"
	"testing"

	"stowage/devices"
)

func FuzzImport(f *testing.F) {
	d := newDesk(f)
	everyState(f, d)
	text, events := d.export(f), d.events(f)
	f.Add([]byte(text))
	f.Add([]byte(strings.ReplaceAll(text, ",", ";")))
	f.Add([]byte("sep=\t\nlabel\tkind\tmake\nMS-1\tphone\t'=X\n"))
	f.Add([]byte("label,kind,state,holder,email,due\nX,phone,issued,Ann,ann@x.example,2027-01-01\n"))
	f.Add([]byte("\xff\xfel\x00a\x00"))
	f.Add([]byte("label,notes\n'=MS-0,\"a\nb\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		result, err := d.Import(t.Context(), ict, bytes.NewReader(text), devices.ImportOptions{DryRun: true})
		if d.events(t) != events {
			t.Fatal("a dry run left events")
		}
		if err != nil {
			if as[*devices.ImportError](err) == nil && as[*devices.InvalidError](err) == nil {
				t.Fatalf("not about the file: %v", err)
			}
			return
		}
		if result.Added == 0 || len(text) > 10_000 {
			return
		}
		// What can be imported comes out the same for ever after.
		first := newDesk(t)
		if _, err := first.Import(t.Context(), ict, bytes.NewReader(text), devices.ImportOptions{}); err != nil {
			return // it leans on what the other register has
		}
		once := first.export(t)
		second := newDesk(t)
		second.importCSV(t, once)
		if twice := second.export(t); twice != once {
			t.Fatalf("%q was imported as\n%s\nand then as\n%s", text, once, twice)
		}
		if again := first.importCSV(t, once); again.Added+again.Changed != 0 {
			t.Fatalf("importing %q again: %+v", once, again)
		}
	})
}

package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"stowage/devices/lists"
	"stowage/devices/school/config"
)

func TestLists(t *testing.T) {
	known := config.Lists(filepath.Join(t.TempDir(), "not", "yet"))
	header := []string{"Asset Tag", "Serial", "colour"}
	if _, ok := known.Mapping(header); ok {
		t.Error("a list is known that nobody has read")
	}
	want := lists.Mapping{
		Columns: map[string]lists.Column{"asset tag": lists.Label, "serial": lists.Serial}, Source: "Snipe-IT", Kind: "laptop", MonthFirst: true, EveryKind: true,
	}
	if err := known.Keep(header, want); err != nil {
		t.Fatal(err)
	}
	if got, ok := known.Mapping([]string{"colour", "SERIAL", "asset tag"}); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, ok)
	}
	if _, ok := known.Mapping(header[:2]); ok {
		t.Error("a list with other columns is known")
	}
	want.Columns = map[string]lists.Column{"serial": lists.Serial}
	if err := known.Keep(header, want); err != nil {
		t.Fatal(err)
	}
	if got, ok := known.Mapping(header); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("then %+v, %v", got, ok)
	}
	files, err := os.ReadDir(known.Dir)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	// What is no mapping, or one that this version does not understand, is not used.
	path := filepath.Join(known.Dir, files[0].Name())
	for _, text := range []string{"", "{", "{}", `{"columns":{"serial":"colour of the case"}}`, `{"columns":{"colour":"notes"}}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, ok := known.Mapping(header); ok {
			t.Errorf("%q is %+v", text, m)
		}
	}
	if err := os.WriteFile(path, []byte(`{"columns":{"serial":"serial"},"later":[1]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, ok := known.Mapping(header); !ok || m.Columns["serial"] != lists.Serial {
		t.Errorf("what a later version adds is in the way: %+v, %v", m, ok)
	}
}

package schoolcmd

import (
	"reflect"
	"testing"

	"stowage/crypt/keys"
)

// TestEverySettingHasAFlag: what is in the policy can be changed with stow school policy.
func TestEverySettingHasAFlag(t *testing.T) {
	var p keys.Policy
	members := map[any]string{}
	for _, f := range policyFlags() {
		if f.usage == "" {
			t.Errorf("--%s has no help", f.name)
		}
		members[reflect.ValueOf(f.of(&p)).Pointer()] = f.name
	}
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "MinGuesses" { // a number of so many digits is set in the window alone
			continue
		}
		if members[v.Field(i).Addr().Pointer()] == "" {
			t.Errorf("no flag sets %s", name)
		}
	}
}

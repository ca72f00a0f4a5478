package wording

import (
	"testing"
	"time"

	"stowage/devices"
	"stowage/gui/i18n"
)

// TestKinds: every kind of device has a picture of its own and a name in every language.
func TestKinds(t *testing.T) {
	taken := map[string]devices.Kind{}
	for _, k := range devices.Kinds() {
		icon := KindIcons[k]
		if !icon.Exists() {
			t.Errorf("%s has no picture", k)
		} else if other, is := taken[string(icon)]; is {
			t.Errorf("%s and %s have the same picture", k, other)
		}
		taken[string(icon)] = k
		for _, lang := range i18n.Languages() {
			w := i18n.New(lang.Code, time.UTC)
			for _, key := range []i18n.Key{kindKey(k), kindKey(k) + ".within"} {
				if !w.Has(key) {
					t.Errorf("%s: no text for %s", lang.Code, key)
				}
			}
		}
	}
	if len(KindIcons) != len(devices.Kinds()) {
		t.Error("there are pictures for kinds that are not")
	}
}

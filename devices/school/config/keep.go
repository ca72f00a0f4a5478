package config

import (
	"maps"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"

	"stowage/crypt"
)

// Keep writes settings in the place of a file, which was read as was. What the file says beside
// them, since a later version wrote it, stays; and so does a value that was read as another one
// of its type, until it is changed. A file that cannot be read has nothing to keep.
func Keep(file []byte, was, now any) ([]byte, error) {
	settings, err := table(now)
	if err != nil {
		return nil, err
	}
	before, err := table(was)
	if err != nil {
		return nil, err
	}
	kept := map[string]any{}
	if toml.Unmarshal(crypt.Text(file), &kept) != nil {
		return toml.Marshal(now)
	}
	maps.DeleteFunc(kept, func(name string, _ any) bool {
		lower := strings.ToLower(name) // letter case does not count
		_, was := before[lower]
		_, is := settings[lower]
		return was && !is || name != lower && (was || is)
	})
	maps.DeleteFunc(settings, func(name string, value any) bool {
		return reflect.TypeOf(kept[name]) == reflect.TypeOf(value) && reflect.DeepEqual(value, before[name])
	})
	maps.Copy(kept, settings)
	return toml.Marshal(kept)
}

// table is what stands in a file for settings.
func table(settings any) (map[string]any, error) {
	text, err := toml.Marshal(settings)
	if err != nil {
		return nil, err
	}
	t := map[string]any{}
	err = toml.Unmarshal(text, &t)
	return t, err
}

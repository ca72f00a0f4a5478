package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"stowage/cmd/school"
	"stowage/crypt"
)

// config is the config file: what need not be typed each time.
type config struct {
	School   string `toml:"school,omitempty"`   // the school's folder
	Verifier string `toml:"verifier,omitempty"` // the school's verifier key, as it was first seen
}

// errNoSchool: neither --school nor the config file says where the school is.
var errNoSchool = errors.New("the school's folder is not set")

// configPath is where the config file of this user is.
func configPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the config file: %w", err)
	}
	return filepath.Join(dir, "stowage", "config.toml"), nil
}

// readConfig reads the config file; a missing one is an empty one.
func readConfig() (config, error) {
	var c config
	path, err := configPath()
	if err != nil {
		return c, err
	}
	meta, err := toml.DecodeFile(path, &c)
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, nil
	}
	if err != nil {
		return config{}, &badConfig{path, err}
	}
	if strange := meta.Undecoded(); len(strange) > 0 {
		return config{}, &badConfig{path, fmt.Errorf("unknown setting %s", strange[0])}
	}
	return c, nil
}

// badConfig says which config file is not in order, and why.
type badConfig struct {
	path string
	err  error
}

func (e *badConfig) Error() string { return fmt.Sprintf("config file %s: %v", e.path, e.err) }
func (e *badConfig) Unwrap() error { return e.err }

// writeConfig replaces the config file.
func writeConfig(c config) (path string, err error) {
	if path, err = configPath(); err != nil {
		return "", err
	}
	text, err := toml.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write the config file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("write the config file: %w", err)
	}
	out, err := crypt.CreateOutput(path, true)
	if err != nil {
		return "", fmt.Errorf("write the config file: %w", err)
	}
	defer out.Discard()
	if _, err := out.Write(text); err != nil {
		return "", fmt.Errorf("write the config file: %w", err)
	}
	return path, out.Commit()
}

// serials is where this computer remembers the newest directories.
func serials() (school.Serials, error) {
	path, err := configPath()
	if err != nil {
		return school.Serials{}, err
	}
	return school.Serials{Dir: filepath.Join(filepath.Dir(path), "directories")}, nil
}

// heads is where this computer remembers how sticks were left.
func heads() (school.Heads, error) {
	path, err := configPath()
	if err != nil {
		return school.Heads{}, err
	}
	return school.Heads{Dir: filepath.Join(filepath.Dir(path), "sticks")}, nil
}

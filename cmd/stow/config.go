package main

import (
	"stowage/cmd/config"
	"stowage/cmd/school"
)

// readConfig reads the config file, which the window shares.
func readConfig() (config.Config, error) {
	dir, err := config.Dir()
	if err != nil {
		return config.Config{}, err
	}
	return config.Read(dir)
}

// useSchool remembers in the config file that the folder dir, a school's own or its
// shared one, is in use from now on.
func useSchool(dir, verifier string) (path string, err error) {
	where, err := config.Dir()
	if err != nil {
		return "", err
	}
	c := config.Config{Verifier: verifier}
	if school.IsSchool(dir) {
		c.School = dir
	} else {
		c.Shared = dir
	}
	if before, err := config.Read(where); err == nil && before.Verifier == verifier { // the same school
		c.Me, c.Backup = before.Me, before.Backup
	}
	return c.Write(where)
}

// serials is where this computer remembers the newest directories.
func serials() (school.Serials, error) {
	dir, err := config.Dir()
	return config.Serials(dir), err
}

// heads is where this computer remembers how sticks were left.
func heads() (school.Heads, error) {
	dir, err := config.Dir()
	return config.Heads(dir), err
}

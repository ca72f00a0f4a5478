package cli

import (
	"errors"
	"strings"

	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/remembered"
)

// errStartedFromStick: a program that was started from a stick changes no settings of the computer.
var errStartedFromStick = errors.New("started from a stick")

// readConfig reads the config file, which the window shares. Started from a stick,
// the program knows no settings: the computer may be anybody's.
func (a *App) readConfig() (config.Config, error) {
	if a.Own != "" {
		return config.Config{}, nil
	}
	dir, err := config.Dir()
	if err != nil {
		return config.Config{}, err
	}
	if unknown, err := config.Unknown(dir); err == nil && len(unknown) > 0 && !a.toldMore {
		a.toldMore = true
		a.Warn("The config file says more than this version of Stowage knows, which was passed over: %s", Printable(strings.Join(unknown, ", ")))
	}
	return config.Read(dir)
}

// UseSchool remembers in the config file that the folder dir, a school's own or its
// shared one, is in use from now on.
func (a *App) UseSchool(dir, verifier string) (path string, err error) {
	if a.Own != "" {
		return "", errStartedFromStick
	}
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

// Serials is where this computer remembers the newest directories.
func (a *App) Serials() (remembered.Serials, error) {
	if a.Own != "" {
		return remembered.Serials{}, nil
	}
	dir, err := config.Dir()
	return config.Serials(dir), err
}

// Heads is where this computer remembers how sticks were left.
func (a *App) Heads() (remembered.Heads, error) {
	if a.Own != "" {
		return remembered.Heads{}, nil
	}
	dir, err := config.Dir()
	return config.Heads(dir), err
}

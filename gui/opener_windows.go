package gui

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/windows"
)

// openPath hands a path to the desktop. A program that starts then has the environment that this
// process has at that moment.
func openPath(path string, environment map[string]*string) error {
	file, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	back := withEnvironment(environment)
	defer back()
	// What opens the file starts in the system's folder, and not on a stick from which this program was
	// started: it might look for libraries there.
	system, err := windows.GetSystemDirectory()
	if err != nil {
		return err
	}
	folder, err := windows.UTF16PtrFromString(system)
	if err != nil {
		return err
	}
	err = windows.ShellExecute(0, verb, file, nil, folder, windows.SW_SHOWNORMAL)
	if errors.Is(err, windows.ERROR_NO_ASSOCIATION) {
		return ErrNoProgram
	}
	return err
}

// opening keeps the environment as it is while something is opened.
var opening sync.Mutex

// withEnvironment changes the environment of this process until back is called.
func withEnvironment(give map[string]*string) (back func()) {
	if len(give) == 0 {
		return func() {}
	}
	opening.Lock()
	before := map[string]*string{}
	for name, value := range give {
		before[name] = nil
		if was, ok := os.LookupEnv(name); ok {
			before[name] = &was
		}
		setVariable(name, value)
	}
	return func() {
		for name, value := range before {
			setVariable(name, value)
		}
		opening.Unlock()
	}
}

func setVariable(name string, value *string) {
	if value == nil {
		_ = os.Unsetenv(name)
		return
	}
	_ = os.Setenv(name, *value)
}

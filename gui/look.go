package gui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/BurntSushi/toml"

	"stowage/crypt"
	"stowage/crypt/safefile"
	"stowage/devices/school/config"
	"stowage/gui/i18n"
)

// Mode is how light the window is.
type Mode string

// The modes.
const (
	System       Mode = "system" // light or dark, as the computer prefers
	Light        Mode = "light"
	Dark         Mode = "dark"
	HighContrast Mode = "contrast"
)

// Modes returns the modes in the order of the settings.
func Modes() []Mode { return []Mode{System, Light, Dark, HighContrast} }

// TextSizes returns the sizes that text can have, in percent.
func TextSizes() []int { return []int{100, 125, 150} }

// Look is how this person wants the window to look, and speak.
type Look struct {
	Mode     Mode   `toml:"mode"`
	Text     int    `toml:"text"`     // size in percent: one of TextSizes
	Language string `toml:"language"` // as words.New takes it
}

// valid replaces what there is not by what is usual.
func (l Look) valid() Look {
	if !slices.Contains(Modes(), l.Mode) {
		l.Mode = System
	}
	if !slices.Contains(TextSizes(), l.Text) {
		l.Text = 100
	}
	if l.Language != i18n.Welsh {
		l.Language = i18n.English
	}
	return l
}

// lookFile is the name of the file that keeps the look, in the config folder.
const lookFile = "window.toml"

// largestLook bounds what is read of that file.
const largestLook = 64 << 10

// ReadLook reads the look kept in a folder. What is missing, or not in order, is
// as usual: a window that looks as it did at first is better than none.
func ReadLook(folder string) Look { return readLook(folder, ".") }

// readLook is ReadLook for a folder below another, which links do not lead out of.
func readLook(top, folder string) Look {
	root, err := os.OpenRoot(top)
	if err != nil {
		return Look{}.valid()
	}
	defer root.Close()
	return parseLook(readLookText(root, folder))
}

// readLookText reads the file; one that is missing, no file or too long is empty.
func readLookText(root *os.Root, folder string) []byte {
	text, err := safefile.ReadIn(root, filepath.Join(folder, lookFile), largestLook)
	if err != nil {
		return nil
	}
	return text
}

func parseLook(text []byte) Look {
	var look Look
	if toml.Unmarshal(crypt.Text(text), &look) != nil {
		look = Look{}
	}
	return look.valid()
}

// Keep writes the look to a folder, which is made when there is none. The file
// changes as a whole or not at all, and what a later version kept there stays.
func (l Look) Keep(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the look: %w", err)
	}
	return l.keep(folder, ".")
}

// keep is Keep for a folder below another, which links do not lead out of.
func (l Look) keep(top, folder string) error {
	root, err := os.OpenRoot(top)
	if err != nil {
		return fmt.Errorf("keep the look: %w", err)
	}
	defer root.Close()
	if err := root.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("keep the look: %w", err)
	}
	before := readLookText(root, folder)
	text, err := config.Keep(before, parseLook(before), l.valid())
	if err != nil {
		return fmt.Errorf("keep the look: %w", err)
	}
	if err := safefile.WriteIn(root, filepath.Join(folder, lookFile), text, true); err != nil {
		return fmt.Errorf("keep the look: %w", err)
	}
	return nil
}

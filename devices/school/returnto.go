package school

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school/internal/files"
)

// ReturnSetting is where the school keeps, in its folder, where a finder brings a
// device: lines of text for slips, labels and sticks, and no secret.
const ReturnSetting = "return.txt"

// maxReturn bounds the address, and how ICT is reached, in bytes; labels are small.
const maxReturn = 500

// ReturnAddress is where a finder brings a device: as it was set, or else the
// school's name.
func (s *School) ReturnAddress() (string, error) {
	text, err := files.ReadSmall(filepath.Join(s.dir, ReturnSetting))
	if errors.Is(err, fs.ErrNotExist) {
		d, err := s.Directory()
		if err != nil {
			return "", err
		}
		return d.School, nil
	}
	if err == nil {
		var address string
		if address, err = cleanLines(string(text)); err == nil {
			return address, nil
		}
	}
	return "", fmt.Errorf("read the return address: %w", err)
}

// SetReturnAddress keeps where a finder brings a device; an empty address is the
// school's name again. It fails with keys.ErrValue for one that is too long or no text.
func (s *School) SetReturnAddress(address string) error {
	path := filepath.Join(s.dir, ReturnSetting)
	if strings.TrimSpace(address) == "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("set the return address: %w", err)
		}
		return nil
	}
	address, err := cleanLines(address)
	if err == nil {
		err = safefile.Write(path, []byte(address+"\n"), true)
	}
	if err != nil {
		return fmt.Errorf("set the return address: %w", err)
	}
	return nil
}

// cleanLines checks a text of a few lines, without space around them.
func cleanLines(text string) (string, error) {
	if len(text) > maxReturn || !utf8.ValidString(text) {
		return "", keys.ErrValue
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return "", keys.ErrValue
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "", keys.ErrValue
	}
	return strings.Join(lines, "\n"), nil
}

package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stowage/crypt/safefile"
	"stowage/devices/lists"
)

// Lists is where this computer remembers how lists from other systems were read, given the folder of the program's
// settings: a file for every set of columns that a list has had.
func Lists(dir string) KnownLists { return KnownLists{Dir: filepath.Join(dir, "lists")} }

// KnownLists remembers the mapping of each list by its columns, in whatever order they are.
type KnownLists struct {
	Dir string // made when it is needed; "" remembers nothing
}

// Mapping returns how a list with these columns was read last, and whether that is known.
func (k KnownLists) Mapping(header []string) (lists.Mapping, bool) {
	if k.Dir == "" {
		return lists.Mapping{}, false
	}
	text, err := safefile.Read(k.path(header), maxFile)
	if err != nil {
		return lists.Mapping{}, false
	}
	var m lists.Mapping
	if json.Unmarshal(text, &m) != nil || !m.Foreign() {
		return lists.Mapping{}, false
	}
	if _, wrong := m.Resolve(header); len(wrong) > 0 { // a later version's, or edited
		return lists.Mapping{}, false
	}
	return m, true
}

// Keep remembers how a list with these columns is read.
func (k KnownLists) Keep(header []string, m lists.Mapping) error {
	if k.Dir == "" || !m.Foreign() {
		return nil
	}
	text, err := json.MarshalIndent(m, "", "\t")
	if err == nil {
		err = os.MkdirAll(k.Dir, 0o700)
	}
	if err == nil {
		err = safefile.Write(k.path(header), append(text, '\n'), true)
	}
	if err != nil {
		return fmt.Errorf("remember the columns of a list: %w", err)
	}
	return nil
}

func (k KnownLists) path(header []string) string {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = lists.Key(name)
	}
	slices.Sort(names)
	digest := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return filepath.Join(k.Dir, hex.EncodeToString(digest[:16])+".json")
}

package stick

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/pair"
)

// Beside a holder's key whose passphrase the holder has chosen lies a mark that says so. A key without one counts as
// one whose passphrase ICT gave out: no backup takes it. FORMAT.md, "Keys".

const (
	chosenEnd = ".chosen"
	chosenTop = "stowage passphrase chosen v1"
)

// chosenName is the name of the mark of a key file.
func chosenName(name string) string { return name + chosenEnd }

// ChosenKey is a holder's key on the stick whose passphrase the holder has chosen.
type ChosenKey struct {
	Sealed    []byte    // the key file
	Recipient string    // the key's public half
	Set       time.Time // when the passphrase was set, UTC
}

// ChosenKey is the holder's key that the stick carries, if its holder has chosen its passphrase: that is, if whoever
// could open the stick said so. It is nil when there is none.
func (s *Stick) ChosenKey() (*ChosenKey, error) {
	s.write.Lock()
	defer s.write.Unlock()
	return s.chosenKey()
}

// chosenKey is ChosenKey while s.write is held. Of two, which an interrupted change left, it is the newer one.
func (s *Stick) chosenKey() (*ChosenKey, error) {
	files, err := readSlots(s.fs, holderSlot)
	if err != nil {
		return nil, err
	}
	var newest *ChosenKey
	for _, f := range files {
		m, ok := readMark(s.fs, f)
		if !ok {
			continue
		}
		if recipient := s.recipientOf(m); recipient != "" && (newest == nil || m.set.After(newest.Set)) {
			newest = &ChosenKey{f.Data, recipient, m.set}
		}
	}
	return newest, nil
}

// chosenMark is what a mark says.
type chosenMark struct {
	file string    // hex SHA-256 of the key file
	set  time.Time // when its passphrase was set
	mac  []byte
}

// readMark reads the mark of a key file. It is good for anything only if it fits the file; who wrote it, its MAC tells.
func readMark(fsys FS, f pair.File) (chosenMark, bool) {
	text, err := drive.ReadAll(fsys, chosenName(f.Name), pair.MaxSum)
	if err != nil {
		return chosenMark{}, false
	}
	return parseMark(text, f.Data)
}

func parseMark(text, sealed []byte) (m chosenMark, ok bool) {
	var set, mac string
	_, err := fmt.Sscanf(string(text), chosenTop+"\nfile %s\nset %s\nhmac %s\n", &m.file, &set, &mac)
	if err == nil {
		m.set, err = time.Parse(time.RFC3339, set)
	}
	if err == nil {
		m.mac, err = hex.DecodeString(mac)
	}
	return m, err == nil && m.file == pair.SHA256(sealed)
}

// text is the mark as it is written.
func (m chosenMark) text() []byte {
	return fmt.Appendf(nil, "%s\nfile %s\nset %s\nhmac %x\n", chosenTop, m.file, m.set.UTC().Format(time.RFC3339), m.mac)
}

// macOf authenticates a mark with the stick's identity. The holder's recipient is in it, but not in the mark, which
// tells a finder nothing of whose the stick is.
func (m chosenMark) macOf(recipient string, key []byte) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s\nfile %s\nset %s\nholder %s\n", chosenTop, m.file, m.set.UTC().Format(time.RFC3339), recipient)
	return h.Sum(nil)
}

// recipientOf is the holder whose key a mark is about; empty if nobody who could open the stick wrote it.
func (s *Stick) recipientOf(m chosenMark) string {
	for _, key := range s.keys {
		for _, holder := range s.ring.holders {
			if hmac.Equal(m.mac, m.macOf(holder, key.MAC.Chosen)) {
				return holder
			}
		}
	}
	return ""
}

// writeMark says that the passphrase of a key file was chosen, in place of what was said before. Until the key file
// of that content is there, it says nothing.
func (s *Stick) writeMark(name string, k ChosenKey) error {
	m := chosenMark{file: pair.SHA256(k.Sealed), set: k.Set}
	m.mac = m.macOf(k.Recipient, s.keys[0].MAC.Chosen)
	if err := drive.IfThere(s.fs.Remove(chosenName(name))); err != nil {
		return err
	}
	return drive.WriteFile(s.fs, chosenName(name), m.text())
}

// keepMark brings the mark of the key that opened the stick up to date: the first sticks had none. A full stick
// opens without.
func (s *Stick) keepMark() error {
	name, k := s.unlocked.slot, s.unlocked.holder
	if name == "" {
		return nil
	}
	if k.Temporary {
		return drive.IfThere(s.fs.Remove(chosenName(name)))
	}
	sealed, err := drive.ReadAll(s.fs, name, maxKeyFile)
	if err != nil {
		return drive.IfThere(err)
	}
	if m, ok := readMark(s.fs, pair.File{Name: name, Data: sealed}); ok && s.recipientOf(m) == k.Recipient() {
		return nil
	}
	err = s.writeMark(name, ChosenKey{sealed, k.Recipient(), k.PassphraseSet})
	if errors.Is(err, ErrFull) {
		return nil
	}
	return err
}

// markAgain writes the marks anew, under the identity that is in force.
func (s *Stick) markAgain() error {
	k, err := s.chosenKey()
	if err != nil || k == nil {
		return err
	}
	for _, name := range slotPair(holderSlot).Names {
		if data, err := drive.ReadAll(s.fs, name, maxKeyFile); err == nil && string(data) == string(k.Sealed) {
			return s.writeMark(name, *k)
		}
	}
	return nil
}

// slotOf is the name of the file on the stick that a key was unlocked from, if it was.
func slotOf(fsys FS, k *keys.HolderKey) string {
	files, err := readSlots(fsys, holderSlot)
	if err != nil {
		return "" // the key is there already
	}
	for _, f := range files {
		if k.IsFrom(f.Data) {
			return f.Name
		}
	}
	return ""
}

package stick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// What lies on a stick beside its layers is not read when the stick is opened in
// another way: the recovery code's copy of the identity, the holder's key when
// ICT opens it, the directory that it carries, the text for a finder. So that decay there shows before it matters,
// each key file and the directory has its SHA-256 beside it, and the school's note has that of the
// text. The sums are no protection against people, only against decay: FORMAT.md, "Keys".

// maxFound bounds "IF FOUND.txt".
const maxFound = 1 << 20

// foundText is the text for a finder as it lies on the drive, with the line ends
// that Notepad wants.
func foundText(text string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

// checkSidecars checks what lies on the stick beside its layers.
func (s *Stick) checkSidecars() ([]Problem, error) {
	var out []Problem
	found := func(name, what string) {
		if slices.ContainsFunc(out, func(p Problem) bool { return p.Name == name }) {
			return
		}
		out = append(out, Problem{Warning: Warning{Kind: WarnAltered, Name: name, Err: errors.New(what)}})
	}
	bad, err := badSidecars(s.fs)
	if err != nil {
		return nil, err
	}
	for _, name := range bad {
		found(strings.TrimSuffix(name, pair.SumEnd), "the drive cannot read it")
	}
	for _, base := range slotBases() {
		name, err := s.alteredKey(base)
		if drive.IsBadSector(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if name != "" {
			found(name, "the key file and its SHA-256 do not fit each other")
		}
	}
	notes, err := sticknote.Read(s.fs)
	if err != nil && !drive.IsBadSector(err) {
		return nil, err
	}
	good := err != nil        // then it is named already
	for _, f := range notes { // of two, one may be torn
		_, err := f.Open(s.unlocked.verifier)
		good = good || err == nil
	}
	if !good {
		found(notes[0].Name, "the school's signature does not fit it")
	}
	text, err := drive.ReadAll(s.fs, layout.Found, maxFound)
	switch {
	case errors.Is(err, fs.ErrNotExist), drive.IsBadSector(err): // a backup has none; it is named already
	case err != nil && !errors.Is(err, ErrTooLarge):
		return nil, err
	case s.note.Found != "" && pair.SHA256(text) != s.note.Found:
		found(layout.Found, "it is not the text that the school signed")
	}
	gone, err := DirectoryAltered(s.fs)
	if err != nil && !drive.IsBadSector(err) {
		return nil, err
	}
	if gone {
		found(directoryFile().Names[0], "the directory and its SHA-256 do not fit each other; the next check-in at school brings it anew")
	}
	if gone, err = openingsFile().altered(s.fs); err != nil && !drive.IsBadSector(err) {
		return nil, err
	}
	if gone {
		found(openingsFile().Names[0], "it and its SHA-256 do not fit each other; the next check-in at school brings it anew")
	}
	messages, err := Checkpoints(s.fs)
	if err != nil && !drive.IsBadSector(err) {
		return nil, err
	}
	good = len(messages) == 0
	for _, msg := range messages { // the same
		_, err := keys.OpenNote(msg, s.unlocked.verifier)
		good = good || err == nil
	}
	if !good {
		found(checkpointFile().Names[0], "the school's signature does not fit it")
	}
	tables, err := s.alteredTables()
	for _, name := range tables {
		found(name, "a table of contents that cannot be used; it will be made again from the layers")
	}
	return out, err
}

// alteredTables returns the names of the tables of contents that are not as they were written.
func (s *Stick) alteredTables() ([]string, error) {
	entries, err := s.fs.ReadDir(layout.Contents)
	if err = drive.IfThere(err); err != nil {
		return nil, err
	}
	var bad []string
	for _, e := range entries {
		id, part, ok := layer.ParseName(e.Name())
		if !ok || part != 0 {
			continue
		}
		if _, err := layer.ReadTable(s.fs, id, s.keys, s.note.ID, nil); errors.Is(err, ErrGone) {
			return bad, err
		} else if err != nil {
			bad = append(bad, id.ContentsName())
		}
	}
	return bad, nil
}

// alteredKey returns the name of a key file that is not as it was written.
func (s *Stick) alteredKey(base string) (string, error) {
	files, err := readSlots(s.fs, base)
	if err != nil {
		return "", err
	}
	return pair.Altered(s.fs, files)
}

// foundAgain writes the text for a finder again. Another text that somebody put in its place is kept beside it,
// unless the drive cannot read it.
func (s *Stick) foundAgain(ctx context.Context) error {
	text := foundText(s.note.FoundLines())
	_, err := aside.Set(ctx, s.fs, layout.Found, bytes.NewReader(text))
	if drive.IsBadSector(err) {
		err = s.fs.Remove(layout.Found)
	}
	if err != nil {
		return err
	}
	return drive.WriteFile(s.fs, layout.Found, text)
}

// repairSidecars writes again what is known of the files beside the layers, and
// returns the names of those that have to stay as they are.
func (r *repairer) repairSidecars(found CheckResult) (left []string, err error) {
	s := r.stick
	s.write.Lock()
	defer s.write.Unlock()
	rings := false
	for _, p := range found.Problems {
		if p.Kind != WarnAltered {
			continue
		}
		gone := false
		if p.Name == layout.Note || p.Name == layout.NoteB {
			gone, err = s.removeBadNote(p.Name)
		}
		switch {
		case gone || err != nil:
		case p.Name == layout.Found && pair.SHA256(foundText(s.note.FoundLines())) == s.note.Found:
			err = s.foundAgain(r.ctx)
		case drive.Parent(p.Name) == layout.Contents: // the next opening makes it again
			err = drive.IfThere(s.fs.Remove(p.Name))
		case p.Name == s.unlocked.slot: // it was just opened, so it is the sum that is wrong
			if err = s.sumAgain(p.Name); drive.IsBadSector(err) { // by now it is not as it was opened
				left, err = append(left, p.Name), nil
			}
		case strings.HasPrefix(path.Base(p.Name), "stick-") && s.ring.name != "":
			rings = true
		default:
			left = append(left, p.Name)
			continue
		}
		if err != nil {
			return left, fmt.Errorf("write %s again: %w", p.Name, err)
		}
	}
	if rings {
		change := pair.Change{FS: s.fs}
		name, err := s.writeRing(&change, s.ring.keyring)
		if err == nil {
			err = change.Finish()
		}
		if err != nil {
			return left, err
		}
		s.ring.name = name
	}
	return left, nil
}

// sumAgain writes the sum of a key file that is known to be good.
func (s *Stick) sumAgain(name string) error {
	data, err := drive.ReadAll(s.fs, name, maxKeyFile)
	if err == nil {
		err = pair.WriteSum(s.fs, name, data)
	}
	return err
}

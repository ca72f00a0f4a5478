package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
)

// jsonInspected says what something is. Fields that do not apply are absent.
type jsonInspected struct {
	Path       string         `json:"path"`
	Kind       string         `json:"kind"` // one of the kinds below
	Encrypted  bool           `json:"encrypted"`
	Protection string         `json:"protection,omitempty"`
	OpenedBy   []string       `json:"opened_by,omitempty"`
	WorkFactor int            `json:"work_factor,omitempty"`
	Armored    bool           `json:"armored,omitempty"`
	Size       int64          `json:"size,omitempty"`
	PlainSize  *int64         `json:"plain_size,omitempty"`
	Key        *jsonKeyFile   `json:"key,omitempty"`
	Directory  *jsonDirectory `json:"directory,omitempty"`
	Stick      *jsonInfo      `json:"stick,omitempty"`
	School     *jsonSchool    `json:"school,omitempty"`
	PlainFiles *int           `json:"plain_files,omitempty"` // beside the stick, or in the folder
}

// jsonKeyFile is what an unlocked key file says of itself.
type jsonKeyFile struct {
	School    string `json:"school"`
	Holder    string `json:"holder,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	Temporary bool   `json:"temporary_passphrase,omitempty"`
}

// The kinds of things that inspect tells apart.
const (
	kindAge       = "age file"
	kindLocked    = "age file under a passphrase"
	kindHolderKey = "holder's key"
	kindAuthority = "authority"
	kindIdentity  = "age identity file, not protected"
	kindDirectory = "directory"
	kindNote      = "signed note"
	kindRegister  = "register"
	kindStick     = "stick"
	kindSchool    = "school's folder"
	kindFolder    = "folder"
	kindPlain     = "plain file"
)

func (a *app) inspectCommand() *cobra.Command {
	var open bool
	var secret passphraseFlag
	cmd := &cobra.Command{
		Use:   "inspect FILE|STICK|FOLDER…",
		Short: "Say what something is, how it is protected, and who can open it",
		Long: `Say what a file, stick or folder is, how it is protected, and who can open it, as
far as that can be known without opening it: age files do not name their
recipients. With --open a key file is unlocked and says whose it is.`,
		Example: examples(
			"stow inspect report.odt.age",
			"stow inspect /media/STICK --json",
			"stow inspect alice-key.age --open",
			"stow inspect *.age",
		),
		GroupID: "files",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found []jsonInspected
			skipped, err := a.each(cmd.Context(), args, func(path string) error {
				out, err := a.inspect(cmd.Context(), path)
				if err == nil && open && out.Kind == kindLocked {
					err = a.openKey(cmd.Context(), &out, secret)
				}
				if err == nil {
					found = append(found, out)
				}
				return on(path, err)
			})
			if len(args) == 1 && err == nil {
				return a.show(found[0], func(w io.Writer) { inspectedText(w, found[0]) })
			}
			return firstError(err, a.showInspected(found, skipped))
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "unlock a key file, to see whose it is")
	secret.addHolder(cmd)
	return cmd
}

// showInspected says what several things are.
func (a *app) showInspected(found []jsonInspected, skipped []jsonSkipped) error {
	out := struct {
		Inspected []jsonInspected `json:"inspected"`
		Skipped   []jsonSkipped   `json:"skipped"`
	}{append([]jsonInspected{}, found...), skipped}
	err := a.show(out, func(w io.Writer) {
		for i, one := range found {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintln(w, printable(one.Path))
			inspectedText(w, one)
		}
	})
	return firstError(err, a.skipped(skipped, len(found)))
}

func (a *app) inspect(ctx context.Context, path string) (jsonInspected, error) {
	info, err := os.Stat(path)
	if err != nil {
		return jsonInspected{}, err
	}
	if info.IsDir() {
		return a.inspectFolder(ctx, path)
	}
	if !info.Mode().IsRegular() {
		return jsonInspected{}, usagef("%s is neither a file nor a folder", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return jsonInspected{}, err
	}
	defer f.Close()
	start := make([]byte, 256)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return jsonInspected{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return jsonInspected{}, err
	}
	out := jsonInspected{Path: path, Kind: kindPlain, Size: info.Size(), Protection: "none: anyone can read it"}
	return out, a.inspectFile(&out, f, start[:n])
}

func (a *app) inspectFile(out *jsonInspected, f *os.File, start []byte) error {
	if crypt.BeginsAsAge(start) {
		return inspectAge(out, f)
	}
	switch text := string(crypt.Text(start)); {
	case strings.HasPrefix(text, "stowage directory "):
		return a.inspectDirectory(out)
	case strings.HasPrefix(text, "stowage ") && strings.Contains(text, " v"):
		out.Kind, out.Protection = kindNote, "signed by the school, readable by anyone"
	case strings.HasPrefix(text, "SQLite format 3\x00"):
		out.Kind, out.Protection = kindRegister, "none: anyone who has the file can read it"
	case strings.Contains(text, "AGE-SECRET-KEY-"), strings.HasPrefix(text, "# stowage: "):
		out.Kind, out.Protection = kindIdentity, "none: anyone who has the file can use the key"
	}
	return nil
}

// inspectAge reads the header of an age file.
func inspectAge(out *jsonInspected, f *os.File) error {
	info, err := crypt.Inspect(f, out.Size)
	if err != nil {
		return err
	}
	out.Kind, out.Encrypted, out.Armored, out.WorkFactor = kindAge, true, info.Armored, info.WorkFactor
	if info.PlainSize >= 0 {
		out.PlainSize = &info.PlainSize
	}
	counts := map[string]int{}
	for _, r := range info.Recipients {
		counts[r]++
	}
	out.Protection = "age"
	for _, stanza := range []struct{ name, one, many string }{
		{"mlkem768x25519", "post-quantum key", "post-quantum keys"},
		{"X25519", "X25519 key", "X25519 keys"},
		{"scrypt", "passphrase", "passphrases"},
	} {
		if n := counts[stanza.name]; n > 0 {
			out.OpenedBy = append(out.OpenedBy, counted(n, stanza.one, stanza.many))
			delete(counts, stanza.name)
		}
	}
	for name, n := range counts {
		out.OpenedBy = append(out.OpenedBy, counted(n, "key", "keys")+" of type "+name)
	}
	if info.Passphrase() {
		out.Kind = kindLocked
		out.Protection = "age, scrypt with work factor " + strconv.Itoa(info.WorkFactor)
		if filepath.Base(out.Path) == school.AuthorityFile {
			out.Kind = kindAuthority
		}
	}
	return nil
}

// inspectDirectory reads a directory, held against the school in use.
func (a *app) inspectDirectory(out *jsonInspected) error {
	d, err := school.ReadDirectory(out.Path, "")
	if err != nil {
		return err
	}
	j := directoryJSON(d)
	if used, err := a.directory(""); err == nil {
		_, err = school.ReadDirectory(out.Path, used.Verifier)
		j.Pinned = err == nil
	}
	out.Kind, out.Directory = kindDirectory, &j
	out.Protection = "signed by the school, readable by anyone"
	return nil
}

// inspectFolder tells sticks and schools from other folders.
func (a *app) inspectFolder(ctx context.Context, path string) (jsonInspected, error) {
	out := jsonInspected{Path: path, Kind: kindFolder, Protection: "none: anyone can read it"}
	if _, err := os.Stat(filepath.Join(path, school.AuthorityFile)); err == nil {
		if s, err := a.describeSchool(path); err == nil {
			out.Kind, out.School = kindSchool, &s
			out.Protection = "the authority is under a passphrase; the register is not encrypted, so keep the folder where only ICT can read it"
			return out, nil
		}
	}
	drive, err := a.openDrive(path)
	if err != nil {
		return out, err
	}
	defer drive.Close()
	info, err := a.sealedInfo(ctx, drive)
	switch {
	case err == nil:
		out.Kind, out.Encrypted, out.Stick = kindStick, true, &info
		out.Protection = classText(info.Class)
		out.OpenedBy = []string{openedWith(info)}
	case !errors.Is(err, stick.ErrNotStick):
		return out, err
	}
	scan, err := stick.Scan(ctx, drive, nil)
	if err != nil {
		return out, err
	}
	plain := len(scan.Plain)
	out.PlainFiles = &plain
	return out, nil
}

// openKey unlocks a key file, to see whose it is.
func (a *app) openKey(ctx context.Context, out *jsonInspected, from passphraseFlag) error {
	sealed, err := readSmallFile(out.Path)
	if err != nil {
		return err
	}
	passphrase, err := a.passphrase(ctx, from, out.Path)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	k, err := keys.OpenHolderKey(sealed, passphrase)
	if err == nil {
		defer k.Wipe()
		out.Kind = kindHolderKey
		out.Key = &jsonKeyFile{School: k.School, Holder: k.Holder.Name, Recipient: k.Recipient(), Temporary: k.Temporary}
		return nil
	}
	if authority, openErr := keys.OpenAuthority(sealed, passphrase); openErr == nil {
		defer authority.Wipe()
		out.Kind, out.Key = kindAuthority, &jsonKeyFile{School: authority.School()}
		return nil
	}
	return err
}

func inspectedText(w io.Writer, i jsonInspected) {
	fields(w, "What", i.Kind, "Protection", i.Protection, "Opened by", joinAnd(i.OpenedBy))
	if i.PlainSize != nil {
		fields(w, "Content", sizeText(*i.PlainSize))
	}
	if k := i.Key; k != nil {
		fields(w, "School", k.School, "Holder", k.Holder, "Recipient", k.Recipient)
		if k.Temporary {
			fmt.Fprintln(w, "Its passphrase is temporary: change it with: stow key passphrase")
		}
	}
	if d := i.Directory; d != nil {
		signed := "not compared: no school in use to compare it with, or it is another's"
		if d.Pinned {
			signed = "by the school in use"
		}
		fields(w, "School", d.School, "Signed", signed, "Number", strconv.FormatInt(d.Serial, 10), "Published", timeText(d.Published), "People", strconv.Itoa(d.People))
	}
	if s := i.Stick; s != nil {
		fields(w, "Stick", s.Label, "School", s.School, "Return to", s.Return, "ICT", oneLine(s.Contact), "Data", fmt.Sprintf("%s in %s", sizeText(s.Bytes), counted(s.Layers, "layer", "layers")))
	}
	if s := i.School; s != nil {
		fields(w, "School", s.Name, "Verifier key", s.Verifier)
	}
	if i.PlainFiles != nil {
		fmt.Fprintf(w, "%s here not encrypted.\n", lies(*i.PlainFiles))
	}
}

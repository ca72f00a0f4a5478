package filecmd

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

	"stowage/cmd/stow/internal/cli"
	"stowage/cmd/stow/internal/schoolcmd"
	"stowage/cmd/stow/internal/stickcmd"
	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
)

// jsonInspected says what something is. Fields that do not apply are absent.
type jsonInspected struct {
	Path       string                   `json:"path"`
	Kind       string                   `json:"kind"` // one of the kinds below
	Encrypted  bool                     `json:"encrypted"`
	Protection string                   `json:"protection,omitempty"`
	OpenedBy   []string                 `json:"opened_by,omitempty"`
	WorkFactor int                      `json:"work_factor,omitempty"`
	Armored    bool                     `json:"armored,omitempty"`
	Size       int64                    `json:"size,omitempty"`
	PlainSize  *int64                   `json:"plain_size,omitempty"`
	Key        *jsonKeyFile             `json:"key,omitempty"`
	Directory  *schoolcmd.JSONDirectory `json:"directory,omitempty"`
	Stick      *stickcmd.JSONInfo       `json:"stick,omitempty"`
	School     *schoolcmd.JSONSchool    `json:"school,omitempty"`
	PlainFiles *int                     `json:"plain_files,omitempty"` // beside the stick, or in the folder
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

// InspectCommand is stow inspect.
func InspectCommand(a *cli.App) *cobra.Command {
	var open bool
	var secret cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "inspect FILE|STICK|FOLDER…",
		Short: "Say what something is, how it is protected, and who can open it",
		Long: `Say what a file, stick or folder is, how it is protected, and who can open it, as
far as that can be known without opening it: age files do not name their
recipients. With --open a key file is unlocked and says whose it is.`,
		Example: cli.Examples(
			"stow inspect report.odt.age",
			"stow inspect /media/STICK --json",
			"stow inspect alice-key.age --open",
			"stow inspect *.age",
		),
		GroupID: "files",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found []jsonInspected
			skipped, err := a.Each(cmd.Context(), args, func(path string) error {
				out, err := inspect(cmd.Context(), a, path)
				if err == nil && open && out.Kind == kindLocked {
					err = openKey(cmd.Context(), a, &out, secret)
				}
				if err == nil {
					found = append(found, out)
				}
				return cli.On(path, err)
			})
			if len(args) == 1 && err == nil {
				return a.Show(found[0], func(w io.Writer) { inspectedText(w, found[0]) })
			}
			return cli.FirstError(err, showInspected(a, found, skipped))
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "unlock a key file, to see whose it is")
	secret.AddHolder(cmd)
	return cmd
}

// showInspected says what several things are.
func showInspected(a *cli.App, found []jsonInspected, skipped []cli.Skipped) error {
	out := struct {
		Inspected []jsonInspected `json:"inspected"`
		Skipped   []cli.Skipped   `json:"skipped"`
	}{append([]jsonInspected{}, found...), skipped}
	err := a.Show(out, func(w io.Writer) {
		for i, one := range found {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintln(w, cli.Printable(one.Path))
			inspectedText(w, one)
		}
	})
	return cli.FirstError(err, a.Skipped(skipped, len(found)))
}

func inspect(ctx context.Context, a *cli.App, path string) (jsonInspected, error) {
	info, err := os.Stat(path)
	if err != nil {
		return jsonInspected{}, err
	}
	if info.IsDir() {
		return inspectFolder(ctx, a, path)
	}
	if !info.Mode().IsRegular() {
		return jsonInspected{}, cli.Usagef("%s is neither a file nor a folder", path)
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
	return out, inspectFile(a, &out, f, start[:n])
}

func inspectFile(a *cli.App, out *jsonInspected, f *os.File, start []byte) error {
	if crypt.BeginsAsAge(start) {
		return inspectAge(out, f)
	}
	switch text := string(crypt.Text(start)); {
	case strings.HasPrefix(text, "stowage directory "):
		return inspectDirectory(a, out)
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
			out.OpenedBy = append(out.OpenedBy, cli.Counted(n, stanza.one, stanza.many))
			delete(counts, stanza.name)
		}
	}
	for name, n := range counts {
		out.OpenedBy = append(out.OpenedBy, cli.Counted(n, "key", "keys")+" of type "+name)
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
func inspectDirectory(a *cli.App, out *jsonInspected) error {
	d, err := school.ReadDirectory(out.Path, "")
	if err != nil {
		return err
	}
	j := schoolcmd.DirectoryJSON(d)
	if used, err := a.Directory(""); err == nil {
		_, err = school.ReadDirectory(out.Path, used.Verifier)
		j.Pinned = err == nil
	}
	out.Kind, out.Directory = kindDirectory, &j
	out.Protection = "signed by the school, readable by anyone"
	return nil
}

// inspectFolder tells sticks and schools from other folders.
func inspectFolder(ctx context.Context, a *cli.App, path string) (jsonInspected, error) {
	out := jsonInspected{Path: path, Kind: kindFolder, Protection: "none: anyone can read it"}
	if _, err := os.Stat(filepath.Join(path, school.AuthorityFile)); err == nil {
		if s, err := schoolcmd.DescribeSchool(a, path); err == nil {
			out.Kind, out.School = kindSchool, &s
			out.Protection = "the authority is under a passphrase; the register is not encrypted, so keep the folder where only ICT can read it"
			return out, nil
		}
	}
	drive, err := a.OpenDrive(path)
	if err != nil {
		return out, err
	}
	defer drive.Close()
	info, err := stickcmd.SealedInfo(ctx, a, drive)
	switch {
	case err == nil:
		out.Kind, out.Encrypted, out.Stick = kindStick, true, &info
		out.Protection = stickcmd.ClassText(info.Class)
		out.OpenedBy = []string{stickcmd.OpenedWith(info)}
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
func openKey(ctx context.Context, a *cli.App, out *jsonInspected, from cli.PassphraseFlag) error {
	sealed, err := cli.ReadSmallFile(out.Path)
	if err != nil {
		return err
	}
	passphrase, err := a.Passphrase(ctx, from, out.Path)
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
	cli.Fields(w, "What", i.Kind, "Protection", i.Protection, "Opened by", cli.JoinAnd(i.OpenedBy))
	if i.PlainSize != nil {
		cli.Fields(w, "Content", cli.SizeText(*i.PlainSize))
	}
	if k := i.Key; k != nil {
		cli.Fields(w, "School", k.School, "Holder", k.Holder, "Recipient", k.Recipient)
		if k.Temporary {
			fmt.Fprintln(w, "Its passphrase is temporary: change it with: stow key passphrase")
		}
	}
	if d := i.Directory; d != nil {
		signed := "not compared: no school in use to compare it with, or it is another's"
		if d.Pinned {
			signed = "by the school in use"
		}
		cli.Fields(w, "School", d.School, "Signed", signed, "Number", strconv.FormatInt(d.Serial, 10), "Published", cli.TimeText(d.Published), "People", strconv.Itoa(d.People))
	}
	if s := i.Stick; s != nil {
		cli.Fields(w, "Stick", s.Label, "School", s.School, "Return to", s.Return, "ICT", cli.OneLine(s.Contact), "Data", fmt.Sprintf("%s in %s", cli.SizeText(s.Bytes), cli.Counted(s.Layers, "layer", "layers")))
	}
	if s := i.School; s != nil {
		cli.Fields(w, "School", s.Name, "Verifier key", s.Verifier)
	}
	if i.PlainFiles != nil {
		fmt.Fprintf(w, "%s here not encrypted.\n", stickcmd.Lies(*i.PlainFiles))
	}
}

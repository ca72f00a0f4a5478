package filecmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/openings"
	"stowage/gui/explain"
)

// decryption is one run of decrypt.
type decryption struct {
	cli.KeySource
	ict     bool
	reason  cli.ReasonFlag
	of      string // --of
	outDir  string
	extract bool
	replace bool

	unseal filecrypt.Decrypter
}

// DecryptCommand is stow decrypt.
func DecryptCommand(a *cli.App) *cobra.Command {
	var d decryption
	var authority cli.PassphraseFlag
	cmd := &cobra.Command{
		Use:   "decrypt --key FILE|--on STICK|--recovery FILE.age…",
		Short: "Decrypt files with a key",
		Long: `Decrypt files with a key file (--key), with the key that a stick carries (--on),
or as ICT with the school's recovery key (--recovery). FILE.age becomes FILE beside
it; with --extract FILE.tar.age becomes the folder FILE. FILE may be - to decrypt
standard input to standard output. --key takes any age identity file, too.

Windows and macOS are told that the files came from elsewhere, as of a download, where the
drive can hold such a mark (FAT cannot).

ICT says why (--reason): it is recorded before anything is decrypted, and the person whose
files they are (--of) is told by their stick.`,
		Example: cli.Examples(
			"stow decrypt --key alice-key.age report.odt.age",
			"stow decrypt --on /media/STICK --extract photos.tar.age",
			"stow decrypt --recovery --of alice@hillroad.example --reason 'leaver handover' report.odt.age",
			"stow decrypt --key alice-key.age --passphrase-file p.txt - < in.age > out",
		),
		GroupID: "files",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withIdentities(cmd.Context(), a, d, authority, func(identities []age.Identity) error {
				p := a.Progress("decrypting")
				defer p.End()
				d.unseal = filecrypt.Decrypter{Identities: identities, OutDir: d.outDir, Unpack: d.extract, Progress: p}
				if d.replace {
					d.unseal.Taken = filecrypt.ConflictReplace
				}
				if len(args) == 1 && args[0] == "-" {
					in := cli.Input(cmd.Context(), a.Stdin)
					return cli.On("standard input", decryptStream(cmd.Context(), a, in, p, identities))
				}
				return decryptAll(cmd.Context(), a, d, p, args)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&d.Key, "key", "i", "", "the key `FILE`")
	flags.StringVar(&d.Stick, "on", "", "use the key that the `STICK` carries")
	flags.BoolVar(&d.ict, "recovery", false, "use the school's recovery key (ICT)")
	flags.StringVarP(&d.outDir, "out-dir", "d", "", "the `FOLDER` to write to; otherwise beside each file")
	flags.BoolVarP(&d.extract, "extract", "x", false, "unpack .tar.age files into folders")
	flags.BoolVar(&d.replace, "replace", false, "replace existing files")
	cmd.MarkFlagsOneRequired("key", "on", "recovery")
	cmd.MarkFlagsMutuallyExclusive("key", "on", "recovery")
	_ = cmd.MarkFlagDirname("out-dir")
	_ = cmd.MarkFlagDirname("on")
	d.reason.Add(cmd, "with --recovery")
	flags.StringVar(&d.of, "of", "", "with --recovery, the `PERSON` whose files they are")
	_ = cmd.RegisterFlagCompletionFunc("of", a.CompletePerson)
	d.Secret.AddHolder(cmd)
	authority.AddAuthority(cmd, false)
	return cmd
}

// withIdentities unlocks what is to decrypt, and wipes it after do.
func withIdentities(ctx context.Context, a *cli.App, d decryption, authority cli.PassphraseFlag, do func([]age.Identity) error) error {
	if d.ict {
		reason, err := a.ReasonUnless(ctx, false, d.reason)
		if err != nil {
			return err
		}
		return a.WithAuthority(ctx, authority, func(s *school.School) error {
			unlocked, err := s.Authority()
			if err != nil {
				return err
			}
			opening := devices.Opening{What: devices.OpenedFiles, Reason: reason}
			if d.of != "" {
				holder, err := s.Register().FindHolder(ctx, d.of)
				if err != nil {
					return cli.On(d.of, err)
				}
				opening.Holder = holder.ID
			}
			if err := openings.Record(ctx, s, opening); err != nil {
				return err
			}
			return do(unlocked.Identities())
		})
	}
	copies, name, err := a.ReadKeys(d.KeySource)
	if err != nil {
		return err
	}
	if plain := copies.Plain(); plain != nil {
		return do(plain)
	}
	k, err := a.UnlockKey(ctx, copies, name, d.Secret)
	if err != nil {
		return err
	}
	defer k.Wipe()
	if k.Temporary {
		return cli.On(name, keys.ErrMustChange)
	}
	return do([]age.Identity{k.Identity()})
}

// decryptAll decrypts each of the files, whatever becomes of the others.
func decryptAll(ctx context.Context, a *cli.App, d decryption, p *cli.Progress, paths []string) error {
	if err := cli.CheckFolder(d.outDir); err != nil {
		return err
	}
	result := jsonFiles{Files: []jsonFile{}, Skipped: []cli.Skipped{}}
	var failed error
	renamed := 0
	d.unseal.Made = &filecrypt.Made{}
	d.unseal.Renamed = func(stored, unpacked string) {
		renamed++
		if !a.JSON {
			a.Warn("%s is here called %s", stored, unpacked)
		}
	}
	result.Skipped, failed = a.Each(ctx, paths, func(path string) error {
		dest, err := d.unseal.Decrypt(ctx, path)
		if err == nil {
			result.Files = append(result.Files, jsonFile{Source: path, Dest: dest})
			if wanted, _, _ := d.unseal.Dest(path); otherName(a, path, wanted, dest) {
				renamed++
			}
		}
		return onFile(err)
	})
	p.End()
	if failed != nil && len(result.Files) == 0 {
		return failed
	}
	err := a.Show(result, func(w io.Writer) {
		for _, f := range result.Files {
			fmt.Fprintln(w, cli.Printable(f.Dest))
		}
	})
	return partlyRenamed(renamed, cli.FirstError(failed, err, a.Skipped(result.Skipped, len(result.Files))))
}

// decryptStream decrypts to standard output, which cannot take back what it was given.
func decryptStream(ctx context.Context, a *cli.App, in io.Reader, p *cli.Progress, identities []age.Identity) error {
	out := &countingWriter{w: a.Stdout}
	err := crypt.Decrypt(ctx, out, in, p, identities...)
	if errors.Is(err, crypt.ErrDamaged) && out.n > 0 {
		return &cutShortError{written: out.n, err: err}
	}
	return err
}

// cutShortError: the stream is damaged after so many bytes, which were written.
type cutShortError struct {
	written int64
	err     error
}

func (e *cutShortError) Error() string {
	return fmt.Sprintf("after %d bytes: %v", e.written, e.err)
}

func (e *cutShortError) Unwrap() error { return e.err }

func (e *cutShortError) Words(subject string) (explain.Code, string) {
	return explain.Damaged, fmt.Sprintf("%s is damaged or was cut short after %d bytes of its content, which are what was encrypted and were written; the rest is missing, so get another copy of it.", cmp.Or(subject, "the stream"), e.written)
}

// countingWriter counts what it passes on.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Package filecmd has the commands for files: encrypt, decrypt, inspect and drives.
// Nothing that is there is overwritten without a flag that says so.
package filecmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt"
	"stowage/crypt/safefile"
	"stowage/devices/school/filecrypt"
)

// encryption is one run of encrypt.
type encryption struct {
	to        []string
	directory string
	outDir    string
	replace   bool

	seal filecrypt.Encrypter
}

// jsonFile is one file that was encrypted or decrypted.
type jsonFile struct {
	Source     string   `json:"source"`
	Dest       string   `json:"dest"`
	Class      string   `json:"class,omitempty"`
	Recipients []string `json:"recipients,omitempty"`
}

// jsonFiles is the result of encrypting or decrypting.
type jsonFiles struct {
	Files   []jsonFile    `json:"files"`
	Skipped []cli.Skipped `json:"skipped"`
}

// EncryptCommand is stow encrypt.
func EncryptCommand(a *cli.App) *cobra.Command {
	var e encryption
	cmd := &cobra.Command{
		Use:   "encrypt [--to PERSON]… FILE…",
		Short: "Encrypt files or folders for people",
		Long: `Encrypt files for people in the school's directory; ICT's recovery key is always
in. FILE becomes FILE.age beside it, a folder NAME.tar.age; the originals stay. FILE
may be - to encrypt standard input to standard output. Without --to only ICT can
decrypt it.

Nobody whose key is blocked is encrypted to. Where the people have keys of both
classes, which cannot share a file, each class gets a file of its own.`,
		Example: cli.Examples(
			"stow encrypt --to 'Alice Jones' --to bob@hillroad.example report.odt",
			"stow encrypt --to alice@hillroad.example --out-dir /tmp/outbox photos/ *.pdf",
			"tar c records | stow encrypt --to bob@hillroad.example - > records.tar.age",
		),
		GroupID: "files",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.Directory(e.directory)
			if err != nil {
				return err
			}
			e.seal = filecrypt.Encrypter{Policy: d.Policy, OutDir: e.outDir}
			if e.seal.Audiences, err = filecrypt.Audiences(d, e.to); err != nil {
				return err
			}
			if e.replace {
				e.seal.Taken = filecrypt.ConflictReplace
			}
			if len(args) == 1 && args[0] == "-" {
				return encryptStream(cmd.Context(), a, e)
			}
			return encryptAll(cmd.Context(), a, e, args)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&e.to, "to", "t", nil, "a `PERSON` who can decrypt it: a name, an e-mail address or an id")
	flags.StringVar(&e.directory, "directory", "", "the directory `FILE`; otherwise that of the school's folder")
	flags.StringVarP(&e.outDir, "out-dir", "d", "", "the `FOLDER` to write to; otherwise beside each file")
	flags.BoolVar(&e.replace, "replace", false, "replace existing files")
	_ = cmd.RegisterFlagCompletionFunc("to", a.CompletePerson)
	_ = cmd.MarkFlagDirname("out-dir")
	return cmd
}

// encryptStream encrypts standard input to standard output.
func encryptStream(ctx context.Context, a *cli.App, e encryption) error {
	if len(e.seal.Audiences) > 1 {
		return cli.Usagef("these people have keys of two classes, which cannot share one stream; encrypt to each class by itself")
	}
	if cli.IsTerminal(a.Stdout) {
		return cli.Usagef("the result is not text for a terminal; redirect it to a file")
	}
	p := a.Progress("encrypting")
	defer p.End()
	return cli.On("standard input", crypt.Encrypt(ctx, a.Stdout, cli.Input(ctx, a.Stdin), p, e.seal.Audiences[0].Recipients...))
}

// encryptAll encrypts each of the paths, whatever becomes of the others.
func encryptAll(ctx context.Context, a *cli.App, e encryption, paths []string) error {
	p := a.Progress("encrypting")
	defer p.End()
	e.seal.Progress, e.seal.Made = p, &filecrypt.Made{}
	if err := cli.CheckFolder(e.outDir); err != nil {
		return err
	}
	renamed := 0
	result := jsonFiles{Files: []jsonFile{}, Skipped: []cli.Skipped{}}
	unsealed, failed := a.Each(ctx, paths, func(path string) error {
		if err := e.inTheWay(path); err != nil {
			return onFile(err)
		}
		made, skipped, err := e.seal.Encrypt(ctx, path)
		for _, m := range made {
			if wanted, _, err := e.seal.Dest(path, m.Audience); err == nil && otherName(a, path, wanted, m.Path) {
				renamed++
			}
			result.Files = append(result.Files, jsonFile{path, m.Path, string(m.Audience.Class), m.Audience.Names})
		}
		for _, s := range skipped {
			result.Skipped = append(result.Skipped, cli.Skipped{Path: s, Reason: "a link or a device, which is not stored"})
		}
		return onFile(err)
	})
	result.Skipped = append(result.Skipped, unsealed...)
	p.End()
	if failed != nil && len(result.Files) == 0 {
		return failed
	}
	err := a.Show(result, func(w io.Writer) {
		for _, f := range result.Files {
			fmt.Fprintf(w, "%s, for %s\n", cli.Printable(f.Dest), cli.Printable(cli.JoinAnd(append(f.Recipients, "ICT"))))
		}
	})
	return partlyRenamed(renamed, cli.FirstError(failed, err, a.Skipped(result.Skipped, len(result.Files))))
}

// otherName says of what was made that it has another name than wanted, since something
// else that was made in this run has that.
func otherName(a *cli.App, source, wanted, made string) bool {
	if wanted == made {
		return false
	}
	if !a.JSON {
		a.Warn("%s became %s, since another of this run is called %s", source, filepath.Base(made), filepath.Base(wanted))
	}
	return true
}

// partlyRenamed is the error of a run, or when that went well the one that says that names
// had to be changed.
func partlyRenamed(renamed int, err error) error {
	if err == nil && renamed > 0 {
		return &cli.PartlyError{Renamed: renamed}
	}
	return err
}

// inTheWay finds what has the name of a file to be made before hours are spent on it.
func (e encryption) inTheWay(path string) error {
	if taken := e.seal.Conflicts([]string{path}); len(taken) > 0 && !e.replace {
		return cli.On(taken[0], safefile.ErrExists)
	}
	return nil
}

// onFile says which file an error of package filecrypt is about.
func onFile(err error) error {
	if e, ok := errors.AsType[*filecrypt.FileError](err); ok {
		return cli.On(e.Path, err)
	}
	return err
}

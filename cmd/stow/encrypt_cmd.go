package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

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
	Skipped []jsonSkipped `json:"skipped"`
}

func (a *app) encryptCommand() *cobra.Command {
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
		Example: examples(
			"stow encrypt --to 'Alice Jones' --to bob@hillroad.example report.odt",
			"stow encrypt --to alice@hillroad.example --out-dir /tmp/outbox photos/ *.pdf",
			"tar c records | stow encrypt --to bob@hillroad.example - > records.tar.age",
		),
		GroupID: "files",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.directory(e.directory)
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
				return a.encryptStream(cmd.Context(), e)
			}
			return a.encryptAll(cmd.Context(), e, args)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&e.to, "to", "t", nil, "a `PERSON` who can decrypt it: a name, an e-mail address or an id")
	flags.StringVar(&e.directory, "directory", "", "the directory `FILE`; otherwise that of the school's folder")
	flags.StringVarP(&e.outDir, "out-dir", "d", "", "the `FOLDER` to write to; otherwise beside each file")
	flags.BoolVar(&e.replace, "replace", false, "replace existing files")
	_ = cmd.RegisterFlagCompletionFunc("to", a.completePerson)
	_ = cmd.MarkFlagDirname("out-dir")
	return cmd
}

// encryptStream encrypts standard input to standard output.
func (a *app) encryptStream(ctx context.Context, e encryption) error {
	if len(e.seal.Audiences) > 1 {
		return usagef("these people have keys of two classes, which cannot share one stream; encrypt to each class by itself")
	}
	if isTerminal(a.stdout) {
		return usagef("the result is not text for a terminal; redirect it to a file")
	}
	p := a.progress("encrypting")
	defer p.end()
	return on("standard input", crypt.Encrypt(ctx, a.stdout, input(ctx, a.stdin), p, e.seal.Audiences[0].Recipients...))
}

// encryptAll encrypts each of the paths, whatever becomes of the others.
func (a *app) encryptAll(ctx context.Context, e encryption, paths []string) error {
	p := a.progress("encrypting")
	defer p.end()
	e.seal.Progress, e.seal.Made = p, &filecrypt.Made{}
	if err := checkFolder(e.outDir); err != nil {
		return err
	}
	renamed := 0
	result := jsonFiles{Files: []jsonFile{}, Skipped: []jsonSkipped{}}
	unsealed, failed := a.each(ctx, paths, func(path string) error {
		if err := e.inTheWay(path); err != nil {
			return onFile(err)
		}
		made, skipped, err := e.seal.Encrypt(ctx, path)
		for _, m := range made {
			if wanted, _, err := e.seal.Dest(path, m.Audience); err == nil && a.otherName(path, wanted, m.Path) {
				renamed++
			}
			result.Files = append(result.Files, jsonFile{path, m.Path, string(m.Audience.Class), m.Audience.Names})
		}
		for _, s := range skipped {
			result.Skipped = append(result.Skipped, jsonSkipped{s, "a link or a device, which is not stored"})
		}
		return onFile(err)
	})
	result.Skipped = append(result.Skipped, unsealed...)
	p.end()
	if failed != nil && len(result.Files) == 0 {
		return failed
	}
	err := a.show(result, func(w io.Writer) {
		for _, f := range result.Files {
			fmt.Fprintf(w, "%s, for %s\n", printable(f.Dest), printable(joinAnd(append(f.Recipients, "ICT"))))
		}
	})
	return partlyRenamed(renamed, firstError(failed, err, a.skipped(result.Skipped, len(result.Files))))
}

// otherName says of what was made that it has another name than wanted, since something
// else that was made in this run has that.
func (a *app) otherName(source, wanted, made string) bool {
	if wanted == made {
		return false
	}
	if !a.json {
		a.warn("%s became %s, since another of this run is called %s", source, filepath.Base(made), filepath.Base(wanted))
	}
	return true
}

// partlyRenamed is the error of a run, or when that went well the one that says that names
// had to be changed.
func partlyRenamed(renamed int, err error) error {
	if err == nil && renamed > 0 {
		return &partlyError{renamed: renamed}
	}
	return err
}

// inTheWay finds what has the name of a file to be made before hours are spent on it.
func (e encryption) inTheWay(path string) error {
	if taken := e.seal.Conflicts([]string{path}); len(taken) > 0 && !e.replace {
		return on(taken[0], safefile.ErrExists)
	}
	return nil
}

// onFile says which file an error of package school is about.
func onFile(err error) error {
	if e, ok := errors.AsType[*filecrypt.FileError](err); ok {
		return on(e.Path, err)
	}
	return err
}

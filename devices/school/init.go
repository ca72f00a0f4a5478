package school

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// Plan is what a new school is made from.
type Plan struct {
	Name       string      // the school's name
	Passphrase []byte      // of the authority; held to the policy
	Policy     keys.Policy // the zero value is keys.DefaultPolicy
	Return     string      // where a finder brings a device, lines; the school's name when empty
	Contact    string      // how ICT is reached, lines; may be empty
}

// unfinishedText tells a person who finds the file what it means.
const unfinishedText = "A school was being set up in this folder, and that was not finished.\n" +
	"Nothing in it is in use. Set the school up again, here or elsewhere.\n"

// Init makes a school in the folder dir, which must be empty or missing:
// otherwise it fails with [ErrNotEmpty]; with keys.ErrValue for texts that cannot be kept. What a run that was cut short has left
// is cleared away; a failed run leaves nothing.
func Init(ctx context.Context, dir string, p Plan, o Options) (err error) {
	if p.Policy == (keys.Policy{}) {
		p.Policy = keys.DefaultPolicy()
	}
	if _, err := keys.Judge(p.Passphrase, p.Policy, p.Name); err != nil {
		return err
	}
	for _, text := range []*string{&p.Return, &p.Contact} {
		if strings.TrimSpace(*text) == "" {
			*text = ""
		} else if *text, err = cleanLines(*text); err != nil {
			return fmt.Errorf("make a school: %w", err)
		}
	}
	made, err := makeEmpty(dir)
	if err != nil {
		return fmt.Errorf("make a school in %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			clearUnfinished(dir)
			if made {
				os.Remove(dir)
			}
			err = fmt.Errorf("make a school in %s: %w", dir, err)
		}
	}()
	if err := safefile.Write(filepath.Join(dir, unfinishedFile), []byte(unfinishedText), true); err != nil {
		return err
	}
	if err := fill(ctx, dir, p, o); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, unfinishedFile))
}

// makeEmpty makes the folder unless it is there and empty, or holds only what a
// run that was cut short has left.
func makeEmpty(dir string) (made bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, unfinishedFile)); err == nil {
		clearUnfinished(dir)
	}
	switch entries, err := os.ReadDir(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return true, os.MkdirAll(dir, 0o700)
	case err != nil:
		return false, err
	case len(entries) > 0:
		return false, ErrNotEmpty
	}
	return false, nil
}

// clearUnfinished removes what Init makes, the mark that it is unfinished last.
func clearUnfinished(dir string) {
	for _, name := range []string{AuthorityFile, DirectoryFile, RegisterFile, RegisterFile + "-wal", RegisterFile + "-shm", ReturnSetting} {
		os.Remove(filepath.Join(dir, name))
	}
	os.Remove(filepath.Join(dir, KeysFolder)) // only if it is empty, and it is
	os.Remove(filepath.Join(dir, unfinishedFile))
}

// fill makes everything that a school's folder holds.
func fill(ctx context.Context, dir string, p Plan, o Options) (err error) {
	a, err := keys.NewAuthority(p.Name, o.now())
	if err != nil {
		return err
	}
	defer a.Wipe()
	sealed, err := a.Seal(p.Passphrase, p.Policy.WorkFactor)
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, KeysFolder), 0o700); err != nil {
		return err
	}
	register, err := store.Create(ctx, filepath.Join(dir, RegisterFile))
	if err != nil {
		return err
	}
	if err := register.Close(); err != nil {
		return err
	}
	first := &keys.Directory{
		School: p.Name, Verifier: a.Verifier(), Serial: 1, Published: o.now().UTC(),
		Policy: p.Policy, Recovery: a.RecoveryRecipients(), Contact: p.Contact,
	}
	note, err := first.Sign(a)
	if err != nil {
		return err
	}
	if err := files.WritePublic(filepath.Join(dir, DirectoryFile), note, true); err != nil {
		return err
	}
	if p.Return != "" {
		if err := safefile.Write(filepath.Join(dir, ReturnSetting), []byte(p.Return+"\n"), true); err != nil {
			return err
		}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return safefile.Write(filepath.Join(dir, AuthorityFile), sealed, false)
}

package stick

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/aside"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/program"
	"stowage/crypt/stick/internal/sticknote"
)

// IssueOptions say what a new stick is to be.
type IssueOptions struct {
	School    Signer      // signs the note
	Recovery  []string    // the school's recovery recipients, one per class
	Label     string      // asset label
	Return    string      // where to return it if found; may have several lines
	Contact   string      // how the school's ICT is reached; may have several lines, or be empty
	Policy    keys.Policy // its class is that of the stick's identity
	Holders   []string    // age recipients of who may open it; none for ICT alone
	HolderKey []byte      // the holder's protected key file, to be carried on the stick; nil for none
	Code      []byte      // recovery code, of keys.GenerateCode; nil for none
	Found     string      // text of "IF FOUND.txt"; from Return and Contact when empty
	Clock     func() time.Time
	// Programs are put at the top of the stick, in the place of what has their names, unless
	// [WritePrograms] has done so already.
	Programs []NewProgram
	Progress crypt.Progress // bytes of programs written and read back; may be nil
	// SetAside is called for each file of somebody's that had the name of one of the
	// stick's, with the name that it has now. It may be nil.
	SetAside func(kept string)
}

// Issue makes an empty stick on a drive. Plain files that are there stay
// untouched; one that has the name of a file of the stick's is moved beside, under a
// free name. It fails with [ErrAlreadyStick] when there is a stick, and with
// [ErrInTheWay] when something has the name of the stick's folder. When it
// fails, it removes what it wrote; what a crash left of it is taken over by
// the next Issue, since a stick begins to exist with its note, written last.
func Issue(ctx context.Context, fsys FS, o IssueOptions) (*Note, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.SetAside == nil {
		o.SetAside = func(string) {}
	}
	if err := checkIssue(fsys, &o); err != nil {
		return nil, err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("make a stick id: %w", err)
	}
	identity, err := keys.NewStickIdentity(o.School.School(), o.School.Verifier(), id.String(), o.Policy.Class, o.Clock())
	if err != nil {
		return nil, fmt.Errorf("make the stick's identity: %w", err)
	}
	defer identity.Wipe()
	note := &Note{
		ID: id.String(), Label: o.Label, School: o.School.School(), Return: o.Return,
		Class: o.Policy.Class, Recipient: sticknote.RecipientDigest(identity.Recipient()), Generation: 1,
		Issued: now(o.Clock), Recovery: o.Recovery, Policy: o.Policy, Programs: program.ListOf(o.Programs), Contact: o.Contact,
	}
	files, err := issueFiles(note, &keyring{current: identity, holders: o.Holders}, &o)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := writeIssue(ctx, fsys, files, &o); err != nil {
		return nil, fmt.Errorf("issue the stick: %w", err)
	}
	return note, nil
}

// checkIssue refuses a drive that is a stick, and options that make no sense.
func checkIssue(fsys FS, o *IssueOptions) error {
	if err := checkFolderFree(fsys); err != nil {
		return err
	}
	notes, err := sticknote.Read(fsys)
	if err != nil && !errors.Is(err, ErrNotStick) {
		return err
	}
	for _, f := range notes {
		if _, err := f.Open(o.School.Verifier()); errors.Is(err, keys.ErrForged) {
			continue // an interrupted Issue left it torn, perhaps in the middle
		}
		if _, err := f.OpenUnverified(); err == nil || errors.Is(err, ErrFormat) {
			return ErrAlreadyStick
		}
	}
	if entries, err := fsys.ReadDir(layout.Layers); err == nil && len(entries) > 0 {
		return fmt.Errorf("%w: its note is missing", ErrAlreadyStick)
	}
	if err := o.Policy.Check(); err != nil {
		return fmt.Errorf("issue a stick: %w", err)
	}
	if len(o.Recovery) == 0 {
		return errors.New("issue a stick: no recovery recipients")
	}
	if err := keys.CheckValue(o.Label); err != nil {
		return fmt.Errorf("label: %w", err)
	}
	if err := program.CheckNew(fsys, o.Programs); err != nil {
		return err
	}
	for line := range strings.Lines(o.Return) {
		if err := keys.CheckValue(strings.TrimSpace(line)); err != nil {
			return fmt.Errorf("return address: %w", err)
		}
	}
	if err := keys.CheckLines(o.Contact); err != nil {
		return fmt.Errorf("contact: %w", err)
	}
	return nil
}

// newFile is a file to be written.
type newFile struct {
	name string
	data []byte
}

// issueFiles returns the files of a new stick, the note last.
func issueFiles(note *Note, ring *keyring, o *IssueOptions) ([]newFile, error) {
	wrapped, err := wrapKeyring(ring, note.Recovery)
	if err != nil {
		return nil, err
	}
	var files []newFile
	for _, class := range keys.Classes() {
		if data := wrapped[class]; data != nil {
			files = append(files, newFile{slotPair(stickSlot(class)).Names[0], data})
		}
	}
	if o.HolderKey != nil {
		files = append(files, newFile{slotPair(holderSlot).Names[0], o.HolderKey})
	}
	if o.Code != nil {
		data, err := sealCode(ring, o.Code, o.Policy.WorkFactor)
		if err != nil {
			return nil, err
		}
		files = append(files, newFile{slotPair(codeSlot).Names[0], data})
	}
	found := foundText(cmp.Or(o.Found, note.FoundLines()))
	note.Found = pair.SHA256(found)
	files = append(files, newFile{layout.Found, found})
	signed, err := note.Sign(o.School)
	if err != nil {
		return nil, err
	}
	return append(files, newFile{layout.Note, signed}), nil
}

// wrapKeyring encrypts the stick's identity, once for each class among the
// holders, to them and to the recovery recipient of that class. Recovery
// recipients of another class are left out: an X25519 one would undo what a
// hybrid key protects. With no holders it is the class of the stick.
func wrapKeyring(ring *keyring, recovery []string) (map[keys.Class][]byte, error) {
	classes := []keys.Class{ring.current.Class()}
	if len(ring.holders) > 0 {
		classes = nil
	}
	for _, holder := range ring.holders {
		class, err := keys.ClassOf(holder)
		if err != nil {
			return nil, fmt.Errorf("the holder's recipient: %w", err)
		}
		classes = append(classes, class)
	}
	to := slices.Clone(ring.holders)
	covered := map[keys.Class]bool{}
	for _, recipient := range recovery {
		class, err := keys.ClassOf(recipient)
		if err != nil {
			return nil, fmt.Errorf("the recovery recipient: %w", err)
		}
		if slices.Contains(classes, class) {
			to = append(to, recipient)
			covered[class] = true
		}
	}
	for _, class := range classes {
		if !covered[class] {
			return nil, fmt.Errorf("no recovery recipient of class %s", class)
		}
	}
	plain, err := ring.marshal()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return keys.WrapFor(plain, to)
}

// sealCode protects the stick's identity with a recovery code.
func sealCode(ring *keyring, code []byte, w keys.WorkFactor) ([]byte, error) {
	plain, err := ring.marshal()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return keys.SealWithCode(plain, code, w)
}

// writeIssue writes the files, each synced with its folder. When it fails, it
// removes what it made.
func writeIssue(ctx context.Context, fsys FS, files []newFile, o *IssueOptions) (err error) {
	var made []string
	defer func() {
		if err == nil {
			return
		}
		for _, name := range slices.Backward(made) {
			_ = fsys.Remove(name)
		}
	}()
	for _, dir := range []string{layout.Base, layout.Keys, layout.Layers, layout.Contents} {
		err = fsys.Mkdir(dir)
		if errors.Is(err, fs.ErrExist) { // an interrupted Issue made it
			continue
		}
		if err != nil {
			return err
		}
		made = append(made, dir)
		if err = fsys.SyncDir(drive.Parent(dir)); err != nil {
			return err
		}
	}
	foreign, err := keepForeign(ctx, fsys)
	for _, name := range foreign {
		o.SetAside(name)
	}
	if err != nil {
		return err
	}
	if err = removeKeyFolder(fsys); err != nil {
		return err
	}
	for _, name := range append([]string{layout.Note, layout.NoteB, layout.Reserve}, carriedNames()...) { // ours from before, or the school's own
		if err = fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	written, kept, err := WritePrograms(ctx, fsys, o.Programs, o.Progress)
	made = append(made, written...)
	if err == nil {
		err = makeRoom(ctx, fsys, files, &kept)
	}
	for _, name := range kept {
		o.SetAside(name)
	}
	if err != nil {
		return err
	}
	if err = context.Cause(ctx); err != nil {
		return err
	}
	for _, f := range files {
		write := drive.WriteFile
		if drive.Parent(f.name) == layout.Keys {
			write = pairOf(f.name).Write
			made = append(made, pair.SumName(f.name))
		}
		if err = write(fsys, f.name, f.data); err != nil {
			return err
		}
		made = append(made, f.name)
	}
	writeReserve(fsys, 0)
	return nil
}

// makeRoom sets aside what somebody put where the text for a finder goes.
func makeRoom(ctx context.Context, fsys FS, files []newFile, kept *[]string) error {
	i := slices.IndexFunc(files, func(f newFile) bool { return f.name == layout.Found })
	name, err := aside.Set(ctx, fsys, layout.Found, bytes.NewReader(files[i].data))
	if name != "" {
		*kept = append(*kept, name)
	}
	return err
}

package issue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/drives"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
	"stowage/devices/school/programs"
)

// ErrNotRemovable: a drive that is not made to be taken out cannot become a
// stick, unless it is a folder that was asked for.
var ErrNotRemovable = errors.New("not a removable drive")

// StickPlan says what a new stick is to be.
type StickPlan struct {
	FS     stick.FS              // the drive; stays the caller's
	Drive  drives.Drive          // its hardware; the zero value for a folder that is no drive
	Holder string                // who gets it: id, name or e-mail address
	Device devices.DeviceDetails // label "" takes the next free one; text from the drive goes into what is empty
	Prefix string                // of the next free label; "MS-" when empty
	Days   int                   // length of the loan; 0 what the policy says
	Due    time.Time             // end of the loan, in place of Days
	Note   string                // for the register
	Return string                // where to return it if found, lines
	Found  string                // text of "IF FOUND.txt"; from Return when empty
	// Programs are names of stick.ProgramNames: what the school has of these is put on the stick.
	Programs []string
	// Written receives the progress of writing programs, in bytes; it may be nil.
	Written crypt.Progress
	// Replace gives up an older stick of the school with all its data, if the
	// register has it back.
	Replace bool
	// OffStick keeps the holder's key off the stick, as does the policy.
	OffStick bool
}

// IssuedStick is a stick that was just issued.
type IssuedStick struct {
	Device  devices.Device
	Holder  devices.Holder
	Key     devices.Key
	Note    stick.Note
	OnStick bool // the stick carries the holder's key
	// Directory: the stick carries the school's directory, for the holder.
	Directory bool
	// Kept are files of somebody's that had a name which the stick needs, as they are
	// called now.
	Kept []string
}

// Stick makes a stick for a holder and hands it out in the register: the
// device, its loan, the recovery code (encrypted to the recovery key), that
// its encryption was verified, and the stick itself are there together or not at
// all. What is on the drive already stays. The holder needs a key.
//
// It fails with keys.ErrNoKey, keys.ErrBlocked, [programs.ErrNoProgram], [ErrNotRemovable],
// drives.ErrSystem, stick.ErrAlreadyStick and the register's refusals.
func Stick(ctx context.Context, s School, p StickPlan) (IssuedStick, error) {
	a, err := s.Authority()
	if err != nil {
		return IssuedStick{}, err
	}
	if err := suitable(p.Drive); err != nil {
		return IssuedStick{}, fmt.Errorf("issue a stick: %w", err)
	}
	if err := clearOld(ctx, s, p, a); err != nil {
		return IssuedStick{}, fmt.Errorf("issue a stick: %w", err)
	}
	i, err := prepare(ctx, s, a, p)
	if err != nil {
		return IssuedStick{}, fmt.Errorf("issue a stick: %w", err)
	}
	defer clear(i.options.Code)
	written, kept, err := stick.WritePrograms(ctx, p.FS, i.options.Programs, p.Written) // not while others wait for the register
	i.out.Kept = kept
	i.options.SetAside = func(name string) { i.out.Kept = append(i.out.Kept, name) }
	if err == nil {
		err = s.Register().Atomically(ctx, func(r *devices.Register) error { return i.issue(ctx, r) })
	}
	if err != nil {
		if i.made != nil {
			err = errors.Join(err, stick.Withdraw(p.FS, i.made.ID))
		}
		for _, name := range written {
			if removeErr := p.FS.Remove(name); !errors.Is(removeErr, fs.ErrNotExist) {
				err = errors.Join(err, removeErr)
			}
		}
		return IssuedStick{}, fmt.Errorf("issue a stick: %w", err)
	}
	return i.out, nil
}

// suitable refuses a drive that must not become a stick. A folder that is no
// drive of its own has no hardware, and was asked for.
func suitable(d drives.Drive) error {
	if d == (drives.Drive{}) {
		return nil
	}
	if err := d.Usable(); err != nil {
		return err
	}
	if !d.Offered() {
		return fmt.Errorf("%s: %w", d.Path, ErrNotRemovable)
	}
	return nil
}

// clearOld removes a stick of ours that never got into the register, since the
// program died at the wrong moment, and one that is to be replaced.
func clearOld(ctx context.Context, s School, p StickPlan, a *keys.Authority) error {
	summary, err := stick.Inspect(p.FS, a.Verifier())
	if errors.Is(err, stick.ErrNotStick) || errors.Is(err, keys.ErrForged) {
		return nil // a note that is torn, as a drive that failed leaves it; with layers beside it [stick.Issue] refuses
	}
	if err != nil {
		return err
	}
	d, err := known.Device(ctx, s.Register(), summary.Note)
	if errors.Is(err, known.ErrUnknownStick) && (p.Replace || cutShort(s, summary)) {
		return unmake(s, p.FS, summary.Note.ID)
	}
	if err == nil && (p.Replace || d.State.Missing()) { // what is lost must be found first
		if _, can := devices.Next(d.State, devices.Issue); !can {
			return &devices.Refusal{Device: d.ID, Name: d.Name(), State: d.State, Action: devices.Issue, Instead: devices.Allowed(d.State)}
		}
		return stick.Unmake(p.FS, summary.Note.ID)
	}
	return cmp.Or(err, stick.ErrAlreadyStick)
}

// issuing is one stick on its way into the register.
type issuing struct {
	school  School
	plan    StickPlan
	options stick.IssueOptions
	sealed  []byte // the recovery code, encrypted to the recovery key
	a       *keys.Authority
	made    *stick.Note // the stick on the drive, when it is there
	out     IssuedStick
}

// prepare does what takes long or can fail before the register is touched.
func prepare(ctx context.Context, s School, a *keys.Authority, p StickPlan) (*issuing, error) {
	i := &issuing{school: s, plan: p, a: a}
	policy := s.Policy()
	holder, key, err := holderForStick(ctx, s, p.Holder)
	if err != nil {
		return nil, err
	}
	directory, err := s.Directory()
	if err != nil {
		return nil, err
	}
	i.out.Holder, i.out.Key = holder, key
	programs, err := programs.Named(s, p.Programs)
	if err != nil {
		return nil, err
	}
	i.out.OnStick = policy.KeysOnStick && !p.OffStick
	i.options = stick.IssueOptions{
		School: a, Recovery: a.RecoveryRecipients(), Return: p.Return, Contact: directory.Contact, Found: p.Found,
		Policy: policy, Holders: []string{key.Recipient}, Clock: s.Clock(),
		Programs: programs, Progress: p.Written,
	}
	if i.out.OnStick {
		if i.options.HolderKey, err = readKeyFile(s, key); err != nil {
			return nil, err
		}
	}
	if i.options.Code, i.sealed, err = newCode(a.RecoveryRecipients(), policy.Class); err != nil {
		return nil, err
	}
	return i, nil
}

// holderForStick is a holder with the key in force, which must not be blocked.
func holderForStick(ctx context.Context, s School, who string) (devices.Holder, devices.Key, error) {
	holder, key, err := school.HolderWithKey(ctx, s.Register(), who)
	if err != nil {
		return devices.Holder{}, devices.Key{}, err
	}
	d, err := s.Directory()
	if err == nil {
		err = d.Blocked(key.Recipient)
	}
	return holder, key, school.AboutPerson(holder.Name, err)
}

func readKeyFile(s School, key devices.Key) ([]byte, error) {
	path, err := keyfiles.Path(s, key)
	if err != nil {
		return nil, err
	}
	return files.ReadSmall(path)
}

// issue makes the changes in the register, and the stick among them.
func (i *issuing) issue(ctx context.Context, r *devices.Register) error {
	actor := i.school.Actor()
	d, err := i.device(ctx, r, actor)
	if err != nil {
		return err
	}
	loan := devices.LoanDetails{Holder: i.out.Holder.ID, Days: i.plan.Days, Due: i.plan.Due, Note: i.plan.Note}
	if loan.Days == 0 && loan.Due.IsZero() {
		loan.Days = i.options.Policy.LoanDays
	}
	if d, err = r.Issue(ctx, actor, d.ID, loan); err != nil {
		return err
	}
	if _, err = r.StoreRecoveryCode(ctx, actor, d.ID, i.sealed); err != nil {
		return err
	}
	if i.out.OnStick {
		if i.out.Key, err = r.PlaceKey(ctx, actor, i.out.Key.ID, d.ID); err != nil {
			return err
		}
	}
	if i.made == nil {
		i.options.Label = d.Name()
		if i.made, err = stick.Issue(ctx, i.plan.FS, i.options); err != nil {
			return err
		}
	}
	i.out.Note = *i.made
	// From the first day on: a stick can be lost before it is ever back at school.
	put := func(sealed []byte) error { return stick.PutDirectory(i.plan.FS, sealed) }
	if i.out.Directory, err = PutDirectory(i.school, put, i.out.Key, i.options.Recovery); err != nil {
		return err
	}
	i.out.Device, err = i.verify(ctx, r, actor, d)
	return err
}

// verify opens the new stick with the recovery key, and records that it is
// encrypted and what it is.
func (i *issuing) verify(ctx context.Context, r *devices.Register, actor string, d devices.Device) (devices.Device, error) {
	opened, err := stick.Open(ctx, i.plan.FS, stick.WithRecovery(i.a.Identities(), i.a.Verifier()), stick.OpenOptions{ReadOnly: true, Program: school.Program, Clock: i.school.Clock()})
	if err != nil {
		return d, fmt.Errorf("open the new stick again: %w", err)
	}
	defer opened.Close()
	_, err = r.RecordVerification(ctx, actor, d.ID, devices.Verification{
		Method: devices.StowageFormat1, By: school.Program, Encrypted: true, Note: "issued, and opened again with the recovery key",
	})
	if err != nil {
		return d, err
	}
	sighting, err := known.Sighting(i.plan.FS, opened, d)
	if err != nil {
		return d, err
	}
	sighting.Health = devices.Healthy
	return r.CheckIn(ctx, actor, d.ID, sighting)
}

// PutDirectory puts the directory, for one key and the recovery key, on a stick unless
// that is full.
func PutDirectory(s School, put func([]byte) error, key devices.Key, recovery []string) (done bool, err error) {
	note, err := files.ReadSmall(filepath.Join(s.Dir(), school.DirectoryFile))
	if err != nil {
		return false, err
	}
	sealed, err := keys.WrapFor(note, append([]string{key.Recipient}, recovery...))
	if err != nil {
		return false, err
	}
	err = put(sealed[keys.Class(key.Class)])
	if errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrTooLarge) {
		return false, nil
	}
	return err == nil, err
}

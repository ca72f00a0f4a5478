package loss

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
)

const (
	// ReportExtension is how the files of loss reports end.
	ReportExtension = ".stowage-report.age"
	// handledFolder is where dealt-with reports lie in the inbox, still encrypted.
	handledFolder = "done"

	// duplicateTime is how long after one report another one about the same is
	// likely the same loss.
	duplicateTime = 14 * 24 * time.Hour
	// maxCompared is with how many reports, the newest, one is compared, and maxSame how
	// many it names that are like it.
	maxCompared = 2000
	maxSame     = 20

	// maxAnswers is how many bytes of answers are kept of all reports that are read together.
	maxAnswers = 4 << 20
	// maxShort is how many bytes are kept of an answer beyond that.
	maxShort = 60
)

var (
	// ErrNoInbox: the school's inbox folder cannot be reached from here.
	ErrNoInbox = errors.New("the school's inbox folder is not there")
	// ErrHandled: somebody else has dealt with the report.
	ErrHandled = errors.New("the report was dealt with already")
)

// ReportName is what a report's file is called: when it was made, and nothing
// about whom or what.
func ReportName(r LossReport) string {
	return "loss-" + r.Made.UTC().Format("20060102") + "-" + strings.ToLower(rand.Text()[:8]) + ReportExtension
}

// Deliver puts a sealed report into the inbox folder under the name and returns
// its path. It appears there whole or not at all, and replaces nothing:
// safefile.ErrExists. A folder that is not there is [ErrNoInbox], and is not made,
// since a network drive that is not connected is no place for a report.
func Deliver(inbox, name string, sealed []byte) (string, error) {
	if !isReportName(name) {
		return "", fmt.Errorf("deliver the loss report: %w: the name %q", ErrReport, name)
	}
	if info, err := os.Stat(inbox); inbox == "" || err != nil || !info.IsDir() {
		return "", fmt.Errorf("deliver the loss report: %w", ErrNoInbox)
	}
	path := filepath.Join(inbox, name)
	// Everybody may read it, since ICT is somebody else and it is sealed for them.
	if err := files.WritePublic(path, sealed, false); err != nil {
		return "", fmt.Errorf("deliver the loss report: %w", err)
	}
	return path, nil
}

func isReportName(name string) bool {
	return strings.HasSuffix(name, ReportExtension) && filepath.Base(name) == name && !strings.HasPrefix(name, ".")
}

// Inbox is the folder into which loss reports are delivered.
type Inbox struct {
	dir        string
	identities []age.Identity // none while the authority is locked
}

// OpenInbox opens the inbox in the folder dir. While the authority is locked,
// reports can be counted and not read. It fails with [ErrNoInbox].
func OpenInbox(s School, dir string) (*Inbox, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("open the inbox: %w", ErrNoInbox)
	}
	in := &Inbox{dir: dir}
	if a, err := s.Authority(); err == nil {
		in.identities = a.Identities()
	}
	return in, nil
}

// Report is a loss report in the inbox, or all those that cannot be read, of which
// File is the first.
type Report struct {
	LossReport           // zero where Err is set
	Unread     int       // how many could not be read; 0 unless Err is set
	File       string    // path of its file
	Received   time.Time // when the file was put there, by the folder's clock
	// Err says why it could not be read: [school.ErrLocked], or an error of [OpenReport].
	Err error
	// Same are the ids of other reports in the inbox, and of those dealt with,
	// that seem to be about the same loss, at most [maxSame].
	Same []string
	// Short: there are so many reports that the answers of this one, which is among the
	// oldest, are cut; [Inbox.Whole] reads it.
	Short bool
}

// Waiting returns the names of the reports' files, without opening any.
func (in *Inbox) Waiting() ([]string, error) {
	files, err := in.files(in.dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name()
	}
	return names, nil
}

// Waiting is how much lies in the inbox that nobody has dealt with. What is in it may be about nothing, or no report at all.
type Waiting struct {
	Reports int // loss reports
	Found   int // messages about lost sticks that turned up: see [FoundSticks]
}

// WaitingAt counts what waits for the school in the folder dir, for which neither the register nor a key is needed. It fails
// with [school.ErrNoShared].
func WaitingAt(dir string) (w Waiting, err error) {
	shared, err := school.SharedAt(dir)
	if err != nil {
		return w, err
	}
	entries, err := os.ReadDir(shared.Inbox())
	if errors.Is(err, fs.ErrNotExist) {
		return w, shared.Reachable() // nobody has delivered anything yet
	}
	if err != nil {
		return w, fmt.Errorf("read the inbox: %w", err)
	}
	for _, e := range entries {
		switch {
		case isReport(e):
			w.Reports++
		case isFound(e) && w.Found < maxFoundFiles:
			w.Found++
		}
	}
	return w, nil
}

// isReport says whether a file of the inbox is a loss report; a pipe or a link would be a trap.
func isReport(e fs.DirEntry) bool { return isReportName(e.Name()) && e.Type().IsRegular() }

// whole is [Inbox.Whole] for a report from any inbox of the school.
func whole(ctx context.Context, s School, r Report) (Report, error) {
	if !r.Short {
		return r, nil
	}
	a, err := s.Authority()
	if err != nil {
		return Report{}, err
	}
	return (&Inbox{identities: a.Identities()}).Whole(ctx, r)
}

// files lists the reports in a folder by name.
func (in *Inbox) files(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the inbox: %w", err)
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !isReport(e) }), nil
}

// Reports reads the reports that wait, newest first, however many files lie there.
// Those that cannot be read are together the last one, with their number and the error
// of the first. Of many, only the newest have all their answers: see [Report.Short].
func (in *Inbox) Reports(ctx context.Context) ([]Report, error) {
	waiting, err := in.read(ctx, in.dir)
	if err != nil {
		return nil, err
	}
	handled, err := in.read(ctx, filepath.Join(in.dir, handledFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	others := append(about(handled[:min(len(handled), maxCompared)]), about(waiting[:min(len(waiting), maxCompared)])...)
	for i := range waiting {
		waiting[i].Same = sameLoss(waiting[i], others)
	}
	return waiting, nil
}

// Whole reads a report again that is [Report.Short]; any other it returns as it is. A report that is not
// there any more is [ErrHandled].
func (in *Inbox) Whole(ctx context.Context, r Report) (Report, error) {
	if !r.Short {
		return r, nil
	}
	whole, err := in.open(ctx, r.File)
	switch {
	case err != nil:
		return Report{}, err
	case errors.Is(whole.Err, fs.ErrNotExist):
		return Report{}, fmt.Errorf("read the loss report: %w", ErrHandled)
	case whole.Err != nil:
		return Report{}, fmt.Errorf("read the loss report: %w", whole.Err)
	}
	whole.Same = r.Same
	return whole, nil
}

// HandledReports reads the reports that were dealt with, as Reports does.
func (in *Inbox) HandledReports(ctx context.Context) ([]Report, error) {
	handled, err := in.read(ctx, filepath.Join(in.dir, handledFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return handled, err
}

func (in *Inbox) read(ctx context.Context, dir string) ([]Report, error) {
	files, err := in.files(dir)
	if err != nil {
		return nil, err
	}
	var reports []Report
	var unread Report
	kept := 0 // bytes of answers
	for _, f := range files {
		r, err := in.open(ctx, filepath.Join(dir, f.Name()))
		switch {
		case err != nil:
			return nil, err
		case errors.Is(r.Err, fs.ErrNotExist): // another desk has just dealt with it
		case r.Err == nil:
			reports = append(reports, r)
			if kept += r.size(); kept > 2*maxAnswers {
				kept = shorten(reports)
			}
		case unread.Unread == 0:
			unread = r
			fallthrough
		default:
			unread.Unread++
		}
	}
	shorten(reports)
	if unread.Unread > 0 {
		reports = append(reports, unread)
	}
	return reports, nil
}

// size is how many bytes its answers have.
func (r *LossReport) size() int {
	n := 0
	for _, f := range r.texts() {
		n += len(*f.text)
	}
	return n
}

// shorten sorts reports, newest first, and cuts the answers of the oldest, so that those of the
// others are within [maxAnswers]. It returns how many bytes those are.
func shorten(reports []Report) int {
	slices.SortFunc(reports, func(a, b Report) int {
		return cmp.Or(b.Made.Compare(a.Made), cmp.Compare(b.File, a.File))
	})
	whole := 0
	full := false
	for i := range reports {
		r := &reports[i]
		full = full || whole+r.size() > maxAnswers
		if r.Short {
			continue
		}
		if !full {
			whole += r.size()
			continue
		}
		r.Short = true
		for _, f := range r.texts() {
			if len(*f.text) > maxShort { // a copy, or all of it would be kept
				*f.text = strings.ToValidUTF8(strings.Clone((*f.text)[:maxShort]), "") + "…"
			}
		}
	}
	return whole
}

// open reads one report; the error is the context's.
func (in *Inbox) open(ctx context.Context, path string) (Report, error) {
	r := Report{File: path}
	if info, err := os.Lstat(path); err == nil {
		r.Received = info.ModTime().UTC()
	}
	if len(in.identities) == 0 {
		r.Err = school.ErrLocked
		return r, nil
	}
	sealed, err := readAge(path, maxSealedReport)
	if err == nil {
		r.LossReport, err = OpenReport(ctx, sealed, in.identities)
	}
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if errors.Is(err, keys.ErrValue) { // too large
		err = fmt.Errorf("%w: %w", ErrReport, err)
	}
	r.Err = err
	return r, nil
}

// Handled puts the report among those dealt with, where it stays encrypted. It
// fails with [ErrHandled] when somebody else has done so.
func (r Report) Handled() error {
	sealed, err := files.ReadSmall(r.File)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put the loss report away: %w", ErrHandled)
	}
	if err != nil {
		return fmt.Errorf("put the loss report away: %w", err)
	}
	err = putAside(filepath.Dir(r.File), filepath.Base(r.File), sealed)
	if errors.Is(err, safefile.ErrExists) {
		// A run that died between the two steps left the same file there.
		there, readErr := files.ReadSmall(filepath.Join(filepath.Dir(r.File), handledFolder, filepath.Base(r.File)))
		if readErr == nil && bytes.Equal(there, sealed) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("put the loss report away: %w", err)
	}
	if err := os.Remove(r.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put the loss report away: %w", err)
	}
	return nil
}

// putAside writes a report into the folder of those that were dealt with. Anybody can
// write to the inbox, and may have put a link there in the folder's place: what that
// leads to is not written to.
func putAside(inbox, name string, sealed []byte) error {
	root, err := os.OpenRoot(inbox)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(handledFolder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return safefile.WriteIn(root, filepath.Join(handledFolder, name), sealed, false)
}

// Receive takes a report that came as a file, by hand or by e-mail, into the
// inbox. It fails with the errors of [OpenReport] and [Deliver], and with
// [school.ErrLocked]. The file stays where it is.
func (in *Inbox) Receive(ctx context.Context, path string) (Report, error) {
	if len(in.identities) == 0 {
		return Report{}, school.ErrLocked
	}
	sealed, err := files.ReadAtMost(path, maxSealedReport)
	if errors.Is(err, keys.ErrValue) {
		err = fmt.Errorf("%w: %w", ErrReport, err)
	}
	if err != nil {
		return Report{}, fmt.Errorf("receive the loss report: %w", err)
	}
	r, err := OpenReport(ctx, sealed, in.identities)
	if err != nil {
		return Report{}, err
	}
	file, err := Deliver(in.dir, ReportName(r), sealed)
	if err != nil {
		return Report{}, err
	}
	return in.open(ctx, file)
}

// An aboutReport is what decides whether a report is about the same loss as another.
type aboutReport struct {
	*Report
	label, name string // folded
}

// about returns that of each report which could be read.
func about(reports []Report) []aboutReport {
	var all []aboutReport
	for i := range reports {
		if reports[i].Err == nil {
			all = append(all, aboutOf(&reports[i]))
		}
	}
	return all
}

func aboutOf(r *Report) aboutReport {
	return aboutReport{r, devices.Fold(r.Device.Label), devices.Fold(r.Reporter.Name)}
}

// sameLoss are the ids of the other reports that seem to be about the same loss.
func sameLoss(r Report, others []aboutReport) []string {
	if r.Err != nil {
		return nil
	}
	var same []string
	this := aboutOf(&r)
	for _, o := range others {
		if len(same) == maxSame {
			break
		}
		if o.File != r.File && this.like(o) && !slices.Contains(same, o.ID) {
			same = append(same, o.ID)
		}
	}
	return same
}

// like reports whether two reports are likely about one loss: made
// within two weeks about the same device, or, where one of them does not say
// which device it is, by the same person.
func (a aboutReport) like(b aboutReport) bool {
	if a.ID == b.ID {
		return true
	}
	if a.Made.Sub(b.Made).Abs() > duplicateTime {
		return false
	}
	if a.Device.Stick != "" && b.Device.Stick != "" {
		return a.Device.Stick == b.Device.Stick
	}
	if a.Device.Label != "" && b.Device.Label != "" {
		return a.label == b.label
	}
	if a.Reporter.Holder != "" && b.Reporter.Holder != "" {
		return a.Reporter.Holder == b.Reporter.Holder
	}
	return a.name == b.name
}

// readAge is [files.ReadAtMost] for an age file; of anything else no more is read than shows it.
func readAge(path string, most int64) ([]byte, error) {
	f, info, err := safefile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	start := make([]byte, 512)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !crypt.BeginsAsAge(start[:n]) {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrReport, crypt.ErrNotAge)
	}
	content, err := safefile.ReadOpen(f, info, most)
	return content, files.AsValue(err)
}

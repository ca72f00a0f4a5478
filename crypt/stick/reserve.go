package stick

import (
	"crypto/rand"
	"errors"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layout"
)

// Whatever else lies on the drive may fill it to its last byte. So that files can be removed, erased and tidied then
// all the same, a file keeps room for that; it is removed just before, and written anew when there is room again.

const (
	reserveSize = 1 << 20
	reserveUnit = 32 << 10 // a smaller one than usual is a multiple of it
	// saveMargin is what saving files leaves free besides, for renaming them: many programs save so.
	saveMargin = 256 << 10
)

// reserveIntro begins the file; bytes at random follow, which no drive stores in less room.
const reserveIntro = "stowage reserve v1\nThis file keeps room free, so that files can be removed from the stick when the drive is full.\n\n"

// spare is what saving files leaves free.
func (s *Stick) spare() int64 { return saveMargin + reserveSize - s.reserved }

// findReserve returns how large the reserve is, 0 when there is none. What somebody else put there is none.
func findReserve(fsys FS) int64 {
	info, err := fsys.Stat(layout.Reserve)
	if err != nil {
		return 0
	}
	if ours, err := writtenByUs(fsys, layout.Reserve); err != nil || !ours {
		return 0
	}
	return info.Size()
}

// useReserve removes the reserve when the drive has less room than needed. s.write is held.
func (s *Stick) useReserve(need int64) {
	if s.reserved == 0 || !errors.Is(s.checkSpace(need), ErrFull) {
		return
	}
	if removeReserve(s.fs) == nil {
		s.reserved = 0
	}
}

func removeReserve(fsys FS) error {
	if err := fsys.Remove(layout.Reserve); err != nil {
		return err
	}
	return fsys.SyncDir(layout.Base)
}

// keepReserve writes the reserve, or one that was made too small anew, as far as there is room. It being for a rainy
// day, no error matters. s.write is held.
func (s *Stick) keepReserve() {
	if s.reserved < reserveSize {
		s.reserved = writeReserve(s.fs, s.reserved)
	}
}

// writeReserve is keepReserve; have is how large the reserve is. It returns how large it is afterwards.
func writeReserve(fsys FS, have int64) int64 {
	free, _, err := fsys.Free()
	want := min(reserveSize, (have+free)/reserveUnit*reserveUnit)
	if err != nil || want < reserveUnit || want < reserveSize && want <= 2*have {
		return have // what little it would gain is not worth writing it
	}
	if ours, err := writtenByUs(fsys, layout.Reserve); err == nil && (!ours || removeReserve(fsys) != nil) {
		return have
	}
	for ; want >= reserveUnit; want /= 2 { // a drive may need more room for it than its size
		data := append([]byte(reserveIntro), make([]byte, want-int64(len(reserveIntro)))...)
		_, _ = rand.Read(data[len(reserveIntro):]) // never fails
		if err := drive.WriteFile(fsys, layout.Reserve, data); err == nil {
			return want
		} else if !errors.Is(err, ErrFull) {
			return 0
		}
	}
	return 0
}

package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// SQLite takes the first frame of the write-ahead log that does not fit for the end of
// it: it may be what a program was writing when it was killed. So damage to the log
// would silently undo everything that was committed after it. But every commit is on disk before the
// next begins, so that of what follows a frame that was torn only one can be a commit: if there
// are more, the log was damaged. (https://sqlite.org/fileformat2.html#walformat)

const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377f0682 // the lowest bit says that sums are of big-endian words
)

// checkLog checks for damage to the log of the register in the file at path. Other programs
// may be writing to it: what they have overwritten meanwhile is no damage. The error is
// [ErrDamaged], or one of reading.
func checkLog(path string) error {
	f, err := os.Open(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var before logEnd
	for range 3 {
		end, err := readLog(f)
		if err != nil {
			return fmt.Errorf("read the log of changes: %w", err)
		}
		if end.after < 2 {
			return nil
		}
		if bytes.Equal(end.header, before.header) && end.at == before.at {
			return fmt.Errorf("%w: its log of changes is, %d bytes from its beginning", ErrDamaged, end.at)
		}
		before = end
	}
	return nil
}

// logEnd is where a log ends for SQLite.
type logEnd struct {
	header []byte
	at     int64 // where the first frame lies that does not fit
	after  int   // commits after that
}

func readLog(f *os.File) (logEnd, error) {
	var end logEnd
	head := make([]byte, walHeader)
	if _, err := f.ReadAt(head, 0); err != nil {
		if errors.Is(err, io.EOF) { // it was not written yet
			err = nil
		}
		return end, err
	}
	end.header = head
	order, size := logFormat(head)
	if size == 0 {
		return end, nil // nothing that SQLite reads as a log, and nothing to read frames by
	}
	salts := head[16:24]
	sums := add(order, [2]uint32{}, head[:24])
	broken := !matches(sums, head[24:32])
	frame := make([]byte, frameHeader+size)
	for at := int64(walHeader); ; at += int64(len(frame)) {
		if _, err := f.ReadAt(frame, at); errors.Is(err, io.EOF) {
			return end, nil
		} else if err != nil {
			return end, err
		}
		ours := bytes.Equal(frame[8:16], salts)
		if !broken {
			sums = add(order, add(order, sums, frame[:8]), frame[frameHeader:])
			if broken = !ours || !matches(sums, frame[16:24]); broken {
				end.at = at
			}
		}
		if broken && ours && binary.BigEndian.Uint32(frame[4:8]) != 0 {
			end.after++
		}
	}
}

// logFormat is how the sums of a log are made, and the size of its pages; 0 for what is no log.
func logFormat(head []byte) (binary.ByteOrder, int) {
	magic, size := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[8:])
	if magic&^1 != walMagic || size < 512 || size > 65536 || size&(size-1) != 0 {
		return nil, 0
	}
	if magic&1 == 0 {
		return binary.LittleEndian, int(size)
	}
	return binary.BigEndian, int(size)
}

// add continues the sums of the bytes before.
func add(order binary.ByteOrder, sums [2]uint32, data []byte) [2]uint32 {
	for ; len(data) >= 8; data = data[8:] {
		sums[0] += order.Uint32(data) + sums[1]
		sums[1] += order.Uint32(data[4:]) + sums[0]
	}
	return sums
}

func matches(sums [2]uint32, stored []byte) bool {
	return sums[0] == binary.BigEndian.Uint32(stored) && sums[1] == binary.BigEndian.Uint32(stored[4:])
}

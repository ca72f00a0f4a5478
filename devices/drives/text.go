package drives

import (
	"math"
	"strings"
	"unicode"
)

// longest bounds, in runes, any text that a drive says of itself.
const longest = 128

// clean makes text from a drive fit to be shown on one line: valid UTF-8, no
// control or invisible characters, no runs of spaces, not too long.
func clean(s string) string {
	if len(s) > 16*longest {
		s = s[:16*longest]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longest {
		s = strings.TrimSpace(string(runes[:longest]))
	}
	return s
}

// maker cleans a maker's name; a stand-in that names a bus and nobody gives "".
func maker(s string) string {
	s = clean(s)
	switch strings.ToUpper(s) {
	case "USB", "ATA", "NVME", "SCSI":
		return ""
	}
	return s
}

// bytesOf makes a count of bytes signed; what cannot be true becomes the most.
func bytesOf(n uint64) int64 {
	return int64(min(n, math.MaxInt64))
}

// looseBus tells whether a bus is made for drives to be plugged in and out.
func looseBus(b Bus) bool {
	return b == BusUSB || b == BusSD || b == BusFireWire
}

// Offered tells whether [List] shows the drive: a local one that is made to be
// taken out. A disk image counts as a stick only when it is formatted as one:
// others are the system's own, such as installed packages.
func (d Drive) Offered() bool {
	if d.System || d.Disk == "" {
		return false
	}
	switch d.Bus {
	case BusNetwork, BusMemory:
		return false
	case BusImage:
		return d.FileSystem == "exfat" || d.FileSystem == "vfat"
	}
	return d.Removable
}

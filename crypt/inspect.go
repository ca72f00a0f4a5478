package crypt

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"
)

// Info is what anyone can see of an age file without opening it.
type Info struct {
	Armored    bool
	Recipients []string // the type of each recipient stanza, such as "X25519", "mlkem768x25519" or "scrypt"
	WorkFactor int      // log2 of the scrypt cost, 0 when no passphrase protects the file
	HeaderSize int64    // bytes
	PlainSize  int64    // bytes of plaintext, -1 when the size was not given or cannot be right
}

// Passphrase reports whether a passphrase opens the file.
func (i Info) Passphrase() bool { return i.WorkFactor > 0 }

// Inspect reads the header of the age file src. size is that of the whole file
// in bytes, or negative if it is not known. What it reports is not
// authenticated. It returns [ErrNotAge] for anything else, and [ErrDamaged] for
// a header that cannot be right.
func Inspect(src io.Reader, size int64) (Info, error) {
	source := &sourceWatcher{src: src}
	plain, armored := dearmored(source)
	if start, _ := plain.Peek(len(intro)); string(start) != intro {
		return Info{}, source.blame(fmt.Errorf("inspect: %w", ErrNotAge))
	}
	header, err := age.ExtractHeader(io.LimitReader(plain, maxHeader))
	if err != nil {
		return Info{}, source.blame(fmt.Errorf("inspect: %w", openError(err, nil)))
	}
	info := Info{Armored: armored, HeaderSize: int64(len(header)), PlainSize: -1}
	for line := range bytes.Lines(header) {
		fields := strings.Fields(string(line))
		if len(fields) < 2 || fields[0] != "->" || isGrease(fields[1]) {
			continue
		}
		info.Recipients = append(info.Recipients, fields[1])
		if fields[1] == "scrypt" && len(fields) == 4 {
			info.WorkFactor, _ = strconv.Atoi(fields[3])
		}
	}
	if !armored && size >= 0 {
		info.PlainSize = plainSize(size - info.HeaderSize - nonceSize)
	}
	return info, nil
}

// isGrease reports whether a stanza is one that implementations add so that
// readers stay tolerant; it is no recipient.
func isGrease(stanza string) bool { return strings.HasSuffix(stanza, "-grease") }

// plainSize is the size of the plaintext of a payload, or -1.
func plainSize(sealed int64) int64 {
	if sealed < overhead {
		return -1
	}
	chunks := (sealed + sealedSize - 1) / sealedSize
	if last := sealed - (chunks-1)*sealedSize; last < overhead || (last == overhead && chunks > 1) {
		return -1
	}
	return sealed - chunks*overhead
}

// SealedSize is the size in bytes of an age file with a header of headerSize
// bytes that holds plain bytes of plaintext.
func SealedSize(headerSize, plain int64) int64 {
	chunks := max(1, (plain+chunkSize-1)/chunkSize)
	return headerSize + nonceSize + plain + chunks*overhead
}
